/* SPDX-License-Identifier: MIT */
#include "mqtt_publisher.h"

#include <array>
#include <cstdio>
#include <utility>

namespace hafaces {

namespace {

using namespace std::chrono_literals;

constexpr const char *kOnline = "online";
constexpr const char *kOffline = "offline";
constexpr auto kGoodbye = 500ms;
constexpr auto kRetainedPatience = 300ms; /* a broker sends what it has retained at once */

const char *
onOff(bool on)
{
    return on ? "ON" : "OFF";
}

std::string
milliseconds(double value)
{
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.1f", value);
    return text.data();
}

MqttSettings
brokerSettings(const MqttPublisherSettings &settings, const std::string &id,
               const MqttTopics &topics)
{
    MqttSettings broker = settings.broker;
    broker.clientId = "hafaces-" + id;
    broker.willTopic = topics.availability;
    broker.will = kOffline;
    return broker;
}

} // namespace

MqttPublisher::MqttPublisher(MqttPublisherSettings settings, CameraCommands commands)
    : settings_{std::move(settings)}
    , commands_{std::move(commands)}
    , id_{cameraIdFor(settings_.camera)}
    , topics_{id_, settings_.topicPrefix, settings_.discoveryPrefix}
{
}

MqttPublisher::~MqttPublisher()
{
    try {
        if (isOpen_) {
            publish(topics_.availability, kOffline);
            client_->flush(kGoodbye);
        }
    } catch (const std::exception &) { /* the will says it */
    }
}

void
MqttPublisher::open()
{
    isOpen_ = false;
    replaceClient({});
    {
        const std::lock_guard lock(mutex_);
        if (isInterrupted_)
            throw std::runtime_error("it is time to end");
        enabled_.reset();
    }
    replaceClient(std::make_unique<MqttClient>(
        brokerSettings(settings_, id_, topics_),
        MqttClient::Callbacks{
            [this](MqttClient &client, const std::string &topic, const std::string &payload) {
                onMessage(client, topic, payload);
            },
            [this] {
                isOpen_ = false;
                wake_();
            }}));
    client_->connect(settings_.connectPatience);
    for (const std::string &topic :
         {topics_.enabled, topics_.setEnabled, topics_.detectNow, topics_.birth})
        client_->subscribe(topic);
    announce(*client_);
    awaitEnabled();
    eventsFrom_ = std::exchange(wasOpen_, true) ? Clock::now() + settings_.birthPatience
                                                : Clock::time_point();
    isOpen_ = true; /* before looking: a connection lost meanwhile must not stay open here */
    if (client_->isConnected())
        return;
    isOpen_ = false;
    throw std::runtime_error("the MQTT broker closed the connection at once");
}

/* The old one ends outside the lock: its thread may be waiting for something. */
void
MqttPublisher::replaceClient(std::unique_ptr<MqttClient> client)
{
    const std::lock_guard lock(clientMutex_);
    client_.swap(client);
}

void
MqttPublisher::interrupt()
{
    {
        const std::lock_guard lock(mutex_);
        isInterrupted_ = true;
    }
    changed_.notify_all();
    const std::lock_guard lock(clientMutex_);
    if (client_)
        client_->interrupt();
}

/* Discovery first: a state that comes before it would not be heard. */
void
MqttPublisher::announce(MqttClient &client) const
{
    client.publish(topics_.discovery, discoveryPayload(settings_.camera, id_, topics_), true);
    client.publish(topics_.availability, std::string(kOnline), true);
}

/* Whether detection is enabled is what was retained, so that a restart does not change it. */
void
MqttPublisher::awaitEnabled()
{
    bool enabled = true;
    {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, kRetainedPatience, [this] { return enabled_ || isInterrupted_; });
        if (!enabled_)
            enabled_ = true;
        enabled = *enabled_;
    }
    publish(topics_.enabled, onOff(enabled));
}

void
MqttPublisher::onMessage(MqttClient &client, const std::string &topic, const std::string &payload)
try {
    const bool on = payload == "ON";
    if (topic == topics_.birth && payload == kOnline) {
        announce(client);
        eventsFrom_ = Clock::time_point();
        wake_();
    } else if (topic == topics_.detectNow && payload == "PRESS") {
        commands_.detectNow();
    } else if (topic == topics_.setEnabled && (on || payload == "OFF")) {
        takeEnabled(on);
        client.publish(topics_.enabled, std::string(onOff(on)), true);
    } else if (topic == topics_.enabled && (on || payload == "OFF") && !isEnabledKnown()) {
        takeEnabled(on);
    }
} catch (const std::exception &) { /* the connection is gone, and open() will say it all again */
}

bool
MqttPublisher::isEnabledKnown()
{
    const std::lock_guard lock(mutex_);
    return enabled_.has_value();
}

void
MqttPublisher::takeEnabled(bool enabled)
{
    commands_.enable(enabled); /* done before open() returns */
    {
        const std::lock_guard lock(mutex_);
        enabled_ = enabled;
    }
    changed_.notify_all();
}

void
MqttPublisher::publish(const std::string &topic, const std::string &payload, bool retain)
{
    client_->publish(topic, payload, retain);
}

void
MqttPublisher::publishState(const CameraState &state)
{
    if (state.face)
        publish(topics_.face, onOff(*state.face));
    if (state.faces)
        publish(topics_.faces, std::to_string(*state.faces));
    if (state.lastTriggerUnixUs)
        publish(topics_.lastTrigger, rfc3339(*state.lastTriggerUnixUs));
    if (state.connected)
        publish(topics_.connection, onOff(*state.connected));
    if (state.inferenceMs)
        publish(topics_.inferenceTime, milliseconds(*state.inferenceMs));
}

void
MqttPublisher::publishImage(std::span<const std::uint8_t> jpeg)
{
    client_->publish(topics_.image, jpeg, true);
}

void
MqttPublisher::publishEvent(const FaceEvent &event)
{
    const std::string json = toJson(event);
    publish(event.type == EventType::NoFace ? topics_.noFace : topics_.event, json, false);
    if (event.type == EventType::PersonIdentified)
        publish(topics_.lastPerson, json);
    if (client_->waitForConfirmation(settings_.confirmPatience))
        return;
    isOpen_ = false;
    throw Unconfirmed("the MQTT broker did not confirm an event");
}

} // namespace hafaces
