/* SPDX-License-Identifier: MIT */
#pragma once

#include "face_event.h"
#include "visit.h"

#include <optional>
#include <string>

namespace hafaces {

/* Which detections become events. */
enum class Publish {
    Visits, /* one for each visit */
    Faces,  /* one for each frame with faces */
    All     /* those, and no_face for each frame without */
};

struct ReportSettings {
    std::string camera;
    Publish publish = Publish::Visits;
    bool pictures = true;
    VisitTracker::Duration clearAfter{};
};

/* What is told of one frame. */
struct Report {
    std::optional<FaceEvent> event;
    bool picture = false; /* of the frame, with the event or as a better one of its visit */
    std::string visit;    /* empty if none is open */
    bool beginsVisit = false;
};

/* Detections -> what is told, by visits. Not thread-safe. */
class VisitReporter {
public:
    explicit VisitReporter(VisitTracker::IdGenerator newId)
        : newId_{newId}
        , visits_{std::move(newId)}
    {
    }

    Report report(const Detection &detection, const VisitTracker::Moment &now,
                  const ReportSettings &settings);

    /* The stream is over. */
    void end() { visits_.end(); }

private:
    VisitTracker::IdGenerator newId_;
    VisitTracker visits_;
};

} // namespace hafaces
