/* SPDX-License-Identifier: MIT */
#include "core/face_detector.h"

#include "support/golden.h"
#include "support/picture_file.h"

#include <glib.h>
#include <gtest/gtest.h>

namespace hafaces {
namespace {

/* Slow runs name another folder of goldens, and one of pictures. */
const std::string kPictures = test::folderOfPictures();
const std::string kGoldens = test::folderOfGoldens();

constexpr DetectorSettings kAsTheOriginal{.inputShape = InputShape::Square};

class GoldenPicture : public testing::TestWithParam<test::Golden> {
protected:
    void SetUp() override
    {
        const test::Golden &golden = GetParam();
        picture_ = test::loadPicture(kPictures + "/" + golden.image);
        g_autofree char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, picture_.bytes.data(),
                                                           picture_.bytes.size());
        ASSERT_EQ(golden.sha256Rgb, sum) << "decoded to other pixels than the golden result is of";
    }

    std::vector<Face> detect(const DetectorSettings &settings)
    {
        return FaceDetector(FaceDetector::specFor(TEST_MODEL)).detect(picture_.view(), settings);
    }

    test::Picture picture_;
};

/* Limits of the oracle: score 5e-4, box 0.02 px + 1e-4 of its width. */
void
expectAsExact(const std::vector<ScoredBox> &golden, const std::vector<Face> &faces, Size frame)
{
    ASSERT_EQ(golden.size(), faces.size());
    for (std::size_t i = 0; i < golden.size(); ++i) {
        const Rect expected = clampTo(golden[i].box, frame);
        const float limit = 0.02F + 1e-4F * expected.width;
        EXPECT_NEAR(golden[i].score, faces[i].confidence, 5e-4) << "face " << i;
        EXPECT_NEAR(expected.x, faces[i].box.x, limit) << "face " << i;
        EXPECT_NEAR(expected.y, faces[i].box.y, limit) << "face " << i;
        EXPECT_NEAR(expected.width, faces[i].box.width, limit) << "face " << i;
        EXPECT_NEAR(expected.height, faces[i].box.height, limit) << "face " << i;
    }
}

TEST_P(GoldenPicture, GivesTheFacesOfTheOriginal)
{
    expectAsExact(GetParam().faces, detect(kAsTheOriginal), GetParam().size);
}

TEST_P(GoldenPicture, GivesTheWeakFacesOfTheOriginalToo)
{
    DetectorSettings settings = kAsTheOriginal;
    settings.minConfidence = 0.1F;
    expectAsExact(GetParam().weak, detect(settings), GetParam().size);
}

INSTANTIATE_TEST_SUITE_P(All, GoldenPicture, testing::ValuesIn(test::loadGoldens(kGoldens)),
                         [](const auto &each) { return test::testName(each.param.name); });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(GoldenPicture);

TEST(Goldens, AreThere)
{
    EXPECT_FALSE(test::loadGoldens(kGoldens).empty());
}

TEST(InputSize, FollowsTheFrame)
{
    const DetectorSettings settings;
    EXPECT_EQ((Size{512, 288}), inputSizeFor({1280, 720}, settings));
    EXPECT_EQ((Size{512, 288}), inputSizeFor({1920, 1080}, settings));
    EXPECT_EQ((Size{512, 384}), inputSizeFor({640, 480}, settings));
    EXPECT_EQ((Size{384, 512}), inputSizeFor({480, 640}, settings));
    EXPECT_EQ((Size{512, 512}), inputSizeFor({1, 1}, settings));
    EXPECT_EQ((Size{512, 32}), inputSizeFor({4000, 1}, settings));
    EXPECT_EQ((Size{512, 512}), inputSizeFor({1280, 720}, kAsTheOriginal));
}

TEST(InputSize, IsRoundedUpToAMultipleOf32)
{
    EXPECT_EQ(128, roundUpToInputStep(128));
    EXPECT_EQ(160, roundUpToInputStep(129));
}

class AstronautTest : public testing::Test {
protected:
    std::vector<Face> detect(const DetectorSettings &settings)
    {
        return detector_.detect(picture_.view(), settings);
    }

    test::Picture picture_ = test::loadPicture(TEST_DATA_DIR "/astronaut.png");
    FaceDetector detector_{FaceDetector::specFor(TEST_MODEL)};
};

TEST_F(AstronautTest, KeepsOnlyTheSurestFaces)
{
    DetectorSettings settings{.minConfidence = 0.02F};
    const auto all = detect(settings);
    ASSERT_GT(all.size(), 2U);
    settings.maxFaces = 2;
    const auto few = detect(settings);
    ASSERT_EQ(2U, few.size());
    EXPECT_EQ(all[0], few[0]);
    EXPECT_EQ(all[1], few[1]);
}

TEST_F(AstronautTest, LeavesOutSmallFaces)
{
    DetectorSettings settings;
    settings.minFaceSize = 80;
    EXPECT_EQ(1U, detect(settings).size());
    settings.minFaceSize = 90; /* the face is 83 px wide, 102 px high */
    EXPECT_TRUE(detect(settings).empty());
}

/*
 * Sampling takes every second pixel at half the input size. So the network sees the same as at 512
 * with the picture decimated and put into the corner of a black one of 512 px, but for what black
 * and the network's own padding make different at the border.
 */
TEST_F(AstronautTest, IsFoundAtASmallerInputAsInAShrunkPicture)
{
    const auto shrunk = test::inBlack(test::everySecondPixel(picture_), picture_.size);
    const auto expected = detector_.detect(shrunk.view(), {});
    const auto faces = detect({.inputSize = 256});
    ASSERT_EQ(1U, expected.size());
    ASSERT_EQ(1U, faces.size());
    EXPECT_NEAR(expected[0].confidence, faces[0].confidence, 0.02);
    EXPECT_NEAR(2 * expected[0].box.x, faces[0].box.x, 2);
    EXPECT_NEAR(2 * expected[0].box.y, faces[0].box.y, 2);
    EXPECT_NEAR(2 * expected[0].box.width, faces[0].box.width, 2);
    EXPECT_NEAR(2 * expected[0].box.height, faces[0].box.height, 2);
}

/* In a frame of 1024 px the picture is seen at 512 only if the input has 1024. */
TEST_F(AstronautTest, IsFoundAtALargerInputAsInTheSamePartOfALargerFrame)
{
    const auto expected = detect({});
    const auto large = test::inBlack(picture_, {1024, 1024});
    const auto faces = detector_.detect(large.view(), {.inputSize = 1024});
    ASSERT_EQ(expected.size(), faces.size());
    EXPECT_NEAR(expected[0].confidence, faces[0].confidence, 0.02);
    EXPECT_GE(iou(expected[0].box, faces[0].box), 0.97F);
}

TEST_F(AstronautTest, IsFoundWhereALargerInputIsNeeded)
{
    const auto quarter = test::everySecondPixel(test::everySecondPixel(picture_));
    const auto far = test::inBlack(quarter, {2048, 1152});
    EXPECT_TRUE(detector_.detect(far.view(), {}).empty());
    const auto faces = detector_.detect(far.view(), {.inputSize = 1024});
    ASSERT_EQ(1U, faces.size());
    EXPECT_GE(iou({45.3F, 18.2F, 20.8F, 25.4F}, faces[0].box), 0.3F);
}

TEST_F(AstronautTest, TellsTheTimeOfEachStep)
{
    detect({});
    EXPECT_GT(detector_.timing().preprocess, 0);
    EXPECT_GT(detector_.timing().network, detector_.timing().preprocess);
    EXPECT_GT(detector_.timing().decode, 0);
}

} // namespace
} // namespace hafaces
