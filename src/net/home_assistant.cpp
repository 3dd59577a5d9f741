/* SPDX-License-Identifier: MIT */
#include "home_assistant.h"

#include "config.h"
#include "glibutil/glib_ptr.h"

#include <glib.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>

namespace hafaces {

namespace {

using Json = nlohmann::ordered_json;

bool
isPlain(char letter)
{
    return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == ' ' ||
           letter == '_' || letter == '-';
}

/* An entity: what all have in common, and what it has of its own. */
Json
component(const char *platform, const char *name, const std::string &uniqueId, const Json &own)
{
    Json json{{"platform", platform}, {"name", name}, {"unique_id", uniqueId}, {"qos", 1}};
    json.update(own);
    return json;
}

Json
components(const std::string &device, const MqttTopics &topics)
{
    const auto id = [&device](const char *name) { return device + "_" + name; };
    Json json;
    json["face"] = component("binary_sensor", "Face", id("face"),
                             {{"device_class", "occupancy"},
                              {"icon", "mdi:face-recognition"},
                              {"state_topic", topics.face}});
    json["faces"] = component("sensor", "Faces", id("faces"),
                              {{"state_class", "measurement"},
                               {"unit_of_measurement", "faces"},
                               {"icon", "mdi:account-group"},
                               {"state_topic", topics.faces}});
    json["last_person"] = component("sensor", "Last person", id("last_person"),
                                    {{"icon", "mdi:account"},
                                     {"state_topic", topics.lastPerson},
                                     {"value_template", "{{ value_json.person }}"},
                                     {"json_attributes_topic", topics.lastPerson}});
    json["detection"] = component(
        "event", "Detection", id("detection"),
        {{"event_types", Json::array({"face_detected", "person_identified", "unknown_person"})},
         {"icon", "mdi:motion-sensor"},
         {"state_topic", topics.event}});
    json["last_detection"] = component("image", "Last detection", id("last_detection"),
                                       {{"icon", "mdi:image-frame"},
                                        {"content_type", "image/jpeg"},
                                        {"image_topic", topics.image}});
    json["last_trigger"] = component("sensor", "Last trigger", id("last_trigger"),
                                     {{"device_class", "timestamp"},
                                      {"icon", "mdi:bell-ring"},
                                      {"state_topic", topics.lastTrigger}});
    json["camera"] = component("binary_sensor", "Camera", id("camera"),
                               {{"device_class", "connectivity"},
                                {"entity_category", "diagnostic"},
                                {"state_topic", topics.connection}});
    json["inference_time"] = component("sensor", "Inference time", id("inference_time"),
                                       {{"device_class", "duration"},
                                        {"state_class", "measurement"},
                                        {"unit_of_measurement", "ms"},
                                        {"entity_category", "diagnostic"},
                                        {"state_topic", topics.inferenceTime}});
    json["detect_now"] = component("button", "Detect now", id("detect_now"),
                                   {{"icon", "mdi:face-recognition"},
                                    {"command_topic", topics.detectNow},
                                    {"payload_press", "PRESS"}});
    json["enabled"] = component("switch", "Detection enabled", id("enabled"),
                                {{"icon", "mdi:eye"},
                                 {"entity_category", "config"},
                                 {"state_topic", topics.enabled},
                                 {"command_topic", topics.setEnabled}});
    return json;
}

} // namespace

std::string
cameraIdFor(const std::string &name)
{
    const GMemPtr<char> ascii(g_str_to_ascii(name.c_str(), "C"));
    std::string id;
    for (const char *letter = ascii.get(); *letter != '\0'; ++letter) {
        const bool isKept = isPlain(*letter) && *letter != ' ';
        id += isKept ? g_ascii_tolower(*letter) : '_';
    }
    if (std::all_of(name.begin(), name.end(), isPlain) && !name.empty())
        return id;
    constexpr int kDigits = 6;
    const GMemPtr<char> checksum(
        g_compute_checksum_for_string(G_CHECKSUM_SHA256, name.c_str(), -1));
    return (id.empty() ? "camera" : id) + "_" + std::string(checksum.get(), kDigits);
}

MqttTopics::MqttTopics(const std::string &id, const std::string &topicPrefix,
                       const std::string &discoveryPrefix)
{
    const std::string base = topicPrefix + "/" + id + "/";
    discovery = discoveryPrefix + "/device/hafaces_" + id + "/config";
    availability = base + "availability";
    face = base + "face";
    faces = base + "faces";
    lastPerson = base + "last_person";
    lastTrigger = base + "last_trigger";
    connection = base + "camera";
    inferenceTime = base + "inference_time";
    image = base + "image";
    event = base + "event";
    noFace = base + "no_face";
    enabled = base + "enabled";
    setEnabled = enabled + "/set";
    detectNow = base + "detect_now";
    birth = discoveryPrefix + "/status";
}

std::string
discoveryPayload(const std::string &cameraName, const std::string &cameraId,
                 const MqttTopics &topics)
{
    const std::string device = "hafaces_" + cameraId;
    const Json json{
        {"device",
         {{"identifiers", Json::array({device})},
          {"name", cameraName},
          {"manufacturer", "hafaces"},
          {"model", "Face detector"},
          {"sw_version", HAFACES_VERSION}}},
        {"origin",
         {{"name", "hafaces"}, {"sw_version", HAFACES_VERSION}, {"support_url", HAFACES_URL}}},
        {"availability_topic", topics.availability},
        {"components", components(device, topics)}};
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace hafaces
