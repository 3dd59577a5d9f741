/* SPDX-License-Identifier: MIT */
#pragma once

#include "publisher.h"

#include <functional>
#include <memory>
#include <string>

namespace hafaces {

enum class Transport {
    File,    /* a folder */
    Mqtt,    /* Home Assistant by an MQTT broker; if built in */
    Webhook, /* an automation of Home Assistant, or whoever takes JSON */
    Rest     /* Home Assistant's event bus */
};

struct TransportSettings {
    Transport transport = Transport::File;
    std::string location;     /* a folder, mqtt[s]://host[:port], or http[s]://… */
    std::string locationFile; /* whose first line is the location; empty: none */
    std::string imageLocation;
    std::string imageLocationFile;
    std::string camera = "camera";
    std::string username; /* empty: none */
    std::string passwordFile;
    std::string tokenFile;
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

/* The files are read now. Throws std::runtime_error, whose text shows no secret, if a setting is
 * wrong or missing. */
std::unique_ptr<Publisher> makePublisher(const TransportSettings &settings,
                                         CameraCommands commands);

/* As people and logs may see them. */
std::string shownLocation(const TransportSettings &settings);
std::string shownImageLocation(const TransportSettings &settings);

/* Whether pictures can be delivered at all. */
bool takesPictures(const TransportSettings &settings);

} // namespace hafaces
