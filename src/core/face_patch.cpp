/* SPDX-License-Identifier: MIT */
#include "face_patch.h"

#include "preprocess.h"

#include <opencv2/imgproc.hpp>

#include <array>
#include <cassert>
#include <cmath>
#include <limits>

namespace hafaces {

namespace {

/* Of the pictures that the networks were trained on (face-api.js, FaceFeatureExtractor). */
constexpr std::array<float, 3> kMean{122.782F, 117.001F, 104.298F};
constexpr float kMax = 255;

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

/* Where a column or row of the input lies in a region. */
struct Tap {
    std::size_t first;
    std::size_t second;
    float firstWeight; /* of the samples that are patch; what is missing is black */
    float secondWeight;
};

/* `length` pixels, which begin at `offset`, in the middle of `longest`. */
std::vector<Tap>
tapsFor(int side, int length, int longest, int offset)
{
    const int missing = longest - length;
    const int before = missing - (missing + 1) / 2;
    const double step = static_cast<double>(longest) / side;
    const auto weightOf = [&](int position, float weight) {
        const bool isPatch = position >= before && position < before + length;
        return isPatch ? weight : 0;
    };
    const auto at = [&](int position) {
        return static_cast<std::size_t>(offset + std::clamp(position - before, 0, length - 1));
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

float
normalised(float value, std::size_t channel)
{
    return (value - kMean[channel]) / kMax;
}

/* All pixels that a square of the input may need. */
PixelRect
pixelsFor(const Similarity &toPicture, int side, Size picture)
{
    const auto end = static_cast<float>(side);
    float left = std::numeric_limits<float>::max();
    float top = left;
    float right = -left;
    float bottom = -left;
    for (const Point &corner : {Point{0, 0}, Point{end, 0}, Point{0, end}, Point{end, end}}) {
        const Point point = toPicture(corner);
        left = std::min(left, point.x);
        top = std::min(top, point.y);
        right = std::max(right, point.x);
        bottom = std::max(bottom, point.y);
    }
    const Rect inside = clampTo(fromCorners(left - 1, top - 1, right + 1, bottom + 1), picture);
    const auto x = static_cast<int>(std::floor(inside.x));
    const auto y = static_cast<int>(std::floor(inside.y));
    return {x, y, static_cast<int>(std::ceil(inside.right())) - x,
            static_cast<int>(std::ceil(inside.bottom())) - y};
}

} // namespace

PixelRect
flooredWithin(const Rect &rect, Size picture)
{
    const Rect inside = clampTo(rect, picture);
    const auto floored = [](float value) { return static_cast<int>(std::floor(value)); };
    return {floored(inside.x), floored(inside.y), floored(inside.width), floored(inside.height)};
}

RgbRegion
rgbRegion(const ImageView &image, const PixelRect &rect)
{
    assert(!rect.isEmpty() && rect.x >= 0 && rect.y >= 0 &&
           rect.x + rect.width <= image.size.width && rect.y + rect.height <= image.size.height);
    const int x = beginOnGrid(rect.x);
    const int y = beginOnGrid(rect.y);
    const Size size{std::min(rect.x - x + rect.width + kGrid, image.size.width - x),
                    std::min(rect.y - y + rect.height + kGrid, image.size.height - y)};
    RgbRegion region{{x, y, size.width, size.height}, {}};
    region.planes.resize(3U * static_cast<std::size_t>(size.width) *
                         static_cast<std::size_t>(size.height));
    Preprocessor().run(partOf(image, x, y, size), size, size.longest(), region.planes);
    for (float &value : region.planes)
        value = (value + 1) * (kMax / 2);
    return region;
}

void
writePadded(const ImageView &image, const PixelRect &rect, int side, std::span<float> tensor)
{
    assert(tensor.size() == 3U * static_cast<std::size_t>(side) * static_cast<std::size_t>(side));
    const RgbRegion region = rgbRegion(image, rect);
    const int longest = std::max(rect.width, rect.height);
    const auto columns = tapsFor(side, rect.width, longest, rect.x - region.rect.x);
    const auto rows = tapsFor(side, rect.height, longest, rect.y - region.rect.y);
    const auto width = static_cast<std::size_t>(region.rect.width);
    float *out = tensor.data();
    for (std::size_t channel = 0; channel < 3; ++channel) {
        const float *plane = region.planes.data() + channel * region.planes.size() / 3;
        for (const Tap &row : rows) {
            const float *upper = plane + row.first * width;
            const float *lower = plane + row.second * width;
            for (const Tap &column : columns) {
                const float above = upper[column.first] * column.firstWeight +
                                    upper[column.second] * column.secondWeight;
                const float below = lower[column.first] * column.firstWeight +
                                    lower[column.second] * column.secondWeight;
                *out++ = normalised(above * row.firstWeight + below * row.secondWeight, channel);
            }
        }
    }
}

void
writeTurned(const ImageView &image, const Similarity &toInput, int side, std::span<float> tensor)
{
    constexpr double kAverageUnder = 0.67; /* of the size */
    const auto area = static_cast<std::size_t>(side) * static_cast<std::size_t>(side);
    assert(tensor.size() == 3 * area);
    const Similarity toPicture = toInput.inverse();
    const PixelRect rect = pixelsFor(toPicture, side, image.size);
    if (rect.isEmpty()) {
        for (std::size_t i = 0; i < tensor.size(); ++i)
            tensor[i] = normalised(0, i / area);
        return;
    }
    RgbRegion region = rgbRegion(image, rect);
    const double shrink = toInput.scale() < kAverageUnder ? toInput.scale() : 1;
    const cv::Size shrunk(std::max(static_cast<int>(std::lround(region.rect.width * shrink)), 1),
                          std::max(static_cast<int>(std::lround(region.rect.height * shrink)), 1));
    const double sx = static_cast<double>(shrunk.width) / region.rect.width;
    const double sy = static_cast<double>(shrunk.height) / region.rect.height;
    /* From the input to the shrunken region, whose pixels are where their middles are. */
    const double x = toPicture.dx - region.rect.x + 0.5;
    const double y = toPicture.dy - region.rect.y + 0.5;
    const cv::Matx23d toRegion(sx * toPicture.a, -sx * toPicture.b, sx * x - 0.5, sy * toPicture.b,
                               sy * toPicture.a, sy * y - 0.5);
    for (std::size_t channel = 0; channel < 3; ++channel) {
        const cv::Mat plane(region.rect.height, region.rect.width, CV_32F,
                            region.planes.data() + channel * region.planes.size() / 3);
        cv::Mat source = plane;
        if (shrunk != plane.size())
            cv::resize(plane, source, shrunk, 0, 0, cv::INTER_AREA);
        const std::span<float> out = tensor.subspan(channel * area, area);
        cv::Mat target(side, side, CV_32F, out.data());
        cv::warpAffine(source, target, toRegion, target.size(),
                       cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_CONSTANT);
        for (float &value : out)
            value = normalised(value, channel);
    }
}

} // namespace hafaces
