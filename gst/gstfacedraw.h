/* SPDX-License-Identifier: MIT */
#pragma once

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

#define HAFACES_TYPE_FACE_DRAW (hafaces_face_draw_get_type())
G_DECLARE_FINAL_TYPE(HafacesFaceDraw, hafaces_face_draw, HAFACES, FACE_DRAW, GstBaseTransform)

GST_ELEMENT_REGISTER_DECLARE(facedraw)

G_END_DECLS
