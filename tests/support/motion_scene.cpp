/* SPDX-License-Identifier: MIT */
#include "motion_scene.h"

#include <opencv2/imgproc.hpp>

#include <cmath>
#include <numbers>
#include <sstream>

namespace hafaces::test {
namespace {

constexpr int kMargin = 2;
constexpr double kMinContrast = 25; /* of a walker before what is behind */

} // namespace

std::vector<Disturbance>
allDisturbances()
{
    return {Disturbance::None,    Disturbance::Ramp, Disturbance::Step,
            Disturbance::Flicker, Disturbance::Rain, Disturbance::Shake};
}

std::string
nameOf(Disturbance disturbance)
{
    switch (disturbance) {
    case Disturbance::None:
        return "None";
    case Disturbance::Ramp:
        return "Ramp";
    case Disturbance::Step:
        return "Step";
    case Disturbance::Flicker:
        return "Flicker";
    case Disturbance::Rain:
        return "Rain";
    case Disturbance::Shake:
        return "Shake";
    }
    return {};
}

MotionScene::MotionScene(std::uint32_t seed, Size size, Disturbance disturbance, bool walks)
    : size_(size)
    , disturbance_(disturbance)
    , random_(0x9E3779B97F4A7C15ULL * (seed + 1))
    , sigma_(between(0, 8))
{
    drawBackground();
    changesAt_ = between(1.5, 3.5);
    switch (disturbance) {
    case Disturbance::Ramp:
    case Disturbance::Step:
        lightTo_ = std::exp(between(std::log(0.4), std::log(2.5)));
        offset_ = between(-25, 25);
        changeTakes_ = disturbance == Disturbance::Ramp ? between(0.5, 6) : 0;
        falloff_ = oneIn(2);
        break;
    case Disturbance::Flicker:
        flickerDepth_ = between(0.02, 0.25);
        flickerHertz_ = between(0.3, 30);
        bands_ = oneIn(2) ? between(0.5, 4) : 0;
        break;
    case Disturbance::Rain:
        drops_ = static_cast<int>(between(5, 250));
        dropLength_ = between(0.01, 0.06) * size_.height;
        dropLight_ = between(20, 110);
        dropSlant_ = between(-0.4, 0.4);
        break;
    case Disturbance::None:
    case Disturbance::Shake:
        break;
    }
    if (walks)
        makeWalker();
}

void
MotionScene::drawBackground()
{
    const cv::Size whole(size_.width + 2 * kMargin, size_.height + 2 * kMargin);
    const double left = between(30, 200);
    const double right = between(30, 200);
    background_.create(whole, CV_32F);
    for (int x = 0; x < whole.width; ++x)
        background_.col(x) = left + (right - left) * x / whole.width;
    for (int i = random_.uniform(2, 25); i > 0; --i) {
        const cv::Point at(random_.uniform(0, whole.width), random_.uniform(0, whole.height));
        const cv::Size extent(random_.uniform(4, whole.width / 2),
                              random_.uniform(4, whole.height / 2));
        if (oneIn(3))
            cv::ellipse(background_, at, extent / 2, between(0, 180), 0, 360, between(5, 250),
                        cv::FILLED);
        else
            cv::rectangle(background_, cv::Rect(at, extent), between(5, 250), cv::FILLED);
    }
    if (oneIn(2)) { /* leaves, gravel, bricks */
        const int grain = random_.uniform(1, 12);
        cv::Mat texture(whole / grain + cv::Size(1, 1), CV_32F);
        random_.fill(texture, cv::RNG::NORMAL, 0, between(5, 40));
        cv::resize(texture, texture, whole, 0, 0, cv::INTER_CUBIC);
        background_ += texture;
    }
    if (oneIn(3)) { /* a fence */
        const int period = random_.uniform(6, 40);
        const double depth = between(-60, 60);
        for (int x = 0; x < whole.width; ++x) {
            if (x % period < period / 2)
                background_.col(x) += depth;
        }
    }
    cv::GaussianBlur(background_, background_, {}, between(0.4, 1.5));
}

void
MotionScene::makeWalker()
{
    Walker walker{};
    walker.begins = between(2, 3);
    walker.height = between(0.05, 0.6) * size_.height;
    walker.width = walker.height * between(0.3, 0.45);
    walker.speed = between(0.02, 0.3) * size_.width * (oneIn(2) ? 1 : -1);
    walker.fromDoor = oneIn(2);
    walker.feet = between(walker.height, size_.height);
    if (walker.fromDoor)
        walker.x = between(0.2, 0.8) * size_.width;
    else
        walker.x = walker.speed > 0 ? -walker.width / 2 : size_.width + walker.width / 2;
    /* Nobody sees who looks like the wall behind: somewhere on his way he does not. */
    const double seen = std::clamp(walker.x, walker.width / 2, size_.width - walker.width / 2);
    const cv::Rect behind =
        cv::Rect(static_cast<int>(seen - walker.width / 2),
                 static_cast<int>(walker.feet - walker.height), static_cast<int>(walker.width) + 1,
                 static_cast<int>(walker.height) + 1) &
        cv::Rect(0, 0, size_.width, size_.height);
    const double wall = cv::mean(background_(behind))[0];
    do {
        walker.coat = between(10, 245);
        walker.trousers = between(10, 245);
    } while (std::abs(walker.coat - wall) < kMinContrast ||
             std::abs(walker.trousers - wall) < kMinContrast);
    walker.head = between(60, 220);
    walker_ = walker;
}

void
MotionScene::drawWalker(cv::Mat &picture, double second) const
{
    if (!walker_ || second < walker_->begins)
        return;
    constexpr int kShift = 4; /* positions in sixteenths of a pixel */
    const auto fixed = [](double value) {
        return static_cast<int>(std::lround(value * (1 << kShift)));
    };
    const Walker &w = *walker_;
    const double x = w.x + w.speed * (second - w.begins) + kMargin;
    const double top = w.feet - w.height + kMargin;
    const auto part = [&](double from, double to, double half, double value) {
        cv::rectangle(picture, {fixed(x - half), fixed(top + from * w.height)},
                      {fixed(x + half), fixed(top + to * w.height)}, value, cv::FILLED, cv::LINE_AA,
                      kShift);
    };
    part(0.15, 0.55, w.width / 2, w.coat);
    part(0.55, 1, w.width * 0.35, w.trousers);
    cv::ellipse(picture, {fixed(x), fixed(top + 0.075 * w.height)},
                {fixed(w.height * 0.055), fixed(w.height * 0.075)}, 0, 0, 360, w.head, cv::FILLED,
                cv::LINE_AA, kShift);
}

void
MotionScene::light(cv::Mat &picture, double second)
{
    if (disturbance_ == Disturbance::Ramp || disturbance_ == Disturbance::Step) {
        const double done = changeTakes_ > 0
                                ? std::clamp((second - changesAt_) / changeTakes_, 0.0, 1.0)
                                : (second >= changesAt_ ? 1.0 : 0.0);
        const double gain = lightFrom_ + (lightTo_ - lightFrom_) * done;
        if (!falloff_) {
            picture = picture * gain + offset_ * done;
            return;
        }
        /* A lamp at the top: less light further away. */
        for (int y = 0; y < picture.rows; ++y) {
            const double share = 1 - 0.7 * y / picture.rows;
            picture.row(y) = picture.row(y) * (1 + (gain - 1) * share) + offset_ * done * share;
        }
    }
    if (disturbance_ == Disturbance::Flicker) {
        for (int y = 0; y < picture.rows; ++y) {
            const double phase = flickerHertz_ * second + bands_ * y / picture.rows;
            picture.row(y) *= 1 + flickerDepth_ * std::sin(2 * std::numbers::pi * phase);
        }
    }
}

void
MotionScene::rain(cv::Mat &picture)
{
    for (int i = 0; i < drops_; ++i) {
        const cv::Point2d from(between(0, size_.width), between(0, size_.height));
        const double length = dropLength_ * between(0.5, 1.5);
        const cv::Point2d to(from.x + dropSlant_ * length, from.y + length);
        const int reach = static_cast<int>(length) + 3;
        const cv::Rect around =
            cv::Rect(cv::Point(from) - cv::Point(reach, 3), cv::Size(2 * reach + 1, reach + 5)) &
            cv::Rect({}, picture.size());
        cv::Mat drop = cv::Mat::zeros(around.size(), CV_8U);
        const cv::Point2d corner = around.tl();
        cv::line(drop, from - corner, to - corner, 1, oneIn(3) ? 2 : 1);
        cv::Mat part = picture(around);
        cv::add(part, dropLight_ * between(0.6, 1.4), part, drop);
    }
}

cv::Mat
MotionScene::frame(double second)
{
    cv::Mat picture = background_.clone();
    drawWalker(picture, second);
    cv::Rect seen(kMargin, kMargin, size_.width, size_.height);
    if (disturbance_ == Disturbance::Shake)
        seen += cv::Point(random_.uniform(-1, 2), random_.uniform(-1, 2));
    picture = picture(seen).clone();
    light(picture, second);
    if (disturbance_ == Disturbance::Rain)
        rain(picture);
    cv::Mat noise(picture.size(), CV_32F);
    random_.fill(noise, cv::RNG::NORMAL, 0, sigma_);
    picture += noise;
    cv::Mat luma;
    picture.convertTo(luma, CV_8U);
    return luma;
}

std::optional<double>
MotionScene::walkBegins() const
{
    return walker_ ? std::optional(walker_->begins) : std::nullopt;
}

std::string
MotionScene::describe() const
{
    std::ostringstream text;
    text << nameOf(disturbance_) << ", noise " << sigma_;
    if (walker_)
        text << ", walker " << 100 * walker_->height / size_.height << " % high, "
             << 100 * std::abs(walker_->speed) / size_.width << " % a second, "
             << (walker_->fromDoor ? "out of a door" : "from the edge") << ", coat "
             << walker_->coat << ", trousers " << walker_->trousers << ", begins "
             << walker_->begins;
    if (disturbance_ == Disturbance::Rain)
        text << ", drops " << drops_ << " of " << dropLength_ << " px, light " << dropLight_;
    if (disturbance_ == Disturbance::Ramp || disturbance_ == Disturbance::Step)
        text << ", light " << lightTo_ << " " << offset_ << (falloff_ ? " falloff" : "") << " at "
             << changesAt_ << " for " << changeTakes_;
    if (disturbance_ == Disturbance::Flicker)
        text << ", depth " << flickerDepth_ << ", " << flickerHertz_ << " Hz, bands " << bands_;
    return text.str();
}

} // namespace hafaces::test
