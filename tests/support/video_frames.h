/* SPDX-License-Identifier: MIT */
#pragma once

#include "harness.h"
#include "picture_file.h"

#include <gst/video/video.h>

#include <tuple>

namespace hafaces::test {

/* Frames of one kind, and how their rows are laid out in memory. */
class FrameKind {
public:
    enum class Rows { Packed, Padded };

    FrameKind(GstVideoFormat format, Size size, Rows rows = Rows::Packed);

    const GstVideoInfo &info() const { return info_; }
    MiniObjectPtr<GstCaps> caps() const
    {
        return MiniObjectPtr<GstCaps>(gst_video_info_to_caps(&info_));
    }

    /* Black, or undefined; with a GstVideoMeta that tells the layout. */
    BufferPtr allocate() const;

private:
    GstVideoInfo info_; /* packed, as caps tell it */
    Rows rows_;
};

/* The picture as a frame of that kind. It goes by 4:2:0 first, so that frames of all kinds show the
 * same colours. */
BufferPtr frameOf(const Picture &picture, const FrameKind &kind);

/* The frame as packed R, G, B. */
Picture pictureOf(GstBuffer *frame, const FrameKind &kind);

/* All formats that our elements take. */
std::vector<std::string> videoFormats();

GstVideoFormat formatFrom(const std::string &name);

/* For parameterised tests: each format, packed and padded. */
using FormatCase = std::tuple<std::string, FrameKind::Rows>;
std::vector<FormatCase> formatCases();
std::string nameOf(const FormatCase &each);

} // namespace hafaces::test
