/* SPDX-License-Identifier: MIT */
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>

namespace hafaces {

/* The ids seen last, so that what comes twice (by two ways, or in copies) is dealt with once. */
class RecentIds {
public:
    /* Whether it was not seen before; from now on it was. Nothing is known of an empty id. */
    bool isNew(std::string id)
    {
        if (id.empty())
            return true;
        if (std::find(ids_.begin(), ids_.end(), id) != ids_.end())
            return false;
        ids_[next_] = std::move(id);
        next_ = (next_ + 1) % ids_.size();
        return true;
    }

private:
    std::array<std::string, 256> ids_;
    std::size_t next_ = 0;
};

} // namespace hafaces
