/* SPDX-License-Identifier: MIT */
#pragma once

#include "face.h"

#include <chrono>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace hafaces {

/*
 * When bursts are over, and what was found in them. A burst is over when the results for all its
 * frames are there, kGrace after that for the last one (a decoder may have lost one before, and
 * with B-frames the last to be marked is not the last to be shown), or when its deadline has
 * passed. Results and closing may come in any order. Not thread-safe.
 */
class BurstWatch {
public:
    using Time = std::chrono::steady_clock::time_point;

    /* How long after a trigger's window results are waited for. */
    static constexpr std::chrono::milliseconds kPatience{1500};

    static constexpr std::chrono::milliseconds kGrace{1000};

    struct Closing {
        std::string trigger;
        std::optional<unsigned> lastSeq; /* none: no frame was marked */
        std::string reason;
        Time deadline;
    };

    struct Outcome {
        std::string trigger;
        unsigned frames = 0;   /* marked, as far as known */
        unsigned inferred = 0; /* looked at */
        unsigned faces = 0;    /* in all of them together */
        bool complete = false; /* the result for its last frame came */
        std::string reason;    /* of its closing; empty if that was not told */
    };

    enum class Arrival {
        New,
        Repeated, /* it was there before */
        Late      /* its burst was told as over already; it does not count any more */
    };

    /* The result for a marked frame. */
    Arrival result(const TriggerMark &mark, unsigned faces, Time now);

    /* Whether something is known of the burst of that trigger. */
    bool knows(const std::string &trigger) const;

    /* Whether the results for all frames of it are there. */
    bool hasAll(const std::string &trigger) const;

    /* No frame of it is marked any more. */
    void close(const Closing &closing, Time now);

    /* The bursts that are over since the last call, each once. */
    std::vector<Outcome> takeOver(Time now);

    /* All that are closed or had results are over, for nothing will come any more. */
    std::vector<Outcome> takeAll();

    /* When takeOver() may have something without anything happening. */
    std::optional<Time> nextDeadline() const;

private:
    struct Entry {
        Outcome outcome;
        std::set<unsigned> missing; /* results before the newest */
        std::optional<unsigned> newest;
        std::optional<unsigned> lastSeq;
        std::optional<Time> deadline;
        bool isClosed = false;
        bool isTold = false;
    };

    Entry &entryOf(const std::string &trigger);
    void makeRoom();
    static bool isComplete(const Entry &entry);
    static void hurry(Entry &entry, Time now);

    /* The newest; those told stay for a while, so that a late result does not bring them back. */
    std::deque<Entry> entries_;
    std::vector<Outcome> pushedOut_; /* by newer ones, and not yet told */
};

} // namespace hafaces
