/* SPDX-License-Identifier: MIT */
#pragma once

#include <gst/gst.h>

namespace hafaces {

/*
 * Registers a custom meta unless it is already there, from whichever plugin file of this process.
 * `tags` ends with a NULL. Thread-safe.
 */
void registerCustomMeta(const char *name, const gchar **tags,
                        GstCustomMetaTransformFunction transform);

bool isCustomMeta(GstMeta *meta, const char *name);

} // namespace hafaces
