/* SPDX-License-Identifier: MIT */
#include "burst_watch.h"

#include <algorithm>

namespace hafaces {

namespace {

constexpr std::size_t kMostEntries = 32;
constexpr unsigned kMostMissing = 64;

} // namespace

BurstWatch::Entry &
BurstWatch::entryOf(const std::string &trigger)
{
    const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry &entry) {
        return entry.outcome.trigger == trigger;
    });
    if (found != entries_.end())
        return *found;
    if (entries_.size() == kMostEntries)
        entries_.pop_front();
    Entry &entry = entries_.emplace_back();
    entry.outcome.trigger = trigger;
    return entry;
}

bool
BurstWatch::result(const TriggerMark &mark, unsigned faces, Time now)
{
    Entry &entry = entryOf(mark.trigger);
    if (!entry.newest || mark.seq > *entry.newest) {
        const unsigned next = entry.newest ? *entry.newest + 1 : 0;
        for (unsigned seq = std::max(next, mark.seq - std::min(mark.seq, kMostMissing));
             seq < mark.seq; ++seq)
            entry.missing.insert(seq);
        entry.newest = mark.seq;
    } else if (entry.missing.erase(mark.seq) == 0) {
        return false;
    }
    ++entry.outcome.inferred;
    entry.outcome.faces += faces;
    entry.outcome.frames = std::max(entry.outcome.frames, mark.seq + 1);
    if (mark.last) {
        entry.isClosed = true;
        entry.lastSeq = mark.seq;
    }
    hurry(entry, now);
    return true;
}

void
BurstWatch::close(const Closing &closing, Time now)
{
    Entry &entry = entryOf(closing.trigger);
    entry.isClosed = true;
    entry.lastSeq = closing.lastSeq;
    entry.deadline =
        entry.deadline ? std::min(*entry.deadline, closing.deadline) : closing.deadline;
    entry.outcome.reason = closing.reason;
    entry.outcome.frames = closing.lastSeq ? *closing.lastSeq + 1 : 0;
    hurry(entry, now);
}

/* After the result for the last frame those before it should be there too. */
void
BurstWatch::hurry(Entry &entry, Time now)
{
    const bool lastIsThere = entry.isClosed && entry.lastSeq && entry.newest >= entry.lastSeq;
    if (lastIsThere && !entry.missing.empty())
        entry.deadline = entry.deadline ? std::min(*entry.deadline, now + kGrace) : now + kGrace;
}

bool
BurstWatch::isComplete(const Entry &entry)
{
    return entry.isClosed &&
           (!entry.lastSeq || (entry.newest >= entry.lastSeq && entry.missing.empty()));
}

std::vector<BurstWatch::Outcome>
BurstWatch::takeOver(Time now)
{
    std::vector<Outcome> over;
    for (Entry &entry : entries_) {
        const bool expired = entry.deadline && now >= *entry.deadline;
        if (entry.isTold || (!isComplete(entry) && !expired))
            continue;
        entry.isTold = true;
        entry.outcome.complete = isComplete(entry);
        over.push_back(entry.outcome);
    }
    return over;
}

std::vector<BurstWatch::Outcome>
BurstWatch::takeAll()
{
    std::vector<Outcome> over;
    for (Entry &entry : entries_)
        if (!entry.isTold) {
            entry.outcome.complete = isComplete(entry);
            over.push_back(entry.outcome);
        }
    entries_.clear();
    return over;
}

std::optional<BurstWatch::Time>
BurstWatch::nextDeadline() const
{
    std::optional<Time> next;
    for (const Entry &entry : entries_)
        if (!entry.isTold && entry.deadline)
            next = next ? std::min(*next, *entry.deadline) : *entry.deadline;
    return next;
}

} // namespace hafaces
