/* SPDX-License-Identifier: MIT */
#include "landmarks.h"

#include "similarity.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <stdexcept>
#include <utility>

namespace hafaces {

namespace {

constexpr int kSide = 112;
constexpr Size kInput{kSide, kSide};
constexpr double kUprightMargin = 1.2; /* of the square about all points */

Point
centreOf(std::span<const Point> points)
{
    double x = 0;
    double y = 0;
    for (const Point &point : points) {
        x += static_cast<double>(point.x);
        y += static_cast<double>(point.y);
    }
    const auto count = static_cast<double>(points.size());
    return {static_cast<float>(x / count), static_cast<float>(y / count)};
}

Rect
boundsOf(std::span<const Point> points)
{
    const auto [left, right] = std::ranges::minmax(points, {}, &Point::x);
    const auto [top, bottom] = std::ranges::minmax(points, {}, &Point::y);
    return fromCorners(left.x, top.y, right.x, bottom.y);
}

/* From the picture to the network's input: upright, and about all points. */
Similarity
uprightSquare(const Landmarks &landmarks)
{
    const Point left = leftEyeOf(landmarks);
    const Point right = rightEyeOf(landmarks);
    const Similarity turn =
        turnedBy(-std::atan2(static_cast<double>(right.y) - static_cast<double>(left.y),
                             static_cast<double>(right.x) - static_cast<double>(left.x)));
    Landmarks turned{};
    std::ranges::transform(landmarks, turned.begin(), turn);
    const Rect bounds = boundsOf(turned);
    const double side =
        static_cast<double>(std::max({bounds.width, bounds.height, 1.0F})) * kUprightMargin;
    const double x = static_cast<double>(bounds.x + bounds.width / 2) - side / 2;
    const double y = static_cast<double>(bounds.y + bounds.height / 2) - side / 2;
    const double scale = kSide / side;
    return then(turn, {scale, 0, -x * scale, -y * scale});
}

} // namespace

Point
leftEyeOf(const Landmarks &landmarks)
{
    return centreOf(std::span(landmarks).subspan(36, 6));
}

Point
rightEyeOf(const Landmarks &landmarks)
{
    return centreOf(std::span(landmarks).subspan(42, 6));
}

Point
mouthOf(const Landmarks &landmarks)
{
    return centreOf(std::span(landmarks).subspan(48, 20));
}

NetworkSpec
LandmarkNet::specFor(std::string modelFile)
{
    return {std::move(modelFile), {"landmarks"}, Engine::Auto, 0};
}

LandmarkNet::LandmarkNet(const NetworkSpec &spec)
    : modelFile_{spec.modelFile}
    , network_{sharedNetwork(spec)}
    , tensor_(3U * kSide * kSide)
{
    run();
}

std::vector<float>
LandmarkNet::run()
{
    std::vector<float> numbers = network_->run(tensor_, kInput).at(0).values;
    if (numbers.size() != 2 * std::tuple_size_v<Landmarks>)
        throw std::runtime_error("model " + modelFile_ + ": gives no 68 landmarks");
    return numbers;
}

Landmarks
LandmarkNet::find(const ImageView &image, const Rect &box)
{
    const Rect inside = clampTo(box, image.size);
    const PixelRect rect = flooredWithin(inside, image.size);
    writePadded(image, rect, kSide, tensor_);
    const std::vector<float> numbers = run();
    /* Of the padded square, whose padding is even here, though that of the pixels is not; from the
     * box, though the pixels are cut at whole numbers: as the original does it. */
    const auto longest = static_cast<float>(std::max(rect.width, rect.height));
    const float left = inside.x - (longest - static_cast<float>(rect.width)) / 2;
    const float top = inside.y - (longest - static_cast<float>(rect.height)) / 2;
    Landmarks landmarks;
    for (std::size_t i = 0; i < landmarks.size(); ++i)
        landmarks[i] = {numbers[2 * i] * longest + left, numbers[2 * i + 1] * longest + top};
    return landmarks;
}

Landmarks
LandmarkNet::findUpright(const ImageView &image, const Landmarks &before)
{
    const Similarity toInput = uprightSquare(before);
    writeTurned(image, toInput, kSide, tensor_);
    const std::vector<float> numbers = run();
    const Similarity toPicture = toInput.inverse();
    Landmarks landmarks;
    for (std::size_t i = 0; i < landmarks.size(); ++i)
        landmarks[i] = toPicture({numbers[2 * i] * kSide, numbers[2 * i + 1] * kSide});
    return landmarks;
}

} // namespace hafaces
