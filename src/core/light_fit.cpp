/* SPDX-License-Identifier: MIT */
#include "light_fit.h"

#include <algorithm>
#include <cmath>

namespace hafaces {
namespace {

constexpr int kStep = 3; /* one pixel of nine is enough for nine numbers */
constexpr int kIterations = 5;
constexpr int kGlobalIterations = 2; /* first gain and offset alone: a coarse start */
constexpr std::size_t kFewestSamples = 60;
constexpr std::size_t kFewestWithinRange =
    8; /* one of so many, else they may be a walker's alone */
constexpr int kGainTerm = 0;
constexpr int kOffsetTerm = 6;
constexpr int kFirstShiftTerm = 7;
constexpr float kOffsetUnit = 100; /* so that the offset's term is of the size of the others */
constexpr std::size_t kFewestInRow = 10;
constexpr int kFewestOfRow = 4; /* one pixel of so many */
constexpr float kBlack = 8;     /* a band is a gain; in the dark that is little */

float
clampToRange(float value)
{
    return std::clamp(value, 0.0F, 255.0F);
}

} // namespace

float
quantile(std::vector<float> &values, double part)
{
    if (values.empty())
        return 0;
    const auto at =
        values.begin() + static_cast<std::ptrdiff_t>(part * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), at, values.end());
    return *at;
}

LightFit::Terms
LightFit::termsAt(const Plane &background, int x, int y)
{
    const float value = background(y, x);
    const float u = 2 * static_cast<float>(x) / static_cast<float>(background.cols) - 1;
    const float v = 2 * static_cast<float>(y) / static_cast<float>(background.rows) - 1;
    const bool insideX = x > 0 && x + 1 < background.cols;
    const bool insideY = y > 0 && y + 1 < background.rows;
    const float dx = insideX ? (background(y, x + 1) - background(y, x - 1)) / 2 : 0;
    const float dy = insideY ? (background(y + 1, x) - background(y - 1, x)) / 2 : 0;
    return {value,       value * u, value * v, value * u * u, value * u * v, value * v * v,
            kOffsetUnit, dx,        dy};
}

/* False: too little is within the camera's range. */
bool
LightFit::takeSamples(const Plane &background, const Plane &now)
{
    samples_.clear();
    std::size_t withinRange = 0;
    for (int y = 1; y < now.rows - 1; y += kStep) {
        for (int x = 1 + (y / kStep) % 2; x < now.cols - 1; x += kStep) {
            Sample sample{termsAt(background, x, y), background(y, x), now(y, x), 1};
            if (isExcused(sample.before, sample.now, sample.change()))
                sample.weight = 0;
            withinRange += !sample.isClipped();
            samples_.push_back(sample);
        }
    }
    return withinRange >= std::max(kFewestSamples, samples_.size() / kFewestWithinRange);
}

/* Ridge regression; the ridge keeps the position's terms from explaining what is far from samples. */
LightFit::Terms
LightFit::solve(int iteration) const
{
    cv::Matx<float, kTerms, kTerms> normal = cv::Matx<float, kTerms, kTerms>::zeros();
    cv::Matx<float, kTerms, 1> right = cv::Matx<float, kTerms, 1>::zeros();
    for (const Sample &sample : samples_) {
        if (sample.weight == 0)
            continue;
        for (int i = 0; i < kTerms; ++i) {
            const float weighted = sample.weight * sample.terms[i];
            for (int j = i; j < kTerms; ++j)
                normal(i, j) += weighted * sample.terms[j];
            right(i, 0) += weighted * sample.change();
        }
    }
    for (int i = 0; i < kTerms; ++i) {
        for (int j = 0; j < i; ++j)
            normal(i, j) = normal(j, i);
        if (i == kGainTerm || i == kOffsetTerm)
            normal(i, i) += normal(i, i) * 1e-5F + 1;
        else if (iteration < kGlobalIterations)
            normal(i, i) += normal(i, i) * 1e3F + 1;
        else
            normal(i, i) += normal(i, i) * 1e-3F + 100;
    }
    cv::Matx<float, kTerms, 1> solution;
    if (!cv::solve(normal, right, solution, cv::DECOMP_CHOLESKY))
        return Terms::all(0);
    return Terms(solution.val);
}

/* Cauchy's weights, squared: nothing of what is far off. */
void
LightFit::weigh(const Terms &light)
{
    scratch_.clear();
    for (const Sample &sample : samples_) {
        if (!sample.isClipped())
            scratch_.push_back(std::abs(sample.change() - sample.terms.dot(light)));
    }
    const float scale = std::max(2 * quantile(scratch_, 0.5), 1.0F);
    for (Sample &sample : samples_) {
        const float off = (sample.change() - sample.terms.dot(light)) / scale;
        const float weight = 1 / (1 + off * off);
        sample.weight = isExcused(sample.before, sample.now, off) ? 0 : weight * weight;
    }
}

/* As termsAt(), multiplied out: it is for every pixel. */
void
LightFit::apply(const Plane &background, const Terms &light)
{
    lit_.create(background.size());
    expected_.create(background.size());
    const int last = background.cols - 1;
    for (int y = 0; y < background.rows; ++y) {
        const bool inside = y > 0 && y + 1 < background.rows;
        const float *const row = background[y];
        const float *const above = background[inside ? y - 1 : y];
        const float *const below = background[inside ? y + 1 : y];
        float *const lit = lit_[y];
        float *const expected = expected_[y];
        const float v = 2 * static_cast<float>(y) / static_cast<float>(background.rows) - 1;
        const float gain = 1 + light[0] + v * light[2] + v * v * light[5];
        const float slope = light[1] + v * light[4];
        const float offset = light[kOffsetTerm] * kOffsetUnit;
        const float perColumn = 2 / static_cast<float>(background.cols);
        for (int x = 0; x <= last; ++x) {
            const float u = static_cast<float>(x) * perColumn - 1;
            const float dx = x > 0 && x < last ? (row[x + 1] - row[x - 1]) / 2 : 0;
            const float dy = (below[x] - above[x]) / 2;
            const float value = row[x] * (gain + u * slope + u * u * light[3]) + offset;
            const float shift = dx * light[kFirstShiftTerm] + dy * light[kFirstShiftTerm + 1];
            lit[x] = clampToRange(value);
            expected[x] = clampToRange(value + shift);
        }
    }
}

void
LightFit::fitBand(const Plane &now, int y)
{
    scratch_.clear();
    for (int x = 0; x < now.cols; ++x) {
        const float expected = expected_(y, x);
        if (!isClipped(now(y, x)) && !isClipped(expected))
            scratch_.push_back((now(y, x) - expected) / (expected + kBlack));
    }
    if (scratch_.size() < std::max<std::size_t>(kFewestInRow, now.cols / kFewestOfRow))
        return;
    const float gain = quantile(scratch_, 0.5);
    for (int x = 0; x < now.cols; ++x) {
        expected_(y, x) = clampToRange(expected_(y, x) + gain * (expected_(y, x) + kBlack));
        lit_(y, x) = clampToRange(lit_(y, x) + gain * (lit_(y, x) + kBlack));
    }
}

void
LightFit::fit(const Plane &background, const Plane &now)
{
    Terms light = Terms::all(0);
    if (takeSamples(background, now)) {
        light = solve(0);
        for (int i = 1; i < kIterations; ++i) {
            weigh(light);
            light = solve(i);
        }
    }
    apply(background, light);
    for (int y = 0; y < now.rows; ++y)
        fitBand(now, y);
}

} // namespace hafaces
