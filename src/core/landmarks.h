/* SPDX-License-Identifier: MIT */
#pragma once

#include "face_patch.h"
#include "network.h"

#include <array>
#include <memory>
#include <vector>

namespace hafaces {

/*
 * 68 points of a face in pixels of the picture, in iBUG's order: 0 to 16 the jaw from ear to ear, 17
 * to 26 the brows, 27 to 35 the nose, 36 to 41 and 42 to 47 the eyes, 48 to 67 the mouth; left and
 * right as the picture shows them.
 */
using Landmarks = std::array<Point, 68>;

/* The middle of an eye, and of the mouth. */
Point leftEyeOf(const Landmarks &landmarks);
Point rightEyeOf(const Landmarks &landmarks);
Point mouthOf(const Landmarks &landmarks);

/* face-api.js's FaceLandmark68Net. One instance serves one thread; several may share a network. */
class LandmarkNet {
public:
    /* Throws std::runtime_error, naming the file, if it is none or another kind of model. */
    explicit LandmarkNet(const NetworkSpec &spec);

    /* Of a face that was found there. The part of `box` within the picture must have a pixel. Throws
     * std::runtime_error. */
    Landmarks find(const ImageView &image, const Rect &box);

    /*
     * The same face once more, from a square that is turned upright by what was found before. That
     * is nearer to what the network was trained on: turned faces move less.
     */
    Landmarks findUpright(const ImageView &image, const Landmarks &before);

    static NetworkSpec specFor(std::string modelFile);

private:
    std::vector<float> run();

    const std::string modelFile_;
    const std::shared_ptr<Network> network_;
    std::vector<float> tensor_;
};

} // namespace hafaces
