/* SPDX-License-Identifier: MIT */
#include "colorimetry.h"

#include <algorithm>
#include <cmath>

namespace hafaces {

namespace {

constexpr double kMax = 255.0;
constexpr double kChromaZero = 128.0;

struct Range {
    double lumaOffset;
    double lumaSpan;
    double chromaSpan;
};

Range
rangeOf(const Colorimetry &colorimetry)
{
    return colorimetry.fullRange ? Range{0, kMax, kMax} : Range{16, 219, 224};
}

} // namespace

ColorTransform
toRgb(ColorModel model, const Colorimetry &colorimetry)
{
    const Range range = rangeOf(colorimetry);
    const auto luma = static_cast<float>(kMax / range.lumaSpan);
    const auto black = static_cast<float>(range.lumaOffset);
    if (model == ColorModel::Gray)
        return {{black, 0, 0}, {{{luma, 0, 0}, {luma, 0, 0}, {luma, 0, 0}}}};
    if (model == ColorModel::Rgb)
        return {{black, black, black}, {{{luma, 0, 0}, {0, luma, 0}, {0, 0, luma}}}};

    const double kr = colorimetry.kr;
    const double kb = colorimetry.kb;
    const double kg = 1 - kr - kb;
    const double chroma = 2 * kMax / range.chromaSpan;
    const auto redFromV = static_cast<float>(chroma * (1 - kr));
    const auto blueFromU = static_cast<float>(chroma * (1 - kb));
    const auto greenFromU = static_cast<float>(-chroma * (1 - kb) * kb / kg);
    const auto greenFromV = static_cast<float>(-chroma * (1 - kr) * kr / kg);
    const auto zero = static_cast<float>(kChromaZero);
    return {{black, zero, zero},
            {{{luma, 0, redFromV}, {luma, greenFromU, greenFromV}, {luma, blueFromU, 0}}}};
}

std::array<std::uint8_t, 3>
fromRgb(const std::array<std::uint8_t, 3> &rgb, ColorModel model, const Colorimetry &colorimetry)
{
    const Range range = rangeOf(colorimetry);
    const auto store = [](double value) {
        return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0, kMax)));
    };
    const auto scaled = [&](double value) {
        return range.lumaOffset + value * range.lumaSpan / kMax;
    };
    if (model == ColorModel::Rgb)
        return {store(scaled(rgb[0])), store(scaled(rgb[1])), store(scaled(rgb[2]))};

    const double kr = colorimetry.kr;
    const double kb = colorimetry.kb;
    const double luma = kr * rgb[0] + (1 - kr - kb) * rgb[1] + kb * rgb[2];
    const double chroma = range.chromaSpan / kMax;
    const double u = kChromaZero + chroma * (rgb[2] - luma) / (2 * (1 - kb));
    const double v = kChromaZero + chroma * (rgb[0] - luma) / (2 * (1 - kr));
    return {store(scaled(luma)), store(u), store(v)};
}

} // namespace hafaces
