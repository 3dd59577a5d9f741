/* SPDX-License-Identifier: MIT */
#include "outbox.h"

#include <algorithm>
#include <utility>

namespace hafaces {

namespace {

constexpr std::chrono::minutes kLossReportInterval{1};

std::size_t
heldBytes(const Notice &notice)
{
    return notice.picture ? notice.picture->heldBytes() : 0;
}

} // namespace

Outbox::Outbox(std::unique_ptr<Publisher> publisher, const OutboxSettings &settings,
               Reports reports)
    : publisher_{std::move(publisher)}
    , settings_{settings}
    , reports_{std::move(reports)}
    , backoff_{settings.minBackoff, settings.maxBackoff}
{
    publisher_->setWake([this] {
        {
            const std::lock_guard lock(mutex_); /* not between looking and waiting */
        }
        changed_.notify_all();
    });
    thread_ = std::thread([this] { run(); });
}

Outbox::~Outbox()
{
    finish();
}

template<typename Change>
void
Outbox::update(Change change)
{
    const std::lock_guard lock(mutex_);
    change(stats_);
}

void
Outbox::send(Notice notice)
{
    {
        const std::lock_guard lock(mutex_);
        if (isFinished_)
            return discard(notice, &Stats::dropped);
        coalesce(notice);
        queue_.push_back(std::move(notice));
        makeRoom();
    }
    changed_.notify_all();
}

void
Outbox::show(const CameraState &changes)
{
    {
        const std::lock_guard lock(mutex_);
        state_.update(changes);
        changes_.update(changes);
        hasChanges_ = true;
    }
    changed_.notify_all();
}

Outbox::Stats
Outbox::stats() const
{
    const std::lock_guard lock(mutex_);
    Stats result = stats_;
    result.queued = queue_.size();
    return result;
}

Outbox::Stats
Outbox::finish()
{
    {
        const std::lock_guard lock(mutex_);
        if (!stopAt_)
            stopAt_ = Clock::now() + settings_.drain;
    }
    changed_.notify_all();
    {
        std::unique_lock lock(mutex_);
        changed_.wait_until(lock, *stopAt_, [this] { return isFinished_; });
    }
    publisher_->interrupt();
    if (thread_.joinable())
        thread_.join();
    return stats();
}

/* Of the better pictures of one visit only the last is worth sending. mutex_ is held. */
void
Outbox::coalesce(const Notice &newer)
{
    if (newer.event)
        return;
    std::erase_if(queue_, [&](const Notice &waiting) {
        return !waiting.event && waiting.visit == newer.visit;
    });
}

/* mutex_ is held. */
void
Outbox::discard(Notice &notice, std::uint64_t Stats::*count)
{
    if (notice.event)
        ++(stats_.*count);
    if (notice.picture)
        ++stats_.droppedImages;
}

/* mutex_ is held. */
void
Outbox::makeRoom()
{
    while (queue_.size() > settings_.queueSize) {
        discard(queue_.front(), &Stats::dropped);
        queue_.pop_front();
    }
    std::size_t bytes = 0;
    for (const Notice &notice : queue_)
        bytes += heldBytes(notice);
    for (auto each = queue_.begin(); bytes > settings_.pictureBytes && each != queue_.end() - 1;
         ++each) {
        if (!each->picture)
            continue;
        bytes -= heldBytes(*each);
        each->picture.reset();
        ++stats_.droppedImages;
    }
    std::erase_if(queue_, [](const Notice &notice) { return !notice.event && !notice.picture; });
}

/* The oldest notice. mutex_ is held. */
bool
Outbox::mayGo() const
{
    return !queue_.empty() &&
           (stopAt_ || !queue_.front().event || Clock::now() >= publisher_->eventsFrom());
}

bool
Outbox::needsConnection() const
{
    return publisher_->staysConnected() && (!open_ || !publisher_->isOpen());
}

/* When there may be something to do without anything happening. mutex_ is held. */
std::optional<Outbox::Clock::time_point>
Outbox::wakeTime() const
{
    return queue_.empty() ? std::nullopt : std::optional(publisher_->eventsFrom());
}

/* One that is empty: there is only the state to send, or the transport to open. None: it is time to
 * end. */
std::optional<Notice>
Outbox::next()
{
    std::unique_lock lock(mutex_);
    const auto isDue = [this] { return stopAt_ || mayGo() || hasChanges_ || needsConnection(); };
    while (!isDue()) {
        if (const auto time = wakeTime())
            changed_.wait_until(lock, *time);
        else
            changed_.wait(lock);
    }
    if (stopAt_ && Clock::now() >= *stopAt_) {
        for (; !queue_.empty(); queue_.pop_front())
            discard(queue_.front(), &Stats::dropped);
        return std::nullopt;
    }
    if (stopAt_ && queue_.empty() && !hasChanges_)
        return std::nullopt;
    /* Opened first, for only then it is known from when events may go; but no more waiting at the
     * end. */
    const bool isReady = open_ && publisher_->isOpen();
    if (!mayGo() || (!isReady && !stopAt_))
        return Notice{};
    Notice notice = std::move(queue_.front());
    queue_.pop_front();
    return notice;
}

void
Outbox::run()
{
    work();
    publisher_->close();
    {
        const std::lock_guard lock(mutex_);
        isFinished_ = true;
    }
    changed_.notify_all();
}

void
Outbox::work()
{
    Notice nothing; /* opens the transport, so that what is wrong with it is told at once */
    if (!deliver(nothing))
        pause();
    while (auto notice = next()) {
        if (!deliver(*notice)) {
            std::unique_lock lock(mutex_);
            if (stopAt_) {
                discard(*notice, &Stats::dropped);
                hasChanges_ = false;
            } else {
                queue_.push_front(std::move(*notice));
                makeRoom();
            }
            lock.unlock();
            pause();
        }
        reportLosses(false);
    }
    reportLosses(true);
}

/* After a failure. Not while ending; but who wants to be left alone then is. */
void
Outbox::pause()
{
    const std::chrono::duration<double> wanted = std::exchange(wantedPause_, {});
    const auto length = std::max(backoff_.failed(), wanted);
    std::unique_lock lock(mutex_);
    if (stopAt_ && wanted > wanted.zero())
        stopAt_ = Clock::now();
    changed_.wait_for(lock, length, [&] { return stopAt_.has_value(); });
}

bool
Outbox::deliver(Notice &notice)
{
    const bool isWork = notice.event || notice.picture;
    try {
        if (!open_ || !publisher_->isOpen())
            open();
        sendState();
        sendPicture(notice);
        sendEvent(notice);
        if (isWork || stats().queued == 0) /* opening alone proves little while something waits */
            succeeded();
        return true;
    } catch (const Refused &error) {
        failed(error.what());
        return true;
    } catch (const RetryLater &error) {
        wantedPause_ = error.pause();
        failed(error.what());
    } catch (const std::exception &error) {
        open_ = false;
        failed(error.what());
    }
    return false;
}

void
Outbox::open()
{
    open_ = false;
    publisher_->open();
    open_ = true;
    const std::lock_guard lock(mutex_);
    changes_ = state_;
    hasChanges_ = !state_.isEmpty();
}

void
Outbox::sendState()
{
    CameraState changes;
    {
        const std::lock_guard lock(mutex_);
        if (!hasChanges_)
            return;
        changes = std::exchange(changes_, {});
        hasChanges_ = false;
    }
    publisher_->publishState(changes); /* if that fails, open() is next, and all of it goes again */
}

/* The event is worth more than its picture: one that can't be sent, now or ever, is left out. */
void
Outbox::dropPicture(Notice &notice, const std::string &error)
{
    notice.picture.reset();
    update([](Stats &stats) { ++stats.droppedImages; });
    if (std::exchange(lastPictureError_, error) != error)
        reports_.failed(error);
}

void
Outbox::sendPicture(Notice &notice)
{
    if (!notice.picture)
        return;
    std::vector<std::uint8_t> jpeg;
    try {
        jpeg = notice.picture->jpeg();
    } catch (const std::exception &error) {
        return dropPicture(notice, std::string("a picture can't be encoded: ") + error.what());
    }
    try {
        publisher_->publishImage(jpeg);
    } catch (const Refused &error) {
        return dropPicture(notice, error.what());
    }
    notice.picture.reset();
    lastPictureError_.clear();
    update([](Stats &stats) { ++stats.images; });
}

void
Outbox::sendEvent(Notice &notice)
{
    if (!notice.event)
        return;
    const auto now = Clock::now();
    if (now - notice.taken > settings_.maxAge) {
        notice.event.reset();
        update([](Stats &stats) { ++stats.expired; });
        return;
    }
    notice.event->latencyMs = std::chrono::duration<double, std::milli>(now - notice.since).count();
    const auto endAs = [&](std::uint64_t Stats::*count) {
        notice.event.reset();
        update([count](Stats &stats) { ++(stats.*count); });
    };
    try {
        publisher_->publishEvent(*notice.event);
    } catch (const Unconfirmed &) {
        endAs(&Stats::unconfirmed);
        throw;
    } catch (const Refused &) {
        endAs(&Stats::dropped);
        throw;
    }
    endAs(&Stats::events);
}

void
Outbox::failed(const std::string &error)
{
    ++failuresInARow_;
    update([&](Stats &stats) {
        ++stats.failures;
        stats.lastError = error;
    });
    if (failuresInARow_ >= reportAtFailure_) {
        reportAtFailure_ *= 2;
        reports_.failed(error);
    }
}

void
Outbox::succeeded()
{
    if (failuresInARow_ == 0)
        return;
    failuresInARow_ = 0;
    backoff_.succeeded();
    reportAtFailure_ = 1;
    update([](Stats &stats) { stats.lastError.clear(); });
    reports_.recovered();
}

void
Outbox::reportLosses(bool evenIfRecent)
{
    const Stats now = stats();
    const std::uint64_t losses = now.dropped + now.expired;
    const bool recent = Clock::now() - lossesReported_ < kLossReportInterval;
    if (losses == reportedLosses_ || (recent && !evenIfRecent))
        return;
    reportedLosses_ = losses;
    lossesReported_ = Clock::now();
    reports_.lost("so far " + std::to_string(now.dropped) + " events dropped and " +
                  std::to_string(now.expired) + " too old to be told");
}

} // namespace hafaces
