/* SPDX-License-Identifier: MIT */
#include "timer.h"

#include <algorithm>
#include <utility>

namespace hafaces {

/* Outlives the timer while the clock's thread has hold of it. */
struct Timer::Target {
    std::mutex mutex;
    Timer *timer = nullptr;        /* protected by mutex, held in the call; null: over */
    std::function<void()> elapsed; /* protected by mutex */
};

namespace {

using std::chrono::duration_cast;
using std::chrono::nanoseconds;
using std::chrono::steady_clock;

} // namespace

Timer::Timer(std::function<void()> elapsed)
    : target_{std::make_shared<Target>()}
{
    target_->timer = this;
    target_->elapsed = std::move(elapsed);
}

Timer::~Timer()
{
    setTo(std::nullopt);
    const std::lock_guard lock(target_->mutex);
    target_->timer = nullptr;
    const std::lock_guard ownLock(mutex_);
    disarm();
}

/* A deadline that each frame moves on costs nothing: when the first is over, the last is looked at. */
void
Timer::setTo(std::optional<Time> time)
{
    const std::lock_guard lock(mutex_);
    time_ = time;
    if (!time)
        disarm();
    else if (!armed_ || *armed_ > *time)
        arm(*time);
}

/* The clock's thread looks. */
bool
Timer::isDue()
{
    const std::lock_guard lock(mutex_);
    armed_.reset();
    if (!time_)
        return false;
    if (steady_clock::now() >= *time_)
        return true;
    arm(*time_);
    return false;
}

/* mutex_ is held. */
void
Timer::disarm()
{
    armed_.reset();
    if (pending_ == nullptr)
        return;
    gst_clock_id_unschedule(pending_);
    gst_clock_id_unref(std::exchange(pending_, nullptr));
}

/* mutex_ is held. */
void
Timer::arm(Time time)
{
    disarm();
    armed_ = time;
    const auto wait =
        std::max(duration_cast<nanoseconds>(time - steady_clock::now()), nanoseconds(0));
    pending_ = gst_clock_new_single_shot_id(
        clock_.get(), gst_clock_get_time(clock_.get()) + static_cast<GstClockTime>(wait.count()));
    const auto call = [](GstClock *, GstClockTime, GstClockID, gpointer data) -> gboolean {
        Target &target = **static_cast<std::shared_ptr<Target> *>(data);
        const std::lock_guard targetLock(target.mutex);
        if (target.timer != nullptr && target.timer->isDue())
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
