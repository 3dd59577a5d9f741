/* SPDX-License-Identifier: MIT */
#include "core/small_gray.h"

#include "support/files.h"
#include "support/picture_file.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace hafaces {
namespace {

std::span<const std::uint8_t>
bytesOf(const std::string &text)
{
    return {reinterpret_cast<const std::uint8_t *>(text.data()), text.size()};
}

/* A grey picture whose pixels are 10 * column + row of their block. */
struct Blocks {
    Blocks(Size whole, int block)
        : pixels(static_cast<std::size_t>(whole.width) * whole.height)
    {
        for (int y = 0; y < whole.height; ++y) {
            for (int x = 0; x < whole.width; ++x)
                pixels[y * whole.width + x] =
                    static_cast<std::uint8_t>((x / block + 3 * (y / block)) % 200 + (x % 2) * 2);
        }
        view.size = whole;
        view.model = ColorModel::Gray;
        view.components[0] = {pixels.data(), whole.width, 1, 0, 0};
    }

    std::vector<std::uint8_t> pixels;
    ImageView view;
};

TEST(SmallGrayTest, HasTheMeansOfBlocks)
{
    for (const auto &[whole, block] : {std::pair{Size{640, 480}, 8},
                                       {Size{1280, 720}, 16},
                                       {Size{320, 240}, 4},
                                       {Size{480, 640}, 8},
                                       {Size{3840, 2160}, 32},
                                       {Size{100, 80}, 1}}) {
        const Blocks blocks(whole, block);
        GrayImage small;
        smallGrayFrom(blocks.view, small);
        ASSERT_EQ((Size{whole.width / block, whole.height / block}), small.size);
        for (int y = 0; y < small.size.height; ++y) {
            for (int x = 0; x < small.size.width; ++x) {
                const float mean = static_cast<float>((x + 3 * y) % 200) +
                                   (block > 1 ? 1.0F : static_cast<float>(x % 2) * 2);
                ASSERT_FLOAT_EQ(mean, small.pixels[y * small.size.width + x]);
            }
        }
    }
}

TEST(SmallGrayTest, LeavesOutWhatIsLessThanABlock)
{
    const Blocks blocks({645, 487}, 8);
    GrayImage small;
    smallGrayFrom(blocks.view, small);
    EXPECT_EQ((Size{80, 60}), small.size);
}

TEST(SmallGrayTest, IsTheSameOfAJpegAndOfItsPixels)
{
    for (const char *name : {"dark.jpg", "three_faces.jpg", "wide.jpg", "odd_size.jpg"}) {
        const std::string path = std::string(TEST_DATA_DIR "/") + name;
        GrayImage fromJpeg;
        ASSERT_TRUE(smallGrayFromJpeg(bytesOf(test::fileText(path)), fromJpeg)) << name;
        const test::Picture picture = test::loadPicture(path);
        GrayImage fromPixels;
        smallGrayFrom(picture.view(), fromPixels);
        ASSERT_EQ(fromPixels.size, fromJpeg.size) << name;
        double sum = 0;
        for (std::size_t i = 0; i < fromJpeg.pixels.size(); ++i)
            sum += std::abs(fromJpeg.pixels[i] - fromPixels.pixels[i]);
        EXPECT_LT(sum / static_cast<double>(fromJpeg.pixels.size()), 3) << name;
    }
}

TEST(SmallGrayTest, DoesNotTakeADamagedJpeg)
{
    const std::string whole = test::fileText(TEST_DATA_DIR "/dark.jpg");
    GrayImage small;
    EXPECT_FALSE(smallGrayFromJpeg({}, small));
    EXPECT_FALSE(smallGrayFromJpeg(bytesOf("no JPEG at all"), small));
    for (std::size_t size : {whole.size() / 10, whole.size() / 2, whole.size() - 100})
        EXPECT_FALSE(smallGrayFromJpeg(bytesOf(whole.substr(0, size)), small)) << size;
    std::string huge = whole; /* 65500 x 65500 pixels, says its header */
    const auto header = huge.find("\xFF\xC0");
    ASSERT_NE(huge.npos, header);
    huge.replace(header + 5, 4, "\xFF\xDC\xFF\xDC");
    EXPECT_FALSE(smallGrayFromJpeg(bytesOf(huge), small));
    EXPECT_TRUE(smallGrayFromJpeg(bytesOf(whole), small));
}

TEST(SmallGrayTest, TakesAJpegWithSuperfluousBytes)
{
    std::string padded = test::fileText(TEST_DATA_DIR "/dark.jpg");
    padded.insert(2, std::string(7, '\0')); /* as some cameras do between markers */
    GrayImage small;
    EXPECT_TRUE(smallGrayFromJpeg(bytesOf(padded), small));
}

} // namespace
} // namespace hafaces
