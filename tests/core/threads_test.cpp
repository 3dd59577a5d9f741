/* SPDX-License-Identifier: MIT */
/* What several threads use at once, in a program of its own for ThreadSanitizer. */
#include "core/fair_mutex.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace hafaces {
namespace {

TEST(FairMutex, LetsOneThreadInAtATime)
{
    FairMutex mutex;
    int counter = 0; /* not atomic: the mutex has to be enough */
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int round = 0; round < 1000; ++round) {
                const std::lock_guard lock(mutex);
                ++counter;
            }
        });
    for (auto &thread : threads)
        thread.join();
    EXPECT_EQ(4000, counter);
}

/* With std::mutex the thread that just unlocked usually gets it again and starves the other. */
TEST(FairMutex, IsHandedOnInTheOrderOfAsking)
{
    FairMutex mutex;
    std::atomic<bool> asks = false;
    std::atomic<bool> served = false;
    mutex.lock();
    std::thread patient([&] {
        asks = true;
        const std::lock_guard lock(mutex);
        served = true;
    });
    while (!asks)
        std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::milliseconds(50)); /* until it waits in lock() */
    mutex.unlock();
    mutex.lock(); /* at once, as a busy camera does */
    EXPECT_TRUE(served);
    mutex.unlock();
    patient.join();
}

} // namespace
} // namespace hafaces
