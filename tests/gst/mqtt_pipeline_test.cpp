/* SPDX-License-Identifier: MIT */
/* hanotify transport=mqtt in whole pipelines, with Mosquitto itself. */
#include "gstutil/gst_ptr.h"
#include "net/home_assistant.h"

#include "support/harness.h"
#include "support/mqtt_observer.h"

#include <gst/gst.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace hafaces {
namespace {

using nlohmann::json;

class MqttPipeline : public testing::Test {
protected:
    /* A face in front of a camera that is looked at when that is asked for. */
    void play(const std::string &gate)
    {
        const std::string line =
            "multifilesrc loop=true location=" TEST_DATA_DIR
            "/dark.jpg caps=image/jpeg,framerate=10/1 ! identity sync=true ! " +
            gate +
            "jpegdec ! hafacedetect name=detector frames=triggered ! facedraw ! jpegenc ! "
            "hanotify clear-after=1 camera=\"Front door\" transport=mqtt "
            "location=mqtt://127.0.0.1:" +
            std::to_string(broker_.port()) + " ! fakesink async=false";
        pipeline_ = sinkFloating(gst_parse_launch(line.c_str(), nullptr));
        ASSERT_TRUE(pipeline_);
        gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
        ASSERT_TRUE(observer_.waitFor(topics_.availability, "online"));
        ASSERT_TRUE(observer_.waitFor(topics_.connection, "ON"));
    }

    void TearDown() override
    {
        if (!pipeline_)
            return;
        gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
        EXPECT_TRUE(observer_.waitFor(topics_.availability, "offline"));
    }

    bool property(const char *element, const char *name) const
    {
        const GObjectPtr<GstElement> found(gst_bin_get_by_name(GST_BIN(pipeline_.get()), element));
        gboolean value = FALSE;
        g_object_get(found.get(), name, &value, nullptr);
        return value != FALSE;
    }

    test::Mosquitto broker_;
    test::Observer observer_{broker_};
    const MqttTopics topics_{"front_door", "hafaces", "homeassistant"};
    GObjectPtr<GstElement> pipeline_;
};

TEST_F(MqttPipeline, TellsAFaceThatHomeAssistantAskedFor)
{
    play("hatrigger name=gate until=face ! ");
    EXPECT_TRUE(observer_.waitFor(topics_.face, "OFF"));
    observer_.publish(topics_.detectNow, "PRESS");
    ASSERT_TRUE(observer_.waitForAny(topics_.event));
    const json event = json::parse(observer_.all(topics_.event)[0]);
    EXPECT_EQ("face_detected", event["event_type"]);
    EXPECT_TRUE(event["trigger"].is_string());
    EXPECT_TRUE(observer_.waitFor(topics_.face, "ON"));
    EXPECT_TRUE(observer_.waitForAny(topics_.lastTrigger));
    ASSERT_FALSE(observer_.all(topics_.image).empty()) << "before the event";
    EXPECT_TRUE(observer_.all(topics_.image)[0].starts_with("\xFF\xD8\xFF"));
    EXPECT_TRUE(observer_.waitFor(topics_.face, "OFF", 2)) << "after clear-after";
    EXPECT_EQ(1U, observer_.all(topics_.event).size());
}

TEST_F(MqttPipeline, IsSwitchedOffAtTheGate)
{
    play("hatrigger name=gate ! ");
    observer_.publish(topics_.setEnabled, "OFF");
    EXPECT_TRUE(observer_.waitFor(topics_.enabled, "OFF"));
    EXPECT_FALSE(property("gate", "enabled"));
    EXPECT_TRUE(property("detector", "enabled"));
}

TEST_F(MqttPipeline, IsSwitchedOffAtTheDetectorWhereThereIsNoGate)
{
    observer_.publish(topics_.enabled, "OFF", true); /* as it was left */
    play("");
    EXPECT_TRUE(observer_.waitForAny(topics_.discovery));
    for (int i = 0; i < 1000 && property("detector", "enabled"); ++i)
        g_usleep(5000);
    EXPECT_FALSE(property("detector", "enabled"));
}

/* As it comes when a broker is quick. */
TEST_F(MqttPipeline, IsSwitchedOffThoughTheStreamHasNotBegunYet)
{
    observer_.publish(topics_.enabled, "OFF", true);
    pipeline_ = sinkFloating(
        gst_parse_launch(("videotestsrc name=source is-live=true ! hafacedetect name=detector ! "
                          "hanotify name=notify "
                          "camera=\"Front door\" transport=mqtt location=mqtt://127.0.0.1:" +
                          std::to_string(broker_.port()) + " ! fakesink async=false")
                             .c_str(),
                         nullptr));
    const GObjectPtr<GstElement> notify(gst_bin_get_by_name(GST_BIN(pipeline_.get()), "notify"));
    gst_element_set_state(notify.get(), GST_STATE_PAUSED);
    ASSERT_TRUE(observer_.waitFor(topics_.availability, "online"));
    g_usleep(500'000); /* what was retained has come by then */
    gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
    for (int i = 0; i < 1000 && property("detector", "enabled"); ++i)
        g_usleep(5000);
    EXPECT_FALSE(property("detector", "enabled"));
}

TEST(MqttLocation, WithAPasswordIsRefusedAndNotShown)
{
    const auto pipeline = sinkFloating(gst_parse_launch(
        "videotestsrc ! hanotify transport=mqtt location=mqtt://ann:hunter2@127.0.0.1 ! fakesink",
        nullptr));
    EXPECT_EQ(GST_STATE_CHANGE_FAILURE, gst_element_set_state(pipeline.get(), GST_STATE_PLAYING));
    const GObjectPtr<GstBus> bus(gst_element_get_bus(pipeline.get()));
    const MiniObjectPtr<GstMessage> message(gst_bus_pop_filtered(bus.get(), GST_MESSAGE_ERROR));
    ASSERT_TRUE(message);
    const std::string text = test::textOf(message.get());
    EXPECT_NE(std::string::npos, text.find("password-file")) << text;
    EXPECT_EQ(std::string::npos, text.find("hunter2"));
    gst_element_set_state(pipeline.get(), GST_STATE_NULL);
}

} // namespace
} // namespace hafaces
