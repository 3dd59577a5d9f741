/* SPDX-License-Identifier: MIT */
#include "core/camera_state.h"

#include <gtest/gtest.h>

namespace hafaces {
namespace {

using namespace std::chrono_literals;

class State : public testing::Test {
protected:
    static StateReporter::Time at(std::chrono::milliseconds time)
    {
        return StateReporter::Time(100s) + time;
    }

    CameraState see(std::size_t faces, std::chrono::milliseconds time,
                    std::optional<TriggerMark> mark = {})
    {
        Detection detection;
        detection.faces.resize(faces);
        detection.inferenceMs = 40 + static_cast<double>(time.count());
        detection.trigger = std::move(mark);
        return reporter_.see(detection, {at(time), 1'000'000'000 + time.count() * 1000}, 30s);
    }

    StateReporter reporter_;
};

TEST_F(State, TellsOnlyWhatChanged)
{
    const CameraState first = reporter_.begin();
    EXPECT_EQ(false, first.face);
    EXPECT_EQ(0U, first.faces);
    const CameraState second = see(2, 0ms);
    EXPECT_EQ(true, second.face);
    EXPECT_EQ(2U, second.faces);
    EXPECT_EQ(40, second.inferenceMs);
    EXPECT_TRUE(see(2, 200ms).isEmpty());
    EXPECT_EQ(0U, see(0, 400ms).faces);
}

TEST_F(State, TellsTheInferenceTimeNowAndThen)
{
    see(0, 0ms);
    EXPECT_FALSE(see(0, 9999ms).inferenceMs);
    EXPECT_TRUE(see(0, 10s).inferenceMs);
}

TEST_F(State, HasNobodyAfterAWhile)
{
    see(1, 0ms);
    see(1, 5s);
    see(0, 10s);
    EXPECT_EQ(at(35s), reporter_.clearAt());
    EXPECT_TRUE(reporter_.clear(at(34s)).isEmpty());
    EXPECT_EQ(false, reporter_.clear(at(35s)).face);
    EXPECT_FALSE(reporter_.clearAt());
    EXPECT_TRUE(reporter_.clear(at(99s)).isEmpty());
}

TEST_F(State, TellsWhenTheLastTriggerCame)
{
    /* 200 ms before the frame */
    const auto mark = [](std::int64_t us, unsigned seq) {
        return TriggerMark{"t", seq, false, us};
    };
    EXPECT_EQ(1'000'300'000, see(0, 500ms, mark(100'300'000, 0)).lastTriggerUnixUs);
    EXPECT_FALSE(see(0, 700ms, mark(100'300'000, 1)).lastTriggerUnixUs) << "the same";
    EXPECT_EQ(1'000'800'000, see(0, 900ms, mark(100'800'000, 2)).lastTriggerUnixUs);
}

TEST_F(State, TakesFramesForACameraThatIsThere)
{
    EXPECT_EQ(true, reporter_.frame().connected);
    EXPECT_TRUE(reporter_.frame().isEmpty());
    EXPECT_EQ(false, reporter_.connect(false).connected);
    EXPECT_TRUE(reporter_.frame().isEmpty()) << "it said itself that it is lost";
    EXPECT_EQ(true, reporter_.connect(true).connected);
}

TEST_F(State, IsMergedWithTheNewest)
{
    CameraState all;
    all.face = true;
    all.faces = 3;
    CameraState newer;
    newer.faces = 4;
    all.update(newer);
    EXPECT_EQ(true, all.face);
    EXPECT_EQ(4U, all.faces);
}

} // namespace
} // namespace hafaces
