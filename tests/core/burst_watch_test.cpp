/* SPDX-License-Identifier: MIT */
#include "core/burst_watch.h"

#include <gtest/gtest.h>

namespace hafaces {
namespace {

using std::chrono::milliseconds;

class BurstWatchTest : public testing::Test {
protected:
    static constexpr BurstWatch::Time kStart{std::chrono::seconds(100)};

    BurstWatch::Arrival result(unsigned seq, unsigned faces = 0, const std::string &trigger = "t")
    {
        return watch_.result({trigger, seq}, faces, at(0));
    }

    void close(std::optional<unsigned> lastSeq, int deadlineMs = 5000,
               const std::string &trigger = "t")
    {
        watch_.close({trigger, lastSeq, "frames", at(deadlineMs)}, at(0));
    }

    static BurstWatch::Time at(int ms) { return kStart + milliseconds(ms); }

    BurstWatch watch_;
};

TEST_F(BurstWatchTest, IsOverWithTheResultForTheLastFrame)
{
    result(0, 1);
    close(2);
    result(1, 2);
    EXPECT_TRUE(watch_.takeOver(at(0)).empty());
    result(2);
    const auto over = watch_.takeOver(at(0));
    ASSERT_EQ(1U, over.size());
    EXPECT_EQ("t", over[0].trigger);
    EXPECT_EQ(3U, over[0].frames);
    EXPECT_EQ(3U, over[0].inferred);
    EXPECT_EQ(3U, over[0].faces);
    EXPECT_TRUE(over[0].complete);
    EXPECT_EQ("frames", over[0].reason);
    EXPECT_TRUE(watch_.takeOver(at(9999)).empty()) << "told once";
}

TEST_F(BurstWatchTest, IsOverWhenTheResultsWereThereFirst)
{
    result(0);
    result(1);
    EXPECT_TRUE(watch_.takeOver(at(9999)).empty()) << "more may come";
    close(1);
    EXPECT_EQ(1U, watch_.takeOver(at(0)).size());
}

TEST_F(BurstWatchTest, KnowsTheLastFrameByItsMark)
{
    watch_.result({"t", 0, true}, 0, at(0));
    EXPECT_EQ(1U, watch_.takeOver(at(0)).size());
    close(0);
    EXPECT_TRUE(watch_.takeOver(at(9999)).empty());
}

TEST_F(BurstWatchTest, WaitsALittleForFramesThatAreShownAfterTheLast)
{
    close(2);
    result(0);
    result(2);
    EXPECT_TRUE(watch_.takeOver(at(999)).empty());
    EXPECT_EQ(at(1000), watch_.nextDeadline());
    result(1, 1);
    const auto over = watch_.takeOver(at(400));
    ASSERT_EQ(1U, over.size());
    EXPECT_EQ(1U, over[0].faces);
}

TEST_F(BurstWatchTest, DoesNotWaitForALostFrameUntilTheDeadline)
{
    close(2);
    result(0);
    result(2);
    const auto over = watch_.takeOver(at(1000));
    ASSERT_EQ(1U, over.size());
    EXPECT_FALSE(over[0].complete);
    EXPECT_EQ(2U, over[0].inferred);
}

TEST_F(BurstWatchTest, IsOverAtItsDeadlineWhenResultsDoNotCome)
{
    close(2, 5000);
    result(0);
    EXPECT_EQ(at(5000), watch_.nextDeadline());
    EXPECT_TRUE(watch_.takeOver(at(4999)).empty());
    EXPECT_EQ(1U, watch_.takeOver(at(5000)).size());
    EXPECT_FALSE(watch_.nextDeadline());
    EXPECT_EQ(BurstWatch::Arrival::Late, result(1));
    EXPECT_EQ(BurstWatch::Arrival::Late, result(2, 1));
    EXPECT_EQ(BurstWatch::Arrival::Repeated, result(2, 1));
    EXPECT_TRUE(watch_.takeOver(at(9999)).empty()) << "a late result does not bring it back";
}

TEST_F(BurstWatchTest, IsOverAtOnceWhenNoFrameWasMarked)
{
    close(std::nullopt);
    const auto over = watch_.takeOver(at(0));
    ASSERT_EQ(1U, over.size());
    EXPECT_EQ(0U, over[0].frames);
    EXPECT_EQ(0U, over[0].inferred);
}

TEST_F(BurstWatchTest, CountsARepeatedResultOnce)
{
    result(0, 1);
    EXPECT_EQ(BurstWatch::Arrival::Repeated, result(0, 1));
    result(2, 1);
    EXPECT_EQ(BurstWatch::Arrival::New, result(1));
    EXPECT_EQ(BurstWatch::Arrival::Repeated, result(1));
    close(2);
    EXPECT_EQ(2U, watch_.takeOver(at(0))[0].faces);
}

TEST_F(BurstWatchTest, KeepsTriggersApart)
{
    close(0, 5000, "a");
    close(0, 6000, "b");
    result(0, 1, "b");
    auto over = watch_.takeOver(at(0));
    ASSERT_EQ(1U, over.size());
    EXPECT_EQ("b", over[0].trigger);
    EXPECT_EQ(1U, over[0].faces);
    over = watch_.takeOver(at(5000));
    ASSERT_EQ(1U, over.size());
    EXPECT_EQ("a", over[0].trigger);
    EXPECT_EQ(0U, over[0].faces);
}

TEST_F(BurstWatchTest, TellsAllAtTheEnd)
{
    close(3, 5000, "closed");
    result(0, 1, "open");
    EXPECT_EQ(2U, watch_.takeAll().size());
    EXPECT_TRUE(watch_.takeAll().empty());
}

TEST_F(BurstWatchTest, KnowsWhichBurstsHaveAll)
{
    EXPECT_FALSE(watch_.knows("t"));
    result(1);
    EXPECT_TRUE(watch_.knows("t"));
    close(1);
    EXPECT_FALSE(watch_.hasAll("t"));
    result(0);
    EXPECT_TRUE(watch_.hasAll("t"));
    EXPECT_FALSE(watch_.hasAll("other"));
}

TEST_F(BurstWatchTest, KeepsABoundedNumberAndTellsWhatIsPushedOut)
{
    constexpr std::size_t kMost = 32;
    close(0, 9000, "told");
    result(0, 0, "told");
    EXPECT_EQ(1U, watch_.takeOver(at(0)).size());
    for (std::size_t i = 0; i < kMost; ++i)
        close(1, 9000, std::to_string(i));
    EXPECT_TRUE(watch_.takeOver(at(0)).empty()) << "the one that was told goes first";
    close(1, 9000, "one more");
    const auto over = watch_.takeOver(at(0));
    ASSERT_EQ(1U, over.size());
    EXPECT_EQ("0", over[0].trigger);
    EXPECT_FALSE(over[0].complete);
    EXPECT_EQ(kMost, watch_.takeAll().size());
    EXPECT_EQ(BurstWatch::Arrival::New, result(4'000'000'000U, 0, "far ahead"));
}

} // namespace
} // namespace hafaces
