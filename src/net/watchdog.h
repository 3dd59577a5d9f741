/* SPDX-License-Identifier: MIT */
#pragma once

#include "glibutil/glib_ptr.h"

#include <gio/gio.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace hafaces {

/*
 * Ends what a thread of blocking calls waits for: when a deadline passes, or for good. The calls
 * are given cancellable(), which a thread of the watchdog's own cancels. One thread uses it; stop()
 * is for any.
 */
class Watchdog {
public:
    using Clock = std::chrono::steady_clock;

    Watchdog();
    ~Watchdog();
    Watchdog(const Watchdog &) = delete;
    Watchdog &operator=(const Watchdog &) = delete;

    /* A new cancellable, and no deadline. */
    void restart();

    GCancellable *cancellable() const { return cancellable_.get(); }

    void setDeadline(Clock::time_point deadline);

    /* Whether the deadline passed since restart(). */
    bool isExpired() const;

    void stop();
    bool isStopped() const;

    /* Returns early when stopped. */
    void sleepUntil(Clock::time_point time);

private:
    void run();

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    GObjectPtr<GCancellable> cancellable_;      /* written by the using thread, with the mutex */
    std::optional<Clock::time_point> deadline_; /* protected by mutex_ */
    bool expired_ = false;                      /* protected by mutex_ */
    bool stopped_ = false;                      /* protected by mutex_ */
    bool ending_ = false;                       /* protected by mutex_ */
    std::thread thread_;
};

} // namespace hafaces
