/* SPDX-License-Identifier: MIT */
#pragma once

#include "small_gray.h"

#include <chrono>
#include <memory>

namespace hafaces {

/* The unit of the score: what lies above is motion. Measured with tests/core/motion_test.cpp. */
inline constexpr double kDefaultMotionThreshold = 1.0;

/*
 * Somebody walks into a picture, or the picture changes for another reason? Told from small grey
 * pictures, about five a second.
 *
 * A picture is compared with the remembered background, after the light (LightFit) is taken out.
 * A pixel has changed when the difference is more than can be explained by noise, by a camera that
 * shakes (in proportion to the contrast around the pixel, as measured in the same picture), by an
 * imperfect fit of the light, and by what this pixel has been doing lately. Neighbours that became
 * brighter, or darker, make a blob, with a mass: how many times more they changed than explained,
 * summed. A walker is a blob that was near in the picture before, too. The score is the lesser of
 * both masses, by the mass that blobs of that kind have had lately, which is much in rain (adapted
 * as in a constant false alarm rate detector, with guard cells). A sudden change of light begins
 * with a new background; what moved before is still known then.
 *
 * All pictures of one detector have to be of one size, or it begins anew. One thread.
 */
class MotionDetector {
public:
    MotionDetector();
    ~MotionDetector();
    MotionDetector(const MotionDetector &) = delete;
    MotionDetector &operator=(const MotionDetector &) = delete;

    void setThreshold(double threshold);

    /* True: motion. The first picture, and one more than three seconds after its predecessor or
     * before it, is only learned. */
    bool see(const GrayImage &picture, std::chrono::nanoseconds time);

    /* Of the last picture, from 0. */
    double score() const;

    void reset();

private:
    class State;
    std::unique_ptr<State> state_;
    double threshold_ = kDefaultMotionThreshold;
};

} // namespace hafaces
