/* SPDX-License-Identifier: MIT */
#pragma once

#include "core/face.h"

#include <gst/gst.h>

#include <optional>
#include <vector>

namespace hafaces {

/*
 * Marks of triggers on a buffer, a custom meta ("hafaces-trigger-mark") without tags: it goes
 * through everything that copies metas, cropping and RTP too. Elements that repeat frames repeat
 * it, and several buffers that become one frame leave several marks on that.
 *
 * Every file that attaches or reads marks calls registerTriggerMark() once before, from any thread.
 */
void registerTriggerMark();

/* The buffer must be writable. */
void attachTriggerMark(GstBuffer *buffer, const TriggerMark &mark);

std::vector<TriggerMark> readTriggerMarks(GstBuffer *buffer);

/* A mark as fields: trigger (string), trigger-seq (guint), trigger-last (gboolean),
 * trigger-monotonic-us (gint64). */
void putTriggerMark(GstStructure *structure, const TriggerMark &mark);
std::optional<TriggerMark> takeTriggerMark(const GstStructure *structure);

} // namespace hafaces
