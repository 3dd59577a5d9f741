/* SPDX-License-Identifier: MIT */
#include "core/nms.h"

#include <gtest/gtest.h>

namespace hafaces {
namespace {

TEST(Nms, KeepsTheHigherOfTwoOverlapping)
{
    const auto kept = suppressOverlapping({{{0, 0, 10, 10}, 0.6F}, {{1, 0, 10, 10}, 0.9F}}, 0.5F);
    ASSERT_EQ(1U, kept.size());
    EXPECT_FLOAT_EQ(0.9F, kept[0].score);
}

TEST(Nms, KeepsBoxesThatOverlapByNoMoreThanTheLimit)
{
    /* Two of three thirds in common: IoU 0.5 exactly. */
    const auto kept = suppressOverlapping({{{0, 0, 3, 1}, 0.9F}, {{1, 0, 3, 1}, 0.8F}}, 0.5F);
    EXPECT_EQ(2U, kept.size());
}

TEST(Nms, ADroppedBoxSuppressesNothing)
{
    const auto kept = suppressOverlapping(
        {{{0, 0, 10, 10}, 0.9F}, {{4, 0, 10, 10}, 0.8F}, {{8, 0, 10, 10}, 0.7F}}, 0.3F);
    ASSERT_EQ(2U, kept.size());
    EXPECT_FLOAT_EQ(0.7F, kept[1].score);
}

TEST(Nms, SortsByFallingScore)
{
    const auto kept = suppressOverlapping(
        {{{0, 0, 1, 1}, 0.5F}, {{5, 0, 1, 1}, 0.7F}, {{9, 0, 1, 1}, 0.6F}}, 0.5F);
    ASSERT_EQ(3U, kept.size());
    EXPECT_FLOAT_EQ(0.7F, kept[0].score);
    EXPECT_FLOAT_EQ(0.6F, kept[1].score);
    EXPECT_FLOAT_EQ(0.5F, kept[2].score);
}

TEST(Nms, TakesNoBoxes)
{
    EXPECT_TRUE(suppressOverlapping({}, 0.5F).empty());
}

} // namespace
} // namespace hafaces
