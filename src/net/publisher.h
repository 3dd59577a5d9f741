/* SPDX-License-Identifier: MIT */
#pragma once

#include "core/face_event.h"

#include <cstdint>
#include <span>

namespace hafaces {

/*
 * A transport: brings events and pictures to somebody. One thread calls it, the outbox's, and it
 * may block. Every function throws std::runtime_error if it failed; what was to be delivered is
 * then tried again later.
 */
class Publisher {
public:
    virtual ~Publisher() = default;

    /* Before the first delivery, and again after a failure. */
    virtual void open() = 0;

    /* The latest picture of a detection. It comes before the event that it belongs to. */
    virtual void publishImage(std::span<const std::uint8_t> jpeg) = 0;

    virtual void publishEvent(const FaceEvent &event) = 0;
};

} // namespace hafaces
