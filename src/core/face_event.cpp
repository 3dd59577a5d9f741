/* SPDX-License-Identifier: MIT */
#include "face_event.h"

#include <nlohmann/json.hpp>

#include <array>
#include <cmath>
#include <cstdio>
#include <ctime>

namespace hafaces {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kSchema = 1;

double
rounded(double value, double steps)
{
    return std::round(value * steps) / steps;
}

double
pixels(float value)
{
    return rounded(static_cast<double>(value), 100);
}

double
milliseconds(double value)
{
    return rounded(value, 10);
}

Json
orNull(const std::string &text)
{
    return text.empty() ? Json() : Json(text);
}

Json
orNull(const std::optional<std::string> &text)
{
    return text ? Json(*text) : Json();
}

Json
toJson(const Face &face)
{
    Json json;
    json["box"] = {{"x", pixels(face.box.x)},
                   {"y", pixels(face.box.y)},
                   {"width", pixels(face.box.width)},
                   {"height", pixels(face.box.height)}};
    json["confidence"] = rounded(static_cast<double>(face.confidence), 10000);
    const Identity none;
    const Identity &identity = face.identity ? *face.identity : none;
    json["status"] = face.identity ? Json(toString(identity.status)) : Json();
    json["name"] = orNull(identity.name);
    json["distance"] =
        identity.distance ? Json(rounded(static_cast<double>(*identity.distance), 10000)) : Json();
    json["reason"] = orNull(identity.reason);
    return json;
}

} // namespace

const char *
toString(EventType type)
{
    switch (type) {
    case EventType::FaceDetected:
        return "face_detected";
    case EventType::PersonIdentified:
        return "person_identified";
    case EventType::UnknownPerson:
        return "unknown_person";
    case EventType::NoFace:
        return "no_face";
    }
    return "";
}

std::string
rfc3339(std::int64_t unixUs)
{
    constexpr std::int64_t kUsPerSecond = 1000000;
    const std::time_t seconds = unixUs / kUsPerSecond;
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    std::array<char, 32> date{};
    std::strftime(date.data(), date.size(), "%Y-%m-%dT%H:%M:%S", &utc);
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), "%s.%03dZ", date.data(),
                  static_cast<int>(unixUs % kUsPerSecond / 1000));
    return text.data();
}

std::string
toJson(const FaceEvent &event)
{
    Json json;
    json["schema"] = kSchema;
    json["event_type"] = toString(event.type);
    json["id"] = event.id;
    json["visit"] = orNull(event.visit);
    json["camera"] = event.camera;
    json["time"] = rfc3339(event.timeUnixUs);
    json["trigger"] = orNull(event.trigger);
    json["frame"] = {{"width", event.frame.width}, {"height", event.frame.height}};
    json["faces"] = Json::array();
    for (const Face &face : event.faces)
        json["faces"].push_back(toJson(face));
    json["person"] = orNull(event.person);
    json["inference_ms"] = milliseconds(event.inferenceMs);
    json["latency_ms"] = milliseconds(event.latencyMs);
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace hafaces
