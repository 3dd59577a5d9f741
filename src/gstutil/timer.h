/* SPDX-License-Identifier: MIT */
#pragma once

#include "gst_ptr.h"

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace hafaces {

/*
 * Calls a function at a time, on the thread that GStreamer's system clock has for that. setTo() is
 * for any thread, the function's own too. The destructor waits until the function has returned: no
 * lock may be held then that it takes.
 */
class Timer {
public:
    using Time = std::chrono::steady_clock::time_point;

    /* `elapsed` may not throw. */
    explicit Timer(std::function<void()> elapsed);
    ~Timer();
    Timer(const Timer &) = delete;
    Timer &operator=(const Timer &) = delete;

    /* In place of the time set before; none: never. */
    void setTo(std::optional<Time> time);

private:
    struct Target;

    void arm(Time time);
    void disarm();
    bool isDue();

    std::shared_ptr<Target> target_;
    GObjectPtr<GstClock> clock_{gst_system_clock_obtain()};
    std::mutex mutex_;
    std::optional<Time> time_;     /* protected by mutex_ */
    std::optional<Time> armed_;    /* protected by mutex_; when the clock's thread looks, perhaps
                                      before time_ */
    GstClockID pending_ = nullptr; /* protected by mutex_; owned */
};

} // namespace hafaces
