/* SPDX-License-Identifier: MIT */
#include "core/face_patch.h"

#include "support/picture_file.h"

#include <gtest/gtest.h>

#include <array>

namespace hafaces {
namespace {

constexpr std::array<float, 3> kMean{122.782F, 117.001F, 104.298F};

/* What a tensor says of a pixel: 0..255. */
float
valueAt(const std::vector<float> &tensor, int side, int channel, int x, int y)
{
    const auto index = static_cast<std::size_t>((channel * side + y) * side + x);
    return tensor.at(index) * 255 + kMean.at(static_cast<std::size_t>(channel));
}

std::vector<float>
paddedInput(const ImageView &image, const PixelRect &rect, int side)
{
    std::vector<float> tensor(3U * static_cast<std::size_t>(side) * static_cast<std::size_t>(side));
    writePadded(image, rect, side, tensor);
    return tensor;
}

test::Picture
gradient(Size size)
{
    test::Picture picture{size, 3, {}};
    for (int y = 0; y < size.height; ++y)
        for (int x = 0; x < size.width; ++x)
            for (const int value : {10 * x, 10 * y, x + y})
                picture.bytes.push_back(static_cast<std::uint8_t>(value));
    return picture;
}

TEST(FacePatch, IsCutOutWithFlooredNumbers)
{
    EXPECT_EQ((PixelRect{3, 4, 5, 6}), flooredWithin({3.9F, 4.9F, 5.9F, 6.9F}, {100, 100}));
    EXPECT_EQ((PixelRect{0, 0, 2, 3}), flooredWithin({-3, -4, 5.5F, 7.5F}, {100, 100}));
    EXPECT_EQ((PixelRect{95, 0, 4, 100}), flooredWithin({95.5F, 0, 50, 200}, {100, 100}));
    EXPECT_TRUE(flooredWithin({200, 200, 5, 5}, {100, 100}).isEmpty());
}

TEST(FacePatch, IsInTheMiddleOfABlackSquare)
{
    const test::Picture picture = gradient({20, 20});
    /* 5 px are missing: 2 before, 3 behind. */
    const auto tensor = paddedInput(picture.view(), {3, 5, 6, 11}, 11);
    for (int y = 0; y < 11; ++y)
        for (int x = 0; x < 11; ++x) {
            const bool isPatch = x >= 2 && x < 8;
            EXPECT_NEAR(isPatch ? 10 * (3 + x - 2) : 0, valueAt(tensor, 11, 0, x, y), 1e-3);
            EXPECT_NEAR(isPatch ? 10 * (5 + y) : 0, valueAt(tensor, 11, 1, x, y), 1e-3);
        }
}

TEST(FacePatch, IsSampledWithoutAHalfPixelShift)
{
    const test::Picture picture = gradient({20, 20});
    const auto tensor = paddedInput(picture.view(), {4, 4, 8, 8}, 16);
    EXPECT_NEAR(40, valueAt(tensor, 16, 0, 0, 0), 1e-3);
    EXPECT_NEAR(45, valueAt(tensor, 16, 0, 1, 0), 1e-3);
    EXPECT_NEAR(50, valueAt(tensor, 16, 0, 2, 0), 1e-3);
    EXPECT_NEAR(110, valueAt(tensor, 16, 0, 14, 0), 1e-3);
    EXPECT_NEAR(110, valueAt(tensor, 16, 0, 15, 0), 1e-3) << "not what lies behind the patch";
}

std::vector<float>
turnedInput(const ImageView &image, const Similarity &toInput, int side)
{
    std::vector<float> tensor(3U * static_cast<std::size_t>(side) * static_cast<std::size_t>(side));
    writeTurned(image, toInput, side, tensor);
    return tensor;
}

TEST(TurnedPatch, IsThePictureWhereNothingIsTurned)
{
    const test::Picture picture = gradient({20, 20});
    const auto tensor = turnedInput(picture.view(), {1, 0, -5, -3}, 8);
    for (int y = 0; y < 8; ++y)
        for (int x = 0; x < 8; ++x) {
            EXPECT_NEAR(10 * (x + 5), valueAt(tensor, 8, 0, x, y), 1e-3);
            EXPECT_NEAR(10 * (y + 3), valueAt(tensor, 8, 1, x, y), 1e-3);
        }
}

TEST(TurnedPatch, IsTurned)
{
    const test::Picture picture = gradient({20, 20});
    /* A quarter: what is below comes to the left. */
    const auto tensor = turnedInput(picture.view(), {0, 1, 15, -4}, 8);
    for (int y = 0; y < 8; ++y)
        for (int x = 0; x < 8; ++x) {
            EXPECT_NEAR(10 * (y + 4), valueAt(tensor, 8, 0, x, y), 1e-3);
            EXPECT_NEAR(10 * (15 - x), valueAt(tensor, 8, 1, x, y), 1e-3);
        }
}

TEST(TurnedPatch, IsBlackOutsideThePicture)
{
    const test::Picture picture = gradient({20, 20});
    const auto beyond = turnedInput(picture.view(), {1, 0, 4, 0}, 8);
    for (int y = 0; y < 8; ++y)
        for (int x = 0; x < 8; ++x)
            EXPECT_NEAR(x < 4 ? 0 : 10 * y, valueAt(beyond, 8, 1, x, y), 1e-3);
    for (const float value : {valueAt(turnedInput(picture.view(), {1, 0, 500, 0}, 8), 8, 0, 3, 3),
                              valueAt(turnedInput(picture.view(), {1, 0, 0, -500}, 8), 8, 2, 7, 7)})
        EXPECT_NEAR(0, value, 1e-3);
}

TEST(TurnedPatch, AveragesWhatItShrinks)
{
    test::Picture stripes{{64, 64}, 3, {}};
    for (int i = 0; i < 64 * 64; ++i)
        stripes.bytes.insert(stripes.bytes.end(), 3, i % 2 == 0 ? 0 : 200);
    const auto tensor = turnedInput(stripes.view(), {0.25, 0, 0, 0}, 16);
    for (int x = 1; x < 15; ++x)
        EXPECT_NEAR(100, valueAt(tensor, 16, 0, x, 8), 1);
}

/* Chroma of half the size: the same wherever the patch begins. */
TEST(FacePatch, TakesSubsampledChromaFromItsPlace)
{
    constexpr Size kSize{16, 16};
    std::array<std::vector<std::uint8_t>, 3> planes;
    planes[0].assign(256, 120);
    for (int i = 0; i < 64; ++i) {
        planes[1].push_back(static_cast<std::uint8_t>(100 + 5 * (i % 8)));
        planes[2].push_back(static_cast<std::uint8_t>(100 + 5 * (i / 8)));
    }
    ImageView image;
    image.size = kSize;
    image.model = ColorModel::Yuv;
    image.components = {{{planes[0].data(), 16, 1, 0, 0},
                         {planes[1].data(), 8, 1, 1, 1},
                         {planes[2].data(), 8, 1, 1, 1}}};
    const auto whole = paddedInput(image, {0, 0, 16, 16}, 16);
    for (const auto &[x, y] : {std::pair(1, 1), std::pair(4, 3), std::pair(7, 7)}) {
        const auto part = paddedInput(image, {x, y, 9, 9}, 9);
        for (int channel = 0; channel < 3; ++channel)
            for (int row = 0; row < 9; ++row)
                for (int column = 0; column < 9; ++column)
                    EXPECT_NEAR(valueAt(whole, 16, channel, x + column, y + row),
                                valueAt(part, 9, channel, column, row), 0.01)
                        << x << "," << y << " " << column << "," << row;
    }
}

} // namespace
} // namespace hafaces
