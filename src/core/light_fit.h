/* SPDX-License-Identifier: MIT */
#pragma once

#include <opencv2/core.hpp>

#include <vector>

namespace hafaces {

/* Darker or brighter than this a camera does not show how dark or bright. */
inline constexpr float kClipLow = 4;
inline constexpr float kClipHigh = 250;

inline bool
isClipped(float value)
{
    return value < kClipLow || value > kClipHigh;
}

/* Whether `difference` = now - expected says nothing, for what is beyond the camera's range. */
inline bool
isExcused(float before, float now, float difference)
{
    return difference > 0 ? before > kClipHigh || now < kClipLow
                          : before < kClipLow || now > kClipHigh;
}

/*
 * What a known background looks like in the light of now: another gain, falling off towards a side
 * or from a lamp (a quadratic of the position), an offset, bands that roll over the rows, and a
 * shift of a fraction of a pixel (its first order, the gradient). Fitted by iteratively reweighted
 * least squares, so that a walker does not count; what a camera clips is known to be beyond.
 */
class LightFit {
public:
    using Plane = cv::Mat_<float>;

    void fit(const Plane &background, const Plane &now);

    /* The background in that light, and shifted too. 0..255. */
    const Plane &lit() const { return lit_; }
    const Plane &expected() const { return expected_; }

private:
    static constexpr int kTerms = 9;
    using Terms = cv::Vec<float, kTerms>;

    struct Sample {
        Terms terms;
        float before;
        float now;
        float weight;

        float change() const { return now - before; }
        bool isClipped() const { return hafaces::isClipped(before) || hafaces::isClipped(now); }
    };

    static Terms termsAt(const Plane &background, int x, int y);
    bool takeSamples(const Plane &background, const Plane &now);
    Terms solve(int iteration) const;
    void weigh(const Terms &light);
    void apply(const Plane &background, const Terms &light);
    void fitBand(const Plane &now, int y);

    std::vector<Sample> samples_;
    std::vector<float> scratch_;
    Plane lit_;
    Plane expected_;
};

/* The value that `part` of the values are below; reorders them. 0 of none. */
float quantile(std::vector<float> &values, double part);

} // namespace hafaces
