/* SPDX-License-Identifier: MIT */
#include "control_event.h"

#include <chrono>

namespace hafaces {

namespace {

constexpr const char *kTrigger = "hafaces-trigger";
constexpr const char *kEnable = "hafaces-enable";
constexpr const char *kResult = "hafaces-result";
constexpr const char *kSource = "hafaces-source";
constexpr const char *kBurstEnd = "hafaces-burst-end";
constexpr const char *kGate = "hafaces-gate";

MiniObjectPtr<GstEvent>
upstream(GstStructure *structure)
{
    return MiniObjectPtr<GstEvent>(gst_event_new_custom(GST_EVENT_CUSTOM_UPSTREAM, structure));
}

/* Out of band, since decoders and encoders hold serialized events back until the next frame. */
MiniObjectPtr<GstEvent>
downstream(GstStructure *structure)
{
    return MiniObjectPtr<GstEvent>(
        gst_event_new_custom(GST_EVENT_CUSTOM_DOWNSTREAM_OOB, structure));
}

/* Null: not an event of that name. */
const GstStructure *
structureOf(GstEvent *event, const char *name)
{
    const GstStructure *structure = gst_event_get_structure(event);
    return structure != nullptr && gst_structure_has_name(structure, name) ? structure : nullptr;
}

std::string
text(const GstStructure *structure, const char *field)
{
    return toStdString(gst_structure_get_string(structure, field));
}

std::optional<guint>
number(const GstStructure *structure, const char *field)
{
    guint value = 0;
    return gst_structure_get_uint(structure, field, &value) ? std::optional(value) : std::nullopt;
}

void
putIfThere(GstStructure *structure, const char *field, std::optional<guint> value)
{
    if (value)
        gst_structure_set(structure, field, G_TYPE_UINT, *value, nullptr);
}

} // namespace

MiniObjectPtr<GstEvent>
makeTriggerEvent(const TriggerRequest &request)
{
    GstStructure *structure =
        gst_structure_new(kTrigger, "id", G_TYPE_STRING, request.id.c_str(), nullptr);
    putIfThere(structure, "burst", request.burst);
    putIfThere(structure, "interval", request.intervalMs);
    return upstream(structure);
}

std::optional<TriggerRequest>
parseTriggerEvent(GstEvent *event)
{
    const GstStructure *structure = structureOf(event, kTrigger);
    if (structure == nullptr)
        return std::nullopt;
    return TriggerRequest{text(structure, "id"), number(structure, "burst"),
                          number(structure, "interval")};
}

MiniObjectPtr<GstEvent>
makeEnableEvent(const EnableRequest &request)
{
    return upstream(gst_structure_new(kEnable, "id", G_TYPE_STRING, request.id.c_str(), "enabled",
                                      G_TYPE_BOOLEAN, gboolean{request.enabled}, nullptr));
}

std::optional<EnableRequest>
parseEnableEvent(GstEvent *event)
{
    const GstStructure *structure = structureOf(event, kEnable);
    gboolean enabled = FALSE;
    if (structure == nullptr || !gst_structure_get_boolean(structure, "enabled", &enabled))
        return std::nullopt;
    return EnableRequest{text(structure, "id"), enabled != FALSE};
}

MiniObjectPtr<GstEvent>
makeResultEvent(const ResultReport &report)
{
    GstStructure *structure =
        gst_structure_new(kResult, "id", G_TYPE_STRING, report.id.c_str(), "trigger", G_TYPE_STRING,
                          report.trigger.c_str(), "seq", G_TYPE_UINT, report.seq, "faces",
                          G_TYPE_UINT, report.faces, nullptr);
    GValue names = G_VALUE_INIT;
    g_value_init(&names, GST_TYPE_LIST);
    for (const std::string &name : report.names) {
        GValue item = G_VALUE_INIT;
        g_value_init(&item, G_TYPE_STRING);
        g_value_set_string(&item, name.c_str());
        gst_value_list_append_and_take_value(&names, &item);
    }
    gst_structure_take_value(structure, "names", &names);
    return upstream(structure);
}

std::optional<ResultReport>
parseResultEvent(GstEvent *event)
{
    const GstStructure *structure = structureOf(event, kResult);
    if (structure == nullptr)
        return std::nullopt;
    ResultReport report{text(structure, "id"),
                        text(structure, "trigger"),
                        number(structure, "seq").value_or(0),
                        number(structure, "faces").value_or(0),
                        {}};
    const GValue *names = gst_structure_get_value(structure, "names");
    const bool isList = names != nullptr && GST_VALUE_HOLDS_LIST(names);
    for (guint i = 0; isList && i < gst_value_list_get_size(names); ++i) {
        const GValue *name = gst_value_list_get_value(names, i);
        if (G_VALUE_HOLDS_STRING(name))
            report.names.push_back(toStdString(g_value_get_string(name)));
    }
    return report;
}

MiniObjectPtr<GstEvent>
makeSourceEvent(const SourceState &state)
{
    return downstream(gst_structure_new(kSource, "connected", G_TYPE_BOOLEAN,
                                        gboolean{state.connected}, "reason", G_TYPE_STRING,
                                        state.reason.c_str(), nullptr));
}

std::optional<SourceState>
parseSourceEvent(GstEvent *event)
{
    const GstStructure *structure = structureOf(event, kSource);
    gboolean connected = FALSE;
    if (structure == nullptr || !gst_structure_get_boolean(structure, "connected", &connected))
        return std::nullopt;
    return SourceState{connected != FALSE, text(structure, "reason")};
}

MiniObjectPtr<GstEvent>
makeBurstEndEvent(const BurstWatch::Closing &closing)
{
    const auto deadline =
        std::chrono::duration_cast<std::chrono::microseconds>(closing.deadline.time_since_epoch());
    GstStructure *structure = gst_structure_new(
        kBurstEnd, "trigger", G_TYPE_STRING, closing.trigger.c_str(), "reason", G_TYPE_STRING,
        closing.reason.c_str(), "deadline", G_TYPE_INT64, gint64{deadline.count()}, nullptr);
    putIfThere(structure, "last-seq", closing.lastSeq);
    return downstream(structure);
}

std::optional<BurstWatch::Closing>
parseBurstEndEvent(GstEvent *event)
{
    const GstStructure *structure = structureOf(event, kBurstEnd);
    gint64 deadline = 0;
    if (structure == nullptr || !gst_structure_get_int64(structure, "deadline", &deadline))
        return std::nullopt;
    return BurstWatch::Closing{text(structure, "trigger"), number(structure, "last-seq"),
                               text(structure, "reason"),
                               BurstWatch::Time(std::chrono::microseconds(deadline))};
}

bool
hasGate(GstPad *sinkPad)
{
    const MiniObjectPtr<GstQuery> query(
        gst_query_new_custom(GST_QUERY_CUSTOM, gst_structure_new_empty(kGate)));
    return gst_pad_peer_query(sinkPad, query.get()) != FALSE;
}

bool
isGateQuery(GstQuery *query)
{
    const GstStructure *structure = gst_query_get_structure(query);
    return GST_QUERY_TYPE(query) == GST_QUERY_CUSTOM && structure != nullptr &&
           gst_structure_has_name(structure, kGate);
}

std::string
newUuid()
{
    return GMemPtr<gchar>(g_uuid_string_random()).get();
}

} // namespace hafaces
