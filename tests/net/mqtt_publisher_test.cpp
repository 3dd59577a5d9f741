/* SPDX-License-Identifier: MIT */
/* With Mosquitto itself. */
#include "net/mqtt_publisher.h"
#include "net/outbox.h"

#include "support/mqtt_observer.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <fstream>
#include <random>
#include <set>
#include <thread>

namespace hafaces {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using test::Mosquitto;
using test::Observer;
using test::settingsFor;

constexpr auto kPatience = 10s;

class MqttTest : public testing::Test {
protected:
    MqttPublisherSettings settings(const Mosquitto &broker) const
    {
        MqttPublisherSettings result;
        result.broker = settingsFor(broker);
        result.camera = "Front door";
        result.birthPatience = birthPatience_;
        return result;
    }

    std::unique_ptr<MqttPublisher> publisher(const Mosquitto &broker)
    {
        return std::make_unique<MqttPublisher>(
            settings(broker), CameraCommands{[this] { ++pressed_; },
                                             [this](bool enabled) { enabled_ = enabled ? 1 : 0; }});
    }

    static FaceEvent event(const std::string &id, EventType type = EventType::FaceDetected)
    {
        FaceEvent result;
        result.type = type;
        result.id = id;
        result.camera = "Front door";
        if (type == EventType::PersonIdentified)
            result.person = "Ann";
        return result;
    }

    bool within(const std::function<bool()> &condition)
    {
        const auto end = std::chrono::steady_clock::now() + kPatience;
        while (!condition() && std::chrono::steady_clock::now() < end)
            std::this_thread::sleep_for(5ms);
        return condition();
    }

    std::chrono::milliseconds birthPatience_ = 100ms;
    std::atomic<int> pressed_ = 0;
    std::atomic<int> enabled_ = -1; /* not told */
    const MqttTopics topics_{"front_door", "hafaces", "homeassistant"};
};

TEST_F(MqttTest, RetainsWhatOutlivesARestartAndNoEvent)
{
    const Mosquitto broker;
    const auto camera = publisher(broker);
    camera->open();
    CameraState state;
    state.face = true;
    state.faces = 2;
    state.connected = false;
    state.inferenceMs = 41.26;
    state.lastTriggerUnixUs = 1'763'931'361'123'000;
    camera->publishState(state);
    const std::string picture("\xFF\xD8 the \0 picture \xFF\xD9", 18);
    camera->publishImage({reinterpret_cast<const std::uint8_t *>(picture.data()), picture.size()});
    camera->publishEvent(event("live", EventType::PersonIdentified));
    camera->publishEvent(event("nobody", EventType::NoFace));

    Observer late(broker); /* as Home Assistant after a restart */
    EXPECT_TRUE(late.waitFor(topics_.availability, "online"));
    EXPECT_TRUE(late.waitFor(topics_.face, "ON"));
    EXPECT_TRUE(late.waitFor(topics_.faces, "2"));
    EXPECT_TRUE(late.waitFor(topics_.connection, "OFF"));
    EXPECT_TRUE(late.waitFor(topics_.inferenceTime, "41.3"));
    EXPECT_TRUE(late.waitFor(topics_.lastTrigger, "2025-11-23T20:56:01.123Z"));
    EXPECT_TRUE(late.waitFor(topics_.enabled, "ON"));
    EXPECT_TRUE(late.waitFor(topics_.image, picture)) << "byte for byte";
    ASSERT_TRUE(late.waitForAny(topics_.lastPerson));
    EXPECT_EQ("Ann", json::parse(late.all(topics_.lastPerson)[0])["person"]);
    ASSERT_TRUE(late.waitForAny(topics_.discovery));
    EXPECT_EQ("Front door", json::parse(late.all(topics_.discovery)[0])["device"]["name"]);
    EXPECT_TRUE(late.all(topics_.event).empty());
    EXPECT_TRUE(late.all(topics_.noFace).empty());

    camera->publishEvent(event("next"));
    ASSERT_TRUE(late.waitForAny(topics_.event));
    EXPECT_EQ("next", json::parse(late.all(topics_.event)[0])["id"]);
    EXPECT_TRUE(late.all(topics_.noFace).empty());
}

TEST_F(MqttTest, GoesOfflineWhenItStops)
{
    const Mosquitto broker;
    Observer observer(broker);
    auto camera = publisher(broker);
    camera->open();
    EXPECT_TRUE(observer.waitFor(topics_.availability, "online"));
    camera.reset();
    EXPECT_TRUE(observer.waitFor(topics_.availability, "offline"));
    EXPECT_EQ(1U, observer.all(topics_.discovery).size()) << "and keeps its entities";
}

TEST_F(MqttTest, DoesWhatHomeAssistantAsksFor)
{
    const Mosquitto broker;
    Observer observer(broker);
    const auto camera = publisher(broker);
    camera->open();
    observer.publish(topics_.detectNow, "PRESS");
    EXPECT_TRUE(within([this] { return pressed_ == 1; }));
    observer.publish(topics_.setEnabled, "OFF");
    EXPECT_TRUE(within([this] { return enabled_ == 0; }));
    EXPECT_TRUE(observer.waitFor(topics_.enabled, "OFF"));
    observer.publish(topics_.setEnabled, "on"); /* nothing that it sends */
    observer.publish(topics_.setEnabled, "ON");
    EXPECT_TRUE(observer.waitFor(topics_.enabled, "ON", 2));
    EXPECT_EQ(1, enabled_);
}

TEST_F(MqttTest, RemembersThatItWasDisabled)
{
    const Mosquitto broker;
    Observer observer(broker);
    observer.publish(topics_.enabled, "OFF", true);
    const auto camera = publisher(broker);
    camera->open();
    EXPECT_EQ(0, enabled_);
    EXPECT_EQ(0U, observer.count(topics_.enabled, "ON"));
}

TEST_F(MqttTest, AnnouncesItselfAgainWhenHomeAssistantStarts)
{
    const Mosquitto broker;
    Observer observer(broker);
    const auto camera = publisher(broker);
    camera->open();
    EXPECT_TRUE(observer.waitForAny(topics_.discovery));
    observer.publish(topics_.birth, "online");
    EXPECT_TRUE(within([&] { return observer.all(topics_.discovery).size() == 2; }));
    EXPECT_TRUE(observer.waitFor(topics_.availability, "online", 2));
}

TEST_F(MqttTest, LetsEventsWaitForHomeAssistantAfterALostConnection)
{
    birthPatience_ = 60s;
    Mosquitto broker;
    const auto camera = publisher(broker);
    camera->open();
    EXPECT_LE(camera->eventsFrom(), std::chrono::steady_clock::now());
    broker.kill();
    EXPECT_TRUE(within([&] { return !camera->isOpen(); }));
    broker.start();
    camera->open();
    EXPECT_GT(camera->eventsFrom(), std::chrono::steady_clock::now() + 50s);
    Observer observer(broker);
    observer.publish(topics_.birth, "online");
    EXPECT_TRUE(within([&] { return camera->eventsFrom() <= std::chrono::steady_clock::now(); }));
}

/* What is told of them covers all, and none is told twice. Judged at an observer who tells, as Home
 * Assistant does, that he is back. */
TEST_F(MqttTest, LosesNoEventUnsaidThoughTheBrokerIsKilledAgainAndAgain)
{
    constexpr std::size_t kEvents = 1000;
    constexpr int kKills = 10;
    const unsigned seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::minstd_rand random(seed);
    const auto pause = [&random](int atLeast, int atMost) {
        std::this_thread::sleep_for(
            std::chrono::milliseconds(std::uniform_int_distribution(atLeast, atMost)(random)));
    };
    Mosquitto broker;
    auto observer = std::make_unique<Observer>(broker);
    OutboxSettings outboxSettings;
    outboxSettings.minBackoff = 10ms;
    outboxSettings.maxBackoff = 50ms;
    outboxSettings.queueSize = kEvents;
    birthPatience_ = 60s; /* till the observer says that he is back */
    Outbox outbox(publisher(broker), outboxSettings,
                  {[](const std::string &) {}, [] {}, [](const std::string &) {}});
    std::thread sending([&] {
        for (std::size_t i = 0; i < kEvents; ++i) {
            Notice notice;
            notice.event = event(std::to_string(i));
            notice.since = notice.taken = std::chrono::steady_clock::now();
            outbox.send(std::move(notice));
            CameraState state;
            state.face = i % 2 == 0;
            outbox.show(state);
            std::this_thread::sleep_for(8ms);
        }
    });
    std::multiset<std::string> seen;
    const auto collect = [&] {
        for (const std::string &each : observer->all(topics_.event))
            seen.insert(json::parse(each)["id"].get<std::string>());
    };
    const auto nothingWaits = [&] { /* we may not have been there for the birth before */
                                    observer->publish(topics_.birth, "online");
                                    std::this_thread::sleep_for(50ms);
                                    return outbox.stats().queued == 0;
    };
    for (int kill = 0; kill < kKills; ++kill) {
        pause(0, 200);
        broker.kill();
        pause(0, 100);
        collect();
        broker.start();
        observer = std::make_unique<Observer>(broker);
        EXPECT_TRUE(within(nothingWaits));
    }
    sending.join();
    EXPECT_TRUE(within(nothingWaits));
    EXPECT_TRUE(observer->waitFor(topics_.face, "OFF"));
    const auto stats = outbox.finish();
    collect();
    EXPECT_EQ(seen.size(), std::set(seen.begin(), seen.end()).size()) << "none twice";
    EXPECT_GE(seen.size() + stats.dropped + stats.expired + stats.unconfirmed, kEvents);
    EXPECT_EQ(kEvents, stats.events + stats.unconfirmed + stats.dropped + stats.expired);
    EXPECT_GT(stats.events, kEvents / 2);
    EXPECT_EQ("OFF", observer->all(topics_.face).back());
}

TEST_F(MqttTest, SaysWhatIsWrong)
{
    const auto errorOf = [this](const MqttPublisherSettings &wrong) -> std::string {
        try {
            MqttPublisher(wrong, {[] {}, [](bool) {}}).open();
            return "none";
        } catch (const std::exception &error) {
            return error.what();
        }
    };
    Mosquitto broker("allow_anonymous false");
    auto wrong = settings(broker);
    EXPECT_NE(std::string::npos, errorOf(wrong).find("password-file")) << errorOf(wrong);
    wrong.broker.user = "ann";
    wrong.broker.password = "hunter2";
    EXPECT_NE(std::string::npos, errorOf(wrong).find("password-file"));
    EXPECT_EQ(std::string::npos, errorOf(wrong).find("hunter2"));
    broker.kill();
    EXPECT_NE(std::string::npos, errorOf(wrong).find("127.0.0.1")) << errorOf(wrong);
    wrong.broker.host = "no-such-host.invalid";
    EXPECT_NE(std::string::npos, errorOf(wrong).find("no-such-host.invalid")) << errorOf(wrong);
    wrong.broker.tls = true;
    wrong.broker.caFile = broker.folder() + "/missing.pem";
    EXPECT_NE(std::string::npos, errorOf(wrong).find("ca-file")) << errorOf(wrong);
}

TEST_F(MqttTest, VerifiesTheBrokersCertificate)
{
    const std::string tls = TEST_DATA_DIR "/tls/";
    const Mosquitto broker("allow_anonymous true\ncertfile " + tls + "camera.pem\nkeyfile " + tls +
                           "camera.pem");
    auto trusting = settings(broker);
    trusting.broker.tls = true;
    trusting.broker.caFile = tls + "camera-ca.pem";
    MqttPublisher(trusting, {[] {}, [](bool) {}}).open();

    auto stranger = trusting;
    stranger.broker.caFile.clear();
    try {
        MqttPublisher(stranger, {[] {}, [](bool) {}}).open();
        FAIL() << "a certificate that nobody vouches for was taken";
    } catch (const std::runtime_error &error) {
        EXPECT_NE(std::string::npos, std::string(error.what()).find("ca-file")) << error.what();
    }
    stranger.broker.verify = false;
    MqttPublisher(stranger, {[] {}, [](bool) {}}).open();
}

TEST_F(MqttTest, ShowsItsCertificateToABrokerThatAsks)
{
    const std::string tls = TEST_DATA_DIR "/tls/";
    const Mosquitto broker("allow_anonymous true\nrequire_certificate true\ncafile " + tls +
                           "camera-ca.pem\ncertfile " + tls + "camera.pem\nkeyfile " + tls +
                           "camera.pem");
    auto known = settings(broker);
    known.broker.tls = true;
    known.broker.caFile = tls + "camera-ca.pem";
    auto unknown = known;
    unknown.connectPatience = 1s;
    EXPECT_ANY_THROW(MqttPublisher(unknown, {[] {}, [](bool) {}}).open());
    known.broker.clientCert = known.broker.clientKey = tls + "camera.pem";
    MqttPublisher(known, {[] {}, [](bool) {}}).open();
}

TEST(MqttAddress, IsTakenApart)
{
    EXPECT_EQ(1883, mqttSettingsFrom("mqtt://broker.local").port);
    const MqttSettings tls = mqttSettingsFrom("mqtts://[::1]:1234");
    EXPECT_EQ("::1", tls.host);
    EXPECT_EQ(1234, tls.port);
    EXPECT_TRUE(tls.tls);
    EXPECT_EQ(8883, mqttSettingsFrom("mqtts://broker").port);
    for (const char *wrong :
         {"", "broker", "http://broker", "mqtt://", "mqtt://ann:secret@broker"}) {
        try {
            mqttSettingsFrom(wrong);
            FAIL() << wrong;
        } catch (const std::runtime_error &error) {
            EXPECT_EQ(std::string::npos, std::string(error.what()).find("secret"));
        }
    }
}

} // namespace
} // namespace hafaces
