/* SPDX-License-Identifier: MIT */
#include "gstutil/capture_time.h"
#include "gstutil/control_event.h"
#include "gstutil/face_meta.h"

#include "support/camera_faults.h"
#include "support/files.h"
#include "support/harness.h"
#include "support/temporary_folder.h"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <thread>

namespace hafaces {
namespace {

using namespace std::chrono_literals;
using test::FakePeer;
using test::FakeServer;

const std::string kPicture = test::fileText(TEST_DATA_DIR "/mjpeg/astronaut-head.jpg");
const std::string kQuick = " connect-timeout=300 stall-timeout=300 max-backoff=20 ";

/* hacamerasrc, what stands behind it, and a sink that keeps what comes. */
class CameraPipeline {
public:
    explicit CameraPipeline(const std::string &properties, const std::string &behind = "identity")
        : pipeline_{sinkFloating(
              gst_parse_launch(("hacamerasrc name=camera " + properties + " ! " + behind +
                                " ! fakesink name=out signal-handoffs=true async=false sync=false")
                                   .c_str(),
                               nullptr))}
        , bus_{gst_element_get_bus(pipeline_.get())}
    {
        const auto out = element("out");
        const GObjectPtr<GstPad> pad(gst_element_get_static_pad(out.get(), "sink"));
        gst_pad_add_probe(pad.get(),
                          static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER |
                                                       GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM),
                          onData, this, nullptr);
    }
    ~CameraPipeline()
    {
        isHeld = false;
        setState(GST_STATE_NULL);
    }
    CameraPipeline(const CameraPipeline &) = delete;
    CameraPipeline &operator=(const CameraPipeline &) = delete;

    GObjectPtr<GstElement> element(const char *name) const
    {
        return GObjectPtr<GstElement>(gst_bin_get_by_name(GST_BIN(pipeline_.get()), name));
    }

    GstStateChangeReturn setState(GstState state)
    {
        return gst_element_set_state(pipeline_.get(), state);
    }

    /* More than there are now: for streams. */
    bool waitForFrames(std::size_t count)
    {
        std::unique_lock lock(mutex_);
        const std::size_t enough = frames_.size() + count;
        return changed_.wait_for(lock, 10s, [&] { return frames_.size() >= enough; });
    }

    /* Since the beginning: for pictures that are asked for, and may be there before we look. */
    bool waitForFramesInAll(std::size_t count)
    {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, 10s, [&] { return frames_.size() >= count; });
    }

    test::BufferPtr frame(std::size_t index)
    {
        const std::lock_guard lock(mutex_);
        return test::BufferPtr(gst_buffer_ref(frames_.at(index).get()));
    }

    /* "connected", "lost" and "frame" in the order of their coming; a frame's repetitions left out. */
    std::vector<std::string> order()
    {
        const std::lock_guard lock(mutex_);
        return order_;
    }

    /* The next message of that kind; null after 10 s. */
    MiniObjectPtr<GstMessage> waitFor(GstMessageType type)
    {
        return MiniObjectPtr<GstMessage>(
            gst_bus_timed_pop_filtered(bus_.get(), 10 * GST_SECOND, type));
    }

    /* As the element says: "lost closed". */
    std::string waitForState()
    {
        const auto message = waitFor(GST_MESSAGE_ELEMENT);
        if (!message)
            return "nothing";
        const GstStructure *structure = gst_message_get_structure(message.get());
        return toStdString(gst_structure_get_string(structure, "state")) + " " +
               toStdString(gst_structure_get_string(structure, "fault"));
    }

    std::uint64_t stat(const char *field)
    {
        GstStructure *stats = nullptr;
        g_object_get(element("camera").get(), "stats", &stats, nullptr);
        const StructurePtr owned(stats);
        guint64 value = 0;
        EXPECT_TRUE(gst_structure_get_uint64(stats, field, &value)) << field;
        return value;
    }

    std::atomic<bool> isHeld = false; /* the sink stands still */
    bool keepsFrames = true;

private:
    static GstPadProbeReturn onData(GstPad *, GstPadProbeInfo *info, gpointer data)
    {
        auto *self = static_cast<CameraPipeline *>(data);
        if ((GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER) != 0) {
            self->add("frame", self->keepsFrames ? GST_PAD_PROBE_INFO_BUFFER(info) : nullptr);
            while (self->isHeld)
                std::this_thread::sleep_for(1ms);
        } else if (const auto state = parseSourceEvent(GST_PAD_PROBE_INFO_EVENT(info))) {
            self->add(state->connected ? "connected" : "lost", nullptr);
        }
        return GST_PAD_PROBE_OK;
    }

    void add(const std::string &what, GstBuffer *frame)
    {
        const std::lock_guard lock(mutex_);
        if (order_.empty() || order_.back() != what)
            order_.push_back(what);
        if (what == "frame")
            frames_.emplace_back(frame != nullptr ? gst_buffer_ref(frame) : nullptr);
        changed_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<test::BufferPtr> frames_;
    std::vector<std::string> order_;
    GObjectPtr<GstElement> pipeline_;
    GObjectPtr<GstBus> bus_;
};

std::string
at(const FakeServer &camera)
{
    return "location=" + camera.url();
}

TEST(CameraSource, GivesPicturesWithSizeAndTime)
{
    FakeServer camera(test::goodStream(kPicture));
    CameraPipeline pipeline(at(camera));
    const gint64 before = g_get_real_time();
    pipeline.setState(GST_STATE_PLAYING);
    ASSERT_TRUE(pipeline.waitForFrames(5));
    const GObjectPtr<GstPad> pad(
        gst_element_get_static_pad(pipeline.element("camera").get(), "src"));
    const MiniObjectPtr<GstCaps> caps(gst_pad_get_current_caps(pad.get()));
    const MiniObjectPtr<GstCaps> expected(
        gst_caps_from_string("image/jpeg,width=300,height=340,framerate=0/1"));
    EXPECT_TRUE(gst_caps_is_equal(expected.get(), caps.get()));
    GstClockTime last = 0;
    for (std::size_t i = 0; i < 5; ++i) {
        const auto frame = pipeline.frame(i);
        EXPECT_EQ(kPicture.size(), gst_buffer_get_size(frame.get()));
        EXPECT_EQ(0, gst_buffer_memcmp(frame.get(), 0, kPicture.data(), kPicture.size()));
        ASSERT_TRUE(GST_BUFFER_PTS_IS_VALID(frame.get()));
        EXPECT_GE(GST_BUFFER_PTS(frame.get()), last);
        last = GST_BUFFER_PTS(frame.get());
        EXPECT_GE(captureUnixUs(frame.get()), before);
        EXPECT_LE(captureUnixUs(frame.get()), g_get_real_time());
    }
    EXPECT_LT(last, 10 * GST_SECOND);
}

TEST(CameraSource, IsDecodedAndItsFaceFound)
{
    FakeServer camera(test::goodStream(test::fileText(TEST_DATA_DIR "/dark.jpg")));
    CameraPipeline pipeline(at(camera), "jpegdec ! queue leaky=downstream max-size-buffers=1 ! "
                                        "hafacedetect");
    pipeline.setState(GST_STATE_PLAYING);
    ASSERT_TRUE(pipeline.waitForFrames(2));
    const auto detection = readDetection(pipeline.frame(1).get());
    ASSERT_TRUE(detection);
    EXPECT_EQ(1U, detection->faces.size());
}

TEST(CameraSource, TellsWhenTheCameraIsLostAndBack)
{
    FakeServer camera(test::goodStream(kPicture));
    CameraPipeline pipeline(at(camera) + kQuick);
    pipeline.setState(GST_STATE_PLAYING);
    EXPECT_EQ("connected ", pipeline.waitForState());
    ASSERT_TRUE(pipeline.waitForFrames(2));
    camera.setHandler([](FakePeer &peer) { peer.readRequest(); });
    camera.dropAll();
    EXPECT_EQ("lost closed", pipeline.waitForState());
    camera.setHandler(test::goodStream(kPicture));
    EXPECT_EQ("connected ", pipeline.waitForState());
    ASSERT_TRUE(pipeline.waitForFrames(2));
    EXPECT_EQ((std::vector<std::string>{"connected", "frame", "lost", "connected", "frame"}),
              pipeline.order());
    EXPECT_EQ(1U, pipeline.stat("reconnects"));
}

TEST(CameraSource, TellsTheReasonOnceWhileItIsTheSame)
{
    FakeServer camera([](FakePeer &peer) {
        peer.readRequest();
        peer.send("HTTP/1.0 404 Not Found\r\n\r\n");
    });
    CameraPipeline pipeline(at(camera) + kQuick);
    pipeline.setState(GST_STATE_PLAYING);
    EXPECT_EQ("lost status", pipeline.waitForState());
    while (camera.connections() < 5)
        std::this_thread::sleep_for(1ms);
    camera.setHandler(test::goodStream(kPicture));
    EXPECT_EQ("connected ", pipeline.waitForState());
}

/*
 * A picture comes in, one waits, and one is with the consumer, who stands still; glibc keeps as much
 * again as two more before it gives memory back.
 */
TEST(CameraSource, HoldsTwoPicturesAtMostAndPassesTheNewestOn)
{
    constexpr std::size_t kLarge = 8 << 20;
    constexpr std::uint64_t kDropped = 20;
    const std::string large = kPicture.substr(0, kPicture.size() - 2) +
                              std::string(kLarge - kPicture.size(), 'x') + "\xFF\xD9";
    const std::string part = test::part(large);
    FakeServer camera([&](FakePeer &peer) {
        peer.readRequest();
        peer.send(test::kStreamHeader);
        while (peer.send(part))
            ;
    });
    CameraPipeline pipeline(at(camera));
    pipeline.keepsFrames = false;
    pipeline.isHeld = true;
    [[maybe_unused]] const std::size_t before = test::residentBytes();
    pipeline.setState(GST_STATE_PLAYING);
    ASSERT_TRUE(pipeline.waitForFrames(1));
    std::size_t most = 0;
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (pipeline.stat("dropped") < kDropped && std::chrono::steady_clock::now() < deadline) {
        most = std::max(most, test::residentBytes());
        std::this_thread::sleep_for(1ms);
    }
    EXPECT_GE(pipeline.stat("dropped"), kDropped);
#if !defined(__SANITIZE_ADDRESS__) /* which keeps freed memory */
    EXPECT_LT(most - before, 6 * kLarge);
#endif
    pipeline.isHeld = false;
    EXPECT_TRUE(pipeline.waitForFrames(1));
}

TEST(CameraSource, StartsAgain)
{
    FakeServer camera(test::goodStream(kPicture));
    CameraPipeline pipeline(at(camera));
    for (const GstState state : {GST_STATE_READY, GST_STATE_NULL, GST_STATE_PAUSED}) {
        pipeline.setState(GST_STATE_PLAYING);
        EXPECT_TRUE(pipeline.waitForFrames(2));
        pipeline.setState(state);
    }
}

TEST(CameraSource, AsksForASnapshotOnlyWhenItIsTriggered)
{
    FakeServer camera(test::goodSnapshot(kPicture));
    CameraPipeline pipeline("fetch=triggered " + at(camera) + "current");
    const auto trigger = [&](const std::string &id) {
        gst_element_send_event(pipeline.element("out").get(),
                               makeTriggerEvent({id, 3, 50}).release());
    };
    pipeline.setState(GST_STATE_PLAYING);
    ASSERT_TRUE(pipeline.waitForFramesInAll(1)) << "the first shows that the camera is there";
    std::this_thread::sleep_for(200ms);
    EXPECT_EQ(1U, pipeline.stat("pictures"));
    std::size_t pictures = 1;
    for (const std::string id : {"a", "b"}) {
        trigger(id);
        trigger(id); /* by another branch */
        pictures += 3;
        ASSERT_TRUE(pipeline.waitForFramesInAll(pictures));
        std::this_thread::sleep_for(200ms);
    }
    EXPECT_EQ(7U, pipeline.stat("pictures"));
    EXPECT_EQ(0U, pipeline.stat("reconnects"));
}

TEST(CameraSource, BringsEachSnapshotOfABurstThoughSomeTakeLonger)
{
    const std::string answer = "HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: " +
                               std::to_string(kPicture.size()) + "\r\n\r\n" + kPicture;
    FakeServer camera([answer](FakePeer &peer) {
        for (int i = 0; !peer.readRequest().empty(); ++i)
            if (!peer.sleep(i % 2 == 0 ? 0ms : 40ms) || !peer.send(answer))
                return;
    });
    CameraPipeline pipeline("fetch=triggered " + at(camera) + "current",
                            "hatrigger burst=6 interval=60 window=20000");
    pipeline.setState(GST_STATE_PLAYING);
    ASSERT_TRUE(pipeline.waitForFramesInAll(1));
    gst_element_send_event(pipeline.element("out").get(), makeTriggerEvent({"a", 6, 60}).release());
    EXPECT_TRUE(pipeline.waitForFramesInAll(7));
}

TEST(CameraSource, GoesOnWithTriggersAfterTheCameraWasLost)
{
    FakeServer camera(test::goodSnapshot(kPicture));
    CameraPipeline pipeline("fetch=triggered " + at(camera) + kQuick);
    pipeline.setState(GST_STATE_PLAYING);
    ASSERT_TRUE(pipeline.waitForFramesInAll(1));
    camera.setHandler([](FakePeer &peer) { peer.readRequest(); });
    camera.dropAll();
    EXPECT_EQ("connected ", pipeline.waitForState());
    gst_element_send_event(pipeline.element("out").get(), makeTriggerEvent({"a", 2, 10}).release());
    EXPECT_EQ("lost closed", pipeline.waitForState());
    camera.setHandler(test::goodSnapshot(kPicture));
    EXPECT_EQ("connected ", pipeline.waitForState());
    EXPECT_TRUE(pipeline.waitForFramesInAll(2));
}

class CameraSourceFault : public testing::TestWithParam<test::NamedFault> {};

TEST_P(CameraSourceFault, DoesNotHoldUpTheEnd)
{
    FakeServer camera(GetParam().handler);
    CameraPipeline pipeline(at(camera));
    pipeline.setState(GST_STATE_PLAYING);
    while (camera.connections() == 0)
        std::this_thread::sleep_for(1ms);
    const auto begin = std::chrono::steady_clock::now();
    pipeline.setState(GST_STATE_NULL);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 200ms);
}

INSTANTIATE_TEST_SUITE_P(All, CameraSourceFault, testing::ValuesIn(test::cameraFaults(kPicture)),
                         [](const auto &each) { return std::string(each.param.name); });

struct WrongSetting {
    const char *name;
    const char *properties;
    const char *word;
};

class CameraSourceSetting : public testing::TestWithParam<WrongSetting> {};

TEST_P(CameraSourceSetting, IsAnErrorThatNamesIt)
{
    CameraPipeline pipeline(GetParam().properties);
    EXPECT_EQ(GST_STATE_CHANGE_FAILURE, pipeline.setState(GST_STATE_PAUSED));
    const auto message = pipeline.waitFor(GST_MESSAGE_ERROR);
    const std::string text = test::textOf(message.get());
    EXPECT_NE(std::string::npos, text.find(GetParam().word)) << text;
    EXPECT_EQ(std::string::npos, text.find("secret")) << text;
}

INSTANTIATE_TEST_SUITE_P(
    All, CameraSourceSetting,
    testing::Values(WrongSetting{"NoLocation", "", "location"},
                    WrongSetting{"OtherScheme", "location=rtsp://a:secret@127.0.0.1/", "http"},
                    WrongSetting{"NoLocationFile", "location-file=/nonexistent/a", "location-file"},
                    WrongSetting{"NoPasswordFile",
                                 "location=http://127.0.0.1:1/ user-id=a "
                                 "password-file=/nonexistent/b",
                                 "password-file"},
                    WrongSetting{"NoCaFile", "location=https://127.0.0.1:1/ ca-file=/nonexistent/c",
                                 "CA file"}),
    [](const auto &each) { return std::string(each.param.name); });

TEST(CameraSource, ShowsNoSecretInItsLocation)
{
    CameraPipeline pipeline("location=http://Ann:secret@127.0.0.1:1/picture?_signature=secret");
    gchar *location = nullptr;
    g_object_get(pipeline.element("camera").get(), "location", &location, nullptr);
    const GMemPtr<gchar> owned(location);
    EXPECT_STREQ("http://127.0.0.1:1/picture?…", location);
}

TEST(CameraSource, TakesItsLocationFromAFile)
{
    FakeServer camera(test::goodSnapshot(kPicture));
    const test::TemporaryFolder folder;
    std::ofstream(folder.path() + "/location") << camera.url("/current") << "\n";
    CameraPipeline pipeline("fetch=interval interval=50 location-file=" + folder.path() +
                            "/location");
    pipeline.setState(GST_STATE_PLAYING);
    EXPECT_TRUE(pipeline.waitForFrames(3));
}

} // namespace
} // namespace hafaces
