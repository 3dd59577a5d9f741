/* SPDX-License-Identifier: MIT */
#include "face_meta.h"

#include "config.h"
#include "custom_meta.h"
#include "face_message.h"
#include "gst_ptr.h"
#include "trigger_mark.h"

#include <gst/video/video.h>

#ifdef HAVE_ANALYTICS
#include <gst/analytics/analytics.h>
#endif

#include <cmath>
#include <utility>

namespace hafaces {

namespace {

constexpr const char *kMetaName = "hafaces-faces";
constexpr const char *kRoiType = "face";

StructurePtr
faceStructure(const Face &face)
{
    StructurePtr structure(
        gst_structure_new("face", "x", G_TYPE_DOUBLE, static_cast<double>(face.box.x), "y",
                          G_TYPE_DOUBLE, static_cast<double>(face.box.y), "width", G_TYPE_DOUBLE,
                          static_cast<double>(face.box.width), "height", G_TYPE_DOUBLE,
                          static_cast<double>(face.box.height), nullptr));
    putConfidenceAndIdentity(structure.get(), face);
    return structure;
}

float
numberField(const GstStructure *structure, const char *field)
{
    double value = 0;
    gst_structure_get_double(structure, field, &value);
    return static_cast<float>(value);
}

Face
faceFrom(const GstStructure *structure)
{
    Face face;
    face.box = {numberField(structure, "x"), numberField(structure, "y"),
                numberField(structure, "width"), numberField(structure, "height")};
    takeConfidenceAndIdentity(face, structure);
    return face;
}

void
write(GstStructure *meta, const Detection &detection)
{
    gst_structure_set(meta, "frame-width", G_TYPE_INT, detection.frame.width, "frame-height",
                      G_TYPE_INT, detection.frame.height, "inference-ms", G_TYPE_DOUBLE,
                      detection.inferenceMs, "model", G_TYPE_STRING, detection.modelId.c_str(),
                      "capture-unix-us", G_TYPE_INT64, detection.captureUnixUs,
                      "capture-monotonic-us", G_TYPE_INT64, detection.captureMonotonicUs, nullptr);
    if (detection.trigger)
        putTriggerMark(meta, *detection.trigger);
    std::vector<StructurePtr> faces;
    for (const Face &face : detection.faces)
        faces.push_back(faceStructure(face));
    putList(meta, "faces", std::move(faces));
}

Detection
read(const GstStructure *meta)
{
    Detection detection;
    gst_structure_get(meta, "frame-width", G_TYPE_INT, &detection.frame.width, "frame-height",
                      G_TYPE_INT, &detection.frame.height, "inference-ms", G_TYPE_DOUBLE,
                      &detection.inferenceMs, "capture-unix-us", G_TYPE_INT64,
                      &detection.captureUnixUs, "capture-monotonic-us", G_TYPE_INT64,
                      &detection.captureMonotonicUs, nullptr);
    detection.modelId = toStdString(gst_structure_get_string(meta, "model"));
    detection.trigger = takeTriggerMark(meta);
    const GValue *faces = gst_structure_get_value(meta, "faces");
    const guint count = faces != nullptr ? gst_value_list_get_size(faces) : 0;
    for (guint i = 0; i < count; ++i)
        detection.faces.push_back(
            faceFrom(gst_value_get_structure(gst_value_list_get_value(faces, i))));
    return detection;
}

/* Where the picture lies in a frame whose pixels may be stretched or have black borders. */
struct Placement {
    double scaleX = 1;
    double scaleY = 1;
    double offsetX = 0;
    double offsetY = 0;
};

double
displayAspect(const GstVideoInfo *info)
{
    return static_cast<double>(info->width) * info->par_n /
           (static_cast<double>(info->height) * info->par_d);
}

/*
 * A scaler that adds borders says nothing of them. The display aspect tells: if it differs, the
 * picture was fitted in and centred (videoscale does so by default).
 */
Placement
placementOf(const GstVideoInfo *from, const GstVideoInfo *to)
{
    constexpr double kSameAspect = 0.01;
    double width = to->width;
    double height = to->height;
    const double ratio = displayAspect(from) / displayAspect(to);
    if (ratio < 1 - kSameAspect)
        width = std::round(width * ratio);
    else if (ratio > 1 + kSameAspect)
        height = std::round(height / ratio);
    return {width / from->width, height / from->height, (to->width - width) / 2,
            (to->height - height) / 2};
}

void
place(Detection &detection, const GstVideoInfo *from, const GstVideoInfo *to)
{
    /* A detection that is not from this frame (a crop lost nothing, say) stays as it is: its own
     * size says so to whoever reads it. */
    if (detection.frame != Size{from->width, from->height})
        return;
    const Placement placement = placementOf(from, to);
    for (Face &face : detection.faces) {
        Rect &box = face.box;
        box = {static_cast<float>(box.x * placement.scaleX + placement.offsetX),
               static_cast<float>(box.y * placement.scaleY + placement.offsetY),
               static_cast<float>(box.width * placement.scaleX),
               static_cast<float>(box.height * placement.scaleY)};
    }
    detection.frame = {to->width, to->height};
}

gboolean
transform(GstBuffer *to, GstCustomMeta *meta, GstBuffer * /*from*/, GQuark type, gpointer data,
          gpointer /*user*/)
{
    const bool scaled = GST_VIDEO_META_TRANSFORM_IS_SCALE(type);
    if (!scaled && !GST_META_TRANSFORM_IS_COPY(type))
        return FALSE;
    if (!scaled && static_cast<GstMetaTransformCopy *>(data)->region)
        return FALSE; /* a part of a frame is not the frame that was looked at */
    GstStructure *source = gst_custom_meta_get_structure(meta);
    GstCustomMeta *copy = gst_buffer_add_custom_meta(to, kMetaName);
    if (copy == nullptr)
        return FALSE;
    Detection detection = read(source);
    if (scaled) {
        const auto *change = static_cast<GstVideoMetaTransform *>(data);
        place(detection, change->in_info, change->out_info);
    }
    write(gst_custom_meta_get_structure(copy), detection);
    return TRUE;
}

bool
isFaceRoi(const GstMeta *meta)
{
    return meta->info->api == GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE &&
           reinterpret_cast<const GstVideoRegionOfInterestMeta *>(meta)->roi_type ==
               g_quark_from_static_string(kRoiType);
}

gboolean
removeOurs(GstBuffer * /*buffer*/, GstMeta **meta, gpointer /*user*/)
{
    if (isFaceRoi(*meta) || isCustomMeta(*meta, kMetaName))
        *meta = nullptr;
    return TRUE;
}

guint
px(float value)
{
    return static_cast<guint>(std::lround(std::max(value, 0.0F)));
}

const char *
labelOf(const Face &face)
{
    return face.identity && !face.identity->name.empty() ? face.identity->name.c_str() : kRoiType;
}

void
attachRegion(GstBuffer *buffer, const Face &face)
{
    GstVideoRegionOfInterestMeta *roi = gst_buffer_add_video_region_of_interest_meta(
        buffer, kRoiType, px(face.box.x), px(face.box.y), px(face.box.width), px(face.box.height));
    gst_video_region_of_interest_meta_add_param(
        roi, gst_structure_new("detection", "confidence", G_TYPE_DOUBLE,
                               static_cast<double>(face.confidence), "label", G_TYPE_STRING,
                               labelOf(face), nullptr));
}

#ifdef HAVE_ANALYTICS
void
attachAnalytics(GstBuffer *buffer, const Detection &detection)
{
    if (detection.faces.empty())
        return;
    GstAnalyticsRelationMeta *relations = gst_buffer_add_analytics_relation_meta(buffer);
    for (const Face &face : detection.faces) {
        GstAnalyticsODMtd box;
        gst_analytics_relation_meta_add_od_mtd(
            relations, g_quark_from_string(labelOf(face)), static_cast<gint>(px(face.box.x)),
            static_cast<gint>(px(face.box.y)), static_cast<gint>(px(face.box.width)),
            static_cast<gint>(px(face.box.height)), face.confidence, &box);
    }
}
#endif

} // namespace

void
registerFaceMeta()
{
    const gchar *tags[] = {GST_META_TAG_VIDEO_STR, GST_META_TAG_VIDEO_SIZE_STR,
                           GST_META_TAG_VIDEO_ORIENTATION_STR, nullptr};
    registerCustomMeta(kMetaName, tags, transform);
}

void
attachDetection(GstBuffer *buffer, const Detection &detection)
{
    gst_buffer_foreach_meta(buffer, removeOurs, nullptr);
    GstCustomMeta *meta = gst_buffer_add_custom_meta(buffer, kMetaName);
    if (meta == nullptr)
        return;
    write(gst_custom_meta_get_structure(meta), detection);
    for (const Face &face : detection.faces)
        attachRegion(buffer, face);
#ifdef HAVE_ANALYTICS
    attachAnalytics(buffer, detection);
#endif
}

std::optional<Detection>
readDetection(GstBuffer *buffer)
{
    GstCustomMeta *meta = gst_buffer_get_custom_meta(buffer, kMetaName);
    if (meta == nullptr)
        return std::nullopt;
    return read(gst_custom_meta_get_structure(meta));
}

} // namespace hafaces
