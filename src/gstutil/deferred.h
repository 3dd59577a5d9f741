/* SPDX-License-Identifier: MIT */
#pragma once

#include <deque>
#include <functional>
#include <mutex>
#include <utility>

namespace hafaces {

/*
 * What was decided with a lock held and may only be done without one: messages, events. It is done
 * in the order of add(), by one thread at a time, whichever calls run(); that may be called again
 * from what it does.
 */
class Deferred {
public:
    void add(std::function<void()> work)
    {
        const std::lock_guard lock(mutex_);
        work_.push_back(std::move(work));
    }

    /* The work may not throw. */
    void run()
    {
        std::unique_lock lock(mutex_);
        if (isRunning_)
            return; /* the other thread does it */
        isRunning_ = true;
        while (!work_.empty()) {
            const auto work = std::move(work_.front());
            work_.pop_front();
            lock.unlock();
            work();
            lock.lock();
        }
        isRunning_ = false;
    }

private:
    std::mutex mutex_;
    std::deque<std::function<void()>> work_; /* protected by mutex_ */
    bool isRunning_ = false;                 /* protected by mutex_ */
};

} // namespace hafaces
