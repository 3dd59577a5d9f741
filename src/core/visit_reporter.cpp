/* SPDX-License-Identifier: MIT */
#include "visit_reporter.h"

namespace hafaces {

namespace {

bool
isEventWanted(Publish publish, const VisitTracker::Change &change, const Detection &detection)
{
    switch (publish) {
    case Publish::Visits:
        return change.begins;
    case Publish::Faces:
        return !detection.faces.empty();
    case Publish::All:
        return true;
    }
    return false;
}

bool
isPictureWanted(const ReportSettings &settings, const VisitTracker::Change &change,
                const Detection &detection)
{
    if (!settings.pictures || detection.faces.empty())
        return false;
    return settings.publish != Publish::Visits || change.betterPicture;
}

} // namespace

Report
VisitReporter::report(const Detection &detection, const VisitTracker::Moment &now,
                      const ReportSettings &settings)
{
    const auto change = visits_.see(detection.faces, now, settings.clearAfter);
    Report report;
    report.visit = visits_.id().value_or("");
    report.beginsVisit = change.begins;
    report.picture = isPictureWanted(settings, change, detection);
    if (!isEventWanted(settings.publish, change, detection))
        return report;
    FaceEvent &event = report.event.emplace();
    event.type = detection.faces.empty() ? EventType::NoFace : EventType::FaceDetected;
    event.id = newId_();
    event.visit = visits_.id();
    event.camera = settings.camera;
    event.timeUnixUs = detection.captureUnixUs;
    event.frame = detection.frame;
    event.faces = detection.faces;
    event.inferenceMs = detection.inferenceMs;
    return report;
}

} // namespace hafaces
