/* SPDX-License-Identifier: MIT */
#pragma once

#include "geometry.h"

#include <vector>

namespace hafaces {

struct ScoredBox {
    Rect box;
    float score = 0;
};

/*
 * Non-maximum suppression: of boxes that overlap by more than `maxIou` the one with the higher
 * score is kept. Highest score first.
 */
std::vector<ScoredBox> suppressOverlapping(std::vector<ScoredBox> boxes, float maxIou);

} // namespace hafaces
