/* SPDX-License-Identifier: MIT */
#include "core/trigger_gate.h"

#include <gtest/gtest.h>

namespace hafaces {
namespace {

using std::chrono::milliseconds;
using Outcome = TriggerGate::Outcome;

/* Time is what the test says, in ms; the stream's is the same. */
class TriggerGateTest : public testing::Test {
protected:
    static TriggerGate::Time at(int ms)
    {
        return TriggerGate::Time(std::chrono::seconds(100)) + milliseconds(ms);
    }

    TriggerGate::Answer trigger(int ms, const std::string &id = "t")
    {
        return gate_.trigger(id, settings_, at(ms));
    }

    TriggerGate::Verdict frame(int ms, bool isDelta = false)
    {
        return gate_.see({at(ms), milliseconds(ms), isDelta, passesIdle_});
    }

    bool passes(int ms, bool isDelta = false) { return frame(ms, isDelta).passes; }

    bool result(int ms, unsigned seq, unsigned faces, const std::string &trigger = "t",
                bool named = false)
    {
        return gate_.result({trigger, seq, faces, named}, at(ms));
    }

    /* Reasons of the closings until then. */
    std::string closings(int ms)
    {
        std::string reasons;
        for (const auto &closing : gate_.takeNews(at(ms)).closings)
            reasons += closing.reason + " ";
        return reasons;
    }

    GateSettings settings_{3, milliseconds(200), milliseconds(1000), Until::Frames};
    bool passesIdle_ = false;
    TriggerGate gate_;
};

class Intra : public TriggerGateTest {
protected:
    Intra() { gate_.setIntraOnly(true); }
};

TEST_F(Intra, IsClosedUntilATriggerComes)
{
    EXPECT_FALSE(passes(0));
    EXPECT_EQ(Outcome::Started, trigger(10).outcome);
    EXPECT_TRUE(passes(20));
}

TEST_F(Intra, PassesTheFramesToLookAtAndNoOthers)
{
    trigger(0);
    std::string seen;
    for (int ms = 0; ms < 1000; ms += 100) {
        const auto verdict = frame(ms);
        EXPECT_EQ(verdict.passes, verdict.mark.has_value());
        seen += verdict.mark ? std::to_string(verdict.mark->seq) : ".";
    }
    EXPECT_EQ("0.1.2.....", seen);
    EXPECT_EQ("frames ", closings(1000));
}

TEST_F(Intra, MarksTheLastOfABurst)
{
    trigger(0);
    EXPECT_FALSE(frame(0).mark->last);
    EXPECT_FALSE(frame(200).mark->last);
    EXPECT_TRUE(frame(400).mark->last);
}

TEST_F(Intra, TakesATriggerWhileOpenAsANewBeginning)
{
    trigger(0, "first");
    frame(0);
    frame(200);
    const auto answer = trigger(300, "second");
    EXPECT_EQ(Outcome::Coalesced, answer.outcome);
    EXPECT_EQ("first", answer.trigger);
    for (const int ms : {400, 600, 800})
        EXPECT_EQ("first", frame(ms).mark->trigger);
    EXPECT_FALSE(passes(1000));
    EXPECT_EQ("frames ", closings(1000));
}

TEST_F(Intra, ClosesAtTheEndOfTheWindowAfterTheLastTrigger)
{
    trigger(0);
    frame(0);
    trigger(900);
    EXPECT_EQ("", closings(1800));
    EXPECT_EQ(at(1900), gate_.nextDeadline());
    const auto news = gate_.takeNews(at(1900));
    ASSERT_EQ(1U, news.closings.size());
    EXPECT_EQ("window", news.closings[0].reason);
    EXPECT_EQ(0U, news.closings[0].lastSeq);
    EXPECT_EQ(at(3400), news.closings[0].deadline);
    EXPECT_FALSE(passes(1900));
}

TEST_F(Intra, IsFinishedAtOnceWhenNoFrameCame)
{
    trigger(0);
    const auto news = gate_.takeNews(at(1000));
    ASSERT_EQ(1U, news.over.size());
    EXPECT_EQ(0U, news.over[0].frames);
    EXPECT_EQ("window", news.over[0].reason);
}

TEST_F(Intra, IsFinishedWithTheResults)
{
    trigger(0);
    for (const int ms : {0, 200, 400})
        frame(ms);
    result(450, 0, 0);
    result(460, 1, 2);
    EXPECT_TRUE(gate_.takeNews(at(460)).over.empty());
    result(470, 2, 1);
    const auto news = gate_.takeNews(at(470));
    ASSERT_EQ(1U, news.over.size());
    EXPECT_EQ(3U, news.over[0].frames);
    EXPECT_EQ(3U, news.over[0].faces);
}

TEST_F(Intra, IsFinishedOneAndAHalfSecondsAfterTheWindowAtTheLatest)
{
    trigger(0);
    for (const int ms : {0, 200, 400})
        frame(ms);
    EXPECT_TRUE(gate_.takeNews(at(2499)).over.empty());
    EXPECT_EQ(at(2500), gate_.nextDeadline());
    EXPECT_EQ(1U, gate_.takeNews(at(2500)).over.size());
}

TEST_F(Intra, GoesOnThoughAFaceWasFound)
{
    trigger(0);
    frame(0);
    result(50, 0, 1);
    EXPECT_TRUE(passes(200));
}

TEST_F(Intra, ClosesWithAFaceIfTold)
{
    settings_.until = Until::Face;
    trigger(0);
    frame(0);
    result(50, 0, 0);
    EXPECT_TRUE(passes(200));
    result(250, 1, 1);
    EXPECT_FALSE(passes(400));
    EXPECT_EQ("face ", closings(400));
}

TEST_F(Intra, ClosesWithANameIfToldAndNotWithAFace)
{
    settings_.until = Until::Name;
    trigger(0);
    frame(0);
    result(50, 0, 1);
    EXPECT_TRUE(passes(200));
    result(60, 0, 1, "t", true); /* recognition tells later what the detector has told already */
    EXPECT_FALSE(passes(400));
    EXPECT_EQ("name ", closings(400));
}

TEST_F(Intra, DoesNotCloseForAResultOfAnEarlierTrigger)
{
    settings_.until = Until::Face;
    trigger(0, "early");
    frame(0);
    trigger(1500, "late");
    result(1510, 0, 1, "early");
    EXPECT_TRUE(passes(1600));
    const auto news = gate_.takeNews(at(1600));
    ASSERT_EQ(1U, news.over.size());
    EXPECT_EQ("early", news.over[0].trigger);
    EXPECT_EQ(1U, news.over[0].faces);
}

TEST_F(Intra, StartsAnewAfterItClosed)
{
    trigger(0, "a");
    for (const int ms : {0, 200, 400})
        frame(ms);
    const auto answer = trigger(450, "b");
    EXPECT_EQ(Outcome::Started, answer.outcome);
    EXPECT_EQ((TriggerMark{"b", 0, false, 100'450'000, 100'500'000}), frame(500).mark);
}

TEST_F(Intra, TakesNoResultOfAnotherGatesTrigger)
{
    trigger(0, "a");
    EXPECT_TRUE(result(10, 0, 1, "a"));
    EXPECT_FALSE(result(10, 0, 1, "other"));
    EXPECT_EQ(1U, gate_.takeLastNews().over.size());
}

TEST_F(Intra, CountsFromTheLastTrigger)
{
    trigger(0);
    trigger(150);
    EXPECT_EQ(100'150'000, frame(200).mark->monotonicUs);
}

TEST_F(Intra, LetsNothingThroughOnceItIsShut)
{
    trigger(0);
    frame(0);
    gate_.shut("disabled", at(100));
    EXPECT_FALSE(passes(200));
    EXPECT_EQ("disabled ", closings(200));
    EXPECT_EQ(1U, gate_.takeNews(at(1600)).over.size());
}

TEST_F(Intra, TellsAllAtTheEnd)
{
    trigger(0);
    frame(0);
    gate_.shut("stopped", at(100));
    const auto news = gate_.takeLastNews();
    EXPECT_EQ(1U, news.closings.size());
    EXPECT_EQ(1U, news.over.size());
}

class Inter : public TriggerGateTest {};

TEST_F(Inter, OpensAtAKeyFrame)
{
    trigger(0);
    EXPECT_FALSE(passes(0, true));
    EXPECT_FALSE(passes(100, true));
    const auto key = frame(200, false);
    EXPECT_TRUE(key.passes);
    EXPECT_TRUE(key.isFirst);
    EXPECT_TRUE(key.mark);
    EXPECT_TRUE(passes(300, true));
}

TEST_F(Inter, PassesAllFramesWhileOpenAndMarksSome)
{
    trigger(0);
    std::string seen;
    for (int ms = 0; ms < 500; ms += 100) {
        const auto verdict = frame(ms, ms > 0);
        EXPECT_TRUE(verdict.passes) << ms;
        EXPECT_EQ(ms == 0, verdict.isFirst);
        seen += verdict.mark ? std::to_string(verdict.mark->seq) : ".";
    }
    EXPECT_EQ("0.1.2", seen);
}

TEST_F(Inter, GoesOnAfterTheLastMarkUntilItsResultIsThere)
{
    trigger(0);
    for (int ms = 0; ms < 500; ms += 100)
        frame(ms, ms > 0);
    EXPECT_TRUE(passes(500, true));
    EXPECT_FALSE(frame(600, true).mark);
    result(650, 1, 0);
    result(650, 2, 0);
    EXPECT_TRUE(passes(700, true)) << "the first is still to come";
    result(750, 0, 0);
    EXPECT_FALSE(passes(800, true));
}

/* Of the stream: inference may have taken that long. */
TEST_F(Inter, GoesOnForHalfASecondWhenNoResultComes)
{
    trigger(0);
    for (int ms = 0; ms < 500; ms += 100)
        frame(ms, ms > 0);
    const auto late = [&](int ms) {
        return gate_.see({at(ms + 5000), milliseconds(ms), true}).passes;
    };
    for (const int ms : {500, 600, 700, 800, 900})
        EXPECT_TRUE(late(ms)) << ms;
    EXPECT_FALSE(late(1000));
    EXPECT_FALSE(late(1100));
}

TEST_F(Inter, GoesOnForAFewFramesOfASlowCamera)
{
    settings_.burst = 1;
    trigger(0);
    for (const int second : {0, 1, 2, 3, 4})
        EXPECT_TRUE(passes(1000 * second, second > 0)) << second;
    EXPECT_FALSE(passes(5000, true));
}

TEST_F(Inter, NeedsAKeyFrameWhereFramesWereDropped)
{
    passesIdle_ = true;
    EXPECT_TRUE(passes(0, true)) << "what came before is not ours to know";
    EXPECT_TRUE(passes(100, true));
    EXPECT_FALSE(gate_.needsKeyFrame());
    gate_.drop();
    EXPECT_TRUE(gate_.needsKeyFrame());
    EXPECT_FALSE(passes(200, true));
    trigger(250);
    EXPECT_FALSE(passes(300, true));
    const auto key = frame(400);
    EXPECT_TRUE(key.passes && key.isFirst && key.mark);
    EXPECT_TRUE(passes(500, true));
}

TEST_F(Inter, NeedsNoKeyFrameToGoOnInTheNextBurst)
{
    trigger(0, "a");
    for (int ms = 0; ms < 500; ms += 100)
        frame(ms, ms > 0);
    trigger(550, "b");
    EXPECT_EQ("b", frame(600, true).mark->trigger);
}

TEST_F(Inter, NeedsAKeyFrameAfterFramesWereLeftOut)
{
    trigger(0, "a");
    for (int ms = 0; ms < 1500; ms += 100)
        frame(ms, ms > 0);
    trigger(1550, "b");
    EXPECT_FALSE(passes(1600, true));
    EXPECT_TRUE(passes(1700, false));
}

} // namespace
} // namespace hafaces
