/* SPDX-License-Identifier: MIT */
#pragma once

#include "image_view.h"

#include <array>

namespace hafaces {

/* Offsets of the components (Y 16 and chroma 128, say) and a 3x3 matrix. */
struct ColorTransform {
    std::array<float, 3> offset{};
    std::array<std::array<float, 3>, 3> matrix{};
};

/* Component values -> R'G'B' of 0..255: rgb = matrix * (value - offset). */
ColorTransform toRgb(ColorModel model, const Colorimetry &colorimetry);

/* One R'G'B' colour -> component values as this kind of picture stores them, 0..255. */
std::array<std::uint8_t, 3> fromRgb(const std::array<std::uint8_t, 3> &rgb, ColorModel model,
                                    const Colorimetry &colorimetry);

} // namespace hafaces
