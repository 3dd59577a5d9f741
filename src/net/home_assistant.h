/* SPDX-License-Identifier: MIT */
#pragma once

#include <string>

namespace hafaces {

/*
 * What stands for a camera in topics and ids: its name in ASCII and lower case, of a-z, 0-9, _ and
 * -. Where letters are lost that way a part of the name's checksum follows, so that two names that
 * people tell apart stay apart.
 */
std::string cameraIdFor(const std::string &name);

/* The MQTT topics of one camera. */
struct MqttTopics {
    /* `id`: of the camera. */
    MqttTopics(const std::string &id, const std::string &topicPrefix,
               const std::string &discoveryPrefix);

    /* We publish; retained but for event and noFace, which happen once. */
    std::string discovery;
    std::string availability;  /* "online", "offline" */
    std::string face;          /* "ON", "OFF" */
    std::string faces;         /* a number */
    std::string lastPerson;    /* event JSON */
    std::string lastTrigger;   /* RFC 3339 */
    std::string connection;    /* of the camera: "ON", "OFF" */
    std::string inferenceTime; /* ms */
    std::string image;         /* JPEG */
    std::string event;         /* event JSON */
    std::string noFace;        /* event JSON */
    std::string enabled;       /* "ON", "OFF" */

    /* Home Assistant publishes. */
    std::string setEnabled; /* "ON", "OFF" */
    std::string detectNow;  /* "PRESS" */
    std::string birth;      /* "online" when it has started */
};

/*
 * The payload of device-based discovery (https://www.home-assistant.io/integrations/mqtt, "Device
 * discovery payload"): one device with all its entities. One line of JSON.
 */
std::string discoveryPayload(const std::string &cameraName, const std::string &cameraId,
                             const MqttTopics &topics);

} // namespace hafaces
