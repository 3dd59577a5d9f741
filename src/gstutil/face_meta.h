/* SPDX-License-Identifier: MIT */
#pragma once

#include "core/face.h"

#include <gst/gst.h>

#include <optional>

namespace hafaces {

/*
 * Faces on a buffer. The face meta is a custom meta (name "hafaces-faces") whose boxes follow the
 * frame through scaling and conversion; with it come the metas that other elements know:
 * GstVideoRegionOfInterestMeta of type "face" and, where built with it, GstAnalyticsODMtd.
 *
 * Every file that attaches or reads faces calls registerFaceMeta() once before, from any thread.
 */
void registerFaceMeta();

/* The buffer must be writable. Faces of an earlier detection on the buffer are replaced. */
void attachDetection(GstBuffer *buffer, const Detection &detection);

/* None: nobody looked for faces on this buffer. */
std::optional<Detection> readDetection(GstBuffer *buffer);

} // namespace hafaces
