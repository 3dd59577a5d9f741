/* SPDX-License-Identifier: MIT */
/*
 * What becomes of the face meta and the trigger mark on their way through other elements, in
 * pipelines that run: every frame goes in with a detection and a mark of its own.
 */
#include "gstutil/face_meta.h"
#include "gstutil/gst_ptr.h"
#include "gstutil/trigger_mark.h"

#include <gst/gst.h>
#include <gtest/gtest.h>

#include <sstream>
#include <vector>

namespace hafaces {
namespace {

constexpr int kFrames = 12;
constexpr GstClockTime kFrameDuration = GST_SECOND / 10;

Detection
example(GstClockTime time)
{
    Detection detection;
    detection.frame = {320, 240};
    detection.modelId = "ssd";
    detection.captureMonotonicUs = static_cast<std::int64_t>(time);
    detection.faces = {
        Face{{10.25F, 20.5F, 100, 80}, 0.98F, Identity{IdentityStatus::Known, "Zoë", 0.41F, ""}},
        Face{{200, 100, 20, 30}, 0.6F, std::nullopt}};
    return detection;
}

TriggerMark
exampleMark(GstClockTime time)
{
    return {"a trigger", static_cast<unsigned>(time / kFrameDuration), time == kFrameDuration,
            static_cast<std::int64_t>(time)};
}

struct Frame {
    std::optional<Detection> detection;
    std::vector<TriggerMark> marks;
};

using Frames = std::vector<Frame>;

GstPadProbeReturn
attach(GstPad *, GstPadProbeInfo *info, gpointer)
{
    GstBuffer *buffer = gst_buffer_make_writable(GST_PAD_PROBE_INFO_BUFFER(info));
    GST_PAD_PROBE_INFO_DATA(info) = buffer;
    attachDetection(buffer, example(GST_BUFFER_PTS(buffer)));
    attachTriggerMark(buffer, exampleMark(GST_BUFFER_PTS(buffer)));
    return GST_PAD_PROBE_OK;
}

GstPadProbeReturn
collect(GstPad *, GstPadProbeInfo *info, gpointer frames)
{
    GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER(info);
    static_cast<Frames *>(frames)->push_back({readDetection(buffer), readTriggerMarks(buffer)});
    return GST_PAD_PROBE_OK;
}

/* The first element of the line that is not installed, or nothing. */
std::string
missingElement(const std::string &line)
{
    std::istringstream words(line);
    std::string previous = "!";
    for (std::string word; words >> word; previous = word) {
        if (previous != "!" || word.find('/') != std::string::npos ||
            word.find('.') != std::string::npos)
            continue;
        const GObjectPtr<GstElementFactory> factory(gst_element_factory_find(word.c_str()));
        if (!factory)
            return word;
    }
    return {};
}

class FaceMetaPassage : public testing::Test {
protected:
    FaceMetaPassage()
    {
        registerFaceMeta();
        registerTriggerMark();
    }

    /* What each frame has that comes out. */
    static Frames through(const std::string &line)
    {
        GError *error = nullptr;
        const std::string whole =
            "videotestsrc num-buffers=" + std::to_string(kFrames) +
            " ! video/x-raw,format=I420,width=320,height=240,framerate=10/1 ! identity name=in ! " +
            line + " ! fakesink name=out";
        const GObjectPtr<GstElement> pipeline(
            sinkFloating(gst_parse_launch(whole.c_str(), &error)));
        EXPECT_EQ(nullptr, error) << error->message;
        g_clear_error(&error);
        Frames frames; /* of the streaming thread until EOS */
        addProbe(pipeline.get(), "in", "src", attach, nullptr);
        addProbe(pipeline.get(), "out", "sink", collect, &frames);
        gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
        const GObjectPtr<GstBus> bus(gst_element_get_bus(pipeline.get()));
        const MiniObjectPtr<GstMessage> message(gst_bus_timed_pop_filtered(
            bus.get(), 20 * GST_SECOND,
            static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR)));
        gst_element_set_state(pipeline.get(), GST_STATE_NULL);
        EXPECT_TRUE(message && GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_EOS) << whole;
        return frames;
    }

private:
    static void addProbe(GstElement *pipeline, const char *name, const char *padName,
                         GstPadProbeCallback callback, gpointer data)
    {
        const GObjectPtr<GstElement> element(gst_bin_get_by_name(GST_BIN(pipeline), name));
        const GObjectPtr<GstPad> pad(gst_element_get_static_pad(element.get(), padName));
        gst_pad_add_probe(pad.get(), GST_PAD_PROBE_TYPE_BUFFER, callback, data, nullptr);
    }
};

struct Passage {
    const char *name;
    const char *line;
};

std::string
nameOf(const testing::TestParamInfo<Passage> &each)
{
    return each.param.name;
}

#define SKIP_WITHOUT_ELEMENTS(line)                                                                \
    if (const std::string missing = missingElement(line); !missing.empty())                        \
    GTEST_SKIP() << missing << " is not installed"

class FaceMetaIsKept : public FaceMetaPassage, public testing::WithParamInterface<Passage> {};

TEST_P(FaceMetaIsKept, OnItsFrame)
{
    SKIP_WITHOUT_ELEMENTS(GetParam().line);
    const auto frames = through(GetParam().line);
    EXPECT_EQ(static_cast<std::size_t>(kFrames), frames.size());
    GstClockTime time = 0;
    for (const auto &[detection, marks] : frames) {
        EXPECT_EQ(std::vector{exampleMark(time)}, marks);
        ASSERT_TRUE(detection);
        EXPECT_EQ(example(time).captureMonotonicUs, detection->captureMonotonicUs);
        EXPECT_EQ((Size{320, 240}), detection->frame);
        EXPECT_EQ(example(time).faces, detection->faces);
        time += kFrameDuration;
    }
}

INSTANTIATE_TEST_SUITE_P(
    All, FaceMetaIsKept,
    testing::Values(
        Passage{"Queue", "queue"}, Passage{"Tee", "tee ! queue"}, Passage{"Valve", "valve"},
        Passage{"InputSelector", "input-selector"}, Passage{"Funnel", "funnel"},
        Passage{"Concat", "concat"}, Passage{"Videobalance", "videobalance saturation=0.5"},
        Passage{"Videorate", "videorate ! video/x-raw,framerate=10/1"},
        Passage{"Videoconvert", "videoconvert ! video/x-raw,format=NV12"},
        Passage{"Jpeg", "jpegenc ! jpegdec"}, Passage{"Png", "videoconvert ! pngenc ! pngdec"},
        Passage{"Jpegparse", "jpegenc ! jpegparse ! jpegdec"},
        Passage{"Multipart", "jpegenc ! multipartmux ! multipartdemux ! jpegdec"},
        Passage{"Decodebin", "jpegenc ! decodebin"}, Passage{"Decodebin3", "jpegenc ! decodebin3"},
        Passage{"Vp8", "vp8enc deadline=1 ! vp8dec"},
        Passage{"H264", "x264enc tune=zerolatency speed-preset=1 ! h264parse ! avdec_h264"},
        Passage{"H264InFrameThreads", "x264enc tune=zerolatency speed-preset=1 ! h264parse ! "
                                      "avdec_h264 max-threads=4 thread-type=frame"},
        Passage{"BFrames", "x264enc speed-preset=1 bframes=2 b-adapt=false ! h264parse ! "
                           "avdec_h264"},
        Passage{"LibavMjpeg", "avenc_mjpeg ! jpegdec"},
        Passage{"OpenH264", "openh264enc ! h264parse ! openh264dec"}),
    nameOf);

/* The faces of the frame that it repeats. */
TEST_F(FaceMetaPassage, IsRepeatedByVideorate)
{
    const auto frames = through("videorate ! video/x-raw,framerate=20/1");
    EXPECT_LE(static_cast<std::size_t>(2 * kFrames - 1), frames.size());
    for (std::size_t i = 0; i < frames.size(); ++i) {
        const auto &detection = frames[i].detection;
        ASSERT_TRUE(detection);
        const auto time = static_cast<GstClockTime>(detection->captureMonotonicUs);
        EXPECT_NEAR(static_cast<double>(i) / 2, static_cast<double>(time) / kFrameDuration, 0.5);
        EXPECT_EQ(std::vector{exampleMark(time)}, frames[i].marks);
    }
}

/* A still picture of the first frame, with its faces. */
TEST_F(FaceMetaPassage, IsRepeatedByImagefreeze)
{
    const auto frames = through("imagefreeze num-buffers=3");
    ASSERT_EQ(3U, frames.size());
    for (const auto &[detection, marks] : frames) {
        ASSERT_TRUE(detection);
        EXPECT_EQ(0, detection->captureMonotonicUs);
        EXPECT_EQ(std::vector{exampleMark(0)}, marks);
    }
}

class FaceMetaIsLost : public FaceMetaPassage, public testing::WithParamInterface<Passage> {};

/* "Not inferred" where the boxes would be wrong, or the way is not for metas. */
TEST_P(FaceMetaIsLost, WhereTheFrameIsAnother)
{
    SKIP_WITHOUT_ELEMENTS(GetParam().line);
    const auto frames = through(GetParam().line);
    EXPECT_FALSE(frames.empty());
    for (const auto &frame : frames)
        EXPECT_FALSE(frame.detection);
}

INSTANTIATE_TEST_SUITE_P(
    All, FaceMetaIsLost,
    testing::Values(Passage{"Videocrop", "videocrop left=10"},
                    Passage{"Videobox", "videobox top=10"},
                    Passage{"Aspectratiocrop", "aspectratiocrop aspect-ratio=1/1"},
                    Passage{"Videoflip", "videoflip video-direction=90r"},
                    Passage{"RtpJpeg", "jpegenc ! rtpjpegpay ! rtpjpegdepay ! jpegdec"},
                    Passage{"RtpH264", "x264enc tune=zerolatency ! rtph264pay ! rtph264depay ! "
                                       "avdec_h264"},
                    Passage{"MpegTs",
                            "x264enc tune=zerolatency ! mpegtsmux ! tsdemux ! h264parse ! "
                            "avdec_h264"},
                    Passage{"Compositor", "compositor"}),
    nameOf);

class TriggerMarkIsKept : public FaceMetaPassage, public testing::WithParamInterface<Passage> {};

/* Perhaps more than once: RTP puts two copies on a frame. */
TEST_P(TriggerMarkIsKept, WhereTheFrameIsAnotherButOfTheSameTime)
{
    SKIP_WITHOUT_ELEMENTS(GetParam().line);
    const auto frames = through(GetParam().line);
    EXPECT_EQ(static_cast<std::size_t>(kFrames), frames.size());
    GstClockTime time = 0;
    for (const auto &frame : frames) {
        ASSERT_FALSE(frame.marks.empty());
        for (const TriggerMark &mark : frame.marks)
            EXPECT_EQ(exampleMark(time), mark);
        time += kFrameDuration;
    }
}

INSTANTIATE_TEST_SUITE_P(
    All, TriggerMarkIsKept,
    testing::Values(Passage{"Videocrop", "videocrop left=10"},
                    Passage{"Videobox", "videobox top=10"},
                    Passage{"Aspectratiocrop", "aspectratiocrop aspect-ratio=1/1"},
                    Passage{"Videoflip", "videoflip video-direction=90r"},
                    Passage{"Videoscale", "videoscale ! video/x-raw,width=160,height=120"},
                    Passage{"RtpJpeg", "jpegenc ! rtpjpegpay ! rtpjpegdepay ! jpegdec"},
                    Passage{"RtpH264", "x264enc tune=zerolatency ! rtph264pay ! rtph264depay ! "
                                       "avdec_h264"}),
    nameOf);

struct Scaling {
    const char *name;
    const char *line;
    Size frame;
    Rect first; /* of the box 10.25, 20.5, 100x80 in 320x240 */
};

class FaceMetaScaled : public FaceMetaPassage, public testing::WithParamInterface<Scaling> {};

TEST_P(FaceMetaScaled, MovesItsBoxes)
{
    const auto frames = through(GetParam().line);
    ASSERT_FALSE(frames.empty());
    const auto &detection = frames.back().detection;
    ASSERT_TRUE(detection);
    EXPECT_EQ(GetParam().frame, detection->frame);
    const Rect &box = detection->faces.at(0).box;
    EXPECT_NEAR(GetParam().first.x, box.x, 0.01);
    EXPECT_NEAR(GetParam().first.y, box.y, 0.01);
    EXPECT_NEAR(GetParam().first.width, box.width, 0.01);
    EXPECT_NEAR(GetParam().first.height, box.height, 0.01);
}

INSTANTIATE_TEST_SUITE_P(
    All, FaceMetaScaled,
    testing::Values(Scaling{"Half",
                            "videoscale ! video/x-raw,width=160,height=120",
                            {160, 120},
                            {5.125F, 10.25F, 50, 40}},
                    Scaling{"BordersLeftAndRight",
                            "videoscale ! video/x-raw,width=320,height=180,pixel-aspect-ratio=1/1",
                            {320, 180},
                            {40 + 10.25F * 0.75F, 20.5F * 0.75F, 75, 60}},
                    Scaling{"BordersAboveAndBelow",
                            "videoscale ! video/x-raw,width=160,height=240,pixel-aspect-ratio=1/1",
                            {160, 240},
                            {5.125F, 60 + 10.25F, 50, 40}},
                    Scaling{"OtherPixelAspect",
                            "videoscale ! video/x-raw,width=160,height=240,pixel-aspect-ratio=2/1",
                            {160, 240},
                            {5.125F, 20.5F, 50, 80}},
                    Scaling{"ScaledThenEncoded",
                            "videoscale ! video/x-raw,width=160,height=120 ! jpegenc ! jpegdec",
                            {160, 120},
                            {5.125F, 10.25F, 50, 40}}),
    [](const auto &each) { return std::string(each.param.name); });

} // namespace
} // namespace hafaces
