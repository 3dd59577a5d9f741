/* SPDX-License-Identifier: MIT */
#pragma once

#include "burst.h"
#include "burst_watch.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace hafaces {

/* What ends a burst before its frames or its window do. */
enum class Until {
    Frames, /* nothing */
    Face,   /* a face was found */
    Name    /* somebody was recognised */
};

struct GateSettings {
    unsigned burst = 10; /* frames to look at after a trigger */
    std::chrono::milliseconds interval{300};
    std::chrono::milliseconds window{8000};
    Until until = Until::Frames;
};

/*
 * When a gate before a decoder is open. A trigger opens it; it closes when enough frames were
 * marked, when what was looked for is found, or when the window after the last trigger is over.
 * Triggers while it is open begin its frames and window anew.
 *
 * Where a frame needs those before it (H.264), it opens at a key frame and lets all pass, and after
 * the last mark goes on until the results for all are there, for decoders hold frames back; at most
 * for kDraining of the stream, but kDrainingFrames. Where each frame stands alone only the marked
 * ones pass, unless all do (Frame::passesIdle).
 *
 * Not thread-safe. After each call look at takeNews() and nextDeadline().
 */
class TriggerGate {
public:
    using Time = BurstWatch::Time;

    static constexpr std::chrono::milliseconds kDraining{500};
    static constexpr int kDrainingFrames =
        4; /* decoders count in frames, and some cameras are slow */

    enum class Outcome { Started, Coalesced };

    struct Answer {
        Outcome outcome = Outcome::Started;
        std::string trigger; /* that the frames will be marked with: when coalesced, the earlier */
    };

    struct Frame {
        Time now;
        Burst::Duration time{};  /* of the stream, by which frames are spaced */
        bool isDelta = false;    /* needs frames before it */
        bool passesIdle = false; /* though the gate is closed */
    };

    struct Verdict {
        bool passes = false;
        std::optional<TriggerMark> mark;
        bool isFirst = false; /* after one that did not pass */
    };

    struct News {
        std::vector<BurstWatch::Closing> closings; /* the gate closed */
        std::vector<BurstWatch::Outcome> over;     /* and the results are there, or late */
    };

    /* Whether frames of the stream that follows stand alone. */
    void setIntraOnly(bool intraOnly) { intraOnly_ = intraOnly; }

    Answer trigger(std::string id, const GateSettings &settings, Time now);

    Verdict see(const Frame &frame);

    /* A frame that is not asked about does not pass. */
    void drop() { last_ = Last::Dropped; }

    /* Whether only a key frame can pass next. */
    bool needsKeyFrame() const { return !intraOnly_ && last_ != Last::Passed; }

    /* What was found in the frame of that seq. */
    struct Result {
        std::string trigger;
        unsigned seq = 0;
        unsigned faces = 0;
        bool named = false;
    };
    /* False: not of a trigger of this gate. */
    bool result(const Result &result, Time now);

    /* Ends what is open, and lets nothing more through. `reason`: a word for messages. */
    void shut(const char *reason, Time now);

    /* What has happened by now. */
    News takeNews(Time now);

    /* The same at the end, when no result will come any more. */
    News takeLastNews();

    std::optional<Time> nextDeadline() const;

    bool isOpen() const { return burst_.has_value(); }

private:
    void close(const char *reason, Time deadline, Time now);
    void advance(Time now);
    bool drains(const Frame &frame);

    GateSettings settings_; /* of the open burst */
    std::optional<Burst> burst_;
    Time windowEnd_{};
    bool intraOnly_ = false;
    enum class Last { None, Passed, Dropped };
    Last last_ = Last::None; /* what became of the last frame */

    struct Draining {
        std::string trigger;                    /* whose results end it */
        std::optional<Burst::Duration> since{}; /* its first frame */
        int frames = 0;
    };
    std::optional<Draining> draining_;

    std::vector<BurstWatch::Closing> closings_; /* not yet told */
    BurstWatch watch_;
};

} // namespace hafaces
