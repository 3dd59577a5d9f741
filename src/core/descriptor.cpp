/* SPDX-License-Identifier: MIT */
#include "descriptor.h"

#include <algorithm>
#include <cmath>
#include <numeric>
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

/* dlib's template of a face: where points of it lie in a square, and how much room is about it. */
struct TemplatePoint {
    std::size_t landmark;
    double x;
    double y;
};
constexpr std::array<TemplatePoint, 5> kTemplate{{{45, 0.8595674595992, 0.2134981538014},
                                                  {42, 0.6460604764104, 0.2289674387677},
                                                  {36, 0.1205750620789, 0.2137274526848},
                                                  {39, 0.3340850613712, 0.2290642403242},
                                                  {33, 0.4901123135679, 0.6277975316475}}};
constexpr double kTemplatePadding = 0.25;

double
between(const Point &a, const Point &b)
{
    return std::hypot(static_cast<double>(a.x) - static_cast<double>(b.x),
                      static_cast<double>(a.y) - static_cast<double>(b.y));
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
    const Point leftEye = leftEyeOf(landmarks);
    const Point rightEye = rightEyeOf(landmarks);
    const Point mouth = mouthOf(landmarks);
    const double reach = (between(leftEye, mouth) + between(rightEye, mouth)) / 2;
    const double size = std::floor(reach / kRelativeScale);
    const Point centre{(leftEye.x + rightEye.x + mouth.x) / 3,
                       (leftEye.y + rightEye.y + mouth.y) / 3};
    const double x = std::floor(std::max(0.0, static_cast<double>(centre.x) - kRelativeX * size));
    const double y = std::floor(std::max(0.0, static_cast<double>(centre.y) - kRelativeY * size));
    /* The original means the picture's size, and takes the crop's. */
    const Rect rect{static_cast<float>(x), static_cast<float>(y),
                    static_cast<float>(std::min(size, crop.width + x)),
                    static_cast<float>(std::min(size, crop.height + y))};
    return flooredWithin(rect, picture);
}

Similarity
uprightAlignment(const Landmarks &landmarks)
{
    std::array<Point, kTemplate.size()> from;
    std::array<Point, kTemplate.size()> to;
    const auto placed = [](double part) {
        return static_cast<float>((part + kTemplatePadding) / (1 + 2 * kTemplatePadding) * kSide);
    };
    for (std::size_t i = 0; i < kTemplate.size(); ++i) {
        from[i] = landmarks[kTemplate[i].landmark];
        to[i] = {placed(kTemplate[i].x), placed(kTemplate[i].y)};
    }
    return fitted(from, to);
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
    run();
}

Descriptor
DescriptorNet::run()
{
    const std::vector<float> numbers = network_->run(tensor_, kInput).at(0).values;
    Descriptor descriptor{};
    if (numbers.size() != descriptor.size())
        throw std::runtime_error("model " + modelFile_ + ": gives no descriptor of 128 numbers");
    std::ranges::copy(numbers, descriptor.begin());
    return descriptor;
}

Descriptor
DescriptorNet::describe(const ImageView &image, const PixelRect &faceApiAlignment)
{
    writePadded(image, faceApiAlignment, kSide, tensor_);
    return run();
}

Descriptor
DescriptorNet::describe(const ImageView &image, const Similarity &uprightAlignment)
{
    writeTurned(image, uprightAlignment, kSide, tensor_);
    return run();
}

} // namespace hafaces
