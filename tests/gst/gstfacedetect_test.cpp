/* SPDX-License-Identifier: MIT */
#include "gstutil/control_event.h"
#include "gstutil/face_meta.h"
#include "gstutil/trigger_mark.h"

#include "support/bad_models.h"
#include "support/golden.h"
#include "support/harness.h"
#include "support/video_frames.h"

#include <gtest/gtest.h>

#include <thread>

namespace hafaces {
namespace {

using test::BufferPtr;
using test::FrameKind;
using test::Harness;

const std::string kData = TEST_DATA_DIR;
constexpr float kSameBoxPx = 2;

/* Holds the network loaded while the tests run: each element would load it anew else. */
class LoadedNetwork : public testing::Environment {
public:
    void SetUp() override { holder_.emplace("hafacedetect"); }
    void TearDown() override { holder_.reset(); }

private:
    std::optional<Harness> holder_;
};

const auto *const kLoadedNetwork =
    testing::AddGlobalTestEnvironment(std::make_unique<LoadedNetwork>().release());

void
expectSameBox(const Rect &expected, const Rect &box, float limit)
{
    EXPECT_NEAR(expected.x, box.x, limit);
    EXPECT_NEAR(expected.y, box.y, limit);
    EXPECT_NEAR(expected.right(), box.right(), limit);
    EXPECT_NEAR(expected.bottom(), box.bottom(), limit);
}

Detection
detectIn(Harness &harness, const test::Picture &picture, const FrameKind &kind)
{
    harness.setCaps(kind.caps().get());
    const BufferPtr out = harness.through(test::frameOf(picture, kind));
    EXPECT_TRUE(out);
    return out ? readDetection(out.get()).value_or(Detection{}) : Detection{};
}

std::vector<Face>
facesIn(const test::Picture &picture, const FrameKind &kind)
{
    Harness harness("hafacedetect");
    return detectIn(harness, picture, kind).faces;
}

class FaceDetectFormats : public testing::TestWithParam<test::FormatCase> {};

TEST_P(FaceDetectFormats, GiveTheSameBoxesWithOddSizes)
{
    const auto &[format, rows] = GetParam();
    if (format == "GRAY8")
        GTEST_SKIP() << "has its own test";
    const auto picture = test::loadPicture(kData + "/odd_size.jpg");
    const auto expected = facesIn(picture, {GST_VIDEO_FORMAT_I420, picture.size});
    const auto faces = facesIn(picture, {test::formatFrom(format), picture.size, rows});
    ASSERT_EQ(2U, expected.size());
    ASSERT_EQ(expected.size(), faces.size());
    for (std::size_t i = 0; i < faces.size(); ++i)
        expectSameBox(expected[i].box, faces[i].box, kSameBoxPx);
}

TEST_P(FaceDetectFormats, FindTheFacesOfTheGoldenResult)
{
    const auto &[format, rows] = GetParam();
    const auto picture = test::loadPicture(kData + "/night.png", 1);
    const auto faces = facesIn(picture, {test::formatFrom(format), picture.size, rows});
    const auto goldens = test::loadGoldens(kData + "/golden");
    const auto golden = std::find_if(goldens.begin(), goldens.end(),
                                     [](const auto &each) { return each.name == "night"; });
    ASSERT_NE(goldens.end(), golden);
    ASSERT_EQ(golden->faces.size(), faces.size());
    for (std::size_t i = 0; i < faces.size(); ++i) {
        expectSameBox(golden->faces[i].box, faces[i].box, kSameBoxPx);
        EXPECT_NEAR(golden->faces[i].score, faces[i].confidence, 0.01);
    }
}

INSTANTIATE_TEST_SUITE_P(All, FaceDetectFormats, testing::ValuesIn(test::formatCases()),
                         [](const auto &each) { return test::nameOf(each.param); });

class FaceDetect : public testing::Test {
protected:
    BufferPtr frame() const { return test::frameOf(picture_, kind_); }

    Detection detect() { return detectIn(harness_, picture_, kind_); }

    BufferPtr emptyFrame() const
    {
        BufferPtr buffer = kind_.allocate();
        gst_buffer_memset(buffer.get(), 0, 0x80, gst_buffer_get_size(buffer.get()));
        return buffer;
    }

    const test::Picture picture_ = test::loadPicture(kData + "/astronaut.png");
    const FrameKind kind_{GST_VIDEO_FORMAT_I420, picture_.size};
    Harness harness_{"hafacedetect"};
};

std::string
pluginOf(const char *element)
{
    const GObjectPtr<GstElementFactory> factory(gst_element_factory_find(element));
    return factory ? gst_plugin_feature_get_plugin_name(GST_PLUGIN_FEATURE(factory.get())) : "none";
}

/* Where the OpenCV plugin is installed too, it depends whose facedetect answers. */
TEST_F(FaceDetect, IsRegisteredUnderBothNames)
{
    EXPECT_EQ("hafaces", pluginOf("hafacedetect"));
    const std::string facedetect = pluginOf("facedetect");
    EXPECT_TRUE(facedetect == "hafaces" || facedetect == "opencv") << facedetect;
}

TEST_F(FaceDetect, TellsWhatItFoundAndHow)
{
    const gint64 before = g_get_real_time();
    const Detection detection = detect();
    ASSERT_EQ(1U, detection.faces.size());
    expectSameBox({181, 70, 84, 106}, detection.faces[0].box, 2);
    EXPECT_NEAR(0.97, detection.faces[0].confidence, 0.02);
    EXPECT_EQ((Size{512, 512}), detection.frame);
    EXPECT_EQ("ssd_mobilenetv1", detection.modelId);
    EXPECT_GT(detection.inferenceMs, 0);
    EXPECT_GE(detection.captureUnixUs, before);
    EXPECT_LE(detection.captureUnixUs, g_get_real_time());
}

TEST_F(FaceDetect, CopiesNoPixelEvenAfterATee)
{
    harness_.setCaps(kind_.caps().get());
    BufferPtr in = frame();
    const BufferPtr otherBranch(gst_buffer_ref(in.get()));
    const BufferPtr out = harness_.through(std::move(in));
    EXPECT_EQ(gst_buffer_peek_memory(otherBranch.get(), 0), gst_buffer_peek_memory(out.get(), 0));
    EXPECT_TRUE(readDetection(out.get()));
    EXPECT_FALSE(readDetection(otherBranch.get()));
}

TEST_F(FaceDetect, GivesOtherElementsARegionForEachFace)
{
    harness_.setCaps(kind_.caps().get());
    const BufferPtr out = harness_.through(frame());
    const auto *region = gst_buffer_get_video_region_of_interest_meta(out.get());
    ASSERT_NE(nullptr, region);
    EXPECT_STREQ("face", g_quark_to_string(region->roi_type));
    EXPECT_NEAR(181, region->x, 2);
    EXPECT_NEAR(84, region->w, 2);
    auto *roi = const_cast<GstVideoRegionOfInterestMeta *>(region);
    GstStructure *detection = gst_video_region_of_interest_meta_get_param(roi, "detection");
    ASSERT_NE(nullptr, detection);
    double confidence = 0;
    EXPECT_TRUE(gst_structure_get_double(detection, "confidence", &confidence));
    EXPECT_NEAR(0.97, confidence, 0.02);
    EXPECT_STREQ("face", gst_structure_get_string(detection, "label"));
}

TEST_F(FaceDetect, PostsAMessageForEachInferredFrame)
{
    harness_.setCaps(kind_.caps().get());
    BufferPtr in = frame();
    GST_BUFFER_PTS(in.get()) = 3 * GST_SECOND;
    GST_BUFFER_DURATION(in.get()) = GST_SECOND;
    harness_.through(std::move(in));
    harness_.through(emptyFrame());
    const auto messages = harness_.messages(GST_MESSAGE_ELEMENT);
    ASSERT_EQ(2U, messages.size());
    const GstStructure *structure = gst_message_get_structure(messages[0].get());
    EXPECT_TRUE(gst_structure_has_name(structure, "facedetect"));
    for (const char *field : {"timestamp", "stream-time", "running-time"}) {
        guint64 time = 0;
        EXPECT_TRUE(gst_structure_get_uint64(structure, field, &time)) << field;
        EXPECT_EQ(3 * GST_SECOND, time) << field;
    }
    const GValue *faces = gst_structure_get_value(structure, "faces");
    ASSERT_EQ(1U, gst_value_list_get_size(faces));
    const GstStructure *face = gst_value_get_structure(gst_value_list_get_value(faces, 0));
    guint width = 0;
    EXPECT_TRUE(gst_structure_get_uint(face, "width", &width));
    EXPECT_NEAR(84, width, 2);
    EXPECT_TRUE(gst_structure_has_field_typed(face, "confidence", G_TYPE_DOUBLE));
    const GstStructure *none = gst_message_get_structure(messages[1].get());
    EXPECT_EQ(0U, gst_value_list_get_size(gst_structure_get_value(none, "faces")));
}

TEST_F(FaceDetect, MarksAnInferredFrameWithoutAFace)
{
    harness_.setCaps(kind_.caps().get());
    const BufferPtr out = harness_.through(emptyFrame());
    const auto detection = readDetection(out.get());
    ASSERT_TRUE(detection);
    EXPECT_TRUE(detection->faces.empty());
}

TEST_F(FaceDetect, PassesFramesUnseenWhileItIsNotEnabled)
{
    harness_.set("enabled", FALSE);
    harness_.setCaps(kind_.caps().get());
    const BufferPtr out = harness_.through(frame());
    ASSERT_TRUE(out);
    EXPECT_FALSE(readDetection(out.get()));
    EXPECT_EQ(1U, harness_.stat("skipped"));
    harness_.set("enabled", TRUE);
    EXPECT_EQ(1U, detect().faces.size());
}

TEST_F(FaceDetect, DropsFramesWithoutAFaceIfTold)
{
    harness_.set("drop-empty", TRUE);
    harness_.setCaps(kind_.caps().get());
    EXPECT_FALSE(harness_.through(emptyFrame()));
    EXPECT_TRUE(harness_.through(frame()));
}

TEST_F(FaceDetect, ObeysItsLimits)
{
    harness_.set("min-confidence", 0.99);
    EXPECT_EQ(0U, detect().faces.size());
    harness_.set("min-confidence", 0.1);
    EXPECT_EQ(1U, detect().faces.size());
    harness_.set("min-face-size", 100U);
    EXPECT_EQ(0U, detect().faces.size());
    harness_.set("min-face-size", 50U, "min-confidence", 0.001, "max-faces", 3U);
    EXPECT_EQ(3U, detect().faces.size());
}

TEST_F(FaceDetect, CountsInStats)
{
    detect();
    harness_.through(emptyFrame());
    EXPECT_EQ(2U, harness_.stat("seen"));
    EXPECT_EQ(2U, harness_.stat("inferred"));
    EXPECT_EQ(0U, harness_.stat("skipped"));
    EXPECT_EQ(1U, harness_.stat("faces"));
    const StructurePtr stats(harness_.property<GstStructure *>("stats"));
    for (const char *field : {"inference-ms-last", "inference-ms-p50", "inference-ms-p99"}) {
        double ms = 0;
        EXPECT_TRUE(gst_structure_get_double(stats.get(), field, &ms)) << field;
        EXPECT_GT(ms, 0) << field;
    }
    EXPECT_STREQ("opencv", gst_structure_get_string(stats.get(), "engine"));
}

TEST_F(FaceDetect, DoesNotInferFramesThatComeTooLateButPassesThem)
{
    harness_.setCaps(kind_.caps().get());
    const auto inferredAt = [&](GstClockTime time) {
        BufferPtr in = frame();
        GST_BUFFER_PTS(in.get()) = time;
        const BufferPtr out = harness_.through(std::move(in));
        EXPECT_TRUE(out);
        return readDetection(out.get()).has_value();
    };
    EXPECT_TRUE(inferredAt(0));
    gst_harness_push_upstream_event(
        harness_.get(), gst_event_new_qos(GST_QOS_TYPE_UNDERFLOW, 0.5, GST_SECOND, GST_SECOND));
    EXPECT_FALSE(inferredAt(2 * GST_SECOND));
    EXPECT_TRUE(inferredAt(4 * GST_SECOND));
    gst_harness_push_upstream_event(
        harness_.get(), gst_event_new_qos(GST_QOS_TYPE_UNDERFLOW, 2, -GST_SECOND, 5 * GST_SECOND));
    EXPECT_TRUE(inferredAt(5 * GST_SECOND));
    EXPECT_EQ(1U, harness_.stat("skipped"));
}

class FaceDetectTriggered : public FaceDetect {
protected:
    FaceDetectTriggered()
    {
        harness_.set("frames", 1);
        harness_.setCaps(kind_.caps().get());
    }

    static BufferPtr marked(BufferPtr buffer, unsigned seq, const std::string &trigger = "t")
    {
        attachTriggerMark(buffer.get(), {trigger, seq, false, 99});
        return buffer;
    }

    std::optional<Detection> look(BufferPtr buffer, GstClockTime time = 0)
    {
        GST_BUFFER_PTS(buffer.get()) = time;
        const BufferPtr out = harness_.through(std::move(buffer));
        EXPECT_TRUE(out) << "frames pass, whether they are looked at or not";
        return readDetection(out.get());
    }

    /* "trigger/seq: faces" of each result that was told upstream. */
    std::string results()
    {
        std::string text;
        while (GstEvent *event = gst_harness_try_pull_upstream_event(harness_.get())) {
            const MiniObjectPtr<GstEvent> owned(event);
            if (const auto report = parseResultEvent(event))
                text += report->trigger + "/" + std::to_string(report->seq) + ": " +
                        std::to_string(report->faces) + " ";
        }
        return text;
    }

    void send(const MiniObjectPtr<GstEvent> &event)
    {
        gst_harness_push_upstream_event(harness_.get(), gst_event_ref(event.get()));
    }
};

TEST_F(FaceDetectTriggered, LooksAtMarkedFramesOnly)
{
    EXPECT_FALSE(look(frame()));
    const auto detection = look(marked(frame(), 4));
    ASSERT_TRUE(detection);
    EXPECT_EQ(1U, detection->faces.size());
    EXPECT_EQ((TriggerMark{"t", 4, false, 99}), detection->trigger);
    EXPECT_FALSE(look(frame()));
    EXPECT_EQ(2U, harness_.stat("skipped"));
}

TEST_F(FaceDetectTriggered, LooksAtAMarkOnce)
{
    EXPECT_TRUE(look(marked(frame(), 0)));
    EXPECT_FALSE(look(marked(frame(), 0)));
    EXPECT_TRUE(look(marked(frame(), 0, "another")));
    EXPECT_TRUE(look(marked(marked(frame(), 0), 1))) << "one of the two is new";
    EXPECT_EQ("t/0: 1 another/0: 1 t/1: 1 ", results());
}

TEST_F(FaceDetectTriggered, TellsUpstreamWhatItFound)
{
    look(frame());
    look(marked(frame(), 0));
    look(marked(emptyFrame(), 1));
    EXPECT_EQ("t/0: 1 t/1: 0 ", results());
}

TEST_F(FaceDetectTriggered, NamesTheTriggerInItsMessage)
{
    look(marked(frame(), 0));
    const auto messages = harness_.messages(GST_MESSAGE_ELEMENT);
    ASSERT_EQ(1U, messages.size());
    EXPECT_STREQ("t",
                 gst_structure_get_string(gst_message_get_structure(messages[0].get()), "trigger"));
}

TEST_F(FaceDetectTriggered, LooksAtAMarkedFrameThoughItIsLate)
{
    gst_harness_push_upstream_event(
        harness_.get(), gst_event_new_qos(GST_QOS_TYPE_UNDERFLOW, 0.5, GST_SECOND, GST_SECOND));
    EXPECT_TRUE(look(marked(frame(), 0), GST_SECOND));
}

TEST_F(FaceDetectTriggered, LooksAtTheNextFrameWhenItsActionIsCalled)
{
    gchar *id = nullptr;
    g_signal_emit_by_name(harness_.get()->element, "trigger", &id);
    const GMemPtr<gchar> owned(id);
    ASSERT_NE(nullptr, id);
    const auto detection = look(frame());
    ASSERT_TRUE(detection);
    EXPECT_EQ(id, detection->trigger->trigger);
    EXPECT_TRUE(detection->trigger->last);
    EXPECT_FALSE(look(frame()));
}

TEST_F(FaceDetectTriggered, ObeysTheTriggerEventWhereThereIsNoGate)
{
    const auto event = makeTriggerEvent({"button", 2, 100});
    send(event);
    send(event); /* by another branch */
    EXPECT_TRUE(look(frame(), 0));
    EXPECT_FALSE(look(frame(), 50 * GST_MSECOND));
    EXPECT_TRUE(look(frame(), 100 * GST_MSECOND)->trigger->last);
    EXPECT_FALSE(look(frame(), 200 * GST_MSECOND));
    EXPECT_EQ("button/0: 1 button/1: 1 ", results());
}

TEST_F(FaceDetectTriggered, ObeysTheEnableEventWhereThereIsNoGate)
{
    send(makeEnableEvent({"off", false}));
    EXPECT_FALSE(look(marked(frame(), 0)));
    EXPECT_FALSE(harness_.property<gboolean>("enabled"));
    send(makeEnableEvent({"on", true}));
    EXPECT_TRUE(look(marked(frame(), 1)));
}

TEST_F(FaceDetect, FollowsNewCapsInMidStream)
{
    EXPECT_EQ(1U, detect().faces.size());
    const auto wide = test::loadPicture(kData + "/three_faces.jpg");
    EXPECT_EQ(3U, detectIn(harness_, wide, {GST_VIDEO_FORMAT_NV12, wide.size}).faces.size());
    const auto odd = test::loadPicture(kData + "/odd_size.jpg");
    const FrameKind padded(GST_VIDEO_FORMAT_BGR, odd.size, FrameKind::Rows::Padded);
    EXPECT_EQ(2U, detectIn(harness_, odd, padded).faces.size());
    EXPECT_EQ(1U, detect().faces.size());
}

TEST_F(FaceDetect, CyclesItsStates)
{
    const GObjectPtr<GstElement> pipeline(sinkFloating(gst_parse_launch(
        ("filesrc location=" + kData + "/dark.jpg ! jpegdec ! hafacedetect name=d ! fakesink")
            .c_str(),
        nullptr)));
    const GObjectPtr<GstElement> detector(gst_bin_get_by_name(GST_BIN(pipeline.get()), "d"));
    for (int i = 0; i < 20; ++i) {
        gst_element_set_state(pipeline.get(), i % 2 == 0 ? GST_STATE_PLAYING : GST_STATE_PAUSED);
        ASSERT_NE(GST_STATE_CHANGE_FAILURE,
                  gst_element_get_state(pipeline.get(), nullptr, nullptr, 10 * GST_SECOND));
        GstStructure *stats = nullptr;
        g_object_get(detector.get(), "stats", &stats, nullptr);
        const StructurePtr owned(stats);
        guint64 faces = 0;
        gst_structure_get_uint64(stats, "faces", &faces);
        ASSERT_EQ(1U, faces);
        gst_element_set_state(pipeline.get(), i % 3 == 0 ? GST_STATE_READY : GST_STATE_NULL);
    }
    gst_element_set_state(pipeline.get(), GST_STATE_NULL);
}

TEST_F(FaceDetect, SharesItsNetworkWithAnotherPipeline)
{
    Harness other("hafacedetect");
    other.setCaps(kind_.caps().get());
    harness_.setCaps(kind_.caps().get());
    const auto run = [&](Harness &harness) {
        for (int i = 0; i < 10; ++i) {
            const BufferPtr out = harness.through(frame());
            EXPECT_EQ(1U, readDetection(out.get()).value_or(Detection{}).faces.size());
        }
    };
    std::thread second(run, std::ref(other));
    run(harness_);
    second.join();
    EXPECT_EQ(10U, other.stat("faces"));
}

TEST_F(FaceDetect, GoesOnWhenTheOtherUserOfItsNetworkStops)
{
    {
        Harness other("hafacedetect");
        EXPECT_EQ(1U, detectIn(other, picture_, kind_).faces.size());
        detect();
    }
    EXPECT_EQ(1U, detect().faces.size());
}

TEST_F(FaceDetect, SaysWhatIsWrongWithAFrameThatIsTooShort)
{
    harness_.setCaps(kind_.caps().get());
    EXPECT_EQ(GST_FLOW_ERROR,
              harness_.push(BufferPtr(gst_buffer_new_allocate(nullptr, 99, nullptr))));
    EXPECT_EQ(1U, harness_.messages(GST_MESSAGE_ERROR).size());
}

class FaceDetectBadModel : public testing::TestWithParam<test::BadModelCase> {};

TEST_P(FaceDetectBadModel, IsAnErrorOnPausing)
{
    const test::TemporaryFolder folder;
    const std::string file = GetParam().make(folder.path(), TEST_MODEL);
    const GObjectPtr<GstElement> element(
        sinkFloating(gst_element_factory_make("hafacedetect", nullptr)));
    const GObjectPtr<GstBus> bus(gst_bus_new());
    gst_element_set_bus(element.get(), bus.get());
    g_object_set(element.get(), "model", file.c_str(), nullptr);
    EXPECT_EQ(GST_STATE_CHANGE_SUCCESS, gst_element_set_state(element.get(), GST_STATE_READY));
    EXPECT_EQ(GST_STATE_CHANGE_FAILURE, gst_element_set_state(element.get(), GST_STATE_PAUSED));
    const MiniObjectPtr<GstMessage> message(gst_bus_pop_filtered(bus.get(), GST_MESSAGE_ERROR));
    const std::string text = test::textOf(message.get());
    EXPECT_NE(std::string::npos, text.find(file)) << text;
    EXPECT_NE(std::string::npos, text.find(GetParam().reason)) << text;
    gst_element_set_state(element.get(), GST_STATE_NULL);
    gst_element_set_bus(element.get(), nullptr);
}

INSTANTIATE_TEST_SUITE_P(All, FaceDetectBadModel, testing::ValuesIn(test::badModels()),
                         [](const auto &each) { return each.param.name; });

/* Through jpegdec and with the input that follows the frame: limits of the golden results. */
TEST(FaceDetectThroughJpegdec, FindsTheFacesOfTheOriginal)
{
    constexpr float kNearThreshold = 0.03F;
    std::size_t faces = 0;
    std::size_t tight = 0;
    for (const auto &golden : test::loadGoldens(test::folderOfGoldens())) {
        SCOPED_TRACE(golden.image);
        const std::string file = test::readFile(test::folderOfPictures() + "/" + golden.image);
        Harness harness(golden.image.ends_with(".png")
                            ? "pngdec ! hafacedetect min-confidence=0.4"
                            : "jpegdec ! hafacedetect min-confidence=0.4");
        harness.setCaps(golden.image.ends_with(".png") ? "image/png" : "image/jpeg");
        BufferPtr in(gst_buffer_new_memdup(file.data(), file.size()));
        harness.push(std::move(in));
        harness.pushEvent(gst_event_new_eos());
        const BufferPtr out = harness.pull();
        ASSERT_TRUE(out) << "no frame came of it";
        auto found = readDetection(out.get()).value_or(Detection{}).faces;
        for (const auto &[box, score] : golden.faces) {
            const auto best =
                std::max_element(found.begin(), found.end(), [&](const Face &a, const Face &b) {
                    return iou(a.box, box) < iou(b.box, box);
                });
            const bool border = score < 0.5F + kNearThreshold;
            if (best == found.end() || iou(best->box, box) < 0.5F) {
                EXPECT_TRUE(border) << "missed the face of score " << score;
                continue;
            }
            EXPECT_TRUE(border || best->confidence > 0.5F) << "missed the face of score " << score;
            EXPECT_NEAR(score, best->confidence, 0.03);
            EXPECT_GE(iou(best->box, box), 0.85F);
            ++faces;
            tight += iou(best->box, box) >= 0.95F ? 1 : 0;
            found.erase(best);
        }
        for (const Face &extra : found)
            EXPECT_LE(extra.confidence, 0.5F + kNearThreshold) << "an extra face";
    }
    EXPECT_GE(static_cast<double>(tight), 0.95 * static_cast<double>(faces)) << "of " << faces;
}

} // namespace
} // namespace hafaces
