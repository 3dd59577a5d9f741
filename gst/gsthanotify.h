/* SPDX-License-Identifier: MIT */
#pragma once

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

#define HAFACES_TYPE_HA_NOTIFY (hafaces_ha_notify_get_type())
G_DECLARE_FINAL_TYPE(HafacesHaNotify, hafaces_ha_notify, HAFACES, HA_NOTIFY, GstBaseTransform)

GST_ELEMENT_REGISTER_DECLARE(hanotify)

G_END_DECLS
