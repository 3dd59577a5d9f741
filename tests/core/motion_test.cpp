/* SPDX-License-Identifier: MIT */
/*
 * Scenes drawn from seeds, as the detector's figures were chosen with others (1000 to 1250). There,
 * of 1500 walks 97.4 % were found within 0.6 s, 97.9 % of those without rain, and 5 of 1500 scenes
 * without a walk were taken for one.
 */
#include "core/motion.h"

#include "support/motion_scene.h"

#include <gtest/gtest.h>

#include <cmath>

namespace hafaces {
namespace {

using test::Disturbance;
using test::MotionScene;

constexpr double kInterval = 0.2;
constexpr double kFoundWithin = 0.6;

Size
sizeFor(std::uint32_t seed)
{
    constexpr std::array kSizes{Size{320, 240}, Size{1280, 720}, Size{640, 480}, Size{640, 480}};
    return kSizes[seed % kSizes.size()];
}

/* Detector and camera at five frames a second, some part of a frame after the scene began. */
class Watch {
public:
    Watch(MotionScene &scene, std::uint32_t seed)
        : scene_(scene)
        , second_(0.02 * (seed % 10))
    {
    }

    /* Whether there is motion, up to that second. */
    bool until(double end)
    {
        bool motion = false;
        for (; second_ < end; second_ += kInterval)
            motion |= see();
        return motion;
    }

private:
    bool see()
    {
        const cv::Mat frame = scene_.frame(second_);
        ImageView view;
        view.size = {frame.cols, frame.rows};
        view.model = ColorModel::Gray;
        view.components[0] = {frame.data, static_cast<std::ptrdiff_t>(frame.step), 1, 0, 0};
        smallGrayFrom(view, small_);
        return detector_.see(small_, std::chrono::nanoseconds(std::llround(second_ * 1e9)));
    }

    MotionScene &scene_;
    double second_;
    GrayImage small_;
    MotionDetector detector_;
};

class Motion : public testing::TestWithParam<Disturbance> {};

TEST_P(Motion, IsFoundWithinAMoment)
{
    constexpr std::uint32_t kScenes = 40;
    int found = 0;
    std::string missed;
    for (std::uint32_t seed = 70000; seed < 70000 + kScenes; ++seed) {
        MotionScene scene(seed, sizeFor(seed), GetParam(), true);
        Watch watch(scene, seed);
        watch.until(*scene.walkBegins());
        if (watch.until(*scene.walkBegins() + kFoundWithin))
            ++found;
        else
            missed += scene.describe() + "\n";
    }
    /* 95 %; walks in a downpour of up to 250 drops, in which a child is smaller than they are, 90 % */
    EXPECT_GE(found, GetParam() == Disturbance::Rain ? 36 : 38) << missed;
}

TEST_P(Motion, IsNotSeenWhereNobodyIs)
{
    constexpr std::uint32_t kScenes = 50;
    int seen = 0;
    std::string described;
    for (std::uint32_t seed = 80000; seed < 80000 + kScenes; ++seed) {
        MotionScene scene(seed, sizeFor(seed), GetParam(), false);
        if (Watch(scene, seed).until(6)) {
            ++seen;
            described += scene.describe() + "\n";
        }
    }
    EXPECT_LE(seen, 1) << described;
}

INSTANTIATE_TEST_SUITE_P(Scenes, Motion, testing::ValuesIn(test::allDisturbances()),
                         [](const auto &each) { return nameOf(each.param); });

GrayImage
plain(float value)
{
    return {{80, 60}, std::vector<float>(80 * 60, value)};
}

GrayImage
withBox(int x)
{
    GrayImage picture = plain(100);
    for (int row = 20; row < 40; ++row)
        std::fill_n(picture.pixels.begin() + row * 80 + x, 8, 180.0F);
    return picture;
}

TEST(MotionDetectorTest, IsMotionAboveTheThreshold)
{
    const auto scoreWith = [](double threshold, bool &motion) {
        MotionDetector detector;
        detector.setThreshold(threshold);
        for (int i = 0; i < 10; ++i)
            EXPECT_FALSE(detector.see(plain(100), std::chrono::milliseconds(200 * i)));
        EXPECT_EQ(0, detector.score());
        detector.see(withBox(30), std::chrono::milliseconds(2000));
        motion = detector.see(withBox(33), std::chrono::milliseconds(2200));
        return detector.score();
    };
    bool motion = false;
    const double score = scoreWith(kDefaultMotionThreshold, motion);
    EXPECT_TRUE(motion);
    EXPECT_GT(score, kDefaultMotionThreshold);
    scoreWith(score * 1.01, motion);
    EXPECT_FALSE(motion);
}

/* What a camera clips tells nothing of noise, and here it clips all but the walker. */
TEST(MotionDetectorTest, SeesSomebodyBeforeAWallThatIsBlackOrWhite)
{
    for (const float wall : {0.0F, 255.0F}) {
        MotionDetector detector;
        bool motion = false;
        for (int i = 0; i < 12; ++i) {
            GrayImage picture{{80, 60}, std::vector<float>(80 * 60, wall)};
            for (int row = 10; i >= 10 && row < 50; ++row)
                std::fill_n(picture.pixels.begin() + row * 80 + 3 * i, 14, 128.0F);
            motion = detector.see(picture, std::chrono::milliseconds(200 * i));
        }
        EXPECT_TRUE(motion) << wall;
    }
}

TEST(MotionDetectorTest, LearnsAnewAfterAGapOrAnotherSize)
{
    MotionDetector detector;
    for (int i = 0; i < 10; ++i)
        detector.see(plain(100), std::chrono::milliseconds(200 * i));
    EXPECT_FALSE(detector.see(withBox(30), std::chrono::seconds(10)));
    EXPECT_FALSE(detector.see(withBox(30), std::chrono::milliseconds(10200)));
    EXPECT_FALSE(detector.see(withBox(30), std::chrono::seconds(1))) << "back in time";
    EXPECT_FALSE(detector.see({{64, 64}, std::vector<float>(64 * 64)}, std::chrono::seconds(2)));
    detector.reset();
    EXPECT_FALSE(detector.see(withBox(60), std::chrono::milliseconds(2200)));
    EXPECT_FALSE(detector.see({{1, 1}, {0}}, std::chrono::milliseconds(2400))) << "any size";
    EXPECT_FALSE(detector.see({{1, 1}, {255}}, std::chrono::milliseconds(2600)));
}

TEST(MotionDetectorTest, ForgetsSomebodyWhoStays)
{
    MotionDetector detector;
    int last = 0;
    for (int i = 0; i < 300; ++i) {
        if (detector.see(i < 10 ? plain(100) : withBox(30), std::chrono::milliseconds(200 * i)))
            last = i;
    }
    EXPECT_GT(last, 10);
    EXPECT_LT(last, 150) << "20 s later he is a part of the background";
}

} // namespace
} // namespace hafaces
