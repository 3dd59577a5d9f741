/* SPDX-License-Identifier: MIT */
/* Landmarks and descriptors against those of the original. */
#include "core/descriptor.h"

#include "core/face_detector.h"

#include "support/golden.h"
#include "support/picture_file.h"

#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <optional>

namespace hafaces {
namespace {

const std::string kLandmarkModel = TEST_MODELS "/face_landmark_68.onnx";
const std::string kDescriptorModel = TEST_MODELS "/face_recognition.onnx";

std::vector<test::Golden>
goldensWithDetails()
{
    std::vector<test::Golden> goldens = test::loadGoldens(test::folderOfGoldens());
    std::erase_if(goldens, [](const test::Golden &golden) { return golden.details.empty(); });
    return goldens;
}

class GoldenFaces : public testing::TestWithParam<test::Golden> {
protected:
    const test::Picture picture_ =
        test::loadPicture(test::folderOfPictures() + "/" + GetParam().image);
};

/* Limits of the oracle: 0.02 px from its own box. */
TEST_P(GoldenFaces, HaveTheLandmarksOfTheOriginal)
{
    LandmarkNet net(LandmarkNet::specFor(kLandmarkModel));
    for (const test::GoldenFace &face : GetParam().details) {
        EXPECT_EQ(face.landmarkCrop, flooredWithin(face.box, GetParam().size));
        const Landmarks landmarks = net.find(picture_.view(), face.box);
        for (std::size_t i = 0; i < landmarks.size(); ++i) {
            EXPECT_NEAR(face.landmarks[i].x, landmarks[i].x, 0.02) << "point " << i;
            EXPECT_NEAR(face.landmarks[i].y, landmarks[i].y, 0.02) << "point " << i;
        }
    }
}

TEST_P(GoldenFaces, AreAlignedAsByTheOriginal)
{
    for (const test::GoldenFace &face : GetParam().details)
        EXPECT_EQ(face.alignment,
                  faceApiAlignment(face.landmarks, face.landmarkCrop, GetParam().size));
}

/* Limit of the oracle: 1e-4 from its own square. */
TEST_P(GoldenFaces, HaveTheDescriptorsOfTheOriginal)
{
    DescriptorNet net(DescriptorNet::specFor(kDescriptorModel));
    for (const test::GoldenFace &face : GetParam().details)
        EXPECT_LE(distance(face.descriptor, net.describe(picture_.view(), face.alignment)), 1e-4);
}

/* A floor() may tip by one pixel. */
TEST_P(GoldenFaces, HaveTheDescriptorsOfTheOriginalFromTheirBoxes)
{
    LandmarkNet landmarkNet(LandmarkNet::specFor(kLandmarkModel));
    DescriptorNet net(DescriptorNet::specFor(kDescriptorModel));
    for (const test::GoldenFace &face : GetParam().details) {
        const Landmarks landmarks = landmarkNet.find(picture_.view(), face.box);
        const PixelRect rect =
            faceApiAlignment(landmarks, flooredWithin(face.box, GetParam().size), GetParam().size);
        EXPECT_LE(distance(face.descriptor, net.describe(picture_.view(), rect)), 0.02);
    }
}

/* The picture turned about the middle of a box, as large as it was. */
test::Picture
turned(const test::Picture &picture, const Rect &about, double degrees)
{
    test::Picture result = picture;
    const cv::Mat source(picture.size.height, picture.size.width, CV_8UC3,
                         const_cast<std::uint8_t *>(picture.bytes.data()));
    cv::Mat target(picture.size.height, picture.size.width, CV_8UC3, result.bytes.data());
    const cv::Point2f centre(about.x + about.width / 2, about.y + about.height / 2);
    cv::warpAffine(source, target, cv::getRotationMatrix2D(centre, degrees, 1), target.size(),
                   cv::INTER_CUBIC, cv::BORDER_REPLICATE);
    return result;
}

class UprightFaces : public testing::Test {
protected:
    Descriptor describe(const ImageView &image, const Rect &box)
    {
        const Landmarks landmarks = landmarks_.findUpright(image, landmarks_.find(image, box));
        return descriptors_.describe(image, uprightAlignment(landmarks));
    }

    /* The face in the middle of a box, if it is found. */
    std::optional<Face> faceAt(const ImageView &image, const Rect &box)
    {
        for (const Face &face : detector_.detect(image, {}))
            if (iou(face.box, box) > 0.3F)
                return face;
        return std::nullopt;
    }

    FaceDetector detector_{FaceDetector::specFor(TEST_MODEL)};
    LandmarkNet landmarks_{LandmarkNet::specFor(kLandmarkModel)};
    DescriptorNet descriptors_{DescriptorNet::specFor(kDescriptorModel)};
};

/* The original's descriptors move by 0.59 then, those of one landmark pass by 0.13. */
TEST_F(UprightFaces, GoldenFacesStayNearThemselvesWhenTheyAreTurned)
{
    constexpr double kDegrees = 30;
    std::vector<float> moved;
    for (const test::Golden &golden : test::loadGoldens(test::folderOfGoldens())) {
        const auto picture = test::loadPicture(test::folderOfPictures() + "/" + golden.image);
        for (const ScoredBox &each : golden.faces) {
            const test::Picture other = turned(picture, each.box, kDegrees);
            if (const auto face = faceAt(other.view(), each.box))
                moved.push_back(distance(describe(picture.view(), each.box),
                                         describe(other.view(), face->box)));
        }
    }
    ASSERT_FALSE(moved.empty());
    const auto middle = moved.begin() + static_cast<std::ptrdiff_t>(moved.size() / 2);
    std::ranges::nth_element(moved, middle);
    EXPECT_LE(*middle, 0.10F) << "median of " << moved.size() << " faces";
}

INSTANTIATE_TEST_SUITE_P(All, GoldenFaces, testing::ValuesIn(goldensWithDetails()),
                         [](const auto &each) { return test::testName(each.param.name); });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(GoldenFaces);

TEST(GoldenDetails, AreThere)
{
    EXPECT_FALSE(goldensWithDetails().empty());
}

TEST(FaceNetworks, NameAModelOfAnotherKind)
{
    const auto reasonOf = [](const auto &open) -> std::string {
        try {
            open();
            return "none";
        } catch (const std::runtime_error &error) {
            return error.what();
        }
    };
    const std::string landmarks =
        reasonOf([] { LandmarkNet{LandmarkNet::specFor(kDescriptorModel)}; });
    EXPECT_NE(std::string::npos, landmarks.find(kDescriptorModel)) << landmarks;
    const std::string descriptor =
        reasonOf([] { DescriptorNet{DescriptorNet::specFor(kLandmarkModel)}; });
    EXPECT_NE(std::string::npos, descriptor.find(kLandmarkModel)) << descriptor;
}

TEST(Distance, IsEuclidean)
{
    Descriptor a{};
    Descriptor b{};
    EXPECT_EQ(0, distance(a, b));
    a[0] = 3;
    b[127] = 4;
    EXPECT_FLOAT_EQ(5, distance(a, b));
}

} // namespace
} // namespace hafaces
