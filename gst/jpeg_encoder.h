/* SPDX-License-Identifier: MIT */
#pragma once

#include "gstutil/gst_ptr.h"

#include <cstdint>
#include <vector>

namespace hafaces {

/*
 * Raw frames -> JPEG, by a standing `appsrc ! videoconvert ! jpegenc ! appsink`: half the time of
 * gst_video_convert_sample(), which builds its elements anew each time. Made when it is first
 * used. One thread at a time.
 */
class JpegEncoder {
public:
    /* `quality`: 0 (smallest) to 100 (best). */
    explicit JpegEncoder(int quality)
        : quality_{quality}
    {
    }
    ~JpegEncoder();
    JpegEncoder(const JpegEncoder &) = delete;
    JpegEncoder &operator=(const JpegEncoder &) = delete;

    /* Throws std::runtime_error. */
    std::vector<std::uint8_t> encode(GstSample *frame);

private:
    void build();
    void tearDown();

    int quality_;
    GObjectPtr<GstElement> pipeline_;
    GObjectPtr<GstElement> source_;
    GObjectPtr<GstElement> detour_; /* caps filter, see encode() */
    GObjectPtr<GstElement> sink_;
};

/* The bytes of a buffer. Throws std::runtime_error if it can't be mapped. */
std::vector<std::uint8_t> bytesOf(GstBuffer *buffer);

} // namespace hafaces
