/* SPDX-License-Identifier: MIT */
#include "video_view.h"

#include <stdexcept>
#include <utility>

namespace hafaces {

namespace {

Colorimetry
colorimetryOf(const GstVideoInfo &info)
{
    Colorimetry result;
    if (GST_VIDEO_INFO_IS_YUV(&info))
        gst_video_color_matrix_get_Kr_Kb(info.colorimetry.matrix, &result.kr, &result.kb);
    result.fullRange = info.colorimetry.range != GST_VIDEO_COLOR_RANGE_16_235;
    return result;
}

ColorModel
modelOf(const GstVideoInfo &info)
{
    if (GST_VIDEO_INFO_IS_GRAY(&info))
        return ColorModel::Gray;
    return GST_VIDEO_INFO_IS_YUV(&info) ? ColorModel::Yuv : ColorModel::Rgb;
}

/* JPEG decoders leave the site unknown; JFIF puts chroma between the luma samples. */
ChromaSite
chromaSiteOf(const GstVideoInfo &info)
{
    return {(info.chroma_site & GST_VIDEO_CHROMA_SITE_H_COSITED) != 0,
            (info.chroma_site & GST_VIDEO_CHROMA_SITE_V_COSITED) != 0};
}

} // namespace

VideoView::VideoView(GstBuffer *buffer, const GstVideoInfo &info, GstMapFlags flags)
{
    if (!gst_video_frame_map(&frame_, &info, buffer, flags))
        throw std::runtime_error("a video frame can't be mapped into memory");
}

VideoView::~VideoView()
{
    gst_video_frame_unmap(&frame_);
}

template<typename Byte>
BasicImageView<Byte>
VideoView::describe() const
{
    BasicImageView<Byte> view;
    view.size = {GST_VIDEO_FRAME_WIDTH(&frame_), GST_VIDEO_FRAME_HEIGHT(&frame_)};
    view.model = modelOf(frame_.info);
    view.colorimetry = colorimetryOf(frame_.info);
    view.chromaSite = chromaSiteOf(frame_.info);
    for (int i = 0; i < view.componentCount(); ++i) {
        const guint index = static_cast<guint>(i);
        view.components[index] = {
            static_cast<Byte *>(GST_VIDEO_FRAME_COMP_DATA(&frame_, index)),
            GST_VIDEO_FRAME_COMP_STRIDE(&frame_, index),
            GST_VIDEO_FRAME_COMP_PSTRIDE(&frame_, index),
            static_cast<int>(GST_VIDEO_FORMAT_INFO_W_SUB(frame_.info.finfo, index)),
            static_cast<int>(GST_VIDEO_FORMAT_INFO_H_SUB(frame_.info.finfo, index)),
        };
    }
    return view;
}

ImageView
VideoView::image() const
{
    return describe<const std::uint8_t>();
}

MutableImageView
VideoView::mutableImage()
{
    return describe<std::uint8_t>();
}

} // namespace hafaces
