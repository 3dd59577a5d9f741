/* SPDX-License-Identifier: MIT */
#include "gstutil/capture_time.h"
#include "gstutil/control_event.h"
#include "gstutil/trigger_mark.h"

#include "support/harness.h"
#include "support/http_request.h"
#include "support/temporary_folder.h"

#include <gst/video/video.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <thread>

namespace hafaces {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using test::BufferPtr;
using test::Harness;

constexpr GstClockTime kFrame = GST_SECOND / 10;

class HaTrigger : public testing::Test {
protected:
    void start(const std::string &caps = "image/jpeg,width=64,height=48,framerate=10/1")
    {
        harness_.setCaps(caps);
    }

    /* The frame, as it came through. */
    BufferPtr push(bool isDelta = false)
    {
        BufferPtr buffer(gst_buffer_new_memdup("x", 1));
        GST_BUFFER_PTS(buffer.get()) = kFrame * next_++;
        if (isDelta)
            GST_BUFFER_FLAG_SET(buffer.get(), GST_BUFFER_FLAG_DELTA_UNIT);
        return harness_.through(std::move(buffer));
    }

    /* What becomes of so many frames: "." dropped, "-" unmarked, else the number of the mark. */
    std::string pass(int frames, bool areDelta = false)
    {
        std::string text;
        for (int i = 0; i < frames; ++i) {
            const BufferPtr out = push(areDelta);
            const auto marks = out ? readTriggerMarks(out.get()) : std::vector<TriggerMark>();
            text += !out ? "." : marks.empty() ? "-" : std::to_string(marks[0].seq);
        }
        return text;
    }

    std::string trigger()
    {
        gchar *id = nullptr;
        g_signal_emit_by_name(harness_.get()->element, "trigger", &id);
        return toStdString(GMemPtr<gchar>(id).get());
    }

    bool sendUpstream(const MiniObjectPtr<GstEvent> &event)
    {
        return gst_harness_push_upstream_event(harness_.get(), gst_event_ref(event.get())) != FALSE;
    }

    void result(const std::string &trigger, guint seq, guint faces)
    {
        sendUpstream(makeResultEvent({newUuid(), trigger, seq, faces, {}}));
    }

    /* Waits for the next message of the element. */
    StructurePtr message()
    {
        const auto found = harness_.waitFor(GST_MESSAGE_ELEMENT);
        return StructurePtr(found ? gst_structure_copy(gst_message_get_structure(found.get()))
                                  : gst_structure_new_empty("none"));
    }

    static std::string text(const StructurePtr &structure, const char *field)
    {
        return toStdString(gst_structure_get_string(structure.get(), field));
    }

    static guint number(const StructurePtr &structure, const char *field)
    {
        guint value = 12345;
        gst_structure_get_uint(structure.get(), field, &value);
        return value;
    }

    template<typename Parse>
    auto nextEvent(GstEvent *(*pull)(GstHarness *), Parse parse)
    {
        while (GstEvent *event = pull(harness_.get())) {
            const MiniObjectPtr<GstEvent> owned(event);
            if (auto parsed = parse(event))
                return parsed;
        }
        return decltype(parse(nullptr))();
    }

    bool asksForAKeyFrame()
    {
        const auto found = nextEvent(
            gst_harness_try_pull_upstream_event, [](GstEvent *event) -> std::optional<bool> {
                return event != nullptr && gst_video_event_is_force_key_unit(event)
                           ? std::optional(true)
                           : std::nullopt;
            });
        return found.has_value();
    }

    Harness harness_{"hatrigger"};
    GstClockTime next_ = 0;
};

TEST_F(HaTrigger, PassesTheFirstFrameSoThatSinksPrerollAndThenNothing)
{
    start();
    EXPECT_EQ("-....", pass(5));
    EXPECT_EQ(5U, harness_.stat("frames-in"));
    EXPECT_EQ(1U, harness_.stat("frames-through"));
}

TEST_F(HaTrigger, MarksABurstOfFrames)
{
    harness_.set("burst", 3U, "interval", 200U);
    start();
    EXPECT_EQ("-.", pass(2));
    const gint64 before = g_get_monotonic_time();
    const std::string id = trigger();
    const BufferPtr first = push();
    ASSERT_TRUE(first);
    const auto marks = readTriggerMarks(first.get());
    ASSERT_EQ(1U, marks.size());
    EXPECT_EQ(id, marks[0].trigger);
    EXPECT_EQ(0U, marks[0].seq);
    EXPECT_GE(marks[0].monotonicUs, before);
    EXPECT_TRUE(GST_BUFFER_IS_DISCONT(first.get()));
    EXPECT_EQ(".1.2...", pass(7));
}

TEST_F(HaTrigger, TellsWhenTheFrameWasTakenUnlessSomebodyDid)
{
    harness_.set("interval", 0U);
    start();
    trigger();
    const gint64 before = g_get_real_time();
    const BufferPtr out = push();
    const gint64 after = g_get_real_time();
    g_usleep(2000);
    EXPECT_GE(captureUnixUs(out.get()), before);
    EXPECT_LE(captureUnixUs(out.get()), after);

    BufferPtr dated(gst_buffer_new());
    const MiniObjectPtr<GstCaps> unixTime(gst_caps_new_empty_simple("timestamp/x-unix"));
    gst_buffer_add_reference_timestamp_meta(dated.get(), unixTime.get(), 5 * GST_SECOND,
                                            GST_CLOCK_TIME_NONE);
    EXPECT_EQ(5'000'000, captureUnixUs(harness_.through(std::move(dated)).get()));
}

TEST_F(HaTrigger, MarksTheVeryFirstFrameIfItIsAskedFor)
{
    start();
    trigger();
    EXPECT_EQ("0", pass(1));
}

TEST_F(HaTrigger, TellsStartAndFinishOnTheBus)
{
    harness_.set("burst", 2U, "interval", 0U);
    start();
    const std::string id = trigger();
    const auto started = message();
    EXPECT_TRUE(gst_structure_has_name(started.get(), "hatrigger"));
    EXPECT_EQ("started", text(started, "state"));
    EXPECT_EQ(id, text(started, "trigger"));
    EXPECT_EQ("signal", text(started, "source"));
    EXPECT_EQ("01", pass(2));
    result(id, 0, 2);
    result(id, 1, 1);
    const auto finished = message();
    EXPECT_EQ("finished", text(finished, "state"));
    EXPECT_EQ(id, text(finished, "trigger"));
    EXPECT_EQ(2U, number(finished, "frames"));
    EXPECT_EQ(2U, number(finished, "inferred"));
    EXPECT_EQ(3U, number(finished, "faces"));
    EXPECT_EQ("frames", text(finished, "reason"));
}

TEST_F(HaTrigger, IsFinishedAfterTheWindowThoughNoFrameComes)
{
    harness_.set("window", 100U);
    start();
    const auto before = std::chrono::steady_clock::now();
    trigger();
    message();
    const auto finished = message();
    EXPECT_EQ("window", text(finished, "reason"));
    EXPECT_EQ(0U, number(finished, "frames"));
    EXPECT_GE(std::chrono::steady_clock::now() - before, 100ms);
}

TEST_F(HaTrigger, WaitsForResultsOneAndAHalfSecondsAfterTheWindow)
{
    harness_.set("window", 100U);
    start();
    const auto before = std::chrono::steady_clock::now();
    trigger();
    message();
    EXPECT_EQ("0", pass(1));
    const auto finished = message();
    const auto taken = std::chrono::steady_clock::now() - before;
    EXPECT_EQ("window", text(finished, "reason"));
    EXPECT_EQ(1U, number(finished, "frames"));
    EXPECT_EQ(0U, number(finished, "inferred"));
    EXPECT_GE(taken, 1600ms);
    EXPECT_LT(taken, 2100ms);
}

TEST_F(HaTrigger, TellsTheEndOfTheBurstDownstream)
{
    harness_.set("burst", 2U, "interval", 0U, "window", 5000U);
    start();
    const std::string id = trigger();
    pass(2);
    const auto closing = nextEvent(gst_harness_try_pull_event, parseBurstEndEvent);
    ASSERT_TRUE(closing);
    EXPECT_EQ(id, closing->trigger);
    EXPECT_EQ(1U, closing->lastSeq);
    EXPECT_EQ("frames", closing->reason);
    EXPECT_NEAR(
        6.5,
        std::chrono::duration<double>(closing->deadline - std::chrono::steady_clock::now()).count(),
        1.0);
}

TEST_F(HaTrigger, AsksTheSourceForPictures)
{
    harness_.set("burst", 4U, "interval", 250U);
    start();
    trigger();
    const auto request = nextEvent(gst_harness_try_pull_upstream_event, parseTriggerEvent);
    ASSERT_TRUE(request);
    EXPECT_EQ(4U, request->burst);
    EXPECT_EQ(250U, request->intervalMs);
}

TEST_F(HaTrigger, TakesTheTriggerEventOnceWithItsFrames)
{
    start();
    EXPECT_EQ("-", pass(1));
    const auto event = makeTriggerEvent({"button", 2, 0});
    EXPECT_TRUE(sendUpstream(event));
    EXPECT_TRUE(sendUpstream(event)); /* by another branch */
    EXPECT_EQ("01..", pass(4));
    EXPECT_EQ(1U, harness_.stat("started"));
    EXPECT_EQ(0U, harness_.stat("coalesced"));
    EXPECT_EQ("button", text(message(), "trigger"));
}

TEST_F(HaTrigger, CountsTriggersWhileItIsOpenAndGivesThemItsId)
{
    harness_.set("burst", 2U, "interval", 0U);
    start();
    const std::string id = trigger();
    EXPECT_EQ("0", pass(1));
    EXPECT_EQ(id, trigger());
    EXPECT_EQ("12.", pass(3)) << "the burst begins anew";
    EXPECT_EQ(1U, harness_.stat("started"));
    EXPECT_EQ(1U, harness_.stat("coalesced"));
}

TEST_F(HaTrigger, ClosesWithTheFirstFaceIfTold)
{
    harness_.set("until", 1, "interval", 0U);
    start();
    const std::string id = trigger();
    EXPECT_EQ("01", pass(2));
    result(id, 0, 0);
    EXPECT_EQ("2", pass(1));
    result(id, 1, 1);
    EXPECT_EQ("..", pass(2));
    EXPECT_EQ("face", nextEvent(gst_harness_try_pull_event, parseBurstEndEvent)->reason);
}

TEST_F(HaTrigger, LetsNothingPassWhileItIsNotEnabled)
{
    harness_.set("interval", 0U);
    start();
    EXPECT_EQ("-", pass(1));
    trigger();
    EXPECT_EQ("0", pass(1));
    harness_.set("enabled", FALSE);
    EXPECT_EQ("..", pass(2));
    EXPECT_EQ("", trigger());
    EXPECT_EQ(1U, harness_.stat("refused"));
    harness_.set("enabled", TRUE);
    EXPECT_EQ(".", pass(1)) << "what was open is closed";
    trigger();
    EXPECT_EQ("0", pass(1));
}

TEST_F(HaTrigger, ObeysTheEnableEvent)
{
    start();
    EXPECT_TRUE(sendUpstream(makeEnableEvent({"1", false})));
    EXPECT_FALSE(harness_.property<gboolean>("enabled"));
    EXPECT_TRUE(sendUpstream(makeEnableEvent({"2", true})));
    EXPECT_TRUE(harness_.property<gboolean>("enabled"));
}

TEST_F(HaTrigger, PassesAllWhenItIsIdleIfToldAndMarksSome)
{
    harness_.set("idle", 1, "burst", 2U, "interval", 200U);
    start();
    EXPECT_EQ("---", pass(3));
    trigger();
    EXPECT_EQ("0-1---", pass(6));
    EXPECT_EQ("---", pass(3, true));
    trigger();
    EXPECT_EQ("0-1-", pass(4, true)) << "frames flow: no key frame is needed";
}

TEST_F(HaTrigger, OpensAtAKeyFrameAndAsksForOne)
{
    harness_.set("burst", 2U, "interval", 200U);
    start("video/x-h264,stream-format=byte-stream,alignment=au");
    EXPECT_EQ(".", pass(1, true)) << "not even the first, which nothing could be made of";
    EXPECT_EQ("-", pass(1));
    trigger();
    EXPECT_TRUE(asksForAKeyFrame());
    EXPECT_EQ("..", pass(2, true));
    EXPECT_EQ("0", pass(1));
    trigger();
    EXPECT_FALSE(asksForAKeyFrame()) << "frames flow";
    EXPECT_EQ("-1-2-", pass(5, true)) << "decoders hold frames back";
}

TEST_F(HaTrigger, AsksForNoKeyFrameWhereFramesFlow)
{
    harness_.set("idle", 1);
    start("video/x-h264,stream-format=byte-stream,alignment=au");
    EXPECT_EQ("-", pass(1));
    trigger();
    EXPECT_FALSE(asksForAKeyFrame());
    harness_.set("enabled", FALSE);
    EXPECT_EQ(".", pass(1, true));
    harness_.set("enabled", TRUE);
    EXPECT_TRUE(asksForAKeyFrame());
    EXPECT_EQ("..", pass(2, true)) << "nothing could be made of them";
    EXPECT_EQ("-", pass(1));
    EXPECT_EQ("-", pass(1, true));
}

TEST_F(HaTrigger, RefusesTriggersWhileItIsStopped)
{
    start();
    gst_element_set_state(harness_.get()->element, GST_STATE_READY);
    EXPECT_EQ("", trigger());
    gst_element_set_state(harness_.get()->element, GST_STATE_PLAYING);
    EXPECT_NE("", trigger());
    EXPECT_EQ("started", text(message(), "state"));
}

TEST_F(HaTrigger, PassesTheResultsOfAnotherGateOn)
{
    start();
    trigger();
    const auto next = [&] {
        return nextEvent(gst_harness_try_pull_upstream_event, parseResultEvent);
    };
    result("another", 0, 1);
    ASSERT_TRUE(next());
    result(trigger(), 0, 1);
    EXPECT_FALSE(next());
}

TEST_F(HaTrigger, SaysOnceThatItCannotSeeMotionWhenToldLater)
{
    start("video/x-h264,stream-format=byte-stream,alignment=au");
    harness_.set("motion", TRUE);
    EXPECT_EQ("-", pass(1));
    EXPECT_EQ("..", pass(2, true));
    const auto warnings = harness_.messages(GST_MESSAGE_WARNING);
    ASSERT_EQ(1U, warnings.size());
    EXPECT_NE(std::string::npos, test::textOf(warnings[0].get()).find("behind the decoder"));
}

/* As an application's handler may, which then reads a property. */
TEST_F(HaTrigger, PostsItsErrorsWithoutALock)
{
    harness_.set("motion", TRUE);
    const GObjectPtr<GstBus> bus(gst_element_get_bus(harness_.get()->element));
    struct Reader {
        Harness &harness;
        bool wasCalled;
    } reader{harness_, false};
    gst_bus_set_sync_handler(
        bus.get(),
        [](GstBus *, GstMessage *message, gpointer data) {
            auto &self = *static_cast<Reader *>(data);
            if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
                self.harness.stat("frames-in");
                self.wasCalled = true;
            }
            return GST_BUS_PASS;
        },
        &reader, nullptr);
    start("video/x-h264,stream-format=byte-stream,alignment=au");
    push();
    EXPECT_TRUE(reader.wasCalled);
    gst_bus_set_sync_handler(bus.get(), nullptr, nullptr, nullptr);
}

TEST_F(HaTrigger, StopsAfterTheResultForTheLastFrame)
{
    harness_.set("burst", 1U);
    start("video/x-h264,stream-format=byte-stream,alignment=au");
    const std::string id = trigger();
    EXPECT_EQ("0", pass(1));
    EXPECT_EQ("--", pass(2, true));
    result(id, 0, 0);
    EXPECT_EQ("..", pass(2, true));
}

TEST_F(HaTrigger, AnswersThatItIsThere)
{
    start();
    const GObjectPtr<GstPad> pad(gst_element_get_static_pad(harness_.get()->element, "src"));
    EXPECT_TRUE(hasGate(harness_.get()->sinkpad));
}

TEST_F(HaTrigger, PassesEosThroughAClosedGate)
{
    start();
    pass(3);
    harness_.pushEvent(gst_event_new_eos());
    EXPECT_TRUE(nextEvent(gst_harness_try_pull_event, [](GstEvent *event) {
        return event != nullptr && GST_EVENT_TYPE(event) == GST_EVENT_EOS ? std::optional(true)
                                                                          : std::nullopt;
    }));
}

TEST_F(HaTrigger, PassesTheFirstFrameAfterAFlush)
{
    start();
    EXPECT_EQ("-.", pass(2));
    harness_.pushEvent(gst_event_new_flush_start());
    harness_.pushEvent(gst_event_new_flush_stop(TRUE));
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    harness_.pushEvent(gst_event_new_segment(&segment));
    EXPECT_EQ("-.", pass(2));
}

TEST_F(HaTrigger, FinishesWhatIsOpenWhenItStops)
{
    start();
    trigger();
    message();
    pass(1);
    gst_element_set_state(harness_.get()->element, GST_STATE_READY);
    EXPECT_EQ("stopped", text(message(), "reason"));
}

class HaTriggerListener : public HaTrigger {
protected:
    HaTriggerListener()
    {
        gst_element_set_state(harness_.get()->element, GST_STATE_NULL);
        harness_.set("port", static_cast<guint>(port_));
        gst_element_set_state(harness_.get()->element, GST_STATE_PLAYING);
        start();
    }

    json get(const std::string &target) const
    {
        return json::parse(test::httpGet(port_, target), nullptr, false);
    }

    const int port_ = test::freePort();
};

TEST_F(HaTriggerListener, OpensByAWebHook)
{
    EXPECT_EQ("-.", pass(2));
    const json first = get("/motion-detected?camera=1&event=02");
    EXPECT_EQ("started", first["outcome"]);
    const json second = get("/motion-detected");
    EXPECT_EQ("coalesced", second["outcome"]);
    EXPECT_EQ(first["trigger"], second["trigger"]);
    const BufferPtr out = push();
    ASSERT_TRUE(out);
    EXPECT_EQ(first["trigger"].get<std::string>(), readTriggerMarks(out.get()).at(0).trigger);
    const auto started = message();
    EXPECT_EQ("http", text(started, "source"));
    EXPECT_EQ(first["trigger"].get<std::string>(), text(started, "trigger"));
}

TEST_F(HaTriggerListener, SaysThatItIsNotEnabled)
{
    harness_.set("enabled", FALSE);
    const json answer = get("/motion-detected");
    EXPECT_EQ("refused", answer["outcome"]);
    EXPECT_EQ("disabled", answer["reason"]);
    EXPECT_TRUE(answer["trigger"].is_null());
    EXPECT_EQ(1U, harness_.stat("refused"));
}

TEST_F(HaTriggerListener, CountsWhatItRefuses)
{
    get("/another");
    EXPECT_EQ(1U, harness_.stat("refused"));
    EXPECT_EQ(0U, harness_.stat("started"));
}

TEST_F(HaTriggerListener, ListensAgainAfterItWasStopped)
{
    for (int i = 0; i < 10; ++i) {
        gst_element_set_state(harness_.get()->element, GST_STATE_NULL);
        EXPECT_EQ("", test::httpGet(port_, "/motion-detected"));
        gst_element_set_state(harness_.get()->element, GST_STATE_PLAYING);
        EXPECT_EQ("started", get("/motion-detected")["outcome"]);
    }
}

TEST_F(HaTriggerListener, StopsWhileRequestsCome)
{
    std::atomic<bool> over = false;
    std::thread client([&] {
        while (!over)
            test::httpGet(port_, "/motion-detected");
    });
    for (int i = 0; i < 20; ++i) {
        gst_element_set_state(harness_.get()->element, GST_STATE_NULL);
        gst_element_set_state(harness_.get()->element, GST_STATE_PLAYING);
        std::this_thread::sleep_for(5ms);
    }
    over = true;
    client.join();
}

struct WrongSetting {
    const char *name;
    const char *line;
    const char *word;
};

class HaTriggerSetting : public testing::TestWithParam<WrongSetting> {};

TEST_P(HaTriggerSetting, IsAnErrorThatNamesIt)
{
    const GObjectPtr<GstElement> element(sinkFloating(gst_parse_launch(GetParam().line, nullptr)));
    const GObjectPtr<GstBus> bus(gst_bus_new());
    gst_element_set_bus(element.get(), bus.get());
    EXPECT_EQ(GST_STATE_CHANGE_FAILURE, gst_element_set_state(element.get(), GST_STATE_PAUSED));
    const MiniObjectPtr<GstMessage> error(gst_bus_pop_filtered(bus.get(), GST_MESSAGE_ERROR));
    const std::string text = test::textOf(error.get());
    EXPECT_NE(std::string::npos, text.find(GetParam().word)) << text;
    gst_element_set_state(element.get(), GST_STATE_NULL);
    gst_element_set_bus(element.get(), nullptr);
}

INSTANTIATE_TEST_SUITE_P(
    All, HaTriggerSetting,
    testing::Values(
        WrongSetting{"OpenToAllWithoutAToken", "hatrigger address=0.0.0.0 port=1", "token-file"},
        WrongSetting{"NoTokenFile", "hatrigger port=1 token-file=/nonexistent/t", "/nonexistent/t"},
        WrongSetting{"NoSuchAddress", "hatrigger address=nowhere.invalid port=1",
                     "nowhere.invalid"}),
    [](const auto &each) { return std::string(each.param.name); });

TEST(HaTriggerPort, InUseIsAnErrorThatNamesIt)
{
    const GObjectPtr<GSocketListener> other(g_socket_listener_new());
    const guint16 port = g_socket_listener_add_any_inet_port(other.get(), nullptr, nullptr);
    const GObjectPtr<GstElement> element(
        sinkFloating(gst_element_factory_make("hatrigger", nullptr)));
    const GObjectPtr<GstBus> bus(gst_bus_new());
    gst_element_set_bus(element.get(), bus.get());
    g_object_set(element.get(), "port", guint{port}, nullptr);
    EXPECT_EQ(GST_STATE_CHANGE_FAILURE, gst_element_set_state(element.get(), GST_STATE_PAUSED));
    const MiniObjectPtr<GstMessage> error(gst_bus_pop_filtered(bus.get(), GST_MESSAGE_ERROR));
    const std::string text = test::textOf(error.get());
    EXPECT_NE(std::string::npos, text.find(std::to_string(port))) << text;
    gst_element_set_state(element.get(), GST_STATE_NULL);
    gst_element_set_bus(element.get(), nullptr);
}

TEST_F(HaTrigger, SaysWhereToPutItWhereItCannotSeeMotion)
{
    harness_.set("motion", TRUE);
    start("video/x-h264,stream-format=byte-stream,alignment=au");
    push();
    const std::string text = test::textOf(harness_.waitFor(GST_MESSAGE_ERROR).get());
    EXPECT_NE(std::string::npos, text.find("behind the decoder")) << text;
}

} // namespace
} // namespace hafaces
