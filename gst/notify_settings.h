/* SPDX-License-Identifier: MIT */
#pragma once

#include "core/visit_reporter.h"
#include "net/transport.h"

#include <gst/gst.h>

namespace hafaces {

enum class NotifyImage { Buffer, None };

/* hanotify's properties, but for `stats`. */
struct NotifySettings {
    TransportSettings transport;
    Publish publish = Publish::Visits;
    NotifyImage image = NotifyImage::Buffer;
    guint jpegQuality = 85;
    guint queueSize = 64;
    guint maxAgeSeconds = 60;
    guint clearAfterSeconds = 30;
};

/* Ids from 1 to notifyPropertyCount(); the class may have more after them. */
void installNotifyProperties(GObjectClass *klass);
guint notifyPropertyCount();

/* False: it is none of them. What is read back shows no secret that is in an address. */
bool setNotifyProperty(NotifySettings &settings, guint id, const GValue *value);
bool getNotifyProperty(const NotifySettings &settings, guint id, GValue *value);

/* For the documentation: that the enumerations are part of the plugin's interface. */
void markNotifyTypes();

} // namespace hafaces
