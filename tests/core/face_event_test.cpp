/* SPDX-License-Identifier: MIT */
#include "core/face_event.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace hafaces {
namespace {

FaceEvent
example()
{
    FaceEvent event;
    event.id = "11111111-2222-3333-4444-555555555555";
    event.visit = "66666666-7777-8888-9999-000000000000";
    event.camera = "front-door";
    event.timeUnixUs = 1'763'931'361'123'999;
    event.frame = {1280, 720};
    event.faces = {Face{{1.004F, 2.5F, 30.25F, 40}, 0.98216F, std::nullopt}};
    event.inferenceMs = 41.2345;
    event.latencyMs = 63.04;
    return event;
}

TEST(FaceEventJson, IsOneLineInTheOrderOfTheSchema)
{
    EXPECT_EQ(R"({"schema":1,"event_type":"face_detected",)"
              R"("id":"11111111-2222-3333-4444-555555555555",)"
              R"("visit":"66666666-7777-8888-9999-000000000000","camera":"front-door",)"
              R"("time":"2025-11-23T20:56:01.123Z","trigger":null,)"
              R"("frame":{"width":1280,"height":720},)"
              R"("faces":[{"box":{"x":1.0,"y":2.5,"width":30.25,"height":40.0},)"
              R"("confidence":0.9822,"status":null,"name":null,"distance":null,"reason":null}],)"
              R"("person":null,"inference_ms":41.2,"latency_ms":63.0})",
              toJson(example()));
}

TEST(FaceEventJson, TellsWhoItIs)
{
    FaceEvent event = example();
    event.type = EventType::PersonIdentified;
    event.person = "Zoë";
    event.trigger = "t1";
    event.faces[0].identity = Identity{IdentityStatus::Known, "Zoë", 0.41F, ""};
    event.faces.push_back({{}, 0.6F, Identity{IdentityStatus::Unusable, "", {}, "too_small"}});
    const auto json = nlohmann::json::parse(toJson(event));
    EXPECT_EQ("person_identified", json["event_type"]);
    EXPECT_EQ("Zoë", json["person"]);
    EXPECT_EQ("t1", json["trigger"]);
    EXPECT_EQ("known", json["faces"][0]["status"]);
    EXPECT_EQ("Zoë", json["faces"][0]["name"]);
    EXPECT_EQ(0.41, json["faces"][0]["distance"]);
    EXPECT_EQ("unusable", json["faces"][1]["status"]);
    EXPECT_EQ("too_small", json["faces"][1]["reason"]);
    EXPECT_TRUE(json["faces"][1]["name"].is_null());
}

TEST(FaceEventJson, HasNoVisitAndNoFacesInAnEmptyFrame)
{
    FaceEvent event = example();
    event.type = EventType::NoFace;
    event.visit.reset();
    event.faces.clear();
    const auto json = nlohmann::json::parse(toJson(event));
    EXPECT_EQ("no_face", json["event_type"]);
    EXPECT_TRUE(json["visit"].is_null());
    EXPECT_TRUE(json["faces"].is_array());
    EXPECT_TRUE(json["faces"].empty());
}

TEST(FaceEventJson, StaysValidWithACameraNameThatIsNotUtf8)
{
    FaceEvent event = example();
    event.camera = "T\xFCr\n\"";
    const std::string text = toJson(event);
    EXPECT_EQ(std::string::npos, text.find('\n'));
    EXPECT_EQ("T\xEF\xBF\xBDr\n\"", nlohmann::json::parse(text)["camera"]);
}

TEST(Rfc3339, IsUtcWithMilliseconds)
{
    EXPECT_EQ("1970-01-01T00:00:00.000Z", rfc3339(0));
    EXPECT_EQ("2024-02-29T23:59:59.999Z", rfc3339(1'709'251'199'999'999));
}

} // namespace
} // namespace hafaces
