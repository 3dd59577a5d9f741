/* SPDX-License-Identifier: MIT */
#pragma once

#include "burst_watch.h"
#include "face_event.h"
#include "visit.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace hafaces {

/* Which detections become events. */
enum class Publish {
    Visits, /* one for each visit */
    Faces,  /* one for each frame with faces */
    All /* those, and no_face: for a burst without any, and for a frame where nothing triggers */
};

struct ReportSettings {
    std::string camera;
    Publish publish = Publish::Visits;
    bool pictures = true;
    VisitTracker::Duration clearAfter{};
    VisitTracker::Duration maxAge = std::chrono::seconds(60); /* a frame of before is no news */
};

/* What is told of one frame. */
struct Report {
    std::optional<FaceEvent> event;
    bool picture = false; /* of the frame, with the event or as a better one of its visit */
    std::string visit;    /* empty if none is open */
    bool beginsVisit = false;
    std::int64_t sinceMonotonicUs = 0; /* the trigger, else the capture */
    std::int64_t takenMonotonicUs = 0; /* the capture; of no_face for a burst: when it was over */
};

/*
 * Detections -> what is told, by visits and by bursts. A detection with a mark that was there
 * before, on a copy of its frame, is nothing new; nor is one that a decoder held back for so long
 * that its frame is too old. Not thread-safe.
 */
class VisitReporter {
public:
    explicit VisitReporter(VisitTracker::IdGenerator newId)
        : newId_{newId}
        , visits_{std::move(newId)}
    {
    }

    Report report(const Detection &detection, const VisitTracker::Moment &now,
                  const ReportSettings &settings);

    /* A gate has closed. */
    void close(const BurstWatch::Closing &closing, BurstWatch::Time now);

    /* no_face for the bursts that are over by now. To be called after all others, and at
     * nextDeadline(). */
    std::vector<Report> takeNoFaces(BurstWatch::Time now, const ReportSettings &settings);
    std::optional<BurstWatch::Time> nextDeadline() const { return bursts_.nextDeadline(); }

    /* The stream is over, and with it all bursts: their no_face. */
    std::vector<Report> end(BurstWatch::Time now, const ReportSettings &settings);

private:
    FaceEvent eventOf(const Detection &detection, const ReportSettings &settings) const;
    std::vector<Report> noFaces(const std::vector<BurstWatch::Outcome> &over, BurstWatch::Time now,
                                const ReportSettings &settings);

    VisitTracker::IdGenerator newId_;
    VisitTracker visits_;
    BurstWatch bursts_;
    std::map<std::string, Detection> withoutFace_; /* the last of each burst that is not over */
};

} // namespace hafaces
