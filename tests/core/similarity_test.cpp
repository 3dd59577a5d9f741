/* SPDX-License-Identifier: MIT */
#include "core/similarity.h"

#include <gtest/gtest.h>

#include <array>
#include <numbers>

namespace hafaces {
namespace {

void
expectNear(const Point &expected, const Point &actual)
{
    EXPECT_NEAR(expected.x, actual.x, 1e-3);
    EXPECT_NEAR(expected.y, actual.y, 1e-3);
}

TEST(Similarity, TurnsFromTheXAxisTowardsTheYAxis)
{
    expectNear({0, 2}, turnedBy(std::numbers::pi / 2)({2, 0}));
}

TEST(Similarity, IsUndoneByItsInverse)
{
    const Similarity some{1.5, -0.7, 12, -34};
    expectNear({5, 6}, some.inverse()(some({5, 6})));
    expectNear({5, 6}, then(some, some.inverse())({5, 6}));
}

TEST(Similarity, IsDoneOneAfterTheOther)
{
    const Similarity shift{1, 0, 10, 0};
    expectNear({0, 11}, then(shift, turnedBy(std::numbers::pi / 2))({1, 0}));
}

TEST(Similarity, IsFittedExactlyWhereItCanBe)
{
    const Similarity some{0.8, 0.6, -3, 7};
    const std::array<Point, 4> from{{{0, 0}, {10, 0}, {3, 8}, {-5, 2}}};
    std::array<Point, 4> to{};
    std::ranges::transform(from, to.begin(), some);
    const Similarity found = fitted(from, to);
    EXPECT_NEAR(some.a, found.a, 1e-6);
    EXPECT_NEAR(some.b, found.b, 1e-6);
    EXPECT_NEAR(some.dx, found.dx, 1e-5);
    EXPECT_NEAR(some.dy, found.dy, 1e-5);
}

/* A mirrored triangle can't be reached: the middle has to stay, and nothing is turned. */
TEST(Similarity, DoesNotMirror)
{
    const std::array<Point, 3> from{{{-1, 0}, {1, 0}, {0, 3}}};
    const std::array<Point, 3> to{{{1, 0}, {-1, 0}, {0, 3}}};
    const Similarity found = fitted(from, to);
    EXPECT_NEAR(0, found.b, 1e-6);
    EXPECT_GT(found.a, 0);
    expectNear({0, 1}, found({0, 1}));
}

} // namespace
} // namespace hafaces
