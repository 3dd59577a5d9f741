/* SPDX-License-Identifier: MIT */
#pragma once

#include "gst_ptr.h"

#include <optional>
#include <string>

namespace hafaces {

/*
 * "hafaces-source", downstream: whether the camera gives pictures (`connected`, gboolean) and if
 * not, why (`reason`, string). Out of band, since decoders and encoders hold serialized events back
 * until the next frame: it may overtake frames and come on another thread than they.
 */
struct SourceState {
    bool connected = false;
    std::string reason;
};

MiniObjectPtr<GstEvent> makeSourceEvent(const SourceState &state);

/* None: it is another event. */
std::optional<SourceState> parseSourceEvent(GstEvent *event);

} // namespace hafaces
