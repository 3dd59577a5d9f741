/* SPDX-License-Identifier: MIT */
#include "core/visit_reporter.h"

#include <gtest/gtest.h>

namespace hafaces {
namespace {

using namespace std::chrono_literals;

class Reporter : public testing::Test {
protected:
    Report see(std::vector<float> sides, std::chrono::seconds at,
               std::optional<TriggerMark> mark = {})
    {
        Detection detection;
        detection.trigger = std::move(mark);
        detection.frame = {640, 480};
        detection.inferenceMs = 12;
        detection.captureUnixUs = 1234;
        detection.captureMonotonicUs = std::chrono::microseconds(at - held_).count();
        for (const float side : sides)
            detection.faces.push_back({{0, 0, side, side}, 0.9F, std::nullopt});
        return reporter_.report(detection, {at, at}, settings_);
    }

    ReportSettings settings_{"front-door", Publish::Visits, true, 30s};
    std::chrono::seconds held_{}; /* a frame, by a decoder */
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
    reporter_.end(BurstWatch::Time(0s), settings_);
    EXPECT_NE(first.visit, see({50}, 1s).visit);
}

class BurstReporter : public Reporter {
protected:
    BurstReporter() { settings_.publish = Publish::All; }

    static TriggerMark mark(unsigned seq, const std::string &trigger = "t")
    {
        return {trigger, seq, false, 55};
    }

    void close(std::chrono::seconds deadline, unsigned lastSeq = 1)
    {
        reporter_.close({"t", lastSeq, "frames", BurstWatch::Time(deadline)}, BurstWatch::Time(0s));
    }

    std::vector<Report> noFaces(std::chrono::seconds at)
    {
        return reporter_.takeNoFaces(BurstWatch::Time(at), settings_);
    }
};

TEST_F(BurstReporter, TellsOfNoFaceOnceAtTheEndOfTheBurst)
{
    EXPECT_FALSE(see({}, 0s, mark(0)).event);
    close(9s);
    EXPECT_TRUE(noFaces(0s).empty());
    EXPECT_FALSE(see({}, 1s, mark(1)).event);
    const auto reports = noFaces(1s);
    ASSERT_EQ(1U, reports.size());
    EXPECT_EQ(EventType::NoFace, reports[0].event->type);
    EXPECT_EQ("t", reports[0].event->trigger);
    EXPECT_EQ((Size{640, 480}), reports[0].event->frame);
    EXPECT_EQ(55, reports[0].sinceMonotonicUs) << "latency counts from the trigger";
    EXPECT_EQ(1'000'000, reports[0].takenMonotonicUs) << "but it is news only now";
    EXPECT_FALSE(reports[0].picture);
    EXPECT_TRUE(noFaces(99s).empty());
}

TEST_F(BurstReporter, TellsOfNoFaceAtTheDeadlineWhenAFrameWasLost)
{
    see({}, 0s, mark(0));
    close(9s);
    EXPECT_EQ(BurstWatch::Time(9s), reporter_.nextDeadline());
    EXPECT_TRUE(noFaces(8s).empty());
    EXPECT_EQ(1U, noFaces(9s).size());
}

TEST_F(BurstReporter, SaysNothingOfABurstWithAFace)
{
    see({}, 0s, mark(0));
    close(9s);
    const Report face = see({50}, 1s, mark(1));
    EXPECT_EQ(EventType::FaceDetected, face.event->type);
    EXPECT_EQ("t", face.event->trigger);
    EXPECT_EQ(55, face.sinceMonotonicUs);
    EXPECT_TRUE(noFaces(99s).empty());
}

TEST_F(BurstReporter, SaysNothingOfABurstWithoutAFrameLookedAt)
{
    close(9s);
    EXPECT_TRUE(noFaces(99s).empty());
}

TEST_F(BurstReporter, SaysNothingOfNoFaceUnlessTold)
{
    settings_.publish = Publish::Faces;
    see({}, 0s, mark(0));
    close(9s, 0);
    EXPECT_TRUE(noFaces(99s).empty());
}

TEST_F(BurstReporter, KeepsTriggersApart)
{
    close(9s, 0);
    see({50}, 0s, mark(0, "other"));
    see({}, 1s, mark(0));
    ASSERT_EQ(1U, noFaces(1s).size());
}

TEST_F(BurstReporter, TakesACopyOfAFrameForNothingNew)
{
    EXPECT_TRUE(see({50}, 0s, mark(0)).event);
    const Report again = see({50}, 1s, mark(0));
    EXPECT_FALSE(again.event || again.picture);
}

TEST_F(BurstReporter, TellsOfNoFaceWhenTheStreamEndsBeforeTheBurst)
{
    see({}, 0s, mark(0));
    EXPECT_EQ(1U, reporter_.end(BurstWatch::Time(1s), settings_).size());
    EXPECT_TRUE(reporter_.end(BurstWatch::Time(1s), settings_).empty());
}

TEST_F(BurstReporter, TellsAFaceThoughItsBurstWasOver)
{
    see({}, 0s, mark(0));
    close(9s);
    EXPECT_EQ(1U, noFaces(9s).size());
    EXPECT_TRUE(see({50}, 10s, mark(1)).event);
    close(9s);
    EXPECT_TRUE(noFaces(99s).empty()) << "told once";
}

TEST_F(BurstReporter, TellsNothingOfAFrameThatWasHeldBackTooLong)
{
    settings_.maxAge = 60s;
    held_ = 60s;
    EXPECT_TRUE(see({50}, 100s, mark(0)).picture);
    held_ = 61s;
    const Report report = see({80}, 101s, mark(1));
    EXPECT_FALSE(report.event || report.picture);
}

} // namespace
} // namespace hafaces
