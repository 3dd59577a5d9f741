/* SPDX-License-Identifier: MIT */
#include "ssd_decoder.h"

#include <array>
#include <cmath>
#include <stdexcept>

namespace hafaces {

namespace {

/* The side that the network was trained at: anchor sizes are parts of it. */
constexpr double kTrainedSide = 512;
constexpr int kFirstStride = 16;
constexpr int kGrids = 6;
constexpr std::array<double, kGrids + 1> kScales{0.2, 0.35, 0.5, 0.65, 0.8, 0.95, 1.0};

/* Box numbers come scaled up by these (faster_rcnn_box_coder: 10, 10, 5, 5). */
constexpr float kCenterScale = 10;
constexpr float kSizeScale = 5;

struct Shape {
    double scale;
    double aspect; /* width / height */
};

std::vector<Shape>
shapesOfGrid(std::size_t grid)
{
    const double scale = kScales[grid];
    if (grid == 0)
        return {{0.1, 1}, {scale, 2}, {scale, 0.5}};
    const double between = std::sqrt(scale * kScales[grid + 1]);
    /* The trained anchors have 0.3333 there, not a third. */
    return {{scale, 1}, {between, 1}, {scale, 2}, {scale, 0.5}, {scale, 3}, {scale, 0.3333}};
}

int
halfRoundedUp(int value)
{
    return (value + 1) / 2;
}

std::string
shapeText(const Tensor &tensor)
{
    std::string text;
    for (const int dimension : tensor.shape)
        text += (text.empty() ? "" : "x") + std::to_string(dimension);
    return text;
}

void
expectShape(const Tensor &tensor, const char *name, std::size_t anchors, int numbers)
{
    if (tensor.shape != std::vector{1, static_cast<int>(anchors), numbers})
        throw std::runtime_error(std::string("output '") + name + "' is " + shapeText(tensor) +
                                 ", expected 1x" + std::to_string(anchors) + "x" +
                                 std::to_string(numbers));
}

ScoredBox
placeOnAnchor(const float *code, const SsdDecoder::Anchor &anchor, float score)
{
    const float height = std::exp(code[2] / kSizeScale) * anchor.height;
    const float width = std::exp(code[3] / kSizeScale) * anchor.width;
    const float y = code[0] / kCenterScale * anchor.height + anchor.centerY;
    const float x = code[1] / kCenterScale * anchor.width + anchor.centerX;
    return {{x - width / 2, y - height / 2, width, height}, score};
}

} // namespace

SsdDecoder::SsdDecoder(Size input)
{
    int stride = kFirstStride;
    int columns = (input.width + stride - 1) / stride;
    int rows = (input.height + stride - 1) / stride;
    for (std::size_t grid = 0; grid < kGrids; ++grid) {
        const auto shapes = shapesOfGrid(grid);
        for (int row = 0; row < rows; ++row)
            for (int column = 0; column < columns; ++column)
                for (const Shape &shape : shapes) {
                    const double side = kTrainedSide * shape.scale;
                    const double aspect = std::sqrt(shape.aspect);
                    anchors_.push_back({static_cast<float>((column + 0.5) * stride),
                                        static_cast<float>((row + 0.5) * stride),
                                        static_cast<float>(side * aspect),
                                        static_cast<float>(side / aspect)});
                }
        stride *= 2;
        columns = halfRoundedUp(columns);
        rows = halfRoundedUp(rows);
    }
}

std::vector<ScoredBox>
SsdDecoder::decode(const Tensor &boxes, const Tensor &scores, float minScore) const
{
    expectShape(boxes, "boxes", anchors_.size(), 4);
    expectShape(scores, "scores", anchors_.size(), 1);
    std::vector<ScoredBox> found;
    for (std::size_t i = 0; i < anchors_.size(); ++i) {
        const float score = scores.values[i];
        if (!(score > minScore) || score > 1) /* NaN, and what no sigmoid gives, are no faces */
            continue;
        const auto decoded = placeOnAnchor(&boxes.values[4 * i], anchors_[i], score);
        if (isFinite(decoded.box))
            found.push_back(decoded);
    }
    return found;
}

} // namespace hafaces
