/* SPDX-License-Identifier: MIT */
#include "trigger_mark.h"

#include "custom_meta.h"
#include "gst_ptr.h"

namespace hafaces {

namespace {

constexpr const char *kMetaName = "hafaces-trigger-mark";

} // namespace

void
registerTriggerMark()
{
    const gchar *noTags[] = {nullptr};
    registerCustomMeta(kMetaName, noTags, nullptr);
}

void
attachTriggerMark(GstBuffer *buffer, const TriggerMark &mark)
{
    GstCustomMeta *meta = gst_buffer_add_custom_meta(buffer, kMetaName);
    if (meta != nullptr)
        putTriggerMark(gst_custom_meta_get_structure(meta), mark);
}

std::vector<TriggerMark>
readTriggerMarks(GstBuffer *buffer)
{
    std::vector<TriggerMark> marks;
    gpointer state = nullptr;
    while (GstMeta *meta = gst_buffer_iterate_meta(buffer, &state)) {
        if (!isCustomMeta(meta, kMetaName))
            continue;
        if (auto mark = takeTriggerMark(
                gst_custom_meta_get_structure(reinterpret_cast<GstCustomMeta *>(meta))))
            marks.push_back(std::move(*mark));
    }
    return marks;
}

void
putTriggerMark(GstStructure *structure, const TriggerMark &mark)
{
    gst_structure_set(structure, "trigger", G_TYPE_STRING, mark.trigger.c_str(), "trigger-seq",
                      G_TYPE_UINT, mark.seq, "trigger-last", G_TYPE_BOOLEAN, gboolean{mark.last},
                      "trigger-monotonic-us", G_TYPE_INT64, mark.monotonicUs, "trigger-taken-us",
                      G_TYPE_INT64, mark.takenMonotonicUs, nullptr);
}

std::optional<TriggerMark>
takeTriggerMark(const GstStructure *structure)
{
    TriggerMark mark;
    mark.trigger = toStdString(gst_structure_get_string(structure, "trigger"));
    gboolean last = FALSE;
    if (mark.trigger.empty() ||
        !gst_structure_get(structure, "trigger-seq", G_TYPE_UINT, &mark.seq, "trigger-last",
                           G_TYPE_BOOLEAN, &last, "trigger-monotonic-us", G_TYPE_INT64,
                           &mark.monotonicUs, "trigger-taken-us", G_TYPE_INT64,
                           &mark.takenMonotonicUs, nullptr))
        return std::nullopt;
    mark.last = last != FALSE;
    return mark;
}

} // namespace hafaces
