/* SPDX-License-Identifier: MIT */
#pragma once

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

#define HAFACES_TYPE_FACE_DETECT (hafaces_face_detect_get_type())
G_DECLARE_FINAL_TYPE(HafacesFaceDetect, hafaces_face_detect, HAFACES, FACE_DETECT, GstBaseTransform)

/* One element under two names: "facedetect" is also the name of an element of the OpenCV plugin. */
GST_ELEMENT_REGISTER_DECLARE(hafacedetect)
GST_ELEMENT_REGISTER_DECLARE(facedetect)

G_END_DECLS
