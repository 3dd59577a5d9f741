/* SPDX-License-Identifier: MIT */
#pragma once

#include "core/image_view.h"
#include "core/motion.h"
#include "core/pace.h"

#include <gst/video/video.h>

#include <chrono>

namespace hafaces {

/* Buffers -> motion or none: JPEG, decoded at an eighth of its size, or raw video. One thread. */
class MotionWatch {
public:
    /* False: caps in which motion can't be seen. */
    bool setCaps(const GstCaps *caps);

    /* `rate`: of the frames looked at, a second. `time`: of the stream. */
    bool see(GstBuffer *buffer, std::chrono::nanoseconds time, double rate, double threshold);

    /* Of the last frame looked at. */
    double score() const { return detector_.score(); }

    /* What was seen belongs to another stream. */
    void reset();

private:
    enum class Kind { None, Jpeg, Raw };

    bool shrink(GstBuffer *buffer);

    Kind kind_ = Kind::None;
    GstVideoInfo info_{};
    Pace pace_;
    GrayImage small_;
    MotionDetector detector_;
};

} // namespace hafaces
