/* SPDX-License-Identifier: MIT */
#include "face.h"

#include <array>
#include <utility>

namespace hafaces {

namespace {

constexpr std::array<std::pair<IdentityStatus, const char *>, 4> kStatusNames{{
    {IdentityStatus::Pending, "pending"},
    {IdentityStatus::Known, "known"},
    {IdentityStatus::Unknown, "unknown"},
    {IdentityStatus::Unusable, "unusable"},
}};

} // namespace

const char *
toString(IdentityStatus status)
{
    for (const auto &[value, name] : kStatusNames)
        if (value == status)
            return name;
    return "pending";
}

std::optional<IdentityStatus>
identityStatusFromString(const std::string &text)
{
    for (const auto &[value, name] : kStatusNames)
        if (text == name)
            return value;
    return std::nullopt;
}

} // namespace hafaces
