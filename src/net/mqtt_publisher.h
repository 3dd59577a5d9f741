/* SPDX-License-Identifier: MIT */
#pragma once

#include "home_assistant.h"
#include "mqtt_client.h"
#include "transport.h"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace hafaces {

struct MqttPublisherSettings {
    MqttSettings broker; /* but for what identifies us and the will */
    std::string camera;
    std::string topicPrefix = "hafaces";
    std::string discoveryPrefix = "homeassistant";
    std::chrono::milliseconds connectPatience{10000};
    std::chrono::milliseconds confirmPatience{10000};
    std::chrono::milliseconds birthPatience{15000}; /* events after a lost connection */
};

/*
 * A camera as a device in Home Assistant, by MQTT: discovery, availability, states, events, and
 * what is asked for from there. State is retained, so that it outlives a restart of either side;
 * events never are. After a lost connection events wait until Home Assistant says that it is there,
 * or for birthPatience.
 */
class MqttPublisher final : public Publisher {
public:
    MqttPublisher(MqttPublisherSettings settings, CameraCommands commands);

    /* The device is unavailable from then on, and keeps its entities. */
    ~MqttPublisher() override;
    MqttPublisher(const MqttPublisher &) = delete;
    MqttPublisher &operator=(const MqttPublisher &) = delete;

    void open() override;
    void publishState(const CameraState &state) override;
    void publishImage(std::span<const std::uint8_t> jpeg) override;
    void publishEvent(const FaceEvent &event) override;

    bool staysConnected() const override { return true; }
    void setWake(const std::function<void()> &wake) override { wake_ = wake; }
    bool isOpen() const override { return isOpen_; }
    std::chrono::steady_clock::time_point eventsFrom() const override { return eventsFrom_; }
    void interrupt() override;

private:
    using Clock = std::chrono::steady_clock;

    void onMessage(MqttClient &client, const std::string &topic, const std::string &payload);
    void replaceClient(std::unique_ptr<MqttClient> client);
    bool isEnabledKnown();
    void takeEnabled(bool enabled);
    void announce(MqttClient &client) const;
    void publish(const std::string &topic, const std::string &payload, bool retain = true);
    void awaitEnabled();

    const MqttPublisherSettings settings_;
    const CameraCommands commands_;
    const std::string id_;
    const MqttTopics topics_;
    std::function<void()> wake_ = [] {};
    bool wasOpen_ = false; /* the outbox's thread only */

    std::atomic<bool> isOpen_ = false;
    std::atomic<Clock::time_point> eventsFrom_{};

    std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<bool> enabled_; /* protected by mutex_; none: not known yet */
    bool isInterrupted_ = false;  /* protected by mutex_ */

    std::mutex clientMutex_;
    std::unique_ptr<MqttClient> client_; /* set by the outbox's thread, with clientMutex_ held;
                                            last: its thread uses all of the above */
};

} // namespace hafaces
