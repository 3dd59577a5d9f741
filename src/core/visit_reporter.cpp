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
        return !detection.faces.empty() || !detection.trigger;
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

FaceEvent
VisitReporter::eventOf(const Detection &detection, const ReportSettings &settings) const
{
    FaceEvent event;
    event.type = detection.faces.empty() ? EventType::NoFace : EventType::FaceDetected;
    event.id = newId_();
    event.visit = visits_.id();
    event.camera = settings.camera;
    event.timeUnixUs = detection.captureUnixUs;
    if (detection.trigger)
        event.trigger = detection.trigger->trigger;
    event.frame = detection.frame;
    event.faces = detection.faces;
    event.inferenceMs = detection.inferenceMs;
    return event;
}

Report
VisitReporter::report(const Detection &detection, const VisitTracker::Moment &now,
                      const ReportSettings &settings)
{
    Report report;
    report.sinceMonotonicUs =
        detection.trigger ? detection.trigger->monotonicUs : detection.captureMonotonicUs;
    report.takenMonotonicUs = detection.captureMonotonicUs;
    if (now.steady - std::chrono::microseconds(detection.captureMonotonicUs) > settings.maxAge)
        return report;
    if (detection.trigger) {
        const auto faces = static_cast<unsigned>(detection.faces.size());
        const auto arrival =
            bursts_.result(*detection.trigger, faces, BurstWatch::Time(now.steady));
        if (arrival == BurstWatch::Arrival::Repeated)
            return report;
        if (detection.faces.empty() && arrival == BurstWatch::Arrival::New)
            withoutFace_[detection.trigger->trigger] = detection;
    }
    const auto change = visits_.see(detection.faces, now, settings.clearAfter,
                                    detection.trigger ? detection.trigger->trigger : "");
    report.visit = visits_.id().value_or("");
    report.beginsVisit = change.begins;
    report.picture = isPictureWanted(settings, change, detection);
    if (isEventWanted(settings.publish, change, detection))
        report.event = eventOf(detection, settings);
    return report;
}

void
VisitReporter::close(const BurstWatch::Closing &closing, BurstWatch::Time now)
{
    bursts_.close(closing, now);
}

std::vector<Report>
VisitReporter::takeNoFaces(BurstWatch::Time now, const ReportSettings &settings)
{
    return noFaces(bursts_.takeOver(now), now, settings);
}

std::vector<Report>
VisitReporter::end(BurstWatch::Time now, const ReportSettings &settings)
{
    auto reports = noFaces(bursts_.takeAll(), now, settings);
    visits_.end();
    withoutFace_.clear();
    return reports;
}

/* A burst of which no frame was looked at says nothing of faces. */
std::vector<Report>
VisitReporter::noFaces(const std::vector<BurstWatch::Outcome> &over, BurstWatch::Time now,
                       const ReportSettings &settings)
{
    std::vector<Report> reports;
    for (const BurstWatch::Outcome &burst : over) {
        const auto last = withoutFace_.extract(burst.trigger);
        if (settings.publish != Publish::All || last.empty() || burst.faces > 0)
            continue;
        Report &report = reports.emplace_back();
        report.event = eventOf(last.mapped(), settings);
        report.visit = visits_.id().value_or("");
        report.sinceMonotonicUs = last.mapped().trigger->monotonicUs;
        report.takenMonotonicUs =
            std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch()).count();
    }
    return reports;
}

} // namespace hafaces
