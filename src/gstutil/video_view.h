/* SPDX-License-Identifier: MIT */
#pragma once

#include "core/image_view.h"

#include <gst/video/video.h>

namespace hafaces {

/* The raw video formats that our elements read and draw on, as a caps string. */
#define HAFACES_VIDEO_FORMATS                                                                      \
    "{ I420, YV12, Y42B, NV12, NV21, YUY2, UYVY, GRAY8, RGB, BGR, RGBx, BGRx, xRGB, xBGR, RGBA, "  \
    "BGRA, ARGB, ABGR }"

#define HAFACES_VIDEO_CAPS GST_VIDEO_CAPS_MAKE(HAFACES_VIDEO_FORMATS)

/*
 * A frame mapped for as long as this lives. While a frame is mapped no meta can be added to its
 * buffer. Throws std::runtime_error when the buffer can't be mapped.
 */
class VideoView {
public:
    VideoView(GstBuffer *buffer, const GstVideoInfo &info, GstMapFlags flags);
    ~VideoView();
    VideoView(const VideoView &) = delete;
    VideoView &operator=(const VideoView &) = delete;

    ImageView image() const;
    MutableImageView mutableImage(); /* only if mapped for writing */

private:
    template<typename Byte>
    BasicImageView<Byte> describe() const;

    GstVideoFrame frame_{};
};

} // namespace hafaces
