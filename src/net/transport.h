/* SPDX-License-Identifier: MIT */
#pragma once

#include "publisher.h"

#include <functional>
#include <memory>
#include <string>

namespace hafaces {

enum class Transport {
    File, /* a folder */
    Mqtt  /* Home Assistant by an MQTT broker; if built in */
};

struct TransportSettings {
    Transport transport = Transport::File;
    std::string location; /* a folder, or mqtt[s]://host[:port] */
    std::string camera = "camera";
    std::string username; /* empty: none */
    std::string passwordFile;
    std::string caFile; /* empty: the system's certificates */
    std::string clientCert;
    std::string clientKey;
    bool verify = true; /* TLS certificates */
    std::string discoveryPrefix = "homeassistant";
    std::string topicPrefix = "hafaces";
};

/* What is asked for from the other side. Called on any thread; may neither wait nor throw. */
struct CameraCommands {
    std::function<void()> detectNow;
    std::function<void(bool)> enable;
};

/* Throws std::runtime_error, whose text shows no secret, if a setting is wrong. */
std::unique_ptr<Publisher> makePublisher(const TransportSettings &settings,
                                         CameraCommands commands);

} // namespace hafaces
