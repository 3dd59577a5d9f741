/* SPDX-License-Identifier: MIT */
/* What Mosquitto does not do on demand. */
#include "net/mqtt_publisher.h"
#include "net/outbox.h"

#include "support/fake_server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace hafaces {
namespace {

using namespace std::chrono_literals;
using test::FakePeer;
using test::FakeServer;
using Clock = std::chrono::steady_clock;

constexpr auto kQuick = 200ms;

/* MQTT 3.1.1 packets. */
const std::string kAccepted("\x20\x02\x00\x00", 4);
const std::string kNotAuthorized("\x20\x02\x00\x05", 4);
const std::string kBadProtocol("\x20\x02\x00\x01", 4);

std::string
junk(std::size_t size)
{
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = static_cast<char>(i * 151 + 7);
    return bytes;
}

MqttPublisherSettings
settingsFor(const FakeServer &broker)
{
    MqttPublisherSettings settings;
    settings.broker = mqttSettingsFrom("mqtt://127.0.0.1:" + std::to_string(broker.port()));
    settings.broker.user = "me";
    settings.broker.password = "s3cr3t";
    settings.camera = "Front door";
    settings.connectPatience = settings.confirmPatience = kQuick;
    settings.birthPatience = 0ms;
    return settings;
}

FaceEvent
event(const std::string &id)
{
    FaceEvent result;
    result.id = id;
    return result;
}

struct Fault {
    const char *name;
    FakeServer::Handler handler;
};

void
PrintTo(const Fault &fault, std::ostream *out)
{
    *out << fault.name;
}

/* A broker that lets nobody in. */
class MqttHandshake : public testing::TestWithParam<Fault> {};

TEST_P(MqttHandshake, IsToldAndHoldsNothingUp)
{
    const FakeServer broker(GetParam().handler);
    MqttPublisher publisher(settingsFor(broker), {[] {}, [](bool) {}});
    const auto begin = Clock::now();
    try {
        publisher.open();
        FAIL() << "it was taken for a broker";
    } catch (const std::exception &error) {
        EXPECT_NE(std::string::npos, std::string(error.what()).find("127.0.0.1")) << error.what();
        EXPECT_EQ(std::string::npos, std::string(error.what()).find("s3cr3t")) << error.what();
    }
    EXPECT_LT(Clock::now() - begin, 5s);
    EXPECT_FALSE(publisher.isOpen());
}

INSTANTIATE_TEST_SUITE_P(
    All, MqttHandshake,
    testing::Values(Fault{"ClosesAtOnce", [](FakePeer &) {}},
                    Fault{"ResetsAtOnce", [](FakePeer &peer) { peer.reset(); }},
                    Fault{"SaysNothing", [](FakePeer &peer) { peer.holdOpen(); }},
                    Fault{"DiesInTheHandshake",
                          [](FakePeer &peer) {
                              peer.read(10);
                              peer.reset();
                          }},
                    Fault{"DiesInItsAnswer",
                          [](FakePeer &peer) {
                              peer.read(10);
                              peer.send(kAccepted.substr(0, 2));
                          }},
                    Fault{"Refuses",
                          [](FakePeer &peer) {
                              peer.send(kNotAuthorized);
                              peer.holdOpen();
                          }},
                    Fault{"RefusesTheProtocol",
                          [](FakePeer &peer) {
                              peer.send(kBadProtocol);
                              peer.holdOpen();
                          }},
                    Fault{"SendsJunk",
                          [](FakePeer &peer) {
                              peer.send(junk(1000));
                              peer.holdOpen();
                          }},
                    Fault{"SendsJunkWithoutEnd",
                          [](FakePeer &peer) {
                              while (peer.send(junk(4096)))
                                  ;
                          }},
                    Fault{"IsAWebServer",
                          [](FakePeer &peer) {
                              peer.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
                              peer.holdOpen();
                          }},
                    Fault{"ClaimsAHugePacket",
                          [](FakePeer &peer) {
                              peer.send("\x30\xFF\xFF\xFF\x7F");
                              while (peer.send(junk(65536)))
                                  ;
                          }}),
    testing::PrintToStringParamName());

/* A broker that lets us in, and does no good afterwards. */
class MqttSession : public testing::TestWithParam<Fault> {};

TEST_P(MqttSession, LosesNoEventUnsaidAndEndsInTime)
{
    const FakeServer broker(GetParam().handler);
    OutboxSettings settings;
    settings.minBackoff = settings.maxBackoff = 20ms;
    settings.drain = 500ms;
    Outbox outbox(
        std::make_unique<MqttPublisher>(settingsFor(broker), CameraCommands{[] {}, [](bool) {}}),
        settings, {[](const auto &) {}, [] {}, [](const auto &) {}});
    constexpr std::uint64_t kEvents = 5;
    for (std::uint64_t i = 0; i < kEvents; ++i) {
        Notice notice;
        notice.event = event(std::to_string(i));
        notice.since = notice.taken = Clock::now();
        outbox.send(std::move(notice));
    }
    std::this_thread::sleep_for(500ms);
    const auto begin = Clock::now();
    const Outbox::Stats stats = outbox.finish();
    EXPECT_LT(Clock::now() - begin, 3s);
    EXPECT_EQ(0U, stats.events) << "none was confirmed";
    EXPECT_EQ(kEvents, stats.dropped + stats.unconfirmed);
    EXPECT_GE(stats.failures, 1U);
    EXPECT_EQ(std::string::npos, stats.lastError.find("s3cr3t"));
}

INSTANTIATE_TEST_SUITE_P(All, MqttSession,
                         testing::Values(Fault{"ConfirmsNothing",
                                               [](FakePeer &peer) {
                                                   peer.send(kAccepted);
                                                   peer.holdOpen();
                                               }},
                                         Fault{"ClosesAfterTheHandshake",
                                               [](FakePeer &peer) {
                                                   peer.send(kAccepted);
                                                   peer.sleep(20ms);
                                               }},
                                         Fault{"ResetsAfterTheHandshake",
                                               [](FakePeer &peer) {
                                                   peer.send(kAccepted);
                                                   peer.sleep(20ms);
                                                   peer.reset();
                                               }},
                                         Fault{"SendsJunkAfterTheHandshake",
                                               [](FakePeer &peer) {
                                                   peer.send(kAccepted + junk(1000));
                                                   peer.holdOpen();
                                               }},
                                         Fault{"ReadsNothing",
                                               [](FakePeer &peer) {
                                                   peer.send(kAccepted);
                                                   peer.sleep(1h);
                                               }},
                                         Fault{"ConfirmsWhatWasNeverSent",
                                               [](FakePeer &peer) {
                                                   peer.send(kAccepted);
                                                   for (char id = 100; id < 120; ++id)
                                                       peer.send(std::string("\x40\x02\0", 3) + id);
                                                   peer.holdOpen();
                                               }}),
                         testing::PrintToStringParamName());

} // namespace
} // namespace hafaces
