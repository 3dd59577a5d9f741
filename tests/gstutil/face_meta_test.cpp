/* SPDX-License-Identifier: MIT */
#include "gstutil/face_meta.h"

#include "config.h"

#include "support/harness.h"

#include <gst/video/video.h>
#ifdef HAVE_ANALYTICS
#include <gst/analytics/analytics.h>
#endif
#include <gtest/gtest.h>

#include <thread>

namespace hafaces {
namespace {

using test::BufferPtr;
using test::Harness;

Detection
example()
{
    Detection detection;
    detection.frame = {320, 240};
    detection.inferenceMs = 12.5;
    detection.modelId = "ssd";
    detection.captureUnixUs = 1234567;
    detection.captureMonotonicUs = 7654321;
    detection.faces = {
        Face{{10.25F, 20.5F, 100, 80}, 0.98F, Identity{IdentityStatus::Known, "Zoë", 0.41F, ""}},
        Face{{200, 100, 20, 30},
             0.6F,
             Identity{IdentityStatus::Unusable, "", std::nullopt, "too_small"}},
        Face{{1, 2, 3, 4}, 0.5F, std::nullopt}};
    return detection;
}

/* Packed, so that the size of a buffer is known. */
BufferPtr
frame()
{
    return BufferPtr(gst_buffer_new_allocate(nullptr, 320 * 240 * 3, nullptr));
}

class FaceMeta : public testing::Test {
protected:
    FaceMeta() { registerFaceMeta(); }
};

TEST_F(FaceMeta, GivesBackWhatWasAttached)
{
    const BufferPtr buffer = frame();
    attachDetection(buffer.get(), example());
    const auto detection = readDetection(buffer.get());
    ASSERT_TRUE(detection);
    EXPECT_EQ(example().faces, detection->faces);
    EXPECT_EQ(example().frame, detection->frame);
    EXPECT_EQ(12.5, detection->inferenceMs);
    EXPECT_EQ("ssd", detection->modelId);
    EXPECT_EQ(1234567, detection->captureUnixUs);
    EXPECT_EQ(7654321, detection->captureMonotonicUs);
}

TEST_F(FaceMeta, TellsNotInferredFromNoFace)
{
    const BufferPtr buffer = frame();
    EXPECT_FALSE(readDetection(buffer.get()));
    Detection none;
    none.frame = {320, 240};
    attachDetection(buffer.get(), none);
    ASSERT_TRUE(readDetection(buffer.get()));
    EXPECT_TRUE(readDetection(buffer.get())->faces.empty());
}

TEST_F(FaceMeta, ReplacesAnEarlierDetection)
{
    const BufferPtr buffer = frame();
    attachDetection(buffer.get(), example());
    Detection one = example();
    one.faces.resize(1);
    attachDetection(buffer.get(), one);
    EXPECT_EQ(1U, readDetection(buffer.get())->faces.size());
    EXPECT_EQ(1U, gst_buffer_get_n_meta(buffer.get(), GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE));
}

TEST_F(FaceMeta, LeavesRegionsOfOthersAlone)
{
    const BufferPtr buffer = frame();
    gst_buffer_add_video_region_of_interest_meta(buffer.get(), "car", 1, 2, 3, 4);
    attachDetection(buffer.get(), example());
    attachDetection(buffer.get(), example());
    EXPECT_EQ(4U, gst_buffer_get_n_meta(buffer.get(), GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE));
}

TEST_F(FaceMeta, GivesRegionsTheNameOfAKnownFace)
{
    const BufferPtr buffer = frame();
    attachDetection(buffer.get(), example());
    auto *roi = gst_buffer_get_video_region_of_interest_meta(buffer.get());
    EXPECT_EQ(10U, roi->x);
    EXPECT_EQ(100U, roi->w);
    EXPECT_STREQ("Zoë",
                 gst_structure_get_string(
                     gst_video_region_of_interest_meta_get_param(roi, "detection"), "label"));
}

TEST_F(FaceMeta, IsRegisteredFromManyThreadsAtOnce)
{
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([] { registerFaceMeta(); });
    for (auto &thread : threads)
        thread.join();
    EXPECT_NE(nullptr, gst_meta_get_info("hafaces-faces"));
}

#ifdef HAVE_ANALYTICS
TEST_F(FaceMeta, IsGivenAsGstAnalyticsToo)
{
    const BufferPtr buffer = frame();
    attachDetection(buffer.get(), example());
    auto *relations = gst_buffer_get_analytics_relation_meta(buffer.get());
    ASSERT_NE(nullptr, relations);
    EXPECT_EQ(3U, gst_analytics_relation_get_length(relations));
    GstAnalyticsODMtd box;
    ASSERT_TRUE(gst_analytics_relation_meta_get_od_mtd(relations, 0, &box));
    gint x = 0;
    gint y = 0;
    gint width = 0;
    gint height = 0;
    gfloat confidence = 0;
    gst_analytics_od_mtd_get_location(&box, &x, &y, &width, &height, &confidence);
    EXPECT_EQ(10, x);
    EXPECT_EQ(100, width);
    EXPECT_NEAR(0.98, confidence, 1e-6);
    EXPECT_EQ(g_quark_from_string("Zoë"), gst_analytics_od_mtd_get_obj_type(&box));
}
#endif

} // namespace
} // namespace hafaces
