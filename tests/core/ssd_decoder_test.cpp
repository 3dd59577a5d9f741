/* SPDX-License-Identifier: MIT */
#include "core/ssd_decoder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <numeric>
#include <stdexcept>

namespace hafaces {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

/* The anchors that come with the weights (Output/extra_dim): ymin, xmin, ymax, xmax. */
std::vector<std::array<float, 4>>
trainedAnchors()
{
    std::ifstream file(TEST_DATA_DIR "/ssd_anchors_512.f32", std::ios::binary);
    std::vector<std::array<float, 4>> anchors(5118);
    file.read(reinterpret_cast<char *>(anchors.data()),
              static_cast<std::streamsize>(anchors.size() * sizeof(anchors[0])));
    if (!file || file.peek() != std::ifstream::traits_type::eof())
        throw std::runtime_error("ssd_anchors_512.f32 is not 5118 x 4 floats");
    return anchors;
}

/* Outputs as a network gives them when it sees nothing. */
struct Outputs {
    explicit Outputs(std::size_t anchors)
        : boxes{{1, static_cast<int>(anchors), 4}, std::vector<float>(4 * anchors)}
        , scores{{1, static_cast<int>(anchors), 1}, std::vector<float>(anchors)}
    {
    }
    Tensor boxes;
    Tensor scores;
};

TEST(SsdDecoder, MakesTheAnchorsThatTheNetworkWasTrainedWith)
{
    const SsdDecoder decoder({512, 512});
    const auto trained = trainedAnchors();
    ASSERT_EQ(trained.size(), decoder.anchorCount());
    for (std::size_t i = 0; i < trained.size(); ++i) {
        const auto &[top, left, bottom, right] = trained[i];
        const auto &anchor = decoder.anchors()[i];
        ASSERT_NEAR((left + right) / 2 * 512, anchor.centerX, 1e-3) << i;
        ASSERT_NEAR((top + bottom) / 2 * 512, anchor.centerY, 1e-3) << i;
        ASSERT_NEAR((right - left) * 512, anchor.width, 1e-3) << i;
        ASSERT_NEAR((bottom - top) * 512, anchor.height, 1e-3) << i;
    }
}

/* Cells a side: ceil(n / 16), then half of it rounded up, five times. */
TEST(SsdDecoder, HasAsManyAnchorsAsTheNetworkHasCells)
{
    EXPECT_EQ(32 * 18 * 3U + 6U * (16 * 9 + 8 * 5 + 4 * 3 + 2 * 2 + 1 * 1),
              SsdDecoder({512, 288}).anchorCount());
    EXPECT_EQ(SsdDecoder({512, 288}).anchorCount(), SsdDecoder({288, 512}).anchorCount());
}

TEST(SsdDecoder, ZerosMeanTheAnchorItself)
{
    const SsdDecoder decoder({512, 288});
    Outputs outputs(decoder.anchorCount());
    outputs.scores.values[100] = 0.75F;
    const auto found = decoder.decode(outputs.boxes, outputs.scores, 0.5F);
    ASSERT_EQ(1U, found.size());
    const auto &anchor = decoder.anchors()[100];
    EXPECT_FLOAT_EQ(anchor.centerX, found[0].box.x + found[0].box.width / 2);
    EXPECT_FLOAT_EQ(anchor.centerY, found[0].box.y + found[0].box.height / 2);
    EXPECT_FLOAT_EQ(anchor.width, found[0].box.width);
    EXPECT_FLOAT_EQ(anchor.height, found[0].box.height);
    EXPECT_FLOAT_EQ(0.75F, found[0].score);
}

TEST(SsdDecoder, MovesAndStretchesTheAnchor)
{
    const SsdDecoder decoder({128, 128});
    Outputs outputs(decoder.anchorCount());
    outputs.scores.values[0] = 1; /* 51.2 px square at (8, 8) */
    outputs.boxes.values[0] = 10; /* down by its height */
    outputs.boxes.values[1] = -5; /* left by half its width */
    outputs.boxes.values[2] = 5 * std::log(2.0F);
    outputs.boxes.values[3] = 5 * std::log(0.5F);
    const auto found = decoder.decode(outputs.boxes, outputs.scores, 0.5F);
    ASSERT_EQ(1U, found.size());
    EXPECT_NEAR(8 - 25.6 - 12.8, found[0].box.x, 1e-3);
    EXPECT_NEAR(8 + 51.2 - 51.2, found[0].box.y, 1e-3);
    EXPECT_NEAR(25.6, found[0].box.width, 1e-3);
    EXPECT_NEAR(102.4, found[0].box.height, 1e-3);
}

TEST(SsdDecoder, TakesScoresStrictlyOverTheLimit)
{
    const SsdDecoder decoder({128, 128});
    Outputs outputs(decoder.anchorCount());
    outputs.scores.values[3] = 0.5F;
    EXPECT_TRUE(decoder.decode(outputs.boxes, outputs.scores, 0.5F).empty());
    EXPECT_EQ(1U, decoder.decode(outputs.boxes, outputs.scores, 0.4999F).size());
}

TEST(SsdDecoder, IgnoresNumbersThatNoNetworkMeans)
{
    const SsdDecoder decoder({128, 128});
    for (const float bad : {kNan, kInfinity, -kInfinity, 1e30F}) {
        Outputs outputs(decoder.anchorCount());
        outputs.scores.values[0] = bad;
        outputs.scores.values[1] = 0.9F;
        outputs.boxes.values[4] = bad;
        outputs.boxes.values[6] = bad;
        EXPECT_TRUE(decoder.decode(outputs.boxes, outputs.scores, 0.5F).empty()) << bad;
    }
}

TEST(SsdDecoder, RefusesOutputsOfAnotherShape)
{
    const SsdDecoder decoder({128, 128});
    const Outputs good(decoder.anchorCount());
    const Outputs few(decoder.anchorCount() - 1);
    const Tensor flat{{static_cast<int>(good.scores.values.size())}, good.scores.values};
    EXPECT_THROW(decoder.decode(few.boxes, good.scores, 0.5F), std::runtime_error);
    EXPECT_THROW(decoder.decode(good.boxes, few.scores, 0.5F), std::runtime_error);
    EXPECT_THROW(decoder.decode(good.scores, good.scores, 0.5F), std::runtime_error);
    EXPECT_THROW(decoder.decode(good.boxes, flat, 0.5F), std::runtime_error);
}

} // namespace
} // namespace hafaces
