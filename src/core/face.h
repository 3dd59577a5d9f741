/* SPDX-License-Identifier: MIT */
#pragma once

#include "geometry.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hafaces {

enum class IdentityStatus { Pending, Known, Unknown, Unusable };

/* What recognition says of a face. */
struct Identity {
    IdentityStatus status = IdentityStatus::Pending;
    std::string name;              /* UTF-8; empty unless known */
    std::optional<float> distance; /* to the nearest person */
    std::string reason;            /* why the face is unusable, else empty */

    friend bool operator==(const Identity &, const Identity &) = default;
};

struct Face {
    Rect box;                         /* px of the frame */
    float confidence = 0;             /* 0..1 */
    std::optional<Identity> identity; /* none: nobody tried to recognise it */

    friend bool operator==(const Face &, const Face &) = default;
};

/* Says of a frame that it was passed on because of a trigger. */
struct TriggerMark {
    std::string trigger; /* the id of the trigger that began the burst */
    unsigned seq = 0;    /* of the frames of that burst, from 0 */
    bool last = false;   /* the burst was over with this frame */
    std::int64_t monotonicUs =
        0; /* when the trigger came, the last of those that the burst is for */
    std::int64_t takenMonotonicUs = 0; /* when the frame was marked */

    friend bool operator==(const TriggerMark &, const TriggerMark &) = default;
};

/* What one inferred frame holds, with faces or with none. */
struct Detection {
    std::vector<Face> faces; /* surest first */
    Size frame;
    double inferenceMs = 0;
    std::string modelId;
    std::int64_t captureUnixUs = 0;      /* wall clock at capture, for people */
    std::int64_t captureMonotonicUs = 0; /* the same moment on the monotonic clock, for latencies */
    std::optional<TriggerMark> trigger;  /* that the frame was taken for */
};

/* "pending", "known", "unknown", "unusable": the words of messages, metas and event JSON. */
const char *toString(IdentityStatus status);
std::optional<IdentityStatus> identityStatusFromString(const std::string &text);

} // namespace hafaces
