/* SPDX-License-Identifier: MIT */
#pragma once

#include <gst/base/gstpushsrc.h>

G_BEGIN_DECLS

#define HAFACES_TYPE_HA_CAMERA_SRC (hafaces_ha_camera_src_get_type())
G_DECLARE_FINAL_TYPE(HafacesHaCameraSrc, hafaces_ha_camera_src, HAFACES, HA_CAMERA_SRC, GstPushSrc)

GST_ELEMENT_REGISTER_DECLARE(hacamerasrc)

G_END_DECLS
