/* SPDX-License-Identifier: MIT */
#include "core/mjpeg_parser.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <numeric>
#include <string>

namespace hafaces {
namespace {

using Bytes = std::vector<std::uint8_t>;
using Pictures = std::vector<MjpegParser::Picture>;

constexpr std::size_t kLimit = 1 << 20;

Bytes
fileBytes(const std::string &name)
{
    std::ifstream stream(TEST_DATA_DIR "/mjpeg/" + name, std::ios::binary);
    EXPECT_TRUE(stream.good()) << name;
    return {std::istreambuf_iterator<char>(stream), {}};
}

/* In parts of so many bytes. */
Pictures
picturesIn(MjpegParser &parser, const Bytes &bytes, std::size_t step)
{
    Pictures pictures;
    for (std::size_t at = 0; at < bytes.size(); at += step)
        parser.push(std::span(bytes).subspan(at, std::min(step, bytes.size() - at)),
                    [&](MjpegParser::Picture &&each) { pictures.push_back(std::move(each)); });
    return pictures;
}

Pictures
picturesIn(const Bytes &bytes, std::size_t step = 65536)
{
    MjpegParser parser(kLimit);
    return picturesIn(parser, bytes, step);
}

Bytes
operator+(Bytes left, const Bytes &right)
{
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

Bytes
segment(std::uint8_t marker, const Bytes &content)
{
    const std::size_t length = content.size() + 2;
    return Bytes{0xFF, marker, static_cast<std::uint8_t>(length >> 8),
                 static_cast<std::uint8_t>(length)} +
           content;
}

const Bytes kSoi{0xFF, 0xD8};
const Bytes kEoi{0xFF, 0xD9};
const Bytes kSof = segment(0xC0, {8, 0, 48, 0, 64, 1, 1, 0x11, 0}); /* 64x48 */
const Bytes kSos = segment(0xDA, {1, 1, 0, 0, 63, 0});
const Bytes kScan{1, 2, 0xFF, 0x00, 3, 0xFF, 0xD0, 4};

const Bytes kSmall = kSoi + segment(0xDB, Bytes(65)) + kSof + kSos + kScan + kEoi;

struct Capture {
    const char *name;
    std::size_t pictures;
    std::uint64_t damaged;
};

class MjpegCapture : public testing::TestWithParam<Capture> {};

TEST_P(MjpegCapture, GivesItsWholePicturesWhateverTheReads)
{
    const Bytes bytes = fileBytes(std::string(GetParam().name) + ".bin");
    const Pictures expected = picturesIn(bytes);
    EXPECT_EQ(GetParam().pictures, expected.size());
    for (const std::size_t step : {std::size_t{1}, std::size_t{7}, std::size_t{1460}}) {
        MjpegParser parser(kLimit);
        const Pictures pictures = picturesIn(parser, bytes, step);
        EXPECT_EQ(GetParam().damaged, parser.stats().damaged);
        ASSERT_EQ(expected.size(), pictures.size());
        for (std::size_t i = 0; i < pictures.size(); ++i) {
            EXPECT_EQ(expected[i].jpeg, pictures[i].jpeg);
            EXPECT_EQ(640, pictures[i].width);
            EXPECT_EQ(480, pictures[i].height);
        }
    }
}

/* The drop's third part ends in the middle, with the connection. */
INSTANTIATE_TEST_SUITE_P(
    All, MjpegCapture,
    testing::Values(Capture{"motion-4.5.1-http11", 15, 0}, Capture{"motion-4.5.1-snapshot", 1, 0},
                    Capture{"motion-4.5.1-bad-request", 0, 0},
                    Capture{"motioneye-0.44.0-snapshot", 1, 0}, Capture{"fake-drop-http10", 2, 0},
                    Capture{"fake-huge-length-http10", 5, 0},
                    Capture{"fake-no-length-http10", 6, 0}, Capture{"fake-no-space-http10", 4, 0},
                    Capture{"fake-plain-http10", 6, 0}, Capture{"fake-short-length-http10", 5, 0}),
    [](const auto &each) {
        std::string name = each.param.name;
        std::replace_if(
            name.begin(), name.end(), [](char c) { return std::isalnum(c) == 0; }, '_');
        return name;
    });

TEST(MjpegParser, GivesAPictureWithItsLastByte)
{
    MjpegParser parser(kLimit);
    EXPECT_EQ(0U, picturesIn(parser, Bytes(kSmall.begin(), kSmall.end() - 1), 1).size());
    EXPECT_TRUE(parser.isInPicture());
    EXPECT_EQ(1U, picturesIn(parser, {0xD9}, 1).size());
    EXPECT_FALSE(parser.isInPicture());
}

TEST(MjpegParser, KnowsThePictureFromTheThumbnailInIt)
{
    const Bytes picture =
        kSoi + segment(0xE1, Bytes{'E', 'x', 'i', 'f', 0, 0} + kSmall) + kSof + kSos + kScan + kEoi;
    const Pictures pictures = picturesIn(picture + kSmall, 3);
    ASSERT_EQ(2U, pictures.size());
    EXPECT_EQ(picture, pictures[0].jpeg);
}

TEST(MjpegParser, TakesProgressivePicturesWithFillBytes)
{
    const Bytes picture = kSoi + Bytes{0xFF} + segment(0xC2, {8, 0, 48, 0, 64, 1, 1, 0x11, 0}) +
                          kSos + kScan + segment(0xC4, Bytes(20)) + kSos + kScan + kEoi;
    const Pictures pictures = picturesIn(picture, 2);
    ASSERT_EQ(1U, pictures.size());
    EXPECT_EQ(picture, pictures[0].jpeg);
    EXPECT_EQ(64, pictures[0].width);
    EXPECT_EQ(48, pictures[0].height);
}

struct Damage {
    const char *name;
    Bytes bytes; /* before a good picture */
};

class MjpegDamage : public testing::TestWithParam<Damage> {};

TEST_P(MjpegDamage, CostsNoOtherPicture)
{
    MjpegParser parser(kLimit);
    const Bytes text{'\r', '\n', '-', '-', 'B', '\r', '\n'};
    const Pictures pictures =
        picturesIn(parser, kSmall + text + GetParam().bytes + text + kSmall + kSmall, 5);
    ASSERT_EQ(3U, pictures.size());
    for (const auto &picture : pictures)
        EXPECT_EQ(kSmall, picture.jpeg);
    EXPECT_EQ(1U, parser.stats().damaged);
}

INSTANTIATE_TEST_SUITE_P(
    All, MjpegDamage,
    testing::Values(Damage{"InTheScan", kSoi + kSof + kSos + kScan},
                    Damage{"BehindAnFf", kSoi + kSof + kSos + Bytes{1, 0xFF}},
                    Damage{"BetweenSegments", kSoi + kSof}, Damage{"NoScan", kSoi + kSof + kEoi},
                    Damage{"NoFrameHeader", kSoi + kSos + kScan + kEoi},
                    Damage{"NoWidth",
                           kSoi + segment(0xC0, {8, 0, 48, 0, 0, 1, 1, 0x11, 0}) + kSos + kEoi},
                    Damage{"ShortFrameHeader", kSoi + segment(0xC0, {8, 0}) + kSos + kEoi},
                    Damage{"SegmentOfLengthZero", kSoi + Bytes{0xFF, 0xE0, 0, 0}},
                    Damage{"Twice", kSoi + Bytes{0xFF, 0xD8, 0xFE}}),
    [](const auto &each) { return std::string(each.param.name); });

TEST(MjpegParser, PassesOverWhatIsTooLarge)
{
    MjpegParser parser(100000);
    Bytes large = kSoi + kSof + kSos;
    large.resize(5000000, 0x55);
    const Pictures pictures = picturesIn(parser, kSmall + large + kEoi + kSmall, 4096);
    EXPECT_EQ(2U, pictures.size());
    EXPECT_EQ(1U, parser.stats().tooLarge);
    large.resize(100001, 0x55);
    EXPECT_TRUE(picturesIn(parser, large + kEoi, 1000000).empty());
    EXPECT_EQ(2U, parser.stats().tooLarge);
}

TEST(MjpegParser, FindsNothingInNoise)
{
    Bytes noise(300000);
    unsigned state = 1;
    for (auto &byte : noise)
        byte = static_cast<std::uint8_t>((state = state * 1664525 + 1013904223) >> 24);
    EXPECT_TRUE(picturesIn(noise, 1000).empty());
    EXPECT_EQ(1U, picturesIn(noise + Bytes(70000) + kSmall, 1000).size());
}

} // namespace
} // namespace hafaces
