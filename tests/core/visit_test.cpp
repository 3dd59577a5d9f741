/* SPDX-License-Identifier: MIT */
#include "core/visit.h"

#include <gtest/gtest.h>

namespace hafaces {
namespace {

using namespace std::chrono_literals;
using Moment = VisitTracker::Moment;

const std::vector<Face> kNone;

std::vector<Face>
faceOf(float side, float confidence = 0.9F)
{
    return {Face{{10, 10, side, side}, confidence, std::nullopt}};
}

class Visits : public testing::Test {
protected:
    static constexpr auto kClear = 30s;

    /* A frame of a live stream: both clocks run alike. */
    VisitTracker::Change see(const std::vector<Face> &faces, std::chrono::nanoseconds at)
    {
        return tracker_.see(faces, {at, at}, kClear);
    }

    int ids_ = 0;
    VisitTracker tracker_{[this] { return "visit-" + std::to_string(++ids_); }};
};

TEST_F(Visits, BeginWithTheFirstFaceOnly)
{
    EXPECT_FALSE(see(kNone, 0s).begins);
    EXPECT_FALSE(tracker_.id());
    EXPECT_TRUE(see(faceOf(50), 1s).begins);
    EXPECT_EQ("visit-1", tracker_.id());
    EXPECT_FALSE(see(faceOf(50), 2s).begins);
    EXPECT_EQ("visit-1", tracker_.id());
}

TEST_F(Visits, GoOnThroughFramesWithoutAFace)
{
    see(faceOf(50), 0s);
    for (int second = 1; second < 29; ++second)
        see(kNone, std::chrono::seconds(second));
    EXPECT_FALSE(see(faceOf(50), 29s).begins);
    EXPECT_FALSE(see(faceOf(50), 58s).begins) << "clear-after counts from the last face";
}

TEST_F(Visits, EndWhenNoFaceCameForLong)
{
    see(faceOf(50), 0s);
    see(kNone, 15s);
    EXPECT_EQ("visit-1", tracker_.id());
    see(kNone, 30s);
    EXPECT_FALSE(tracker_.id());
    EXPECT_TRUE(see(faceOf(50), 31s).begins);
    EXPECT_EQ("visit-2", tracker_.id());
}

TEST_F(Visits, FollowTheStreamOfAFileThatRunsFasterThanLife)
{
    tracker_.see(faceOf(50), Moment{0s, 0ms}, kClear);
    EXPECT_FALSE(tracker_.see(faceOf(50), Moment{20s, 10ms}, kClear).begins);
    EXPECT_TRUE(tracker_.see(faceOf(50), Moment{60s, 20ms}, kClear).begins);
}

TEST_F(Visits, EndByTheSteadyClockWhileNoFrameComes)
{
    tracker_.see(faceOf(50), Moment{0s, 0s}, kClear);
    EXPECT_TRUE(tracker_.see(faceOf(50), Moment{100ms, 40s}, kClear).begins);
}

TEST_F(Visits, AreNotEndedByASlowMachine)
{
    tracker_.see(faceOf(50), Moment{0s, 0s}, kClear);
    for (int i = 1; i < 10; ++i)
        EXPECT_FALSE(tracker_.see(faceOf(50), Moment{i * 1s, i * 20s}, kClear).begins);
}

TEST_F(Visits, ShowAPictureOfEachTriggerButBeginOnce)
{
    const auto see = [&](float side, std::chrono::seconds at, const std::string &trigger) {
        return tracker_.see(faceOf(side), {at, at}, kClear, trigger);
    };
    EXPECT_TRUE(see(50, 0s, "a").betterPicture);
    EXPECT_FALSE(see(30, 1s, "a").betterPicture);
    const auto change = see(30, 5s, "b");
    EXPECT_TRUE(change.betterPicture);
    EXPECT_FALSE(change.begins);
    EXPECT_FALSE(see(30, 6s, "b").betterPicture);
    EXPECT_TRUE(see(40, 7s, "b").betterPicture);
    EXPECT_FALSE(see(40, 8s, "").betterPicture) << "a frame between, of no trigger";
    EXPECT_FALSE(see(40, 9s, "b").betterPicture);
}

TEST_F(Visits, CountBySteadyClockWhereFramesHaveNoTime)
{
    tracker_.see(faceOf(50), Moment{std::nullopt, 0s}, kClear);
    EXPECT_FALSE(tracker_.see(kNone, Moment{std::nullopt, 20s}, kClear).begins);
    EXPECT_TRUE(tracker_.see(faceOf(50), Moment{std::nullopt, 40s}, kClear).begins);
}

TEST_F(Visits, SurviveAStreamTimeThatGoesBack)
{
    tracker_.see(faceOf(50), Moment{100s, 0s}, kClear);
    EXPECT_FALSE(tracker_.see(faceOf(50), Moment{0s, 1s}, kClear).begins);
    EXPECT_FALSE(tracker_.see(faceOf(50), Moment{20s, 2s}, kClear).begins);
    EXPECT_TRUE(tracker_.see(faceOf(50), Moment{60s, 3s}, kClear).begins);
}

TEST_F(Visits, EndWithTheStream)
{
    see(faceOf(50), 0s);
    tracker_.end();
    EXPECT_TRUE(see(faceOf(50), 1s).begins);
}

TEST_F(Visits, AskForThePictureOnlyIfItIsMuchBetter)
{
    EXPECT_TRUE(see(faceOf(50), 0s).betterPicture);
    EXPECT_FALSE(see(faceOf(50), 1s).betterPicture);
    EXPECT_FALSE(see(faceOf(51), 2s).betterPicture);
    EXPECT_TRUE(see(faceOf(60), 3s).betterPicture);
    EXPECT_FALSE(see(faceOf(50), 4s).betterPicture);
    EXPECT_FALSE(see(kNone, 5s).betterPicture);
}

TEST_F(Visits, CountASurerFaceAsABetterPicture)
{
    EXPECT_TRUE(see(faceOf(50, 0.6F), 0s).betterPicture);
    EXPECT_TRUE(see(faceOf(50, 0.95F), 1s).betterPicture);
}

TEST_F(Visits, TakeAFreshPictureEachTime)
{
    see(faceOf(200), 0s);
    EXPECT_TRUE(see(faceOf(50), 60s).betterPicture);
}

} // namespace
} // namespace hafaces
