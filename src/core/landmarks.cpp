/* SPDX-License-Identifier: MIT */
#include "landmarks.h"

#include <stdexcept>
#include <utility>

namespace hafaces {

namespace {

constexpr int kSide = 112;
constexpr Size kInput{kSide, kSide};

} // namespace

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
    if (network_->run(tensor_, kInput).at(0).values.size() != 2 * std::tuple_size_v<Landmarks>)
        throw std::runtime_error("model " + modelFile_ + ": gives no 68 landmarks");
}

Landmarks
LandmarkNet::find(const ImageView &image, const Rect &box)
{
    const Rect inside = clampTo(box, image.size);
    const PixelRect rect = flooredWithin(inside, image.size);
    FacePatch(image, rect).writeInput(kSide, tensor_);
    const std::vector<float> numbers = network_->run(tensor_, kInput).at(0).values;
    /* Of the padded square, whose padding is even here, though that of the pixels is not; from the
     * box, though the pixels are cut at whole numbers: as the original does it. */
    const auto longest = static_cast<float>(std::max(rect.width, rect.height));
    const float left = inside.x - (longest - static_cast<float>(rect.width)) / 2;
    const float top = inside.y - (longest - static_cast<float>(rect.height)) / 2;
    Landmarks landmarks;
    for (std::size_t i = 0; i < landmarks.size(); ++i)
        landmarks[i] = {numbers.at(2 * i) * longest + left, numbers.at(2 * i + 1) * longest + top};
    return landmarks;
}

} // namespace hafaces
