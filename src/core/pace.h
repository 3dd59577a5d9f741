/* SPDX-License-Identifier: MIT */
#pragma once

#include <chrono>
#include <optional>

namespace hafaces {

/*
 * One of the frames each interval. By a grid: a frame that is a little late does not delay all that
 * follow. A stream whose time goes back begins anew.
 */
class Pace {
public:
    using Duration = std::chrono::nanoseconds;

    /* Whether the frame of that time is one; each frame is to be asked for once. */
    bool isDue(Duration time, Duration interval)
    {
        const bool wentBack = due_ && *due_ - time > interval;
        if (due_ && time < *due_ && !wentBack)
            return false;
        const bool inTime = due_ && !wentBack && time - *due_ < interval;
        due_ = (inTime ? *due_ : time) + interval;
        return true;
    }

    void reset() { due_.reset(); }

private:
    std::optional<Duration> due_; /* none: the next frame, whichever */
};

} // namespace hafaces
