/* SPDX-License-Identifier: MIT */
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

namespace hafaces {

struct MqttSettings {
    std::string host;
    int port = 1883;
    bool tls = false;
    bool verify = true;     /* TLS certificates */
    std::string caFile;     /* PEM; empty: the system's */
    std::string clientCert; /* PEM; empty: none */
    std::string clientKey;
    std::string user; /* empty: none */
    std::string password;
    std::string clientId; /* the beginning of it; what follows makes it unique */

    /* What the broker publishes, retained, when we are gone without a word. */
    std::string willTopic;
    std::string will;

    std::chrono::seconds keepAlive{15};
};

/* Host, port and TLS of "mqtt://host" or "mqtts://host:port". Throws std::runtime_error, whose text
 * shows no secret. */
MqttSettings mqttSettingsFrom(const std::string &location);

/*
 * One connection to an MQTT broker, on a thread of its own, and QoS 1 in both directions. A lost one
 * is not mended: libmosquitto would send again what may have arrived. Functions are for one thread
 * and for callbacks, and throw std::runtime_error, whose text shows no secret.
 */
class MqttClient {
public:
    struct Callbacks { /* on the client's thread; may not throw, nor wait */
        std::function<void(MqttClient &client, const std::string &topic,
                           const std::string &payload)>
            onMessage;
        std::function<void()> onLost; /* the connection that stood */
    };

    MqttClient(const MqttSettings &settings, Callbacks callbacks);

    /* Says goodbye, so that no will is published. */
    ~MqttClient();
    MqttClient(const MqttClient &) = delete;
    MqttClient &operator=(const MqttClient &) = delete;

    /* Waits until it stands. */
    void connect(std::chrono::milliseconds patience);

    void subscribe(const std::string &topic);

    void publish(const std::string &topic, std::span<const std::uint8_t> payload, bool retain);
    void publish(const std::string &topic, const std::string &payload, bool retain);

    /* Waits until the broker has confirmed all that was published. False: it did not. */
    bool waitForConfirmation(std::chrono::milliseconds patience);

    /* The same, before the end: interrupt() does not hold for it. */
    bool flush(std::chrono::milliseconds patience);

    bool isConnected() const;

    /* For any thread: what waits gives up, now and later. */
    void interrupt();

private:
    class Worker;

    std::unique_ptr<Worker> worker_;
};

} // namespace hafaces
