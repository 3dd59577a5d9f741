/* SPDX-License-Identifier: MIT */
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace hafaces {

/* The last durations, in milliseconds, for percentiles of what is going on now. */
class LatencyWindow {
public:
    void add(double ms)
    {
        last_ = ms;
        if (values_.size() < kSize)
            values_.push_back(ms);
        else
            values_[next_] = ms;
        next_ = (next_ + 1) % kSize;
    }

    double last() const { return last_; }

    /* `part` 0.5 is the median; 0 while there is none. */
    double percentile(double part) const
    {
        if (values_.empty())
            return 0;
        std::vector<double> sorted = values_;
        const double rank = std::ceil(part * static_cast<double>(sorted.size())) - 1;
        const auto nth = sorted.begin() + static_cast<std::ptrdiff_t>(std::max(rank, 0.0));
        std::nth_element(sorted.begin(), nth, sorted.end());
        return *nth;
    }

private:
    static constexpr std::size_t kSize = 1000;

    std::vector<double> values_;
    std::size_t next_ = 0;
    double last_ = 0;
};

} // namespace hafaces
