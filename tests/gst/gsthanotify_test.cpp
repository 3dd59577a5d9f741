/* SPDX-License-Identifier: MIT */
#include "gstutil/control_event.h"
#include "gstutil/face_meta.h"

#include "support/harness.h"
#include "support/temporary_folder.h"
#include "support/video_frames.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>

namespace hafaces {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::BufferPtr;
using test::FrameKind;
using test::Harness;

constexpr Size kFrame{64, 48};

Face
face(float side = 20)
{
    return {{10, 10, side, side}, 0.98F, std::nullopt};
}

class HaNotify : public testing::Test {
protected:
    void start(const FrameKind &kind = {GST_VIDEO_FORMAT_I420, kFrame})
    {
        kind_ = kind;
        harness_.setCaps(kind.caps().get());
    }

    void startJpeg() { harness_.setCaps("image/jpeg,width=64,height=48,framerate=10/1"); }

    static BufferPtr jpeg(const std::string &bytes)
    {
        return BufferPtr(gst_buffer_new_memdup(bytes.data(), bytes.size()));
    }

    BufferPtr frame(const std::vector<Face> &faces, GstClockTime at = 0) const
    {
        const std::size_t bytes = 3U * static_cast<std::size_t>(kind_.info().width) *
                                  static_cast<std::size_t>(kind_.info().height);
        const test::Picture red{{kind_.info().width, kind_.info().height}, 3, reds(bytes)};
        return detected(test::frameOf(red, kind_), faces, at);
    }

    static std::vector<std::uint8_t> reds(std::size_t bytes)
    {
        std::vector<std::uint8_t> result(bytes);
        for (std::size_t i = 0; i < bytes; i += 3)
            result[i] = 200;
        return result;
    }

    static BufferPtr detected(BufferPtr buffer, const std::vector<Face> &faces, GstClockTime at = 0,
                              std::optional<TriggerMark> mark = {})
    {
        Detection detection;
        detection.trigger = std::move(mark);
        detection.faces = faces;
        detection.frame = kFrame;
        detection.inferenceMs = 12.5;
        detection.captureUnixUs = 1'763'931'361'123'000;
        detection.captureMonotonicUs = g_get_monotonic_time() - 5000;
        attachDetection(buffer.get(), detection);
        GST_BUFFER_PTS(buffer.get()) = at;
        return buffer;
    }

    /* Stops the element, which delivers what waits, and reads the events. */
    std::vector<json> finish()
    {
        gst_element_set_state(harness_.get()->element, GST_STATE_NULL);
        std::vector<json> events;
        std::ifstream stream(path("events.jsonl"));
        for (std::string line; std::getline(stream, line);)
            events.push_back(json::parse(line));
        return events;
    }

    std::string path(const std::string &name) const { return folder_.path() + "/" + name; }
    std::string picture() const
    {
        std::ifstream stream(path("last-detection.jpg"), std::ios::binary);
        return {std::istreambuf_iterator<char>(stream), {}};
    }

    const test::TemporaryFolder folder_;
    FrameKind kind_{GST_VIDEO_FORMAT_I420, kFrame};
    Harness harness_{"hanotify camera=front-door location=" + folder_.path()};
};

TEST_F(HaNotify, TellsAFaceByEventAndPicture)
{
    startJpeg();
    harness_.through(detected(jpeg("the picture"), {face()}));
    const auto events = finish();
    ASSERT_EQ(1U, events.size());
    const json &event = events[0];
    EXPECT_EQ(1, event["schema"]);
    EXPECT_EQ("face_detected", event["event_type"]);
    EXPECT_EQ("front-door", event["camera"]);
    EXPECT_EQ("2025-11-23T20:56:01.123Z", event["time"]);
    EXPECT_EQ(64, event["frame"]["width"]);
    EXPECT_EQ(20.0, event["faces"][0]["box"]["width"]);
    EXPECT_EQ(12.5, event["inference_ms"]);
    EXPECT_GE(event["latency_ms"].get<double>(), 5.0);
    EXPECT_TRUE(g_uuid_string_is_valid(event["id"].get<std::string>().c_str()));
    EXPECT_TRUE(g_uuid_string_is_valid(event["visit"].get<std::string>().c_str()));
    EXPECT_EQ("the picture", picture()) << "a JPEG frame is delivered as it is";
}

TEST_F(HaNotify, PassesFramesOnAsTheyAre)
{
    startJpeg();
    BufferPtr in = detected(jpeg("x"), {face()});
    GstBuffer *same = in.get();
    const BufferPtr out = harness_.through(std::move(in));
    EXPECT_EQ(same, out.get());
}

TEST_F(HaNotify, SaysNothingOfFramesThatNobodyLookedAt)
{
    harness_.set("publish", 2);
    start();
    harness_.through(test::frameOf({kFrame, 3, reds(3U * 64 * 48)}, kind_));
    EXPECT_TRUE(finish().empty());
    EXPECT_FALSE(fs::exists(path("last-detection.jpg")));
}

TEST_F(HaNotify, TellsOneEventAVisit)
{
    harness_.set("clear-after", 10U);
    start();
    for (const GstClockTime second : {0, 1, 9, 18, 40})
        harness_.through(frame({face()}, second * GST_SECOND));
    const auto events = finish();
    ASSERT_EQ(2U, events.size());
    EXPECT_NE(events[0]["visit"], events[1]["visit"]);
    EXPECT_NE(events[0]["id"], events[1]["id"]);
}

TEST_F(HaNotify, EndsTheVisitWithTheStream)
{
    startJpeg();
    harness_.through(detected(jpeg("1"), {face()}));
    harness_.pushEvent(gst_event_new_eos());
    harness_.pushEvent(gst_event_new_flush_start());
    harness_.pushEvent(gst_event_new_flush_stop(TRUE));
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    harness_.pushEvent(gst_event_new_segment(&segment));
    harness_.through(detected(jpeg("2"), {face()}));
    EXPECT_EQ(2U, finish().size());
}

TEST_F(HaNotify, ReplacesThePictureByABetterOneWithoutAnEvent)
{
    startJpeg();
    harness_.through(detected(jpeg("far"), {face(20)}));
    harness_.through(detected(jpeg("near"), {face(40)}));
    harness_.through(detected(jpeg("going"), {face(30)}));
    EXPECT_EQ(1U, finish().size());
    EXPECT_EQ("near", picture());
}

TEST_F(HaNotify, TellsEveryFrameWithFacesIfTold)
{
    harness_.set("publish", 1);
    startJpeg();
    for (int i = 0; i < 3; ++i)
        harness_.through(detected(jpeg(std::to_string(i)), {face()}));
    harness_.through(detected(jpeg("none"), {}));
    const auto events = finish();
    ASSERT_EQ(3U, events.size());
    EXPECT_EQ(events[0]["visit"], events[2]["visit"]);
    EXPECT_EQ("2", picture());
}

TEST_F(HaNotify, TellsOfNoFaceTooIfTold)
{
    harness_.set("publish", 2);
    startJpeg();
    harness_.through(detected(jpeg("none"), {}));
    harness_.through(detected(jpeg("one"), {face()}));
    const auto events = finish();
    ASSERT_EQ(2U, events.size());
    EXPECT_EQ("no_face", events[0]["event_type"]);
    EXPECT_TRUE(events[0]["visit"].is_null());
    EXPECT_EQ("face_detected", events[1]["event_type"]);
    EXPECT_EQ("one", picture());
}

class HaNotifyBurst : public HaNotify {
protected:
    HaNotifyBurst()
    {
        harness_.set("publish", 2);
        startJpeg();
    }

    void see(unsigned seq, const std::vector<Face> &faces, const std::string &trigger = "t")
    {
        harness_.through(detected(
            jpeg("x"), faces, 0, TriggerMark{trigger, seq, false, g_get_monotonic_time() - 20000}));
    }

    void close(unsigned lastSeq, std::chrono::milliseconds patience,
               const std::string &trigger = "t")
    {
        harness_.pushEvent(makeBurstEndEvent({trigger, lastSeq, "frames",
                                              std::chrono::steady_clock::now() + patience})
                               .release());
    }

    /* Waits for so many. */
    std::vector<json> events(std::size_t count)
    {
        for (int i = 0; i < 1000 && harness_.stat("events") < count; ++i)
            g_usleep(10000);
        return finish();
    }
};

TEST_F(HaNotifyBurst, TellsOfNoFaceOnceAtItsEnd)
{
    see(0, {});
    close(1, std::chrono::hours(1));
    see(1, {});
    const auto told = events(1);
    ASSERT_EQ(1U, told.size());
    EXPECT_EQ("no_face", told[0]["event_type"]);
    EXPECT_EQ("t", told[0]["trigger"]);
    EXPECT_EQ(64, told[0]["frame"]["width"]);
    EXPECT_GE(told[0]["latency_ms"].get<double>(), 20.0) << "from the trigger";
}

TEST_F(HaNotifyBurst, TellsOfNoFaceThoughTheLastFrameNeverComes)
{
    see(0, {});
    close(1, std::chrono::milliseconds(50));
    EXPECT_EQ(1U, events(1).size());
}

TEST_F(HaNotifyBurst, TellsOfAFaceAtOnceAndThenNothing)
{
    see(0, {});
    see(1, {face()});
    see(2, {});
    close(2, std::chrono::milliseconds(10));
    g_usleep(50000);
    const auto told = finish();
    ASSERT_EQ(1U, told.size());
    EXPECT_EQ("face_detected", told[0]["event_type"]);
    EXPECT_EQ("t", told[0]["trigger"]);
}

TEST_F(HaNotifyBurst, KeepsTriggersApart)
{
    see(0, {}, "a");
    close(0, std::chrono::hours(1), "a");
    see(0, {face()}, "b");
    close(0, std::chrono::hours(1), "b");
    see(0, {}, "c");
    close(0, std::chrono::hours(1), "c");
    const auto told = events(3);
    ASSERT_EQ(3U, told.size());
    EXPECT_EQ("no_face a", told[0]["event_type"].get<std::string>() + " " +
                               told[0]["trigger"].get<std::string>());
    EXPECT_EQ("face_detected b", told[1]["event_type"].get<std::string>() + " " +
                                     told[1]["trigger"].get<std::string>());
    EXPECT_EQ("no_face c", told[2]["event_type"].get<std::string>() + " " +
                               told[2]["trigger"].get<std::string>());
}

TEST_F(HaNotifyBurst, SaysNothingOfFramesThatNobodyLookedAt)
{
    close(3, std::chrono::milliseconds(1));
    g_usleep(50000);
    EXPECT_TRUE(finish().empty());
}

TEST_F(HaNotifyBurst, IsOverWithTheStream)
{
    see(0, {});
    harness_.pushEvent(gst_event_new_eos());
    EXPECT_EQ(1U, events(1).size());
}

TEST_F(HaNotify, SendsNoPictureIfTold)
{
    harness_.set("image", 1);
    startJpeg();
    harness_.through(detected(jpeg("x"), {face()}));
    EXPECT_EQ(1U, finish().size());
    EXPECT_FALSE(fs::exists(path("last-detection.jpg")));
}

struct RawCase {
    const char *format;
    Size size;
};

class HaNotifyRaw : public HaNotify, public testing::WithParamInterface<RawCase> {};

TEST_P(HaNotifyRaw, EncodesThePicture)
{
    start({test::formatFrom(GetParam().format), GetParam().size, FrameKind::Rows::Padded});
    harness_.through(frame({face()}));
    EXPECT_EQ(1U, finish().size());
    const auto decoded = test::loadPicture(path("last-detection.jpg"));
    ASSERT_EQ(GetParam().size, decoded.size);
    const auto middle = decoded.bytes.size() / 6 * 3;
    const bool gray = std::string(GetParam().format) == "GRAY8";
    EXPECT_NEAR(gray ? 60 : 200, decoded.bytes[middle], 6);
    EXPECT_NEAR(gray ? 60 : 0, decoded.bytes[middle + 1], 6);
}

INSTANTIATE_TEST_SUITE_P(All, HaNotifyRaw,
                         testing::Values(RawCase{"I420", {64, 48}}, RawCase{"RGB", {63, 47}},
                                         RawCase{"BGRA", {33, 21}}, RawCase{"NV12", {65, 49}},
                                         RawCase{"YUY2", {31, 17}}, RawCase{"GRAY8", {64, 48}},
                                         RawCase{"I420_10LE", {64, 48}}),
                         [](const auto &each) { return std::string(each.param.format); });

/* A camera's BT.601 of limited range: encoded as it is, black would be dark grey. */
TEST_F(HaNotify, KeepsBlackBlackWhereTheRangeIsLimited)
{
    harness_.setCaps("video/x-raw,format=I420,width=64,height=48,framerate=10/1,"
                     "colorimetry=bt601");
    BufferPtr buffer(gst_buffer_new_allocate(nullptr, 64 * 48 * 3 / 2, nullptr));
    gst_buffer_memset(buffer.get(), 0, 16, 64 * 48);
    gst_buffer_memset(buffer.get(), 64 * 48, 128, 64 * 48 / 2);
    harness_.through(detected(std::move(buffer), {face()}));
    finish();
    EXPECT_LE(test::loadPicture(path("last-detection.jpg")).bytes[3000], 2);
}

TEST_F(HaNotify, FollowsNewCapsInMidStream)
{
    harness_.set("publish", 1);
    start();
    harness_.through(frame({face()}));
    start({GST_VIDEO_FORMAT_RGB, {99, 77}});
    harness_.through(frame({face()}));
    startJpeg();
    harness_.through(detected(jpeg("jpeg"), {face()}));
    start({GST_VIDEO_FORMAT_GRAY8, {120, 90}});
    harness_.through(frame({face()}));
    EXPECT_EQ(4U, finish().size());
    EXPECT_EQ((Size{120, 90}), test::loadPicture(path("last-detection.jpg")).size);
}

TEST_F(HaNotify, SurvivesAFolderThatCannotBeMadeAndSaysSo)
{
    std::ofstream(path("taken")) << "a file";
    Harness harness("hanotify location=" + path("taken/folder"));
    harness.setCaps("image/jpeg");
    for (int i = 0; i < 5; ++i)
        EXPECT_TRUE(harness.through(detected(jpeg("x"), {face()})));
    const std::string text = test::textOf(harness.waitFor(GST_MESSAGE_WARNING).get());
    EXPECT_NE(std::string::npos, text.find(path("taken/folder"))) << text;
    gst_element_set_state(harness.get()->element, GST_STATE_NULL);
    EXPECT_EQ(1U, harness.stat("dropped"));
    EXPECT_GE(harness.stat("failures"), 1U);
}

TEST_F(HaNotify, DeliversLateWhatAFolderRefusedAtFirst)
{
    std::ofstream(path("taken")) << "a file";
    Harness harness("hanotify location=" + path("taken"));
    harness.setCaps("image/jpeg");
    harness.through(detected(jpeg("x"), {face()}));
    EXPECT_TRUE(harness.waitFor(GST_MESSAGE_WARNING));
    fs::remove(path("taken"));
    EXPECT_TRUE(harness.waitFor(GST_MESSAGE_INFO));
    EXPECT_EQ(1U, harness.stat("events"));
    EXPECT_TRUE(fs::exists(path("taken/last-detection.jpg")));
}

TEST_F(HaNotify, NeedsALocation)
{
    const GObjectPtr<GstElement> element(
        sinkFloating(gst_element_factory_make("hanotify", nullptr)));
    const GObjectPtr<GstBus> bus(gst_bus_new());
    gst_element_set_bus(element.get(), bus.get());
    EXPECT_EQ(GST_STATE_CHANGE_FAILURE, gst_element_set_state(element.get(), GST_STATE_PAUSED));
    const MiniObjectPtr<GstMessage> message(gst_bus_pop_filtered(bus.get(), GST_MESSAGE_ERROR));
    EXPECT_NE(std::string::npos, test::textOf(message.get()).find("location"));
    gst_element_set_state(element.get(), GST_STATE_NULL);
    gst_element_set_bus(element.get(), nullptr);
}

TEST_F(HaNotify, CountsInStats)
{
    startJpeg();
    harness_.through(detected(jpeg("x"), {face()}));
    finish();
    EXPECT_EQ(1U, harness_.stat("visits"));
    EXPECT_EQ(1U, harness_.stat("events"));
    EXPECT_EQ(1U, harness_.stat("images"));
    EXPECT_EQ(0U, harness_.stat("queued"));
    EXPECT_EQ(0U, harness_.stat("dropped"));
}

TEST_F(HaNotify, CyclesItsStates)
{
    startJpeg();
    for (int i = 0; i < 20; ++i) {
        gst_element_set_state(harness_.get()->element, GST_STATE_NULL);
        gst_element_set_state(harness_.get()->element, GST_STATE_PLAYING);
    }
    EXPECT_TRUE(finish().empty());
}

} // namespace
} // namespace hafaces
