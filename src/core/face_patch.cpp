/* SPDX-License-Identifier: MIT */
#include "face_patch.h"

#include "preprocess.h"

#include <array>
#include <cassert>
#include <cmath>

namespace hafaces {

namespace {

/* Of the pictures that the networks were trained on (face-api.js, FaceFeatureExtractor). */
constexpr std::array<float, 3> kMean{122.782F, 117.001F, 104.298F};
constexpr float kHalfRange = 127.5F;

/* Chroma of half the width or height begins at even pixels, and is interpolated between two. */
constexpr int kGrid = 2;

int
beginOnGrid(int position)
{
    return std::max(position - position % kGrid - kGrid, 0);
}

/* `x` and `y` on the grid. */
ImageView
partOf(const ImageView &image, int x, int y, Size size)
{
    ImageView part = image;
    part.size = size;
    for (int i = 0; i < image.componentCount(); ++i) {
        auto &component = part.components[static_cast<std::size_t>(i)];
        component.data = component.row(y >> component.heightShift) +
                         (x >> component.widthShift) * component.pixelStride;
    }
    return part;
}

} // namespace

PixelRect
flooredWithin(const Rect &rect, Size picture)
{
    const Rect inside = clampTo(rect, picture);
    const auto floored = [](float value) { return static_cast<int>(std::floor(value)); };
    return {floored(inside.x), floored(inside.y), floored(inside.width), floored(inside.height)};
}

FacePatch::FacePatch(const ImageView &image, const PixelRect &rect)
    : rect_{rect}
    , left_{rect.x - beginOnGrid(rect.x)}
    , top_{rect.y - beginOnGrid(rect.y)}
{
    assert(!rect.isEmpty() && rect.x >= 0 && rect.y >= 0 &&
           rect.x + rect.width <= image.size.width && rect.y + rect.height <= image.size.height);
    const int x = rect.x - left_;
    const int y = rect.y - top_;
    stored_ = {std::min(left_ + rect.width + kGrid, image.size.width - x),
               std::min(top_ + rect.height + kGrid, image.size.height - y)};
    planes_.resize(3U * static_cast<std::size_t>(stored_.width) *
                   static_cast<std::size_t>(stored_.height));
    Preprocessor().run(partOf(image, x, y, stored_), stored_, stored_.longest(), planes_);
    for (float &value : planes_)
        value = (value + 1) * kHalfRange;
}

std::vector<FacePatch::Tap>
FacePatch::taps(int side, int length, int longest, int offset)
{
    const int missing = longest - length;
    const int before = missing - (missing + 1) / 2;
    const double step = static_cast<double>(longest) / side;
    const auto weightOf = [&](int position, float weight) {
        const bool isPatch = position >= before && position < before + length;
        return isPatch ? weight : 0;
    };
    const auto at = [&](int position) {
        return offset + std::clamp(position - before, 0, length - 1);
    };
    std::vector<Tap> result(static_cast<std::size_t>(side));
    for (int i = 0; i < side; ++i) {
        const double position = i * step;
        const int first = std::min(static_cast<int>(position), longest - 1);
        const int second = std::min(first + 1, longest - 1);
        const auto fraction = static_cast<float>(position - first);
        result[static_cast<std::size_t>(i)] = {at(first), at(second), weightOf(first, 1 - fraction),
                                               weightOf(second, fraction)};
    }
    return result;
}

void
FacePatch::writeInput(int side, std::span<float> tensor) const
{
    const auto area = static_cast<std::size_t>(side) * static_cast<std::size_t>(side);
    assert(tensor.size() == 3 * area);
    const int longest = std::max(rect_.width, rect_.height);
    const auto columns = taps(side, rect_.width, longest, left_);
    const auto rows = taps(side, rect_.height, longest, top_);
    const auto width = static_cast<std::size_t>(stored_.width);
    const std::size_t storedArea = width * static_cast<std::size_t>(stored_.height);
    float *out = tensor.data();
    for (std::size_t channel = 0; channel < 3; ++channel) {
        const float *plane = planes_.data() + channel * storedArea;
        for (const Tap &row : rows) {
            const float *upper = plane + static_cast<std::size_t>(row.first) * width;
            const float *lower = plane + static_cast<std::size_t>(row.second) * width;
            for (const Tap &column : columns) {
                const float above = upper[column.first] * column.firstWeight +
                                    upper[column.second] * column.secondWeight;
                const float below = lower[column.first] * column.firstWeight +
                                    lower[column.second] * column.secondWeight;
                const float value = above * row.firstWeight + below * row.secondWeight;
                *out++ = (value - kMean[channel]) / (2 * kHalfRange);
            }
        }
    }
}

} // namespace hafaces
