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

    static std::optional<Detection> through(const std::string &line, const std::string &caps)
    {
        Harness harness(line);
        gst_harness_set_src_caps_str(harness.get(),
                                     "video/x-raw,format=RGB,width=320,height=240,framerate=10/1");
        if (!caps.empty())
            gst_harness_set_sink_caps_str(harness.get(), caps.c_str());
        BufferPtr in = frame();
        attachDetection(in.get(), example());
        GST_BUFFER_PTS(in.get()) = 0;
        GST_BUFFER_DURATION(in.get()) = GST_SECOND / 10;
        harness.push(std::move(in));
        harness.pushEvent(gst_event_new_eos()); /* some hold the frame until then */
        const BufferPtr out = harness.pull();
        EXPECT_TRUE(out) << "no frame came out";
        return out ? readDetection(out.get()) : std::nullopt;
    }
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

struct Passage {
    const char *name;
    const char *line;
    const char *caps; /* of what comes out */
};

class FaceMetaSurvives : public FaceMeta, public testing::WithParamInterface<Passage> {};

TEST_P(FaceMetaSurvives, Unchanged)
{
    const auto detection = through(GetParam().line, GetParam().caps);
    ASSERT_TRUE(detection);
    EXPECT_EQ(example().frame, detection->frame);
    EXPECT_EQ(example().faces, detection->faces);
}

INSTANTIATE_TEST_SUITE_P(
    All, FaceMetaSurvives,
    testing::Values(Passage{"Identity", "identity", ""}, Passage{"Queue", "queue", ""},
                    Passage{"Tee", "tee ! queue", ""}, Passage{"Valve", "valve", ""},
                    Passage{"Videobalance", "videobalance saturation=0.5", ""},
                    Passage{"Videorate", "videorate", "video/x-raw,framerate=10/1"},
                    Passage{"Imagefreeze", "imagefreeze num-buffers=2", ""},
                    Passage{"Jpeg", "jpegenc ! jpegdec", ""}, Passage{"Png", "pngenc ! pngdec", ""},
                    Passage{"Vp8", "videoconvert ! vp8enc deadline=1 ! vp8dec", ""},
                    Passage{"Videoconvert", "videoconvert", "video/x-raw,format=NV12"}),
    [](const auto &each) { return std::string(each.param.name); });

class FaceMetaIsLost : public FaceMeta, public testing::WithParamInterface<Passage> {};

/* "Not inferred" where the boxes would be wrong, or the way is not for metas. */
TEST_P(FaceMetaIsLost, WhereTheFrameIsAnother)
{
    EXPECT_FALSE(through(GetParam().line, GetParam().caps));
}

INSTANTIATE_TEST_SUITE_P(All, FaceMetaIsLost,
                         testing::Values(Passage{"Videocrop", "videocrop left=10", ""},
                                         Passage{"Videobox", "videobox top=10", ""},
                                         Passage{"Videoflip", "videoflip video-direction=90r", ""}),
                         [](const auto &each) { return std::string(each.param.name); });

struct Scaling {
    const char *name;
    const char *caps;
    Size frame;
    Rect first; /* of the box 10.25, 20.5, 100x80 in 320x240 */
};

class FaceMetaScaled : public FaceMeta, public testing::WithParamInterface<Scaling> {};

TEST_P(FaceMetaScaled, MovesItsBoxes)
{
    const auto detection = through("videoscale", GetParam().caps);
    ASSERT_TRUE(detection);
    EXPECT_EQ(GetParam().frame, detection->frame);
    const Rect &box = detection->faces.at(0).box;
    EXPECT_NEAR(GetParam().first.x, box.x, 0.01);
    EXPECT_NEAR(GetParam().first.y, box.y, 0.01);
    EXPECT_NEAR(GetParam().first.width, box.width, 0.01);
    EXPECT_NEAR(GetParam().first.height, box.height, 0.01);
}

INSTANTIATE_TEST_SUITE_P(
    All, FaceMetaScaled,
    testing::Values(
        Scaling{"Half", "video/x-raw,width=160,height=120", {160, 120}, {5.125F, 10.25F, 50, 40}},
        Scaling{"BordersLeftAndRight",
                "video/x-raw,width=320,height=180,pixel-aspect-ratio=1/1",
                {320, 180},
                {40 + 10.25F * 0.75F, 20.5F * 0.75F, 75, 60}},
        Scaling{"BordersAboveAndBelow",
                "video/x-raw,width=160,height=240,pixel-aspect-ratio=1/1",
                {160, 240},
                {5.125F, 60 + 10.25F, 50, 40}},
        Scaling{"OtherPixelAspect",
                "video/x-raw,width=160,height=240,pixel-aspect-ratio=2/1",
                {160, 240},
                {5.125F, 20.5F, 50, 80}}),
    [](const auto &each) { return std::string(each.param.name); });

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
