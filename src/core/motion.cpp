/* SPDX-License-Identifier: MIT */
#include "motion.h"

#include "light_fit.h"

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace hafaces {
namespace {

using Plane = LightFit::Plane;
using Mask = cv::Mat_<std::uint8_t>;

/* What explains a change of a pixel, in grey levels. Measured: see tests/core/motion_test.cpp. */
constexpr float kLeastContrast = 6;
constexpr float kNoises = 4;        /* standard deviations */
constexpr float kShakes = 4;        /* times the usual change by contrast */
constexpr float kLightShare = 0.2F; /* of the light's change */
constexpr float kRestlessness = 3;  /* times what the pixel has been doing */
constexpr float kNearWhite = 215;   /* from where on cameras are not linear */
constexpr float kNearWhiteShare = 0.4F;

constexpr float kLeastNoise = 0.5F;
constexpr float kContrasty = 6; /* times the noise */
constexpr float kMostShake = 0.25F;
constexpr float kShaken = 0.01F;
constexpr std::size_t kFewestContrasts = 25;
constexpr double kFewestUnclipped = 0.25; /* of the picture */
constexpr int kMovesOn = 2;               /* pixels, from one picture to the next */
constexpr int kEvery = 2;                 /* half of the pixels tell as much */

constexpr double kLeastMass = 3;
constexpr double kClutterMasses = 1.7;
constexpr double kReach = 0.4; /* of the width a second: nobody walks faster */

constexpr double kSceneShare = 0.5; /* more of the picture changed: another scene */
constexpr float kSuddenLight = 4;   /* times the usual change between two pictures */
constexpr float kLeastLight = 2;

constexpr auto kLongestGap = std::chrono::seconds(3);
constexpr float kLearn = 0.15F; /* a picture's part in the background */
constexpr float kLearnChanged = 0.05F;
constexpr float kLearnRestless = 0.1F;
constexpr float kForgetWhite = 0.97F;

struct Blob {
    cv::Rect box;
    double mass = 0;
};

/* What became brighter, or what became darker: rain and snow are only one of them. */
struct Polarity {
    std::vector<Blob> blobs; /* of the last picture */
    double clutter = 0;      /* the usual mass of a picture's largest blob */
    int pictures = 0;
    std::array<double, 3> guard{}; /* the last ones may be the walker himself already */

    void learn(double peak)
    {
        const double old = guard[0];
        guard = {guard[1], guard[2], peak};
        if (pictures < static_cast<int>(guard.size()))
            clutter = std::max(clutter, peak); /* nothing older is known */
        else
            clutter += std::max(0.125, 1.0 / (pictures - 1)) * (old - clutter);
        ++pictures;
    }
};

} // namespace

class MotionDetector::State {
public:
    double see(const Plane &now, std::chrono::nanoseconds time, double threshold);

    double score = 0;

private:
    void begin(const Plane &now);
    bool isSudden();
    float noiseOf(const Plane &now);
    float shakeOf(const Plane &now);
    void measure(const Plane &now);
    void compare(const Plane &now);
    std::vector<Blob> blobsOf(bool brighter) const;
    double look(double seconds, std::array<double, 2> &peaks);
    void widenBlobs(double seconds);
    void learn(const Plane &now);

    int reach(double seconds) const
    {
        return static_cast<int>(std::ceil(kReach * seconds * background_.cols));
    }

    Plane background_;
    Plane restless_; /* mean square of what a pixel changed beyond the noise */
    Plane white_;    /* 1: clipped just now; less: lately */
    int pictures_ = 0;
    std::chrono::nanoseconds last_{};
    LightFit light_;
    Plane lastLit_;
    float usualLight_ = kLeastLight;
    std::array<Polarity, 2> polarities_;

    /* Of this picture. */
    Plane difference_;
    Plane contrast_;
    float noise_ = 0;
    float shake_ = 0; /* change by contrast */
    Plane excess_;    /* times more than explained; 0: unchanged */
    int changed_ = 0;
    std::vector<float> scratch_;
};

void
MotionDetector::State::begin(const Plane &now)
{
    background_ = now.clone();
    lastLit_ = background_.clone();
    pictures_ = 1;
}

/* The light changed much more than between other pictures. */
bool
MotionDetector::State::isSudden()
{
    const float change = static_cast<float>(cv::norm(light_.lit(), lastLit_, cv::NORM_L1) /
                                            static_cast<double>(lastLit_.total()));
    const bool sudden = change > kSuddenLight * usualLight_;
    usualLight_ += 0.2F * (std::max(change, kLeastLight) - usualLight_);
    light_.lit().copyTo(lastLit_);
    return sudden;
}

/*
 * By the median over the picture: no walker is that large. But before a black or white wall hardly
 * more than the walker is within the camera's range; then all pixels count.
 */
float
MotionDetector::State::noiseOf(const Plane &now)
{
    scratch_.clear();
    std::size_t looked = 0;
    for (int y = 0; y < now.rows; ++y) {
        for (int x = 0; x < now.cols; x += kEvery, ++looked) {
            if (!isClipped(now(y, x)) && !isClipped(light_.expected()(y, x)) &&
                !isClipped(background_(y, x)))
                scratch_.push_back(std::abs(difference_(y, x)));
        }
    }
    if (static_cast<double>(scratch_.size()) < kFewestUnclipped * static_cast<double>(looked)) {
        scratch_.clear();
        for (int y = 0; y < now.rows; ++y)
            for (int x = 0; x < now.cols; x += kEvery)
                scratch_.push_back(std::abs(difference_(y, x)));
    }
    constexpr float kSigmaOfMedian = 1.4826F;
    return std::max(kSigmaOfMedian * quantile(scratch_, 0.5), kLeastNoise);
}

/* By the change where there is contrast; but not of what moved just now, whose outline may be all
 * the contrast there is. */
float
MotionDetector::State::shakeOf(const Plane &now)
{
    Plane moved(now.size(), 0.0F);
    if (excess_.size() == now.size())
        cv::dilate(excess_, moved, {}, {-1, -1}, kMovesOn);
    scratch_.clear();
    for (int y = 0; y < now.rows; ++y) {
        for (int x = 0; x < now.cols; x += kEvery) {
            if (contrast_(y, x) > kContrasty * noise_ && moved(y, x) == 0)
                scratch_.push_back(std::max(0.0F, std::abs(difference_(y, x)) - noise_) /
                                   contrast_(y, x));
        }
    }
    return scratch_.size() > kFewestContrasts ? std::min(quantile(scratch_, 0.7), kMostShake) : 0;
}

void
MotionDetector::State::measure(const Plane &now)
{
    difference_ = now - light_.expected();
    Plane low;
    Plane high;
    cv::erode(background_, low, {});
    cv::dilate(background_, high, {});
    contrast_ = high - low;
    noise_ = noiseOf(now);
    shake_ = shakeOf(now);
}

void
MotionDetector::State::compare(const Plane &now)
{
    excess_.create(now.size());
    changed_ = 0;
    const Plane &lit = light_.lit();
    for (int y = 0; y < now.rows; ++y) {
        for (int x = 0; x < now.cols; ++x) {
            const float difference = difference_(y, x);
            const float before = background_(y, x);
            const float explained = kLeastContrast + kNoises * noise_ +
                                    kShakes * shake_ * contrast_(y, x) +
                                    kLightShare * std::abs(lit(y, x) - before) +
                                    kRestlessness * std::sqrt(restless_(y, x)) +
                                    kNearWhiteShare * std::max(lit(y, x) - kNearWhite, 0.0F);
            /* What shakes into the picture from outside nobody can know. */
            const bool shaken =
                shake_ > kShaken && (x == 0 || y == 0 || x + 1 == now.cols || y + 1 == now.rows);
            constexpr float kLately = 0.3F;
            const bool wasWhite = difference > 0 && white_(y, x) > kLately;
            const bool changed = std::abs(difference) > explained && !shaken && !wasWhite &&
                                 !isExcused(before, now(y, x), difference);
            excess_(y, x) = changed ? std::abs(difference) / explained : 0;
            changed_ += changed;
        }
    }
}

std::vector<Blob>
MotionDetector::State::blobsOf(bool brighter) const
{
    const Mask mask((excess_ > 0) & (brighter ? difference_ > 0 : difference_ < 0));
    Mask grown; /* parts with a pixel between them are one */
    cv::dilate(mask, grown, {});
    cv::Mat_<int> labels;
    cv::Mat_<int> stats;
    cv::Mat centroids;
    const int count = cv::connectedComponentsWithStats(grown, labels, stats, centroids, 8, CV_32S);
    std::vector<Blob> blobs(static_cast<std::size_t>(count));
    for (int i = 1; i < count; ++i)
        blobs[i].box = {stats(i, cv::CC_STAT_LEFT), stats(i, cv::CC_STAT_TOP),
                        stats(i, cv::CC_STAT_WIDTH), stats(i, cv::CC_STAT_HEIGHT)};
    for (int y = 0; y < mask.rows; ++y) {
        for (int x = 0; x < mask.cols; ++x) {
            if (mask(y, x))
                blobs[labels(y, x)].mass += excess_(y, x);
        }
    }
    blobs.erase(blobs.begin()); /* label 0: what is not in any */
    return blobs;
}

/* The score: blobs that were near in the last picture. */
double
MotionDetector::State::look(double seconds, std::array<double, 2> &peaks)
{
    double best = 0;
    for (const bool brighter : {false, true}) {
        Polarity &polarity = polarities_[brighter];
        std::vector<Blob> blobs = changed_ ? blobsOf(brighter) : std::vector<Blob>();
        double mass = 0;
        for (const Blob &blob : blobs) {
            peaks[brighter] = std::max(peaks[brighter], blob.mass);
            const cv::Rect near(blob.box.x - reach(seconds), blob.box.y - 1,
                                blob.box.width + 2 * reach(seconds), blob.box.height + 2);
            for (const Blob &earlier : polarity.blobs) {
                if ((near & earlier.box).area() > 0)
                    mass = std::max(mass, std::min(blob.mass, earlier.mass));
            }
        }
        best = std::max(best, mass / (kLeastMass + kClutterMasses * polarity.clutter));
        polarity.blobs = std::move(blobs);
    }
    return best;
}

/* Where those of the last picture may be in the next. */
void
MotionDetector::State::widenBlobs(double seconds)
{
    for (Polarity &polarity : polarities_) {
        for (Blob &blob : polarity.blobs) {
            blob.box.x -= reach(seconds);
            blob.box.width += 2 * reach(seconds);
        }
    }
}

void
MotionDetector::State::learn(const Plane &now)
{
    ++pictures_;
    const float part = std::max(kLearn, 1 / static_cast<float>(pictures_));
    for (int y = 0; y < now.rows; ++y) {
        for (int x = 0; x < now.cols; ++x) {
            const bool changed = excess_(y, x) > 0;
            background_(y, x) += (changed ? kLearnChanged : part) * (now(y, x) - background_(y, x));
            const float beyond = std::max(0.0F, std::abs(difference_(y, x)) - 2 * noise_);
            restless_(y, x) += (changed ? kLearnRestless / 4 : kLearnRestless) *
                               (beyond * beyond - restless_(y, x));
            white_(y, x) = now(y, x) > kClipHigh ? 1 : white_(y, x) * kForgetWhite;
        }
    }
}

double
MotionDetector::State::see(const Plane &now, std::chrono::nanoseconds time, double threshold)
{
    const auto gap = time - std::exchange(last_, time);
    if (background_.size() != now.size() || gap < gap.zero() || gap > kLongestGap) {
        *this = State();
        last_ = time;
        restless_ = Plane::zeros(now.size());
        white_ = Plane::zeros(now.size());
        begin(now);
        return 0;
    }
    const double seconds = std::chrono::duration<double>(gap).count();
    light_.fit(background_, now);
    const bool sudden = isSudden();
    measure(now);
    compare(now);
    std::array<double, 2> peaks{};
    const bool other = changed_ > kSceneShare * static_cast<double>(now.total());
    if (sudden || other) {
        if (other)
            polarities_[0].blobs = polarities_[1].blobs = {};
        widenBlobs(seconds);
        score = 0;
    } else {
        score = look(seconds, peaks);
    }
    if (score <= threshold) {
        for (std::size_t i = 0; i < peaks.size(); ++i)
            polarities_[i].learn(peaks[i]);
    }
    if (sudden || other)
        begin(now);
    else
        learn(now);
    return score;
}

MotionDetector::MotionDetector()
    : state_(std::make_unique<State>())
{
}

MotionDetector::~MotionDetector() = default;

void
MotionDetector::setThreshold(double threshold)
{
    threshold_ = threshold;
}

bool
MotionDetector::see(const GrayImage &picture, std::chrono::nanoseconds time)
{
    const Plane now(picture.size.height, picture.size.width,
                    const_cast<float *>(picture.pixels.data())); /* OpenCV has no view of const */
    return state_->see(now, time, threshold_) > threshold_;
}

double
MotionDetector::score() const
{
    return state_->score;
}

void
MotionDetector::reset()
{
    *state_ = State();
}

} // namespace hafaces
