/* SPDX-License-Identifier: MIT */
#include "camera_state.h"

namespace hafaces {

void
CameraState::update(const CameraState &newer)
{
    const auto take = [](auto &mine, const auto &theirs) {
        if (theirs)
            mine = theirs;
    };
    take(face, newer.face);
    take(faces, newer.faces);
    take(lastTriggerUnixUs, newer.lastTriggerUnixUs);
    take(connected, newer.connected);
    take(inferenceMs, newer.inferenceMs);
}

/* What of it is new. */
CameraState
StateReporter::change(const CameraState &now)
{
    CameraState changes = now;
    const auto leaveOut = [](auto &mine, const auto &known) {
        if (mine == known)
            mine.reset();
    };
    leaveOut(changes.face, state_.face);
    leaveOut(changes.faces, state_.faces);
    leaveOut(changes.lastTriggerUnixUs, state_.lastTriggerUnixUs);
    leaveOut(changes.connected, state_.connected);
    leaveOut(changes.inferenceMs, state_.inferenceMs);
    state_.update(changes);
    return changes;
}

CameraState
StateReporter::see(const Detection &detection, const Moment &now, Duration clearAfter)
{
    CameraState state;
    state.faces = detection.faces.size();
    if (!detection.faces.empty()) {
        state.face = true;
        clearAt_ = now.steady + clearAfter;
    }
    if (detection.trigger && detection.trigger->monotonicUs != triggerUs_) {
        triggerUs_ = detection.trigger->monotonicUs;
        const auto ago = now.steady.time_since_epoch() - std::chrono::microseconds(*triggerUs_);
        state.lastTriggerUnixUs =
            now.unixUs - std::chrono::duration_cast<std::chrono::microseconds>(ago).count();
    }
    if (!inferenceTold_ || now.steady - *inferenceTold_ >= kInferenceInterval) {
        inferenceTold_ = now.steady;
        state.inferenceMs = detection.inferenceMs;
    }
    return change(state);
}

CameraState
StateReporter::connect(bool connected)
{
    CameraState state;
    state.connected = connected;
    return change(state);
}

CameraState
StateReporter::clear(Time now)
{
    CameraState state;
    if (!clearAt_ || now < *clearAt_)
        return state;
    clearAt_.reset();
    state.face = false;
    state.faces = 0;
    return change(state);
}

CameraState
StateReporter::begin()
{
    state_ = {};
    clearAt_.reset();
    inferenceTold_.reset();
    triggerUs_.reset();
    CameraState state;
    state.face = false;
    state.faces = 0;
    return change(state);
}

} // namespace hafaces
