/* SPDX-License-Identifier: MIT */
#pragma once

#include "face.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace hafaces {

/* What is shown of a camera all the time. What is not set did not change. */
struct CameraState {
    std::optional<bool> face;                      /* somebody is there */
    std::optional<std::size_t> faces;              /* in the last frame that was looked at */
    std::optional<std::int64_t> lastTriggerUnixUs; /* when the last trigger came */
    std::optional<bool> connected;                 /* the camera gives pictures */
    std::optional<double> inferenceMs;

    void update(const CameraState &newer);
    bool isEmpty() const
    {
        return !face && !faces && !lastTriggerUnixUs && !connected && !inferenceMs;
    }
};

/*
 * Detections -> what changes of the state. Somebody is there until no face was seen for
 * `clearAfter`, on a steady clock. The inference time, another each time, is told now and then.
 * Not thread-safe.
 */
class StateReporter {
public:
    using Time = std::chrono::steady_clock::time_point;
    using Duration = std::chrono::steady_clock::duration;

    static constexpr std::chrono::seconds kInferenceInterval{10};

    struct Moment {
        Time steady;
        std::int64_t unixUs = 0; /* the same */
    };

    /* A frame was looked at. */
    CameraState see(const Detection &detection, const Moment &now, Duration clearAfter);

    /* The camera says that it is there, or lost. */
    CameraState connect(bool connected);

    /* A frame came: so the camera is there, if it said nothing of that. */
    CameraState frame() { return state_.connected ? CameraState() : connect(true); }

    /* To be called at clearAt(), and later does no harm. */
    CameraState clear(Time now);
    std::optional<Time> clearAt() const { return clearAt_; }

    /* A stream begins, or is over: nobody is there. */
    CameraState begin();

private:
    CameraState change(const CameraState &now);

    CameraState state_;
    std::optional<Time> clearAt_;
    std::optional<Time> inferenceTold_;
    std::optional<std::int64_t> triggerUs_; /* of the last trigger, monotonic */
};

} // namespace hafaces
