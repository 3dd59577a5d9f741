/* SPDX-License-Identifier: MIT */
#include "visit.h"

#include <algorithm>

namespace hafaces {

namespace {

/* A picture has to be so much better before the one that people see is replaced: without a margin
 * each frame of somebody walking up would do it. */
constexpr double kBetterBy = 1.1;

double
pictureQuality(const std::vector<Face> &faces)
{
    double best = 0;
    for (const Face &face : faces)
        best = std::max(best, static_cast<double>(face.box.area() * face.confidence));
    return best;
}

} // namespace

bool
VisitTracker::isOver(const Visit &visit, const Moment &lastFrame, const Moment &now,
                     Duration clearAfter)
{
    if (now.steady - lastFrame.steady >= clearAfter)
        return true;
    /* After a seek the stream's time may go back: that alone ends nothing. */
    if (now.stream && visit.lastFace.stream)
        return *now.stream - *visit.lastFace.stream >= clearAfter;
    return now.steady - visit.lastFace.steady >= clearAfter;
}

VisitTracker::Change
VisitTracker::see(const std::vector<Face> &faces, const Moment &now, Duration clearAfter,
                  const std::string &trigger)
{
    if (open_ && isOver(*open_, lastFrame_, now, clearAfter))
        end();
    lastFrame_ = now;
    if (faces.empty())
        return {};

    Change change;
    if (!open_) {
        open_ = Visit{newId_(), now, 0, trigger};
        change.begins = true;
    }
    open_->lastFace = now;
    const double quality = pictureQuality(faces);
    const bool isOfAnother = !trigger.empty() && trigger != open_->trigger;
    if (change.begins || isOfAnother || quality > open_->bestPicture * kBetterBy) {
        open_->bestPicture = quality;
        change.betterPicture = true;
    }
    if (isOfAnother)
        open_->trigger = trigger;
    return change;
}

std::optional<std::string>
VisitTracker::id() const
{
    return open_ ? std::optional(open_->id) : std::nullopt;
}

} // namespace hafaces
