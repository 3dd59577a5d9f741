/* SPDX-License-Identifier: MIT */
#include "timer.h"

#include <algorithm>
#include <atomic>
#include <utility>

namespace hafaces {

/* Outlives the timer while the clock's thread has hold of it. */
struct Timer::Target {
    std::mutex mutex;
    std::function<void()> elapsed; /* protected by mutex, held in the call; null: over */
    std::atomic<bool> isWaiting = false;
};

namespace {

using std::chrono::duration_cast;
using std::chrono::nanoseconds;
using std::chrono::steady_clock;

} // namespace

Timer::Timer(std::function<void()> elapsed)
    : target_{std::make_shared<Target>()}
{
    target_->elapsed = std::move(elapsed);
}

Timer::~Timer()
{
    setTo(std::nullopt);
    const std::lock_guard lock(target_->mutex);
    target_->elapsed = nullptr;
}

void
Timer::setTo(std::optional<Time> time)
{
    const std::lock_guard lock(mutex_);
    if (time == time_ && (!time || target_->isWaiting))
        return;
    time_ = time;
    if (pending_ != nullptr) {
        gst_clock_id_unschedule(pending_);
        gst_clock_id_unref(std::exchange(pending_, nullptr));
    }
    if (!time)
        return;
    const auto wait =
        std::max(duration_cast<nanoseconds>(*time - steady_clock::now()), nanoseconds(0));
    target_->isWaiting = true;
    pending_ = gst_clock_new_single_shot_id(
        clock_.get(), gst_clock_get_time(clock_.get()) + static_cast<GstClockTime>(wait.count()));
    const auto call = [](GstClock *, GstClockTime, GstClockID, gpointer data) -> gboolean {
        Target &target = **static_cast<std::shared_ptr<Target> *>(data);
        const std::lock_guard targetLock(target.mutex);
        target.isWaiting = false;
        if (target.elapsed)
            target.elapsed();
        return TRUE;
    };
    const auto release = [](gpointer data) {
        const std::unique_ptr<std::shared_ptr<Target>> owned(
            static_cast<std::shared_ptr<Target> *>(data));
    };
    gst_clock_id_wait_async(pending_, call,
                            std::make_unique<std::shared_ptr<Target>>(target_).release(), release);
}

} // namespace hafaces
