/* SPDX-License-Identifier: MIT */
#pragma once

#include "core/geometry.h"

#include <opencv2/core.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hafaces::test {

/* What changes in a picture though nobody is there. */
enum class Disturbance { None, Ramp, Step, Flicker, Rain, Shake };

std::vector<Disturbance> allDisturbances();
std::string nameOf(Disturbance disturbance);

/*
 * A camera before a door, drawn from a seed: a background of walls, gradients and textures, noise
 * (sigma 0..8, another in each frame), one disturbance, and maybe somebody who walks: 5 to 60 % of
 * the height, 2 to 30 % of the width a second, who comes in at an edge or out of a door.
 */
class MotionScene {
public:
    MotionScene(std::uint32_t seed, Size size, Disturbance disturbance, bool walks);

    /* Luma of the frame at that second, CV_8UC1. To be asked for in order of time. */
    cv::Mat frame(double second);

    /* Since when a part of the walker can be seen. */
    std::optional<double> walkBegins() const;
    /* Height and speed of the walker, contrast, noise: what a failed test says. */
    std::string describe() const;

private:
    struct Walker {
        double begins;
        double height; /* px */
        double width;
        double x; /* centre, when the walk begins */
        double feet;
        double speed; /* px a second; left: negative */
        double coat, trousers, head;
        bool fromDoor;
    };

    void drawBackground();
    void makeWalker();
    void drawWalker(cv::Mat &picture, double second) const;
    void light(cv::Mat &picture, double second);
    void rain(cv::Mat &picture);

    double between(double low, double high) { return random_.uniform(low, high); }
    bool oneIn(int count) { return random_.uniform(0, count) == 0; }

    Size size_;
    Disturbance disturbance_;
    cv::RNG random_;
    cv::Mat background_; /* CV_32F, two pixels more on each side, for the shake */
    double sigma_;
    std::optional<Walker> walker_;

    double lightFrom_ = 1, lightTo_ = 1, offset_ = 0, changesAt_ = 0, changeTakes_ = 0;
    bool falloff_ = false;
    double flickerDepth_ = 0, flickerHertz_ = 0, bands_ = 0;
    int drops_ = 0;
    double dropLength_ = 0, dropLight_ = 0, dropSlant_ = 0;
};

} // namespace hafaces::test
