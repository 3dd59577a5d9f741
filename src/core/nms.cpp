/* SPDX-License-Identifier: MIT */
#include "nms.h"

#include <algorithm>

namespace hafaces {

std::vector<ScoredBox>
suppressOverlapping(std::vector<ScoredBox> boxes, float maxIou)
{
    std::stable_sort(boxes.begin(), boxes.end(),
                     [](const ScoredBox &a, const ScoredBox &b) { return a.score > b.score; });
    std::vector<ScoredBox> kept;
    for (const ScoredBox &candidate : boxes) {
        const bool covered = std::any_of(kept.begin(), kept.end(), [&](const ScoredBox &better) {
            return iou(better.box, candidate.box) > maxIou;
        });
        if (!covered)
            kept.push_back(candidate);
    }
    return kept;
}

} // namespace hafaces
