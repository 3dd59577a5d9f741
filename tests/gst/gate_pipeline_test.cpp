/* SPDX-License-Identifier: MIT */
/* The gate in whole pipelines: from a trigger to what is told of it. */
#include "gstutil/gst_ptr.h"

#include "support/files.h"
#include "support/temporary_folder.h"

#include <gst/gst.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <chrono>
#include <map>
#include <set>
#include <sstream>
#include <thread>

namespace hafaces {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using nlohmann::json;

/* A line with a hatrigger called "gate" that runs, in real time. */
class GatePipeline {
public:
    explicit GatePipeline(const std::string &line)
    {
        GError *error = nullptr;
        pipeline_ = sinkFloating(gst_parse_launch(line.c_str(), &error));
        EXPECT_EQ(nullptr, error) << error->message;
        g_clear_error(&error);
        bus_.reset(gst_element_get_bus(pipeline_.get()));
        gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
    }
    ~GatePipeline() { stop(); }
    GatePipeline(const GatePipeline &) = delete;
    GatePipeline &operator=(const GatePipeline &) = delete;

    void stop() { gst_element_set_state(pipeline_.get(), GST_STATE_NULL); }

    GObjectPtr<GstElement> element(const char *name) const
    {
        return GObjectPtr<GstElement>(gst_bin_get_by_name(GST_BIN(pipeline_.get()), name));
    }

    std::string trigger()
    {
        gchar *id = nullptr;
        g_signal_emit_by_name(element("gate").get(), "trigger", &id);
        return toStdString(GMemPtr<gchar>(id).get());
    }

    struct Finished {
        guint frames = 0;
        guint inferred = 0;
        guint faces = 0;
        Clock::duration taken{};
    };

    /* Of that trigger. Fails after 20 s. */
    Finished waitForFinish(const std::string &id)
    {
        const auto begin = Clock::now();
        while (const MiniObjectPtr<GstMessage> message{gst_bus_timed_pop_filtered(
            bus_.get(), 20 * GST_SECOND,
            static_cast<GstMessageType>(GST_MESSAGE_ELEMENT | GST_MESSAGE_ERROR))}) {
            const GstStructure *structure = gst_message_get_structure(message.get());
            if (GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_ERROR)
                break;
            if (!gst_structure_has_name(structure, "hatrigger") ||
                toStdString(gst_structure_get_string(structure, "state")) != "finished")
                continue;
            Finished finished;
            EXPECT_EQ(id, toStdString(gst_structure_get_string(structure, "trigger")));
            gst_structure_get(structure, "frames", G_TYPE_UINT, &finished.frames, "inferred",
                              G_TYPE_UINT, &finished.inferred, "faces", G_TYPE_UINT,
                              &finished.faces, nullptr);
            finished.taken = Clock::now() - begin;
            return finished;
        }
        ADD_FAILURE() << "the trigger was not finished";
        return {};
    }

private:
    GObjectPtr<GstElement> pipeline_;
    GObjectPtr<GstBus> bus_;
};

std::vector<json>
eventsIn(const std::string &folder)
{
    std::vector<json> events;
    std::istringstream lines(test::fileText(folder + "/events.jsonl"));
    for (std::string line; std::getline(lines, line);)
        events.push_back(json::parse(line));
    return events;
}

struct Way {
    const char *name;
    const char *encoder;
    const char *decoder;
};

/* What a face detector sees of a pattern of colours: nothing. */
std::string
pictures(const Way &way)
{
    return std::string("videotestsrc is-live=true pattern=smpte75 ! "
                       "video/x-raw,format=I420,width=320,height=240,framerate=20/1 ! ") +
           way.encoder;
}

class GateWay : public testing::TestWithParam<Way> {
protected:
    std::string line(const std::string &gate) const
    {
        return pictures(GetParam()) + " ! hatrigger name=gate " + gate + " ! " +
               GetParam().decoder +
               " ! hafacedetect frames=triggered input-size=128 ! facedraw ! jpegenc ! "
               "hanotify publish=all location=" +
               folder_.path() + " ! fakesink async=false";
    }

    const test::TemporaryFolder folder_;
};

TEST_P(GateWay, TellsOfNoFaceWithinTwoSecondsAfterTheWindow)
{
    GatePipeline pipeline(line("burst=4 interval=100 window=2000"));
    std::this_thread::sleep_for(500ms);
    std::vector<std::string> ids;
    for (int i = 0; i < 3; ++i) {
        ids.push_back(pipeline.trigger());
        const auto finished = pipeline.waitForFinish(ids.back());
        EXPECT_LT(finished.taken, 2s + 2s);
        EXPECT_EQ(4U, finished.frames);
        EXPECT_EQ(4U, finished.inferred);
        EXPECT_EQ(0U, finished.faces);
        std::this_thread::sleep_for(300ms);
    }
    pipeline.stop();
    std::vector<std::string> told;
    for (const json &event : eventsIn(folder_.path())) {
        EXPECT_EQ("no_face", event["event_type"]);
        EXPECT_LT(event["latency_ms"].get<double>(), 4000.0);
        told.push_back(event["trigger"].get<std::string>());
    }
    EXPECT_EQ(ids, told) << "each once, in their order";
}

/* By the window, with marks still to be made: decoders hold the last back. */
TEST_P(GateWay, CountsNoFrameForAnotherTrigger)
{
    GatePipeline pipeline(line("burst=100 interval=50 window=300"));
    std::this_thread::sleep_for(500ms);
    std::set<std::string> ids;
    guint inferred = 0;
    for (int i = 0; i < 3; ++i) {
        const std::string id = pipeline.trigger();
        ids.insert(id);
        const auto finished = pipeline.waitForFinish(id);
        EXPECT_LE(finished.inferred, finished.frames);
        EXPECT_LT(finished.taken, 300ms + 2s);
        inferred += finished.inferred;
    }
    EXPECT_GT(inferred, 3U);
    pipeline.stop();
    for (const json &event : eventsIn(folder_.path()))
        EXPECT_EQ(1U, ids.erase(event["trigger"].get<std::string>())) << "told once";
    EXPECT_TRUE(ids.empty());
}

INSTANTIATE_TEST_SUITE_P(
    All, GateWay,
    testing::Values(Way{"Jpeg", "jpegenc", "jpegdec"},
                    Way{"H264",
                        "x264enc tune=zerolatency speed-preset=1 key-int-max=10 ! h264parse",
                        "avdec_h264"},
                    Way{"BFrames",
                        "x264enc speed-preset=1 bframes=2 b-adapt=false key-int-max=10 "
                        "rc-lookahead=0 sync-lookahead=0 ! h264parse",
                        "avdec_h264"},
                    Way{"BPyramid",
                        "x264enc speed-preset=1 bframes=3 b-adapt=false b-pyramid=true "
                        "key-int-max=10 rc-lookahead=0 sync-lookahead=0 ! h264parse",
                        "avdec_h264"},
                    Way{"BFramesInFrameThreads",
                        "x264enc speed-preset=1 bframes=2 b-adapt=false key-int-max=10 "
                        "rc-lookahead=0 sync-lookahead=0 ! h264parse",
                        "avdec_h264 max-threads=4 thread-type=frame"},
                    Way{"Raw", "queue", "queue"}),
    [](const auto &each) { return std::string(each.param.name); });

TEST(GatePipelineTest, TellsOfAFaceWithItsTrigger)
{
    const test::TemporaryFolder folder;
    GatePipeline pipeline("multifilesrc loop=true location=" TEST_DATA_DIR
                          "/dark.jpg caps=image/jpeg,framerate=10/1 ! identity sync=true ! "
                          "hatrigger name=gate until=face ! jpegdec ! hafacedetect "
                          "frames=triggered ! facedraw ! jpegenc ! hanotify publish=all location=" +
                          folder.path() + " ! fakesink async=false");
    const std::string id = pipeline.trigger();
    const auto finished = pipeline.waitForFinish(id);
    EXPECT_GE(finished.faces, 1U);
    EXPECT_LT(finished.frames, 10U) << "until=face";
    /* The detector's answer goes upstream before the frame goes on. */
    auto events = eventsIn(folder.path());
    for (int i = 0; i < 1000 && events.empty(); ++i) {
        std::this_thread::sleep_for(10ms);
        events = eventsIn(folder.path());
    }
    pipeline.stop();
    ASSERT_FALSE(events.empty());
    EXPECT_EQ("face_detected", events[0]["event_type"]);
    EXPECT_EQ(id, events[0]["trigger"].get<std::string>());
    EXPECT_FALSE(test::fileText(folder.path() + "/last-detection.jpg").empty());
}

/* Counts the frames that get to an element. */
class Counter {
public:
    explicit Counter(const GObjectPtr<GstElement> &sink)
    {
        const GObjectPtr<GstPad> pad(gst_element_get_static_pad(sink.get(), "sink"));
        gst_pad_add_probe(
            pad.get(), GST_PAD_PROBE_TYPE_BUFFER,
            [](GstPad *, GstPadProbeInfo *, gpointer count) {
                ++*static_cast<std::atomic<int> *>(count);
                return GST_PAD_PROBE_OK;
            },
            &count_, nullptr);
    }

    int soFar() const { return count_; }

    /* Whether there are that many from the start on; false after 20 s. */
    bool reaches(int count) const
    {
        for (const auto end = Clock::now() + 20s; count_ < count && Clock::now() < end;)
            std::this_thread::sleep_for(10ms);
        return count_ >= count;
    }

private:
    std::atomic<int> count_ = 0;
};

class GateBehindATee : public testing::TestWithParam<const char *> {};

TEST_P(GateBehindATee, NeverStopsTheOtherBranch)
{
    const std::string end = GetParam();
    GatePipeline pipeline(
        "videotestsrc is-live=true ! "
        "video/x-raw,format=I420,width=320,height=240,framerate=20/1 ! tee name=t "
        "t. ! queue ! fakesink name=other "
        "t. ! queue ! jpegenc ! hatrigger name=gate burst=4 interval=100 ! " +
        end);
    Counter other(pipeline.element("other"));
    Counter gated(pipeline.element("gated"));
    constexpr int kManyFrames = 40; /* more than a queue holds in its second */
    ASSERT_TRUE(other.reaches(kManyFrames));
    const int first = gated.soFar();
    EXPECT_LE(first, 1) << "closed, but for the frame that sinks preroll with";
    pipeline.trigger();
    EXPECT_TRUE(gated.reaches(first + 4));
    const int whenOpened = other.soFar();
    EXPECT_TRUE(other.reaches(whenOpened + kManyFrames));
    EXPECT_EQ(first + 4, gated.soFar()) << "closed again";
}

INSTANTIATE_TEST_SUITE_P(All, GateBehindATee,
                         testing::Values("jpegdec ! fakesink name=gated async=false",
                                         "jpegdec ! jpegenc ! fakesink name=gated async=false",
                                         "jpegdec ! fakesink name=gated"));

} // namespace
} // namespace hafaces
