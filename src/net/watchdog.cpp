/* SPDX-License-Identifier: MIT */
#include "watchdog.h"

namespace hafaces {

Watchdog::Watchdog()
    : cancellable_{g_cancellable_new()}
    , thread_{[this] { run(); }}
{
}

Watchdog::~Watchdog()
{
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void
Watchdog::restart()
{
    GObjectPtr<GCancellable> fresh(g_cancellable_new());
    const std::lock_guard lock(mutex_);
    cancellable_.swap(fresh);
    deadline_.reset();
    expired_ = false;
    if (stopped_)
        g_cancellable_cancel(cancellable_.get());
}

void
Watchdog::setDeadline(Clock::time_point deadline)
{
    {
        const std::lock_guard lock(mutex_);
        deadline_ = deadline;
    }
    changed_.notify_all();
}

bool
Watchdog::isExpired() const
{
    const std::lock_guard lock(mutex_);
    return expired_;
}

void
Watchdog::stop()
{
    GObjectPtr<GCancellable> cancellable;
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        cancellable.reset(G_CANCELLABLE(g_object_ref(cancellable_.get())));
    }
    changed_.notify_all();
    g_cancellable_cancel(cancellable.get());
}

bool
Watchdog::isStopped() const
{
    const std::lock_guard lock(mutex_);
    return stopped_;
}

void
Watchdog::sleepUntil(Clock::time_point time)
{
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, time, [this] { return stopped_; });
}

void
Watchdog::run()
{
    std::unique_lock lock(mutex_);
    while (!ending_) {
        if (!deadline_) {
            changed_.wait(lock);
        } else if (Clock::now() < *deadline_) {
            const Clock::time_point until = *deadline_;
            changed_.wait_until(lock, until);
        } else {
            deadline_.reset();
            expired_ = true;
            const GObjectPtr<GCancellable> late(G_CANCELLABLE(g_object_ref(cancellable_.get())));
            lock.unlock();
            g_cancellable_cancel(late.get());
            lock.lock();
        }
    }
}

} // namespace hafaces
