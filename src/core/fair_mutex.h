/* SPDX-License-Identifier: MIT */
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace hafaces {

/* A mutex that is handed on in the order of asking: a busy camera can't keep out a slow one. */
class FairMutex {
public:
    void lock()
    {
        std::unique_lock lock(mutex_);
        const std::uint64_t ticket = nextTicket_++;
        turn_.wait(lock, [&] { return ticket == serving_; });
    }

    void unlock()
    {
        const std::lock_guard lock(mutex_);
        ++serving_;
        turn_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable turn_;
    std::uint64_t nextTicket_ = 0; /* protected by mutex_ */
    std::uint64_t serving_ = 0;    /* protected by mutex_ */
};

} // namespace hafaces
