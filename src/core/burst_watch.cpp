/* SPDX-License-Identifier: MIT */
#include "burst_watch.h"

#include <algorithm>
#include <utility>

namespace hafaces {

namespace {

constexpr std::size_t kMostEntries = 32;
constexpr unsigned kMostMissing = 64;

/* Null: there is none. */
template<typename Entries>
auto *
findIn(Entries &entries, const std::string &trigger)
{
    const auto found = std::find_if(entries.begin(), entries.end(), [&](const auto &entry) {
        return entry.outcome.trigger == trigger;
    });
    return found != entries.end() ? &*found : nullptr;
}

} // namespace

bool
BurstWatch::knows(const std::string &trigger) const
{
    return findIn(entries_, trigger) != nullptr;
}

bool
BurstWatch::hasAll(const std::string &trigger) const
{
    const Entry *entry = findIn(entries_, trigger);
    return entry != nullptr && isComplete(*entry);
}

/* The oldest that was told goes; else the oldest, and is told. */
void
BurstWatch::makeRoom()
{
    if (entries_.size() < kMostEntries)
        return;
    auto oldest = std::find_if(entries_.begin(), entries_.end(),
                               [](const Entry &entry) { return entry.isTold; });
    if (oldest == entries_.end()) {
        oldest = entries_.begin();
        pushedOut_.push_back(oldest->outcome);
    }
    entries_.erase(oldest);
}

BurstWatch::Entry &
BurstWatch::entryOf(const std::string &trigger)
{
    if (Entry *found = findIn(entries_, trigger))
        return *found;
    makeRoom();
    Entry &entry = entries_.emplace_back();
    entry.outcome.trigger = trigger;
    return entry;
}

BurstWatch::Arrival
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
        return Arrival::Repeated;
    }
    if (entry.isTold)
        return Arrival::Late;
    ++entry.outcome.inferred;
    entry.outcome.faces += faces;
    entry.outcome.frames = std::max(entry.outcome.frames, mark.seq + 1);
    if (mark.last) {
        entry.isClosed = true;
        entry.lastSeq = mark.seq;
    }
    hurry(entry, now);
    return Arrival::New;
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
    std::vector<Outcome> over = std::exchange(pushedOut_, {});
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
    std::vector<Outcome> over = std::exchange(pushedOut_, {});
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
