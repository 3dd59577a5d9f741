/* SPDX-License-Identifier: MIT */
#pragma once

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

#define HAFACES_TYPE_HA_TRIGGER (hafaces_ha_trigger_get_type())
G_DECLARE_FINAL_TYPE(HafacesHaTrigger, hafaces_ha_trigger, HAFACES, HA_TRIGGER, GstBaseTransform)

GST_ELEMENT_REGISTER_DECLARE(hatrigger)

G_END_DECLS
