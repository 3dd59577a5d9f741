/* SPDX-License-Identifier: MIT */
#pragma once

#include "core/camera_state.h"
#include "core/face_event.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>

namespace hafaces {

/* It was sent, and may have arrived or not: it must not be sent again. */
class Unconfirmed : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/* The other side will never take this one: it must not be sent again, and the next may go. */
class Refused : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/* The other side wants to be left alone for a while. */
class RetryLater : public std::runtime_error {
public:
    RetryLater(std::chrono::seconds pause, const std::string &what)
        : std::runtime_error{what}
        , pause_{pause}
    {
    }

    std::chrono::seconds pause() const { return pause_; }

private:
    std::chrono::seconds pause_;
};

/*
 * A transport: brings events and pictures to somebody. One thread calls it, the outbox's, and it
 * may block. Every function throws std::runtime_error if it failed; what was to be delivered is
 * then tried again later, but for what is Refused, and for an event that is Unconfirmed.
 */
class Publisher {
public:
    virtual ~Publisher() = default;

    /* Before the first delivery, and again after a failure. */
    virtual void open() = 0;

    /* After open() all that is known, later what changed. */
    virtual void publishState(const CameraState & /*state*/) {}

    /* The latest picture of a detection. It comes before the event that it belongs to. */
    virtual void publishImage(std::span<const std::uint8_t> jpeg) = 0;

    virtual void publishEvent(const FaceEvent &event) = 0;

    /*
     * Of a transport that stays connected, though there is nothing to deliver. It calls `wake`, on
     * any thread, when isOpen() or eventsFrom() changed.
     */
    virtual bool staysConnected() const { return false; }
    virtual void setWake(const std::function<void()> & /*wake*/) {}

    /* For any thread. False: the connection was lost, and open() is to be called. */
    virtual bool isOpen() const { return true; }

    /* For any thread. Events wait until then, since nobody would hear them. Known after open(). */
    virtual std::chrono::steady_clock::time_point eventsFrom() const { return {}; }

    /* For any thread. What blocks now or later gives up soon. */
    virtual void interrupt() {}

    /* The end: nothing else is called any more. May not throw. */
    virtual void close() {}
};

} // namespace hafaces
