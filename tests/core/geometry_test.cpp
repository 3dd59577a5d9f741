/* SPDX-License-Identifier: MIT */
#include "core/geometry.h"

#include <gtest/gtest.h>

namespace hafaces {
namespace {

TEST(Iou, IsOneForTheSameBoxAndZeroForBoxesApart)
{
    EXPECT_FLOAT_EQ(1, iou({1, 2, 3, 4}, {1, 2, 3, 4}));
    EXPECT_FLOAT_EQ(0, iou({0, 0, 1, 1}, {2, 2, 1, 1}));
    EXPECT_FLOAT_EQ(0, iou({0, 0, 1, 1}, {1, 0, 1, 1}));
}

TEST(Iou, IsTheCommonPartOfTheWhole)
{
    EXPECT_FLOAT_EQ(1.0F / 3, iou({0, 0, 2, 1}, {1, 0, 2, 1}));
}

TEST(Iou, IsZeroForBoxesWithoutArea)
{
    EXPECT_FLOAT_EQ(0, iou({0, 0, 0, 0}, {0, 0, 0, 0}));
    EXPECT_FLOAT_EQ(0, iou({0, 0, -5, -5}, {-5, -5, 10, 10}));
}

TEST(ClampTo, CutsABoxAtTheFrame)
{
    EXPECT_EQ((Rect{0, 0, 5, 6}), clampTo({-5, -4, 10, 10}, {100, 50}));
    EXPECT_EQ((Rect{95, 45, 5, 5}), clampTo({95, 45, 10, 10}, {100, 50}));
    EXPECT_EQ(0, clampTo({200, 200, 10, 10}, {100, 50}).area());
}

TEST(InputFit, ScalesTheLongestSideToTheInput)
{
    const InputFit fit({1280, 720}, 512);
    EXPECT_DOUBLE_EQ(2.5, fit.step());
    EXPECT_EQ((Rect{2.5F, 5, 1280, 720}), fit.toFrame({1, 2, 512, 288}));
}

/* face-api.js scales by the rounded size: 1367 * 512 / 1920 = 364.53, so 365. */
TEST(InputFit, ScalesTheShorterSideByItsRoundedSizeAsTheOriginalDoes)
{
    const Rect box = InputFit({1920, 1367}, 512).toFrame({0, 100, 0, 100});
    EXPECT_FLOAT_EQ(100.0F * 1367 / 365, box.y);
    EXPECT_FLOAT_EQ(100.0F * 1367 / 365, box.height);
}

TEST(InputFit, TakesFramesOfOnePixel)
{
    const Rect box = InputFit({1, 1}, 512).toFrame({0, 0, 512, 512});
    EXPECT_EQ((Rect{0, 0, 1, 1}), box);
    EXPECT_GT(InputFit({4000, 1}, 512).toFrame({0, 0, 1, 1}).height, 0);
}

} // namespace
} // namespace hafaces
