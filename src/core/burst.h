/* SPDX-License-Identifier: MIT */
#pragma once

#include "face.h"
#include "pace.h"

#include <optional>
#include <string>
#include <utility>

namespace hafaces {

/* The frames to look at because of a trigger: so many, so far apart. Not thread-safe. */
class Burst {
public:
    using Duration = Pace::Duration;

    /* `monotonicUs`: when the trigger came. */
    Burst(std::string trigger, unsigned frames, Duration interval, std::int64_t monotonicUs)
        : trigger_{std::move(trigger)}
        , left_{frames}
        , interval_{interval}
        , monotonicUs_{monotonicUs}
    {
    }

    const std::string &trigger() const { return trigger_; }

    /* Another trigger: so many frames from now on. */
    void renew(unsigned frames, Duration interval, std::int64_t monotonicUs)
    {
        left_ = frames;
        interval_ = interval;
        monotonicUs_ = monotonicUs;
    }

    /* The mark of the frame of that time in the stream, which came now; none: it is not one to look
     * at. */
    std::optional<TriggerMark> mark(Duration frameTime, std::int64_t nowUs);

    bool isDone() const { return left_ == 0; }

    unsigned marked() const { return marked_; }

private:
    std::string trigger_;
    unsigned left_;
    Duration interval_;
    std::int64_t monotonicUs_;
    unsigned marked_ = 0;
    Pace pace_;
};

} // namespace hafaces
