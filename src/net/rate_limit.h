/* SPDX-License-Identifier: MIT */
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <string>
#include <utility>

namespace hafaces {

/* So many a second from each address, and as many at once; a token bucket for each. */
class RateLimit {
public:
    using Time = std::chrono::steady_clock::time_point;

    explicit RateLimit(double perSecond)
        : perSecond_{perSecond}
    {
    }

    bool allows(const std::string &address, Time now)
    {
        auto bucket = std::find_if(buckets_.begin(), buckets_.end(),
                                   [&](const Bucket &each) { return each.address == address; });
        if (bucket == buckets_.end()) {
            if (buckets_.size() == kMostAddresses)
                buckets_.pop_front();
            bucket = buckets_.insert(buckets_.end(), {address, perSecond_, now});
        }
        const std::chrono::duration<double> passed = now - bucket->filled;
        bucket->left = std::min(perSecond_, bucket->left + passed.count() * perSecond_);
        bucket->filled = now;
        if (bucket->left < 1)
            return false;
        bucket->left -= 1;
        return true;
    }

private:
    static constexpr std::size_t kMostAddresses = 256;

    struct Bucket {
        std::string address;
        double left;
        Time filled;
    };

    double perSecond_;
    std::deque<Bucket> buckets_; /* the oldest first */
};

} // namespace hafaces
