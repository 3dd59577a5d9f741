/* SPDX-License-Identifier: MIT */
#include "video_frames.h"

#include "gstutil/video_view.h"

#include <stdexcept>

namespace hafaces::test {

namespace {

class MappedFrame {
public:
    MappedFrame(GstBuffer *buffer, const GstVideoInfo &info, GstMapFlags flags)
    {
        if (!gst_video_frame_map(&frame_, &info, buffer, flags))
            throw std::runtime_error("frame can't be mapped");
    }
    ~MappedFrame() { gst_video_frame_unmap(&frame_); }
    MappedFrame(const MappedFrame &) = delete;
    MappedFrame &operator=(const MappedFrame &) = delete;
    GstVideoFrame *get() { return &frame_; }

private:
    GstVideoFrame frame_;
};

void
convert(GstBuffer *from, const FrameKind &fromKind, GstBuffer *to, const FrameKind &toKind)
{
    MappedFrame source(from, fromKind.info(), GST_MAP_READ);
    MappedFrame target(to, toKind.info(), GST_MAP_WRITE);
    GstVideoConverter *converter =
        gst_video_converter_new(&fromKind.info(), &toKind.info(), nullptr);
    gst_video_converter_frame(converter, source.get(), target.get());
    gst_video_converter_free(converter);
}

void
copyRows(const Picture &picture, GstBuffer *frame, const FrameKind &kind)
{
    MappedFrame mapped(frame, kind.info(), GST_MAP_WRITE);
    const std::size_t length =
        static_cast<std::size_t>(picture.size.width) * static_cast<std::size_t>(picture.channels);
    auto *out = static_cast<std::uint8_t *>(GST_VIDEO_FRAME_PLANE_DATA(mapped.get(), 0));
    for (int y = 0; y < picture.size.height; ++y)
        std::copy_n(&picture.bytes[static_cast<std::size_t>(y) * length], length,
                    out + y * GST_VIDEO_FRAME_PLANE_STRIDE(mapped.get(), 0));
}

} // namespace

FrameKind::FrameKind(GstVideoFormat format, Size size, Rows rows)
    : rows_{rows}
{
    gst_video_info_set_format(&info_, format, static_cast<guint>(size.width),
                              static_cast<guint>(size.height));
    if (GST_VIDEO_INFO_IS_YUV(&info_) || GST_VIDEO_INFO_IS_GRAY(&info_)) {
        gst_video_colorimetry_from_string(&info_.colorimetry, "1:4:0:0"); /* as jpegdec's frames */
        info_.chroma_site = GST_VIDEO_CHROMA_SITE_JPEG;
    }
}

BufferPtr
FrameKind::allocate() const
{
    GstVideoInfo layout = info_;
    if (rows_ == Rows::Padded) {
        GstVideoAlignment padding;
        gst_video_alignment_reset(&padding);
        padding.padding_left = 6;
        padding.padding_right = 22;
        padding.padding_top = 4;
        padding.padding_bottom = 8;
        gst_video_info_align(&layout, &padding);
    }
    BufferPtr buffer(gst_buffer_new_allocate(nullptr, layout.size, nullptr));
    gst_buffer_memset(buffer.get(), 0, 0x5A, layout.size);
    gst_buffer_add_video_meta_full(buffer.get(), GST_VIDEO_FRAME_FLAG_NONE,
                                   GST_VIDEO_INFO_FORMAT(&layout), static_cast<guint>(info_.width),
                                   static_cast<guint>(info_.height),
                                   GST_VIDEO_INFO_N_PLANES(&layout), layout.offset, layout.stride);
    return buffer;
}

BufferPtr
frameOf(const Picture &picture, const FrameKind &kind)
{
    const FrameKind loaded(picture.channels == 1 ? GST_VIDEO_FORMAT_GRAY8 : GST_VIDEO_FORMAT_RGB,
                           picture.size);
    const FrameKind common(GST_VIDEO_FORMAT_I420, picture.size);
    BufferPtr first = loaded.allocate();
    BufferPtr second = common.allocate();
    BufferPtr result = kind.allocate();
    copyRows(picture, first.get(), loaded);
    convert(first.get(), loaded, second.get(), common);
    convert(second.get(), common, result.get(), kind);
    return result;
}

Picture
pictureOf(GstBuffer *frame, const FrameKind &kind)
{
    const Size size{kind.info().width, kind.info().height};
    const FrameKind packed(GST_VIDEO_FORMAT_RGB, size);
    const BufferPtr rgb = packed.allocate();
    convert(frame, kind, rgb.get(), packed);
    Picture picture{size, 3, {}};
    MappedFrame mapped(rgb.get(), packed.info(), GST_MAP_READ);
    const auto *row =
        static_cast<const std::uint8_t *>(GST_VIDEO_FRAME_PLANE_DATA(mapped.get(), 0));
    for (int y = 0; y < size.height; ++y, row += GST_VIDEO_FRAME_PLANE_STRIDE(mapped.get(), 0))
        picture.bytes.insert(picture.bytes.end(), row, row + 3 * size.width);
    return picture;
}

std::vector<std::string>
videoFormats()
{
    const MiniObjectPtr<GstCaps> caps(gst_caps_from_string(HAFACES_VIDEO_CAPS));
    const GValue *list = gst_structure_get_value(gst_caps_get_structure(caps.get(), 0), "format");
    std::vector<std::string> names;
    for (guint i = 0; i < gst_value_list_get_size(list); ++i)
        names.emplace_back(g_value_get_string(gst_value_list_get_value(list, i)));
    return names;
}

GstVideoFormat
formatFrom(const std::string &name)
{
    return gst_video_format_from_string(name.c_str());
}

std::vector<FormatCase>
formatCases()
{
    std::vector<FormatCase> cases;
    for (const std::string &name : videoFormats())
        for (const auto rows : {FrameKind::Rows::Packed, FrameKind::Rows::Padded})
            cases.emplace_back(name, rows);
    return cases;
}

std::string
nameOf(const FormatCase &each)
{
    const auto &[name, rows] = each;
    return name + (rows == FrameKind::Rows::Padded ? "Padded" : "Packed");
}

} // namespace hafaces::test
