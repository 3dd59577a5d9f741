/* SPDX-License-Identifier: MIT */
#include "jpeg_encoder.h"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>

#include <stdexcept>
#include <string>

namespace hafaces {

namespace {

/* JFIF: BT.601 of full range. I420 gives files less than half as large as RGB does. */
constexpr const char *kPipeline =
    "appsrc name=source format=time ! videoconvert ! capsfilter name=detour ! videoconvert ! "
    "video/x-raw,format=(string){I420,GRAY8},colorimetry=(string)1:4:0:0 ! jpegenc quality=%d ! "
    "appsink name=sink sync=false max-buffers=1";

constexpr GstClockTime kPatience = 5 * GST_SECOND;

std::string
errorOn(GstElement *pipeline)
{
    const GObjectPtr<GstBus> bus(gst_element_get_bus(pipeline));
    const MiniObjectPtr<GstMessage> message(gst_bus_pop_filtered(bus.get(), GST_MESSAGE_ERROR));
    if (!message)
        return "the JPEG encoder does not answer";
    GError *error = nullptr;
    gst_message_parse_error(message.get(), &error, nullptr);
    std::string text = error->message;
    g_error_free(error);
    return text;
}

bool
hasLimitedRange(GstCaps *caps)
{
    GstVideoInfo info;
    return gst_video_info_from_caps(&info, caps) &&
           info.colorimetry.range == GST_VIDEO_COLOR_RANGE_16_235;
}

} // namespace

std::vector<std::uint8_t>
bytesOf(GstBuffer *buffer)
{
    GstMapInfo map;
    if (!gst_buffer_map(buffer, &map, GST_MAP_READ))
        throw std::runtime_error("a picture can't be mapped into memory");
    std::vector<std::uint8_t> bytes(map.data, map.data + map.size);
    gst_buffer_unmap(buffer, &map);
    return bytes;
}

JpegEncoder::~JpegEncoder()
{
    tearDown();
}

void
JpegEncoder::build()
{
    const GMemPtr<gchar> line(g_strdup_printf(kPipeline, quality_));
    GError *error = nullptr;
    pipeline_ = sinkFloating(
        gst_parse_launch_full(line.get(), nullptr, GST_PARSE_FLAG_FATAL_ERRORS, &error));
    if (!pipeline_) {
        const std::string reason = error->message;
        g_error_free(error);
        throw std::runtime_error(reason + " (install GStreamer's base and good plugins)");
    }
    source_.reset(gst_bin_get_by_name(GST_BIN(pipeline_.get()), "source"));
    detour_.reset(gst_bin_get_by_name(GST_BIN(pipeline_.get()), "detour"));
    sink_.reset(gst_bin_get_by_name(GST_BIN(pipeline_.get()), "sink"));
    gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
}

void
JpegEncoder::tearDown()
{
    if (pipeline_)
        gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
    source_.reset();
    detour_.reset();
    sink_.reset();
    pipeline_.reset();
}

std::vector<std::uint8_t>
JpegEncoder::encode(GstSample *frame)
{
    if (!pipeline_)
        build();
    /* videoconvert 1.22 leaves the range as it is where only that differs, which makes black grey:
     * it converts when it has to go by RGB. */
    const MiniObjectPtr<GstCaps> way(hasLimitedRange(gst_sample_get_caps(frame))
                                         ? gst_caps_from_string("video/x-raw,format=BGRx")
                                         : gst_caps_new_any());
    g_object_set(detour_.get(), "caps", way.get(), nullptr);
    gst_app_src_push_sample(GST_APP_SRC(source_.get()), frame);
    const MiniObjectPtr<GstSample> encoded(
        gst_app_sink_try_pull_sample(GST_APP_SINK(sink_.get()), kPatience));
    if (!encoded) {
        const std::string reason = errorOn(pipeline_.get());
        tearDown(); /* the next frame may be of a kind that works */
        throw std::runtime_error(reason);
    }
    return bytesOf(gst_sample_get_buffer(encoded.get()));
}

} // namespace hafaces
