/* SPDX-License-Identifier: MIT */
#include "gstutil/control_event.h"

#include <gtest/gtest.h>

namespace hafaces {
namespace {

TEST(ControlEvent, CarriesATrigger)
{
    const auto event = makeTriggerEvent({"an id", 7, 250});
    EXPECT_EQ(GST_EVENT_CUSTOM_UPSTREAM, GST_EVENT_TYPE(event.get()));
    const auto request = parseTriggerEvent(event.get());
    ASSERT_TRUE(request);
    EXPECT_EQ("an id", request->id);
    EXPECT_EQ(7U, request->burst);
    EXPECT_EQ(250U, request->intervalMs);
}

TEST(ControlEvent, LeavesTheTriggersFramesToTheReceiverIfItHasNone)
{
    const auto request = parseTriggerEvent(makeTriggerEvent({"x", {}, {}}).get());
    ASSERT_TRUE(request);
    EXPECT_FALSE(request->burst);
    EXPECT_FALSE(request->intervalMs);
}

TEST(ControlEvent, CarriesWhetherToLook)
{
    for (const bool enabled : {true, false}) {
        const auto request = parseEnableEvent(makeEnableEvent({"x", enabled}).get());
        ASSERT_TRUE(request);
        EXPECT_EQ("x", request->id);
        EXPECT_EQ(enabled, request->enabled);
    }
}

TEST(ControlEvent, CarriesAResult)
{
    const auto report = parseResultEvent(makeResultEvent({"i", "t", 3, 2, {"Zoë", "Ann"}}).get());
    ASSERT_TRUE(report);
    EXPECT_EQ("i", report->id);
    EXPECT_EQ("t", report->trigger);
    EXPECT_EQ(3U, report->seq);
    EXPECT_EQ(2U, report->faces);
    EXPECT_EQ((std::vector<std::string>{"Zoë", "Ann"}), report->names);
}

TEST(ControlEvent, CarriesTheStateOfTheSource)
{
    const auto event = makeSourceEvent({false, "gone"});
    EXPECT_EQ(GST_EVENT_CUSTOM_DOWNSTREAM_OOB, GST_EVENT_TYPE(event.get()));
    const auto state = parseSourceEvent(event.get());
    ASSERT_TRUE(state);
    EXPECT_FALSE(state->connected);
    EXPECT_EQ("gone", state->reason);
}

TEST(ControlEvent, CarriesTheEndOfABurst)
{
    const BurstWatch::Time deadline(std::chrono::microseconds(123456789));
    for (const std::optional<unsigned> last : {std::optional(9U), std::optional<unsigned>()}) {
        const auto event = makeBurstEndEvent({"t", last, "window", deadline});
        EXPECT_EQ(GST_EVENT_CUSTOM_DOWNSTREAM_OOB, GST_EVENT_TYPE(event.get()));
        const auto closing = parseBurstEndEvent(event.get());
        ASSERT_TRUE(closing);
        EXPECT_EQ("t", closing->trigger);
        EXPECT_EQ(last, closing->lastSeq);
        EXPECT_EQ("window", closing->reason);
        EXPECT_EQ(deadline, closing->deadline);
    }
}

/* As an application may make them by hand. */
TEST(ControlEvent, IsReadThoughFieldsAreMissingOrOfAnotherType)
{
    const auto event = [](const char *text) {
        return MiniObjectPtr<GstEvent>(gst_event_new_custom(
            GST_EVENT_CUSTOM_UPSTREAM, gst_structure_from_string(text, nullptr)));
    };
    EXPECT_EQ("", parseTriggerEvent(event("hafaces-trigger").get()).value().id);
    EXPECT_FALSE(parseTriggerEvent(event("hafaces-trigger,burst=many").get()).value().burst);
    EXPECT_FALSE(parseEnableEvent(event("hafaces-enable,enabled=12").get()));
    EXPECT_TRUE(parseResultEvent(event("hafaces-result,names=Ann").get()).value().names.empty());
    EXPECT_FALSE(parseTriggerEvent(event("another").get()));
    const MiniObjectPtr<GstEvent> eos(gst_event_new_eos());
    EXPECT_FALSE(parseTriggerEvent(eos.get()));
    EXPECT_FALSE(parseBurstEndEvent(eos.get()));
}

} // namespace
} // namespace hafaces
