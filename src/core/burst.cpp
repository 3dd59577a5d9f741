/* SPDX-License-Identifier: MIT */
#include "burst.h"

namespace hafaces {

std::optional<TriggerMark>
Burst::mark(Duration frameTime, std::int64_t nowUs)
{
    if (left_ == 0 || !pace_.isDue(frameTime, interval_))
        return std::nullopt;
    --left_;
    return TriggerMark{trigger_, marked_++, left_ == 0, monotonicUs_, nowUs};
}

} // namespace hafaces
