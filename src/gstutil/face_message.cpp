/* SPDX-License-Identifier: MIT */
#include "face_message.h"

#include <cmath>

namespace hafaces {

BufferTimes
timesOf(GstBuffer *buffer, const GstSegment *segment)
{
    const GstClockTime pts = GST_BUFFER_PTS(buffer);
    BufferTimes times{pts, GST_CLOCK_TIME_NONE, GST_CLOCK_TIME_NONE, GST_BUFFER_DURATION(buffer)};
    if (segment->format == GST_FORMAT_TIME) {
        times.streamTime = gst_segment_to_stream_time(segment, GST_FORMAT_TIME, pts);
        times.runningTime = gst_segment_to_running_time(segment, GST_FORMAT_TIME, pts);
    }
    return times;
}

void
putConfidenceAndIdentity(GstStructure *structure, const Face &face)
{
    gst_structure_set(structure, "confidence", G_TYPE_DOUBLE, static_cast<double>(face.confidence),
                      nullptr);
    if (!face.identity)
        return;
    const Identity &identity = *face.identity;
    gst_structure_set(structure, "status", G_TYPE_STRING, toString(identity.status), nullptr);
    if (!identity.name.empty())
        gst_structure_set(structure, "name", G_TYPE_STRING, identity.name.c_str(), nullptr);
    if (identity.distance)
        gst_structure_set(structure, "distance", G_TYPE_DOUBLE,
                          static_cast<double>(*identity.distance), nullptr);
    if (!identity.reason.empty())
        gst_structure_set(structure, "reason", G_TYPE_STRING, identity.reason.c_str(), nullptr);
}

void
takeConfidenceAndIdentity(Face &face, const GstStructure *structure)
{
    double number = 0;
    if (gst_structure_get_double(structure, "confidence", &number))
        face.confidence = static_cast<float>(number);
    const auto status =
        identityStatusFromString(toStdString(gst_structure_get_string(structure, "status")));
    if (!status)
        return;
    Identity &identity = face.identity.emplace();
    identity.status = *status;
    identity.name = toStdString(gst_structure_get_string(structure, "name"));
    identity.reason = toStdString(gst_structure_get_string(structure, "reason"));
    if (gst_structure_get_double(structure, "distance", &number))
        identity.distance = static_cast<float>(number);
}

void
putList(GstStructure *structure, const char *field, std::vector<StructurePtr> structures)
{
    GValue list = G_VALUE_INIT;
    g_value_init(&list, GST_TYPE_LIST);
    for (StructurePtr &each : structures) {
        GValue item = G_VALUE_INIT;
        g_value_init(&item, GST_TYPE_STRUCTURE);
        g_value_take_boxed(&item, each.release());
        gst_value_list_append_and_take_value(&list, &item);
    }
    gst_structure_take_value(structure, field, &list);
}

StructurePtr
detectionMessage(const Detection &detection, const BufferTimes &times)
{
    StructurePtr message(
        gst_structure_new("facedetect", "timestamp", G_TYPE_UINT64, times.timestamp, "stream-time",
                          G_TYPE_UINT64, times.streamTime, "running-time", G_TYPE_UINT64,
                          times.runningTime, "duration", G_TYPE_UINT64, times.duration, nullptr));
    if (detection.trigger)
        gst_structure_set(message.get(), "trigger", G_TYPE_STRING,
                          detection.trigger->trigger.c_str(), nullptr);
    const auto px = [](float value) {
        return static_cast<guint>(std::lround(std::max(value, 0.0F)));
    };
    std::vector<StructurePtr> faces;
    for (const Face &face : detection.faces) {
        faces.emplace_back(gst_structure_new(
            "face", "x", G_TYPE_UINT, px(face.box.x), "y", G_TYPE_UINT, px(face.box.y), "width",
            G_TYPE_UINT, px(face.box.width), "height", G_TYPE_UINT, px(face.box.height), nullptr));
        putConfidenceAndIdentity(faces.back().get(), face);
    }
    putList(message.get(), "faces", std::move(faces));
    return message;
}

} // namespace hafaces
