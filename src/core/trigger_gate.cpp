/* SPDX-License-Identifier: MIT */
#include "trigger_gate.h"

#include <algorithm>
#include <utility>

namespace hafaces {

namespace {

std::int64_t
microseconds(TriggerGate::Time time)
{
    return std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
}

} // namespace

TriggerGate::Answer
TriggerGate::trigger(std::string id, const GateSettings &settings, Time now)
{
    advance(now);
    settings_ = settings;
    windowEnd_ = now + settings.window;
    if (burst_) {
        burst_->renew(settings.burst, settings.interval, microseconds(now));
        return {Outcome::Coalesced, burst_->trigger()};
    }
    burst_.emplace(std::move(id), settings.burst, settings.interval, microseconds(now));
    return {Outcome::Started, burst_->trigger()};
}

TriggerGate::Verdict
TriggerGate::see(const Frame &frame)
{
    advance(frame.now);
    Verdict verdict;
    const bool hasGap =
        last_ == Last::Dropped || (last_ == Last::None && !frame.passesIdle); /* before it */
    if (!frame.isDelta || !hasGap) {
        if (burst_)
            verdict.mark = burst_->mark(frame.time, microseconds(frame.now));
        const bool isOpen = burst_ || drains(frame);
        verdict.passes = verdict.mark || frame.passesIdle || (isOpen && !intraOnly_);
        verdict.isFirst = verdict.passes && last_ != Last::Passed;
    }
    last_ = verdict.passes ? Last::Passed : Last::Dropped;
    if (burst_ && burst_->isDone())
        close("frames", windowEnd_ + BurstWatch::kPatience, frame.now);
    return verdict;
}

/* Whether it passes for the sake of those before it. */
bool
TriggerGate::drains(const Frame &frame)
{
    if (!draining_)
        return false;
    const auto since = draining_->since.value_or(frame.time);
    draining_->since = since;
    const bool isLong = frame.time < since || frame.time - since >= kDraining;
    if (isLong && draining_->frames >= kDrainingFrames) {
        draining_.reset();
        return false;
    }
    ++draining_->frames;
    return true;
}

bool
TriggerGate::result(const Result &result, Time now)
{
    advance(now);
    const bool isOfBurst = burst_ && burst_->trigger() == result.trigger;
    if (!isOfBurst && !watch_.knows(result.trigger))
        return false;
    watch_.result({result.trigger, result.seq, false, 0}, result.faces, now);
    if (isOfBurst) {
        const bool named = settings_.until == Until::Name && result.named;
        const bool found = settings_.until == Until::Face && (result.faces > 0 || result.named);
        if (named || found)
            close(named ? "name" : "face", now + BurstWatch::kPatience, now);
    }
    if (draining_ && watch_.hasAll(draining_->trigger))
        draining_.reset();
    return true;
}

void
TriggerGate::shut(const char *reason, Time now)
{
    advance(now);
    if (burst_)
        close(reason, now + BurstWatch::kPatience, now);
    draining_.reset();
}

/* Of what time alone ends. */
void
TriggerGate::advance(Time now)
{
    if (burst_ && now >= windowEnd_)
        close("window", windowEnd_ + BurstWatch::kPatience, now);
}

void
TriggerGate::close(const char *reason, Time deadline, Time now)
{
    BurstWatch::Closing closing{burst_->trigger(), std::nullopt, reason, deadline};
    if (burst_->marked() > 0) {
        closing.lastSeq = burst_->marked() - 1;
        if (!intraOnly_)
            draining_ = Draining{closing.trigger};
    }
    burst_.reset();
    watch_.close(closing, now);
    if (draining_ && watch_.hasAll(draining_->trigger))
        draining_.reset();
    closings_.push_back(std::move(closing));
}

TriggerGate::News
TriggerGate::takeNews(Time now)
{
    advance(now);
    return {std::exchange(closings_, {}), watch_.takeOver(now)};
}

TriggerGate::News
TriggerGate::takeLastNews()
{
    return {std::exchange(closings_, {}), watch_.takeAll()};
}

std::optional<TriggerGate::Time>
TriggerGate::nextDeadline() const
{
    const auto results = watch_.nextDeadline();
    if (!burst_)
        return results;
    return results ? std::min(*results, windowEnd_) : windowEnd_;
}

} // namespace hafaces
