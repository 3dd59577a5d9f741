/* SPDX-License-Identifier: MIT */
#pragma once

#include "core/face.h"
#include "gst_ptr.h"

namespace hafaces {

/* The times of a buffer, ns, GST_CLOCK_TIME_NONE where not known. */
struct BufferTimes {
    GstClockTime timestamp = GST_CLOCK_TIME_NONE;
    GstClockTime streamTime = GST_CLOCK_TIME_NONE;
    GstClockTime runningTime = GST_CLOCK_TIME_NONE;
    GstClockTime duration = GST_CLOCK_TIME_NONE;
};

BufferTimes timesOf(GstBuffer *buffer, const GstSegment *segment);

/*
 * The structure of the bus message "facedetect". The fields of the OpenCV plugin's message of that
 * name, with their types, so that what reads those reads ours:
 *   timestamp, stream-time, running-time, duration (guint64, ns)
 *   trigger (string): the id of the trigger the frame was taken for, if there was one
 *   faces (list of structures "face": x, y, width, height (guint, px), confidence (gdouble, 0..1))
 */
StructurePtr detectionMessage(const Detection &detection, const BufferTimes &times);

/*
 * Confidence and identity as fields, shared by metas and messages: confidence (gdouble); where
 * recognition ran status (string), and as far as known name (string), distance (gdouble), reason
 * (string).
 */
void putConfidenceAndIdentity(GstStructure *structure, const Face &face);
void takeConfidenceAndIdentity(Face &face, const GstStructure *structure);

/* Takes `structures` over as a field that is a list. */
void putList(GstStructure *structure, const char *field, std::vector<StructurePtr> structures);

} // namespace hafaces
