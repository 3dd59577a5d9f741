/* SPDX-License-Identifier: MIT */
#pragma once

#include "face.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hafaces {

enum class EventType { FaceDetected, PersonIdentified, UnknownPerson, NoFace };

/* What the world is told, by whatever transport. */
struct FaceEvent {
    EventType type = EventType::FaceDetected;
    std::string id;                   /* a UUID */
    std::optional<std::string> visit; /* a UUID; none: no visit is open */
    std::string camera;
    std::int64_t timeUnixUs = 0;        /* capture of the frame */
    std::optional<std::string> trigger; /* that the frame was taken for */
    Size frame;
    std::vector<Face> faces;           /* all of the frame */
    std::optional<std::string> person; /* whom the event is about */
    double inferenceMs = 0;
    double latencyMs = 0; /* from trigger, else capture, to handing it to the transport */
};

/* "face_detected", "person_identified", "unknown_person", "no_face". */
const char *toString(EventType type);

/*
 * One line of JSON without a line end, schema 1:
 *   schema (1), event_type, id, visit (or null), camera, time (RFC 3339, UTC, ms), trigger (or
 *   null), frame {width, height}, faces [{box {x, y, width, height} (px of the frame, origin at
 *   the top left), confidence (0..1), status (or null: recognition does not run), name, distance,
 *   reason (each or null)}], person (or null), inference_ms, latency_ms
 * Bytes that are not UTF-8 become replacement characters.
 */
std::string toJson(const FaceEvent &event);

/* "2026-11-23T20:56:01.123Z" */
std::string rfc3339(std::int64_t unixUs);

} // namespace hafaces
