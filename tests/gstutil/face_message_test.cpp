/* SPDX-License-Identifier: MIT */
#include "gstutil/face_message.h"

#include <gtest/gtest.h>

namespace hafaces {
namespace {

TEST(FaceMessage, HasTheFieldsOfTheOpenCvPluginsMessage)
{
    Detection detection;
    detection.faces = {Face{{10.6F, -0.2F, 30.4F, 40.5F}, 0.98F, std::nullopt}};
    const StructurePtr message = detectionMessage(detection, {1, 2, 3, 4});
    EXPECT_STREQ("facedetect", gst_structure_get_name(message.get()));
    guint64 time = 0;
    for (const auto &[field, value] :
         {std::pair{"timestamp", 1}, {"stream-time", 2}, {"running-time", 3}, {"duration", 4}}) {
        EXPECT_TRUE(gst_structure_get_uint64(message.get(), field, &time)) << field;
        EXPECT_EQ(static_cast<guint64>(value), time) << field;
    }
    const GValue *faces = gst_structure_get_value(message.get(), "faces");
    ASSERT_TRUE(GST_VALUE_HOLDS_LIST(faces));
    const GstStructure *face = gst_value_get_structure(gst_value_list_get_value(faces, 0));
    EXPECT_STREQ("face", gst_structure_get_name(face));
    guint number = 0;
    for (const auto &[field, value] : {std::pair{"x", 11U}, {"y", 0U}, {"width", 30U}}) {
        EXPECT_TRUE(gst_structure_get_uint(face, field, &number)) << field;
        EXPECT_EQ(value, number) << field;
    }
}

TEST(FaceMessage, HasAnEmptyListWithoutFaces)
{
    const StructurePtr message = detectionMessage({}, {});
    EXPECT_EQ(0U, gst_value_list_get_size(gst_structure_get_value(message.get(), "faces")));
}

TEST(FaceMessage, TellsTheTimesOfABuffer)
{
    const MiniObjectPtr<GstBuffer> buffer(gst_buffer_new());
    GST_BUFFER_PTS(buffer.get()) = 7 * GST_SECOND;
    GST_BUFFER_DURATION(buffer.get()) = GST_SECOND;
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    segment.start = 5 * GST_SECOND;
    segment.time = 100 * GST_SECOND;
    const BufferTimes times = timesOf(buffer.get(), &segment);
    EXPECT_EQ(7 * GST_SECOND, times.timestamp);
    EXPECT_EQ(102 * GST_SECOND, times.streamTime);
    EXPECT_EQ(2 * GST_SECOND, times.runningTime);
    EXPECT_EQ(GST_SECOND, times.duration);
    gst_segment_init(&segment, GST_FORMAT_BYTES);
    EXPECT_EQ(GST_CLOCK_TIME_NONE, timesOf(buffer.get(), &segment).runningTime);
}

} // namespace
} // namespace hafaces
