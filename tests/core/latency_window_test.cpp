/* SPDX-License-Identifier: MIT */
#include "core/latency_window.h"

#include <gtest/gtest.h>

namespace hafaces {
namespace {

TEST(LatencyWindow, IsZeroWhileEmpty)
{
    EXPECT_EQ(0, LatencyWindow().percentile(0.5));
    EXPECT_EQ(0, LatencyWindow().last());
}

TEST(LatencyWindow, GivesNearestRanks)
{
    LatencyWindow window;
    for (int i = 100; i >= 1; --i)
        window.add(i);
    EXPECT_EQ(50, window.percentile(0.5));
    EXPECT_EQ(99, window.percentile(0.99));
    EXPECT_EQ(100, window.percentile(1));
    EXPECT_EQ(1, window.percentile(0));
    EXPECT_EQ(1, window.last());
}

TEST(LatencyWindow, ForgetsWhatIsLongAgo)
{
    LatencyWindow window;
    window.add(1e6);
    for (int i = 0; i < 1000; ++i)
        window.add(5);
    EXPECT_EQ(5, window.percentile(1));
}

} // namespace
} // namespace hafaces
