/* SPDX-License-Identifier: MIT */
#include "gstutil/face_meta.h"

#include "support/harness.h"
#include "support/video_frames.h"

#include <gtest/gtest.h>

#include <array>

namespace hafaces {
namespace {

using test::BufferPtr;
using test::FrameKind;
using test::Harness;

constexpr Size kFrame{161, 121};
constexpr Rect kBox{40, 30, 80, 60};
using Rgb = std::array<int, 3>;
constexpr Rgb kGray{128, 128, 128};
constexpr Rgb kGreen{0, 255, 0};

test::Picture
grayPicture(Size size)
{
    return {
        size, 3,
        std::vector<std::uint8_t>(3U * static_cast<std::size_t>(size.width * size.height), 128)};
}

Rgb
pixel(const test::Picture &picture, int x, int y)
{
    const auto at = static_cast<std::size_t>(3 * (y * picture.size.width + x));
    return {picture.bytes[at], picture.bytes[at + 1], picture.bytes[at + 2]};
}

bool
isNear(const Rgb &a, const Rgb &b)
{
    return std::abs(a[0] - b[0]) < 8 && std::abs(a[1] - b[1]) < 8 && std::abs(a[2] - b[2]) < 8;
}

BufferPtr
withFaces(BufferPtr buffer, std::vector<Face> faces, Size frame = kFrame)
{
    Detection detection;
    detection.faces = std::move(faces);
    detection.frame = frame;
    attachDetection(buffer.get(), detection);
    return buffer;
}

Face
face(std::optional<Identity> identity = std::nullopt)
{
    return {kBox, 0.98F, std::move(identity)};
}

class FaceDrawFormats : public testing::TestWithParam<test::FormatCase> {};

TEST_P(FaceDrawFormats, DrawTheBoxWhereItIsAndNothingElse)
{
    const auto &[format, rows] = GetParam();
    const FrameKind kind(test::formatFrom(format), kFrame, rows);
    Harness harness("facedraw");
    harness.set("labels", FALSE, "line-width", 4U);
    harness.setCaps(kind.caps().get());
    const BufferPtr out =
        harness.through(withFaces(test::frameOf(grayPicture(kFrame), kind), {face()}));
    ASSERT_TRUE(out);
    const auto drawn = test::pictureOf(out.get(), kind);
    const Rgb line = format == "GRAY8" ? Rgb{150, 150, 150} : kGreen;
    for (const auto &[x, y] : {std::pair{42, 60}, {118, 60}, {80, 32}, {80, 88}, {42, 32}})
        EXPECT_TRUE(isNear(line, pixel(drawn, x, y))) << x << "," << y;
    for (const auto &[x, y] :
         {std::pair{37, 60}, {46, 60}, {123, 60}, {80, 27}, {80, 93}, {80, 60}, {0, 0}, {160, 120}})
        EXPECT_TRUE(isNear(kGray, pixel(drawn, x, y))) << x << "," << y;
}

INSTANTIATE_TEST_SUITE_P(All, FaceDrawFormats, testing::ValuesIn(test::formatCases()),
                         [](const auto &each) { return test::nameOf(each.param); });

class FaceDraw : public testing::Test {
protected:
    FaceDraw() { harness_.setCaps(kind_.caps().get()); }

    BufferPtr frame() const { return test::frameOf(grayPicture(kFrame), kind_); }

    test::Picture draw(std::vector<Face> faces)
    {
        const BufferPtr out = harness_.through(withFaces(frame(), std::move(faces)));
        return test::pictureOf(out.get(), kind_);
    }

    /* Pixels of the label's background above the box. */
    static int labelPixels(const test::Picture &picture, const Rgb &color)
    {
        int count = 0;
        for (int y = 0; y < static_cast<int>(kBox.y); ++y)
            for (int x = 0; x < kFrame.width; ++x)
                count += isNear(color, pixel(picture, x, y)) ? 1 : 0;
        return count;
    }

    const FrameKind kind_{GST_VIDEO_FORMAT_RGB, kFrame};
    Harness harness_{"facedraw"};
};

TEST_F(FaceDraw, LabelsTheBox)
{
    EXPECT_GT(labelPixels(draw({face()}), kGreen), 100);
    harness_.set("labels", FALSE);
    EXPECT_EQ(0, labelPixels(draw({face()}), kGreen));
}

TEST_F(FaceDraw, LabelsAKnownFaceWithItsName)
{
    const int number = labelPixels(draw({face()}), kGreen);
    const Identity ann{IdentityStatus::Known, "Zoë", 0.4F, ""};
    EXPECT_GT(labelPixels(draw({face(ann)}), kGreen), number * 3 / 2);
}

TEST_F(FaceDraw, GivesUnknownFacesTheirOwnColor)
{
    harness_.set("unknown-color", 0xFF0000FFU);
    const auto picture = draw({face(Identity{IdentityStatus::Unknown, "", 0.7F, ""})});
    EXPECT_TRUE(isNear({0, 0, 255}, pixel(picture, 40, 60)));
    EXPECT_GT(labelPixels(picture, {0, 0, 255}), 100);
}

TEST_F(FaceDraw, TakesColorAndWidthFromItsProperties)
{
    harness_.set("color", 0xFFFF0000U, "line-width", 7U);
    const auto picture = draw({face()});
    EXPECT_TRUE(isNear({255, 0, 0}, pixel(picture, 40, 60)));
    EXPECT_TRUE(isNear({255, 0, 0}, pixel(picture, 46, 60)));
    EXPECT_TRUE(isNear(kGray, pixel(picture, 47, 60)));
}

TEST_F(FaceDraw, SurvivesAFontThatDoesNotExist)
{
    harness_.set("font", "No Such Font 1e9 )(");
    EXPECT_TRUE(isNear(kGreen, pixel(draw({face()}), 40, 60)));
}

TEST_F(FaceDraw, DrawsNothingWithoutFacesAndCopiesNothing)
{
    for (const bool inferred : {false, true}) {
        BufferPtr in = inferred ? withFaces(frame(), {}) : frame();
        const BufferPtr otherBranch(gst_buffer_ref(in.get()));
        const BufferPtr out = harness_.through(std::move(in));
        EXPECT_EQ(gst_buffer_peek_memory(otherBranch.get(), 0),
                  gst_buffer_peek_memory(out.get(), 0));
    }
}

TEST_F(FaceDraw, LeavesTheOtherBranchOfATeeAlone)
{
    BufferPtr in = withFaces(frame(), {face()});
    const BufferPtr otherBranch(gst_buffer_ref(in.get()));
    const BufferPtr out = harness_.through(std::move(in));
    EXPECT_TRUE(isNear(kGreen, pixel(test::pictureOf(out.get(), kind_), 40, 60)));
    EXPECT_EQ(grayPicture(kFrame).bytes, test::pictureOf(otherBranch.get(), kind_).bytes);
}

TEST_F(FaceDraw, WarnsOnceOfFacesOfAnotherFrameAndDrawsNone)
{
    for (int i = 0; i < 3; ++i) {
        const BufferPtr out = harness_.through(withFaces(frame(), {face()}, {320, 240}));
        EXPECT_EQ(grayPicture(kFrame).bytes, test::pictureOf(out.get(), kind_).bytes);
    }
    const auto warnings = harness_.messages(GST_MESSAGE_WARNING);
    ASSERT_EQ(1U, warnings.size());
    EXPECT_NE(std::string::npos, test::textOf(warnings[0].get()).find("320x240"));
}

TEST_F(FaceDraw, DrawsBoxesThatReachTheEdges)
{
    const float width = kFrame.width;
    const float height = kFrame.height;
    const auto picture = draw({{{0, 0, width, height}, 0.9F, std::nullopt},
                               {{width - 1, height - 1, 1, 1}, 0.9F, std::nullopt}});
    EXPECT_TRUE(isNear(kGreen, pixel(picture, 0, 100)));
    EXPECT_TRUE(isNear(kGreen, pixel(picture, 160, 120)));
}

TEST_F(FaceDraw, FollowsNewCapsInMidStream)
{
    harness_.set("line-width", 4U);
    draw({face()});
    const FrameKind other(GST_VIDEO_FORMAT_NV12, {321, 241});
    harness_.setCaps(other.caps().get());
    const BufferPtr out = harness_.through(
        withFaces(test::frameOf(grayPicture({321, 241}), other), {face()}, {321, 241}));
    EXPECT_TRUE(isNear(kGreen, pixel(test::pictureOf(out.get(), other), 80, 32)));
}

TEST_F(FaceDraw, CyclesItsStates)
{
    for (int i = 0; i < 20; ++i) {
        Harness harness("facedraw");
        harness.setCaps(kind_.caps().get());
        EXPECT_TRUE(harness.through(withFaces(frame(), {face()})));
        gst_element_set_state(harness.get()->element, GST_STATE_NULL);
        gst_element_set_state(harness.get()->element, GST_STATE_PLAYING);
    }
}

} // namespace
} // namespace hafaces
