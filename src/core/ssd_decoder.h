/* SPDX-License-Identifier: MIT */
#pragma once

#include "geometry.h"
#include "network.h"
#include "nms.h"

#include <vector>

namespace hafaces {

/*
 * The raw outputs of SSD MobileNetV1 -> boxes in pixels of the network's input.
 *
 * The network looks at six grids of cells, 16 to 512 px apart, 3 anchors a cell in the first and 6
 * in the others. Anchors are those of the TensorFlow object detection API (Liu et al., "SSD: Single
 * Shot MultiBox Detector", 2016, with scales 0.2 to 0.95 of 512 px). Their size and place in pixels
 * do not depend on the input's size, so inputs of any shape are decoded alike.
 */
class SsdDecoder {
public:
    /* Both sides of `input` are multiples of 32. */
    explicit SsdDecoder(Size input);

    std::size_t anchorCount() const { return anchors_.size(); }

    struct Anchor {
        float centerX;
        float centerY;
        float width;
        float height;
    };
    const std::vector<Anchor> &anchors() const { return anchors_; }

    /*
     * `boxes`: [1, anchors, 4] as (y, x, height, width) relative to the anchor; `scores`: [1,
     * anchors, 1], 0..1. Returns the boxes with a score over `minScore`, neither clipped nor
     * suppressed. Throws std::runtime_error if the shapes are others.
     */
    std::vector<ScoredBox> decode(const Tensor &boxes, const Tensor &scores, float minScore) const;

private:
    std::vector<Anchor> anchors_;
};

} // namespace hafaces
