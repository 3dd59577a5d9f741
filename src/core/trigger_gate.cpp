/* SPDX-License-Identifier: MIT */
#include "trigger_gate.h"

#include <algorithm>
#include <utility>

namespace hafaces {

TriggerGate::Answer
TriggerGate::trigger(std::string id, const GateSettings &settings, Time now)
{
    advance(now);
    settings_ = settings;
    windowEnd_ = now + settings.window;
    if (burst_) {
        burst_->renew(settings.burst);
        return {Outcome::Coalesced, burst_->trigger()};
    }
    const auto monotonic =
        std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch());
    burst_.emplace(std::move(id), settings.burst, settings.interval, monotonic.count());
    return {Outcome::Started, burst_->trigger()};
}

TriggerGate::Verdict
TriggerGate::see(const Frame &frame)
{
    advance(frame.now);
    Verdict verdict;
    const bool isOpen = burst_ || draining_;
    const bool canBegin = flows_ || !frame.isDelta;
    if (isOpen && canBegin) {
        if (burst_)
            verdict.mark = burst_->mark(frame.time);
        verdict.passes = verdict.mark || !intraOnly_;
        verdict.isFirst = verdict.passes && !flows_;
    }
    flows_ = verdict.passes;
    if (burst_ && burst_->isDone())
        close("frames", windowEnd_ + BurstWatch::kPatience, frame.now);
    return verdict;
}

void
TriggerGate::result(const Result &result, Time now)
{
    advance(now);
    watch_.result({result.trigger, result.seq, false, 0}, result.faces, now);
    if (burst_ && burst_->trigger() == result.trigger) {
        const bool named = settings_.until == Until::Name && result.named;
        const bool found = settings_.until == Until::Face && (result.faces > 0 || result.named);
        if (named || found)
            close(named ? "name" : "face", now + BurstWatch::kPatience, now);
    }
    if (draining_ && draining_->trigger == result.trigger && draining_->seq <= result.seq)
        draining_.reset();
}

void
TriggerGate::shut(const char *reason, Time now)
{
    advance(now);
    if (burst_)
        close(reason, now + BurstWatch::kPatience, now);
    draining_.reset();
    flows_ = false;
}

/* Of what time alone ends. */
void
TriggerGate::advance(Time now)
{
    if (burst_ && now >= windowEnd_)
        close("window", windowEnd_ + BurstWatch::kPatience, now);
    if (draining_ && now >= draining_->until)
        draining_.reset();
}

void
TriggerGate::close(const char *reason, Time deadline, Time now)
{
    BurstWatch::Closing closing{burst_->trigger(), std::nullopt, reason, deadline};
    if (burst_->marked() > 0) {
        closing.lastSeq = burst_->marked() - 1;
        if (!intraOnly_)
            draining_ = Draining{closing.trigger, *closing.lastSeq, now + kDraining};
    }
    burst_.reset();
    watch_.close(closing, now);
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
