/* SPDX-License-Identifier: MIT */
#include "net/home_assistant.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <set>

namespace hafaces {
namespace {

using nlohmann::json;

TEST(CameraId, IsThePlainName)
{
    EXPECT_EQ("front-door", cameraIdFor("front-door"));
    EXPECT_EQ("front_door", cameraIdFor("Front door"));
    EXPECT_EQ("cam_2", cameraIdFor("cam_2"));
}

TEST(CameraId, IsSafeInTopicsAndKeepsNamesApart)
{
    std::set<std::string> ids;
    for (const char *name : {"Haustür", "Haustur", "Haust/ur", "a/+/#", "玄関", "門", "", "/"}) {
        const std::string id = cameraIdFor(name);
        EXPECT_EQ(std::string::npos, id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-"))
            << id;
        EXPECT_TRUE(ids.insert(id).second) << id;
    }
}

class Discovery : public testing::Test {
protected:
    const MqttTopics topics_{"front_door", "hafaces", "homeassistant"};
    const json payload_ = json::parse(discoveryPayload("Front \"door\"", "front_door", topics_));
};

TEST_F(Discovery, NamesTheDevice)
{
    EXPECT_EQ("homeassistant/device/hafaces_front_door/config", topics_.discovery);
    EXPECT_EQ(json::array({"hafaces_front_door"}), payload_["device"]["identifiers"]);
    EXPECT_EQ("Front \"door\"", payload_["device"]["name"]);
    EXPECT_EQ("hafaces", payload_["origin"]["name"]);
    EXPECT_EQ("hafaces/front_door/availability", payload_["availability_topic"]);
}

TEST_F(Discovery, HasTheEntitiesWithWhatHomeAssistantRequires)
{
    std::map<std::string, std::string> platforms;
    std::set<std::string> ids;
    for (const auto &[key, entity] : payload_["components"].items()) {
        platforms[entity["name"].get<std::string>()] = entity["platform"].get<std::string>();
        EXPECT_TRUE(ids.insert(entity["unique_id"].get<std::string>()).second);
        EXPECT_EQ(1, entity["qos"]) << "that of the root has no effect";
        for (const char *name : {"state_topic", "image_topic", "command_topic"}) {
            const std::string topic = entity.value(name, "hafaces/front_door/none");
            EXPECT_TRUE(topic.starts_with("hafaces/front_door/")) << topic;
        }
    }
    EXPECT_EQ((std::map<std::string, std::string>{{"Face", "binary_sensor"},
                                                  {"Faces", "sensor"},
                                                  {"Last person", "sensor"},
                                                  {"Detection", "event"},
                                                  {"Last detection", "image"},
                                                  {"Last trigger", "sensor"},
                                                  {"Camera", "binary_sensor"},
                                                  {"Inference time", "sensor"},
                                                  {"Detect now", "button"},
                                                  {"Detection enabled", "switch"}}),
              platforms);
    EXPECT_EQ(json::array({"face_detected", "person_identified", "unknown_person"}),
              payload_["components"]["detection"]["event_types"]);
}

} // namespace
} // namespace hafaces
