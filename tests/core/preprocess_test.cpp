/* SPDX-License-Identifier: MIT */
#include "core/preprocess.h"

#include "core/colorimetry.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <random>

namespace hafaces {
namespace {

constexpr Colorimetry kBt601Limited{0.299, 0.114, false};
constexpr Colorimetry kBt709Limited{0.2126, 0.0722, false};

struct RgbImage {
    explicit RgbImage(Size frame, int padding = 0)
        : size{frame}
        , stride{frame.width * 3 + padding}
        , bytes(static_cast<std::size_t>(stride * frame.height))
    {
        std::mt19937 random(7);
        for (auto &byte : bytes)
            byte = static_cast<std::uint8_t>(random());
    }

    double at(int x, int y, int channel) const
    {
        if (x >= size.width || y >= size.height)
            return 0;
        return bytes[static_cast<std::size_t>(y * stride + x * 3 + channel)];
    }

    ImageView view() const
    {
        ImageView image;
        image.size = size;
        for (int i = 0; i < 3; ++i)
            image.components[static_cast<std::size_t>(i)] = {bytes.data() + i, stride, 3, 0, 0};
        return image;
    }

    Size size;
    int stride;
    std::vector<std::uint8_t> bytes;
};

/* The definition: pad to a square with black, bilinear at destination * step, then -1..1. */
double
reference(const RgbImage &image, int longest, int x, int y, int channel)
{
    const int side = image.size.longest();
    const double step = static_cast<double>(side) / longest;
    const auto neighbours = [&](int i) {
        const double position = std::min(i * step, side - 1.0);
        const int first = static_cast<int>(position);
        return std::tuple{first, std::min(first + 1, side - 1), position - first};
    };
    const auto [x0, x1, fx] = neighbours(x);
    const auto [y0, y1, fy] = neighbours(y);
    const double top = image.at(x0, y0, channel) * (1 - fx) + image.at(x1, y0, channel) * fx;
    const double low = image.at(x0, y1, channel) * (1 - fx) + image.at(x1, y1, channel) * fx;
    return (top * (1 - fy) + low * fy) / 127.5 - 1;
}

std::vector<float>
run(const ImageView &image, Size input, int longest)
{
    std::vector<float> tensor(3U * static_cast<std::size_t>(input.width * input.height), NAN);
    Preprocessor().run(image, input, longest, tensor);
    return tensor;
}

struct Shape {
    const char *name;
    Size frame;
    Size input;
    int longest;
};

class PreprocessShapes : public testing::TestWithParam<Shape> {};

TEST_P(PreprocessShapes, SamplesAsTheOriginalDefinesIt)
{
    const auto &[name, frame, input, longest] = GetParam();
    const RgbImage image(frame, 5);
    const auto tensor = run(image.view(), input, longest);
    std::size_t i = 0;
    for (int channel = 0; channel < 3; ++channel)
        for (int y = 0; y < input.height; ++y)
            for (int x = 0; x < input.width; ++x, ++i)
                ASSERT_NEAR(reference(image, longest, x, y, channel), tensor[i], 1e-4)
                    << "channel " << channel << " at " << x << "," << y;
}

INSTANTIATE_TEST_SUITE_P(All, PreprocessShapes,
                         testing::Values(Shape{"Shrunk", {640, 360}, {64, 64}, 64},
                                         Shape{"ShrunkOddly", {641, 479}, {64, 64}, 64},
                                         Shape{"SameSize", {64, 64}, {64, 64}, 64},
                                         Shape{"Enlarged", {50, 37}, {64, 64}, 64},
                                         Shape{"Portrait", {37, 50}, {64, 64}, 64},
                                         Shape{"FollowingTheFrame", {1280, 720}, {64, 64}, 64},
                                         Shape{"Wide", {300, 20}, {128, 32}, 128},
                                         Shape{"OnePixel", {1, 1}, {32, 32}, 32}),
                         [](const auto &each) { return std::string(each.param.name); });

TEST(Preprocess, AShorterInputIsTheUpperPartOfTheSquare)
{
    const RgbImage image({640, 360});
    const auto square = run(image.view(), {128, 128}, 128);
    const auto wide = run(image.view(), {128, 96}, 128);
    for (std::size_t channel = 0; channel < 3; ++channel)
        for (std::size_t i = 0; i < 128U * 96; ++i)
            ASSERT_EQ(square[channel * 128 * 128 + i], wide[channel * 128 * 96 + i]);
}

TEST(Preprocess, TheSameInstanceTakesAnotherKindOfFrame)
{
    Preprocessor preprocessor;
    std::vector<float> tensor(3U * 64 * 64);
    for (const Size frame : {Size{640, 360}, Size{100, 200}, Size{640, 360}}) {
        const RgbImage image(frame);
        preprocessor.run(image.view(), {64, 64}, 64, tensor);
        ASSERT_EQ(run(image.view(), {64, 64}, 64), tensor);
    }
}

/* Planar 4:2:0 of one colour, to be told from wrong matrices and ranges. */
struct FlatYuv {
    FlatYuv(std::array<std::uint8_t, 3> yuv, const Colorimetry &colorimetry)
    {
        image.size = {33, 17};
        image.model = ColorModel::Yuv;
        image.colorimetry = colorimetry;
        for (std::size_t i = 0; i < 3; ++i) {
            planes[i].assign(64 * 17, yuv[i]);
            const int shift = i == 0 ? 0 : 1;
            image.components[i] = {planes[i].data(), 64, 1, shift, shift};
        }
    }
    std::array<std::vector<std::uint8_t>, 3> planes;
    ImageView image;
};

struct Colour {
    const char *name;
    std::array<std::uint8_t, 3> rgb;
    Colorimetry colorimetry;
};

class PreprocessColours : public testing::TestWithParam<Colour> {};

TEST_P(PreprocessColours, ComeBackFromYuv)
{
    const auto &[name, rgb, colorimetry] = GetParam();
    const FlatYuv flat(fromRgb(rgb, ColorModel::Yuv, colorimetry), colorimetry);
    const auto tensor = run(flat.image, {32, 32}, 32);
    for (std::size_t channel = 0; channel < 3; ++channel)
        EXPECT_NEAR(rgb[channel], (tensor[channel * 32 * 32 + 32 * 5 + 5] + 1) * 127.5, 2.0);
}

INSTANTIATE_TEST_SUITE_P(All, PreprocessColours,
                         testing::Values(Colour{"RedJpeg", {255, 0, 0}, {}},
                                         Colour{"GreenJpeg", {0, 255, 0}, {}},
                                         Colour{"SkinJpeg", {224, 172, 105}, {}},
                                         Colour{"RedBt601", {255, 0, 0}, kBt601Limited},
                                         Colour{"BlueBt601", {0, 0, 255}, kBt601Limited},
                                         Colour{"GreenBt709", {0, 255, 0}, kBt709Limited},
                                         Colour{"SkinBt709", {224, 172, 105}, kBt709Limited},
                                         Colour{"WhiteBt709", {255, 255, 255}, kBt709Limited},
                                         Colour{"BlackBt601", {0, 0, 0}, kBt601Limited}),
                         [](const auto &each) { return std::string(each.param.name); });

/* Values that Kr, Kb and the range define by hand: pure red of BT.601 is Y 81, U 90, V 240. */
TEST(Colorimetry, KnowsTheNumbersOfTheStandard)
{
    using Bytes = std::array<std::uint8_t, 3>;
    EXPECT_EQ((Bytes{81, 90, 240}), fromRgb({255, 0, 0}, ColorModel::Yuv, kBt601Limited));
    EXPECT_EQ((Bytes{63, 102, 240}), fromRgb({255, 0, 0}, ColorModel::Yuv, kBt709Limited));
    EXPECT_EQ((Bytes{76, 85, 255}), fromRgb({255, 0, 0}, ColorModel::Yuv, {}));
    EXPECT_EQ((Bytes{235, 128, 128}), fromRgb({255, 255, 255}, ColorModel::Yuv, kBt709Limited));
}

TEST(Preprocess, SpreadsGreyToThreeEqualPlanes)
{
    std::vector<std::uint8_t> bytes(40 * 40);
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<std::uint8_t>(i * 7);
    ImageView image;
    image.size = {40, 40};
    image.model = ColorModel::Gray;
    image.components[0] = {bytes.data(), 40, 1, 0, 0};
    const auto tensor = run(image, {32, 32}, 32);
    for (std::size_t i = 0; i < 32 * 32; ++i) {
        ASSERT_EQ(tensor[i], tensor[32 * 32 + i]);
        ASSERT_EQ(tensor[i], tensor[2 * 32 * 32 + i]);
    }
    EXPECT_NEAR(bytes[0] / 127.5 - 1, tensor[0], 1e-6);
}

/* A vertical edge in chroma, seen at luma columns: the site shifts it by half a luma sample. */
TEST(Preprocess, PutsChromaWhereItsSiteSays)
{
    constexpr int kWidth = 32;
    std::vector<std::uint8_t> luma(kWidth * kWidth, 128);
    std::vector<std::uint8_t> chroma(16 * 16);
    for (std::size_t i = 0; i < chroma.size(); ++i)
        chroma[i] = i % 16 < 8 ? 128 : 188;
    ImageView image;
    image.size = {kWidth, kWidth};
    image.model = ColorModel::Yuv;
    image.components[0] = {luma.data(), kWidth, 1, 0, 0};
    image.components[1] = {chroma.data(), 16, 1, 1, 1};
    image.components[2] = {chroma.data(), 16, 1, 1, 1};
    const auto red = [&](int x) { return run(image, {32, 32}, 32)[static_cast<std::size_t>(x)]; };
    const float low = red(0);
    const float high = red(kWidth - 1);
    EXPECT_NEAR(low + (high - low) * 0.25, red(15), 1e-5); /* centred: 15 lies at 7.25 */
    image.chromaSite.horizontallyCosited = true;
    EXPECT_NEAR(low + (high - low) * 0.5, red(15), 1e-5); /* cosited: at 7.5 */
}

} // namespace
} // namespace hafaces
