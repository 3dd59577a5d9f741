/* SPDX-License-Identifier: MIT */
#include "core/canvas.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace hafaces {
namespace {

constexpr Color kRed{255, 0, 0, 255};
constexpr std::uint8_t kUntouched = 7;

/* Grey pixels with a guard round each row, so that drawing outside is seen. */
struct GrayPicture {
    explicit GrayPicture(Size frame)
        : size{frame}
        , bytes(static_cast<std::size_t>((frame.width + 2) * (frame.height + 2)), kUntouched)
    {
    }

    MutableImageView view()
    {
        MutableImageView image;
        image.size = size;
        image.model = ColorModel::Gray;
        image.components[0] = {&bytes[static_cast<std::size_t>(size.width + 3)], size.width + 2, 1,
                               0, 0};
        return image;
    }

    std::uint8_t at(int x, int y) const
    {
        return bytes[static_cast<std::size_t>((y + 1) * (size.width + 2) + x + 1)];
    }

    std::string text() const
    {
        std::string result;
        for (int y = 0; y < size.height; ++y, result += '\n')
            for (int x = 0; x < size.width; ++x)
                result += at(x, y) == kUntouched ? '.' : '#';
        return result;
    }

    void expectGuardUntouched() const
    {
        for (int x = -1; x <= size.width; ++x) {
            EXPECT_EQ(kUntouched, at(x, -1));
            EXPECT_EQ(kUntouched, at(x, size.height));
        }
        for (int y = -1; y <= size.height; ++y) {
            EXPECT_EQ(kUntouched, at(-1, y));
            EXPECT_EQ(kUntouched, at(size.width, y));
        }
    }

    Size size;
    std::vector<std::uint8_t> bytes;
};

TEST(Outline, LiesWithinTheBox)
{
    GrayPicture picture({8, 6});
    Canvas(picture.view()).outline({1, 1, 6, 4}, 1, kRed);
    EXPECT_EQ("........\n"
              ".######.\n"
              ".#....#.\n"
              ".#....#.\n"
              ".######.\n"
              "........\n",
              picture.text());
}

TEST(Outline, FillsABoxThatIsAllLine)
{
    GrayPicture picture({5, 5});
    Canvas(picture.view()).outline({1, 1, 3, 3}, 10, kRed);
    EXPECT_EQ(".....\n.###.\n.###.\n.###.\n.....\n", picture.text());
}

struct BoxCase {
    const char *name;
    Rect box;
};

class OutlineOfOddBoxes : public testing::TestWithParam<BoxCase> {};

TEST_P(OutlineOfOddBoxes, StaysInThePicture)
{
    GrayPicture picture({9, 7});
    const Canvas canvas(picture.view());
    canvas.outline(GetParam().box, 2, kRed);
    canvas.label(GetParam().box, {{3, 2}, std::vector<std::uint8_t>(6, 255)}, kRed);
    picture.expectGuardUntouched();
}

constexpr float kHuge = std::numeric_limits<float>::max();

INSTANTIATE_TEST_SUITE_P(
    All, OutlineOfOddBoxes,
    testing::Values(BoxCase{"PartlyLeft", {-4, 2, 8, 8}}, BoxCase{"PartlyBelow", {4, 5, 8, 8}},
                    BoxCase{"AllOutside", {20, 20, 5, 5}}, BoxCase{"AllAround", {-10, -10, 50, 50}},
                    BoxCase{"Empty", {3, 3, 0, 0}}, BoxCase{"Negative", {5, 5, -3, -3}},
                    BoxCase{"Huge", {-kHuge, -kHuge, kHuge, kHuge}},
                    BoxCase{"Infinite", {0, 0, INFINITY, 5}},
                    BoxCase{"NotANumber", {NAN, 0, 5, 5}}),
    [](const auto &each) { return std::string(each.param.name); });

TEST(Outline, OfATranslucentColorBlendsEachPixelOnce)
{
    GrayPicture picture({6, 6});
    Canvas(picture.view()).outline({0, 0, 6, 6}, 2, {255, 255, 255, 128});
    const auto blended = picture.at(0, 0);
    EXPECT_NEAR(kUntouched + (255 - kUntouched) * 128 / 255, blended, 1);
    for (int i = 0; i < 6; ++i)
        EXPECT_EQ(blended, picture.at(i, 1)) << i;
}

/* 4:2:0 of 5x5 pixels: three chroma samples a side, the last of one pixel only. */
struct SubsampledPicture {
    SubsampledPicture()
    {
        image.size = {5, 5};
        image.model = ColorModel::Yuv;
        image.components[0] = {luma.data(), 5, 1, 0, 0};
        image.components[1] = {blue.data(), 3, 1, 1, 1};
        image.components[2] = {red.data(), 3, 1, 1, 1};
    }
    std::vector<std::uint8_t> luma = std::vector<std::uint8_t>(25, 0);
    std::vector<std::uint8_t> blue = std::vector<std::uint8_t>(9, 128);
    std::vector<std::uint8_t> red = std::vector<std::uint8_t>(9, 128);
    MutableImageView image;
};

TEST(Outline, ColorsSubsampledChromaByThePixelsCovered)
{
    SubsampledPicture picture;
    Canvas(picture.image).outline({0, 0, 1, 5}, 1, kRed);
    EXPECT_EQ(76, picture.luma[0]);
    EXPECT_EQ(0, picture.luma[1]);
    EXPECT_NEAR(128 + (255 - 128) / 2, picture.red[0], 1) << "half of its pixels";
    EXPECT_NEAR(128 + (255 - 128) / 2, picture.red[6], 1) << "the last row has one pixel each";
    EXPECT_EQ(128, picture.red[1]);
}

TEST(Outline, CoversTheOddLastPixelInFull)
{
    SubsampledPicture picture;
    Canvas(picture.image).outline({4, 0, 1, 5}, 1, kRed);
    EXPECT_EQ(76, picture.luma[4]);
    EXPECT_EQ(255, picture.red[2]);
    EXPECT_EQ(85, picture.blue[8]);
    EXPECT_EQ(128, picture.red[1]);
}

TEST(Label, StandsOnTopOfTheBox)
{
    GrayPicture picture({12, 8});
    Canvas(picture.view()).label({2, 4, 6, 3}, {{3, 2}, std::vector<std::uint8_t>(6, 0)}, kRed);
    EXPECT_EQ("............\n"
              "............\n"
              "..#####.....\n"
              "..#####.....\n"
              "............\n"
              "............\n"
              "............\n"
              "............\n",
              picture.text());
}

TEST(Label, StandsWithinTheBoxWhereThereIsNoRoomAbove)
{
    GrayPicture picture({12, 4});
    Canvas(picture.view()).label({2, 1, 6, 3}, {{3, 2}, std::vector<std::uint8_t>(6, 0)}, kRed);
    EXPECT_EQ("............\n..#####.....\n..#####.....\n............\n", picture.text());
}

TEST(Label, MovesLeftToBeSeenWhole)
{
    GrayPicture picture({8, 4});
    Canvas(picture.view()).label({6, 2, 2, 2}, {{3, 2}, std::vector<std::uint8_t>(6, 0)}, kRed);
    EXPECT_EQ("...#####\n...#####\n........\n........\n", picture.text());
}

TEST(Label, IsWrittenInWhatReadsBetter)
{
    const TextMask solid{{3, 2}, std::vector<std::uint8_t>(6, 255)};
    GrayPicture picture({12, 8});
    Canvas(picture.view()).label({2, 4, 6, 3}, solid, {255, 255, 0, 255});
    EXPECT_EQ(0, picture.at(4, 2));
    Canvas(picture.view()).label({2, 4, 6, 3}, solid, {0, 0, 128, 255});
    EXPECT_EQ(255, picture.at(4, 2));
}

class Text : public testing::Test {
protected:
    static int ink(const TextMask &mask)
    {
        int sum = 0;
        for (const auto value : mask.coverage)
            sum += value;
        return sum / 255;
    }
    TextRenderer renderer_;
};

TEST_F(Text, IsDrawn)
{
    const TextMask mask = renderer_.render("Zoë 0.93", "Sans Bold", 20, 1000);
    EXPECT_GT(ink(mask), 200);
    EXPECT_GT(mask.size.width, 60);
    EXPECT_NEAR(24, mask.size.height, 6);
    EXPECT_EQ(static_cast<std::size_t>(mask.size.width * mask.size.height), mask.coverage.size());
}

TEST_F(Text, IsCutToTheWidthThatThereIs)
{
    const auto mask = renderer_.render(std::string(500, 'W'), "Sans", 20, 100);
    EXPECT_EQ(100, mask.size.width);
    EXPECT_GT(ink(mask), 100);
}

TEST_F(Text, ThatIsNotUtf8IsStillDrawn)
{
    EXPECT_GT(ink(renderer_.render("T\xFCr", "Sans", 20, 1000)), 20);
}

TEST_F(Text, TakesItsSizeFromTheFontIfItIsGivenThere)
{
    const int normal = renderer_.render("x", "Sans 10", 20, 1000).size.height;
    EXPECT_GT(renderer_.render("x", "Sans 40", 20, 1000).size.height, 3 * normal);
}

TEST_F(Text, MayBeEmpty)
{
    EXPECT_EQ(0, ink(renderer_.render("", "", 20, 1000)));
}

} // namespace
} // namespace hafaces
