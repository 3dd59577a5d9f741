/* SPDX-License-Identifier: MIT */
#include "core/burst.h"
#include "core/recent_ids.h"

#include <gtest/gtest.h>

#include <vector>

namespace hafaces {
namespace {

using std::chrono::milliseconds;

/* The frames, by number, that get a mark of one each `interval`. */
std::vector<int>
marked(Burst &burst, const std::vector<milliseconds> &frames)
{
    std::vector<int> result;
    for (std::size_t i = 0; i < frames.size(); ++i)
        if (burst.mark(frames[i], 0))
            result.push_back(static_cast<int>(i));
    return result;
}

TEST(Burst, MarksAsManyFramesAsAskedForAndTellsTheLast)
{
    Burst burst("t", 3, milliseconds(0), 77);
    for (unsigned i = 0; i < 3; ++i)
        EXPECT_EQ((TriggerMark{"t", i, i == 2, 77, 80 + i}), burst.mark(milliseconds(i), 80 + i));
    EXPECT_TRUE(burst.isDone());
    EXPECT_FALSE(burst.mark(milliseconds(9), 90));
}

TEST(Burst, SpacesThem)
{
    Burst burst("t", 10, milliseconds(300), 0);
    std::vector<milliseconds> frames;
    for (int i = 0; i < 10; ++i)
        frames.emplace_back(i * 100);
    EXPECT_EQ((std::vector{0, 3, 6, 9}), marked(burst, frames));
}

TEST(Burst, KeepsItsPaceThoughFramesAreEarlyOrLate)
{
    Burst burst("t", 10, milliseconds(200), 0);
    using namespace std::chrono_literals;
    EXPECT_EQ((std::vector{0, 2, 5, 6}),
              marked(burst, {0ms, 100ms, 230ms, 310ms, 390ms, 410ms, 600ms}));
}

TEST(Burst, GoesOnAfterAGapWithoutMakingUpForIt)
{
    Burst burst("t", 10, milliseconds(200), 0);
    using namespace std::chrono_literals;
    EXPECT_EQ((std::vector{0, 1, 3}), marked(burst, {0ms, 5000ms, 5100ms, 5200ms}));
}

TEST(Burst, GoesOnWhenTheStreamsTimeGoesBack)
{
    Burst burst("t", 10, milliseconds(200), 0);
    using namespace std::chrono_literals;
    EXPECT_EQ((std::vector{0, 1, 3}), marked(burst, {9000ms, 0ms, 100ms, 200ms}));
}

TEST(Burst, BeginsAnewWithAnotherTrigger)
{
    Burst burst("t", 2, milliseconds(0), 0);
    burst.mark(milliseconds(0), 0);
    burst.renew(2, milliseconds(5), 30);
    EXPECT_EQ((TriggerMark{"t", 1, false, 30, 31}), burst.mark(milliseconds(1), 31));
    EXPECT_FALSE(burst.mark(milliseconds(4), 34));
    EXPECT_EQ((TriggerMark{"t", 2, true, 30, 35}), burst.mark(milliseconds(5), 35));
}

TEST(RecentIds, KnowsAnIdThatCameBefore)
{
    RecentIds ids;
    EXPECT_TRUE(ids.isNew("a"));
    EXPECT_TRUE(ids.isNew("b"));
    EXPECT_FALSE(ids.isNew("a"));
}

TEST(RecentIds, KnowsNothingOfNoId)
{
    RecentIds ids;
    EXPECT_TRUE(ids.isNew(""));
    EXPECT_TRUE(ids.isNew(""));
}

TEST(RecentIds, ForgetsTheOldest)
{
    RecentIds ids;
    ids.isNew("first");
    for (int i = 0; i < 255; ++i)
        ids.isNew(std::to_string(i));
    EXPECT_FALSE(ids.isNew("first"));
    ids.isNew("one more");
    EXPECT_TRUE(ids.isNew("first"));
}

} // namespace
} // namespace hafaces
