/* SPDX-License-Identifier: MIT */
#include "control_event.h"

namespace hafaces {

namespace {

constexpr const char *kSource = "hafaces-source";

} // namespace

MiniObjectPtr<GstEvent>
makeSourceEvent(const SourceState &state)
{
    return MiniObjectPtr<GstEvent>(gst_event_new_custom(
        GST_EVENT_CUSTOM_DOWNSTREAM_OOB,
        gst_structure_new(kSource, "connected", G_TYPE_BOOLEAN, gboolean{state.connected}, "reason",
                          G_TYPE_STRING, state.reason.c_str(), nullptr)));
}

std::optional<SourceState>
parseSourceEvent(GstEvent *event)
{
    const GstStructure *structure = gst_event_get_structure(event);
    gboolean connected = FALSE;
    if (structure == nullptr || !gst_structure_has_name(structure, kSource) ||
        !gst_structure_get_boolean(structure, "connected", &connected))
        return std::nullopt;
    return SourceState{connected != FALSE,
                       toStdString(gst_structure_get_string(structure, "reason"))};
}

} // namespace hafaces
