/* SPDX-License-Identifier: MIT */
#include "core/visit_reporter.h"

#include <gtest/gtest.h>

namespace hafaces {
namespace {

using namespace std::chrono_literals;

class Reporter : public testing::Test {
protected:
    Report see(std::vector<float> sides, std::chrono::seconds at)
    {
        Detection detection;
        detection.frame = {640, 480};
        detection.inferenceMs = 12;
        detection.captureUnixUs = 1234;
        for (const float side : sides)
            detection.faces.push_back({{0, 0, side, side}, 0.9F, std::nullopt});
        return reporter_.report(detection, {at, at}, settings_);
    }

    ReportSettings settings_{"front-door", Publish::Visits, true, 30s};
    int ids_ = 0;
    VisitReporter reporter_{[this] { return std::to_string(++ids_); }};
};

TEST_F(Reporter, TellsWhatTheDetectionHolds)
{
    const Report report = see({50, 20}, 0s);
    ASSERT_TRUE(report.event);
    EXPECT_EQ(EventType::FaceDetected, report.event->type);
    EXPECT_EQ("front-door", report.event->camera);
    EXPECT_EQ(1234, report.event->timeUnixUs);
    EXPECT_EQ((Size{640, 480}), report.event->frame);
    EXPECT_EQ(2U, report.event->faces.size());
    EXPECT_EQ(12, report.event->inferenceMs);
    EXPECT_EQ(report.visit, report.event->visit);
    EXPECT_NE(report.visit, report.event->id);
}

TEST_F(Reporter, TellsAVisitOnceAndThenOnlyBetterPictures)
{
    const Report first = see({50}, 0s);
    EXPECT_TRUE(first.event && first.picture && first.beginsVisit);
    const Report second = see({50}, 1s);
    EXPECT_FALSE(second.event || second.picture || second.beginsVisit);
    const Report nearer = see({80}, 2s);
    EXPECT_TRUE(nearer.picture);
    EXPECT_FALSE(nearer.event);
    EXPECT_EQ(first.visit, nearer.visit);
}

TEST_F(Reporter, TellsEachFrameWithFacesIfTold)
{
    settings_.publish = Publish::Faces;
    for (int second = 0; second < 3; ++second) {
        const Report report = see({50}, std::chrono::seconds(second));
        EXPECT_TRUE(report.event && report.picture);
    }
    EXPECT_FALSE(see({}, 4s).event);
}

TEST_F(Reporter, TellsOfNoFaceIfToldButShowsNoPictureOfIt)
{
    settings_.publish = Publish::All;
    const Report before = see({}, 0s);
    ASSERT_TRUE(before.event);
    EXPECT_EQ(EventType::NoFace, before.event->type);
    EXPECT_FALSE(before.event->visit);
    EXPECT_FALSE(before.picture);
    see({50}, 1s);
    EXPECT_TRUE(see({}, 2s).event->visit) << "the visit goes on";
}

TEST_F(Reporter, ShowsNoPictureIfTold)
{
    settings_.pictures = false;
    const Report report = see({50}, 0s);
    EXPECT_TRUE(report.event);
    EXPECT_FALSE(report.picture);
}

TEST_F(Reporter, BeginsANewVisitAfterTheStreamsEnd)
{
    const Report first = see({50}, 0s);
    reporter_.end();
    EXPECT_NE(first.visit, see({50}, 1s).visit);
}

} // namespace
} // namespace hafaces
