/* SPDX-License-Identifier: MIT */
#pragma once

#include "net/mqtt_client.h"
#include "support/mosquitto.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace hafaces::test {

constexpr std::chrono::seconds kObserverPatience{10};

inline MqttSettings
settingsFor(const Mosquitto &broker)
{
    return mqttSettingsFrom("mqtt://127.0.0.1:" + std::to_string(broker.port()));
}

/* Somebody who subscribes to all, and asks for things. */
class Observer {
public:
    explicit Observer(const Mosquitto &broker)
        : client_{settings(broker),
                  {[this](MqttClient &, const std::string &topic, const std::string &payload) {
                       const std::lock_guard lock(mutex_);
                       messages_.emplace(topic, payload);
                   },
                   [] {}}}
    {
        client_.connect(kObserverPatience);
        client_.subscribe("#");
    }

    /* How often that came so far. */
    std::size_t count(const std::string &topic, const std::string &payload) const
    {
        const std::lock_guard lock(mutex_);
        const auto [from, to] = messages_.equal_range(topic);
        return static_cast<std::size_t>(
            std::count_if(from, to, [&](const auto &each) { return each.second == payload; }));
    }

    std::vector<std::string> all(const std::string &topic) const
    {
        const std::lock_guard lock(mutex_);
        std::vector<std::string> payloads;
        const auto [from, to] = messages_.equal_range(topic);
        for (auto each = from; each != to; ++each)
            payloads.push_back(each->second);
        return payloads;
    }

    /* False: there were not so many in time. */
    bool waitFor(const std::string &topic, const std::string &payload, std::size_t times = 1)
    {
        const auto end = std::chrono::steady_clock::now() + kObserverPatience;
        while (count(topic, payload) < times && std::chrono::steady_clock::now() < end)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        return count(topic, payload) >= times;
    }

    bool waitForAny(const std::string &topic)
    {
        const auto end = std::chrono::steady_clock::now() + kObserverPatience;
        while (all(topic).empty() && std::chrono::steady_clock::now() < end)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        return !all(topic).empty();
    }

    void publish(const std::string &topic, const std::string &payload, bool retain = false)
    {
        client_.publish(topic, payload, retain);
        EXPECT_TRUE(client_.waitForConfirmation(kObserverPatience));
    }

private:
    static MqttSettings settings(const Mosquitto &broker)
    {
        MqttSettings result = settingsFor(broker);
        result.clientId = "observer";
        return result;
    }

    mutable std::mutex mutex_;
    std::multimap<std::string, std::string> messages_; /* protected by mutex_ */
    MqttClient client_;
};

} // namespace hafaces::test
