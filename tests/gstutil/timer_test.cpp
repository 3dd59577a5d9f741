/* SPDX-License-Identifier: MIT */
#include "gstutil/timer.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <thread>

namespace hafaces {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/* When a timer called, and waiting for it. */
class Calls {
public:
    void add()
    {
        const std::lock_guard lock(mutex_);
        times_.push_back(Clock::now());
        changed_.notify_all();
    }

    bool waitFor(std::size_t count)
    {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, 10s, [&] { return times_.size() >= count; });
    }

    std::vector<Clock::time_point> times()
    {
        const std::lock_guard lock(mutex_);
        return times_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Clock::time_point> times_;
};

TEST(Timer, CallsAtItsTimeAndNotBefore)
{
    Calls calls;
    Timer timer([&] { calls.add(); });
    const auto time = Clock::now() + 30ms;
    timer.setTo(time);
    ASSERT_TRUE(calls.waitFor(1));
    EXPECT_GE(calls.times()[0], time);
}

TEST(Timer, CallsAtOnceWhenItsTimeHasPassed)
{
    Calls calls;
    Timer timer([&] { calls.add(); });
    timer.setTo(Clock::now() - 1h);
    EXPECT_TRUE(calls.waitFor(1));
}

TEST(Timer, KeepsOnlyTheLatestTime)
{
    Calls calls;
    Timer timer([&] { calls.add(); });
    timer.setTo(Clock::now() + 1h);
    timer.setTo(Clock::now() + 10ms);
    ASSERT_TRUE(calls.waitFor(1));
    timer.setTo(Clock::now() + 10ms);
    timer.setTo(std::nullopt);
    Timer after([&] { calls.add(); });
    after.setTo(Clock::now() + 40ms);
    ASSERT_TRUE(calls.waitFor(2));
    EXPECT_EQ(2U, calls.times().size());
}

TEST(Timer, IsMovedOnAgainAndAgain)
{
    Calls calls;
    Timer timer([&] { calls.add(); });
    Clock::time_point last;
    for (int i = 0; i < 20; ++i) {
        last = Clock::now() + 500ms; /* longer than a busy machine stops us */
        timer.setTo(last);
        std::this_thread::sleep_for(5ms);
    }
    ASSERT_TRUE(calls.waitFor(1));
    EXPECT_GE(calls.times()[0], last);
    timer.setTo(last); /* has passed, and is wanted again */
    ASSERT_TRUE(calls.waitFor(2));
    std::this_thread::sleep_for(50ms);
    EXPECT_EQ(2U, calls.times().size());
}

TEST(Timer, CanBeSetFromItsOwnCall)
{
    Calls calls;
    Timer *again = nullptr;
    Timer timer([&] {
        calls.add();
        if (calls.times().size() < 3)
            again->setTo(Clock::now() + 1ms);
    });
    again = &timer;
    timer.setTo(Clock::now());
    EXPECT_TRUE(calls.waitFor(3));
}

TEST(Timer, DoesNotCallAnyMoreWhenItIsGone)
{
    for (int i = 0; i < 200; ++i) {
        std::atomic<bool> gone = false;
        std::atomic<bool> late = false;
        {
            Timer timer([&] {
                std::this_thread::sleep_for(100us);
                late = late || gone;
            });
            timer.setTo(Clock::now() + std::chrono::microseconds(i * 5));
            std::this_thread::sleep_for(500us);
        }
        gone = true;
        EXPECT_FALSE(late);
    }
}

} // namespace
} // namespace hafaces
