/* SPDX-License-Identifier: MIT */
#pragma once

#include <algorithm>
#include <chrono>
#include <random>

namespace hafaces {

/*
 * How long to wait after failures in a row: twice as long each time, from the shortest to the
 * longest, and at random between half of that and all of it, so that many who failed together do
 * not try again together.
 */
class Backoff {
public:
    Backoff(std::chrono::milliseconds shortest, std::chrono::milliseconds longest)
        : shortest_{shortest}
        , longest_{longest}
    {
    }

    void succeeded() { failures_ = 0; }

    std::chrono::duration<double> failed()
    {
        constexpr unsigned kMostDoublings = 16;
        const auto whole =
            std::min(longest_, shortest_ * (1U << std::min(failures_, kMostDoublings)));
        ++failures_;
        return whole * std::uniform_real_distribution<double>(0.5, 1)(random_);
    }

private:
    std::chrono::milliseconds shortest_;
    std::chrono::milliseconds longest_;
    unsigned failures_ = 0; /* in a row */
    std::minstd_rand random_{std::random_device{}()};
};

} // namespace hafaces
