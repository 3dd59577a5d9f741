/* SPDX-License-Identifier: MIT */
#include "descriptor.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <stdexcept>
#include <utility>

namespace hafaces {

namespace {

constexpr int kSide = 150;
constexpr Size kInput{kSide, kSide};

/* Of face-api.js's alignDlib: how the face lies in the square. */
constexpr double kRelativeX = 0.5;
constexpr double kRelativeY = 0.43;
constexpr double kRelativeScale = 0.45;

struct Centre {
    double x = 0;
    double y = 0;
};

Centre
centreOf(std::span<const Point> points)
{
    Centre sum;
    for (const Point &point : points)
        sum = {sum.x + static_cast<double>(point.x), sum.y + static_cast<double>(point.y)};
    const auto count = static_cast<double>(points.size());
    return {sum.x / count, sum.y / count};
}

double
between(const Centre &a, const Centre &b)
{
    return std::hypot(a.x - b.x, a.y - b.y);
}

} // namespace

float
distance(const Descriptor &a, const Descriptor &b)
{
    return std::sqrt(std::transform_reduce(a.begin(), a.end(), b.begin(), 0.0F, std::plus<>(),
                                           [](float x, float y) { return (x - y) * (x - y); }));
}

PixelRect
faceApiAlignment(const Landmarks &landmarks, const PixelRect &crop, Size picture)
{
    const std::span<const Point> points(landmarks);
    const Centre leftEye = centreOf(points.subspan(36, 6));
    const Centre rightEye = centreOf(points.subspan(42, 6));
    const Centre mouth = centreOf(points.subspan(48, 20));
    const double reach = (between(leftEye, mouth) + between(rightEye, mouth)) / 2;
    const double size = std::floor(reach / kRelativeScale);
    const Centre centre{(leftEye.x + rightEye.x + mouth.x) / 3,
                        (leftEye.y + rightEye.y + mouth.y) / 3};
    const double x = std::floor(std::max(0.0, centre.x - kRelativeX * size));
    const double y = std::floor(std::max(0.0, centre.y - kRelativeY * size));
    /* The original means the picture's size, and takes the crop's. */
    const Rect rect{static_cast<float>(x), static_cast<float>(y),
                    static_cast<float>(std::min(size, crop.width + x)),
                    static_cast<float>(std::min(size, crop.height + y))};
    return flooredWithin(rect, picture);
}

NetworkSpec
DescriptorNet::specFor(std::string modelFile)
{
    return {std::move(modelFile), {"descriptor"}, Engine::Auto, 0};
}

DescriptorNet::DescriptorNet(const NetworkSpec &spec)
    : modelFile_{spec.modelFile}
    , network_{sharedNetwork(spec)}
    , tensor_(3U * kSide * kSide)
{
    if (network_->run(tensor_, kInput).at(0).values.size() != std::tuple_size_v<Descriptor>)
        throw std::runtime_error("model " + modelFile_ + ": gives no descriptor of 128 numbers");
}

Descriptor
DescriptorNet::describe(const FacePatch &patch)
{
    patch.writeInput(kSide, tensor_);
    const std::vector<float> numbers = network_->run(tensor_, kInput).at(0).values;
    Descriptor descriptor{};
    std::copy_n(numbers.begin(), descriptor.size(), descriptor.begin());
    return descriptor;
}

} // namespace hafaces
