/* SPDX-License-Identifier: MIT */
#pragma once

#include <gst/gst.h>

#include <cstdint>

namespace hafaces {

/*
 * When the frame was taken, in microseconds since 1970: by its GstReferenceTimestampMeta if the
 * camera's clock came with it (timestamp/x-unix or, from RTSP cameras, timestamp/x-ntp), else now.
 */
std::int64_t captureUnixUs(GstBuffer *buffer);

} // namespace hafaces
