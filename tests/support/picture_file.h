/* SPDX-License-Identifier: MIT */
#pragma once

#include "core/image_view.h"

#include <cstdint>
#include <string>
#include <vector>

namespace hafaces::test {

/* A decoded picture: packed RGB, or one grey byte a pixel. */
struct Picture {
    Size size;
    int channels = 3;
    std::vector<std::uint8_t> bytes;

    ImageView view() const;
};

/* Half as wide and high, by leaving pixels out. */
Picture everySecondPixel(const Picture &picture);

/* In the top left corner of a black picture, which is at least as large. */
Picture inBlack(const Picture &picture, Size size);

/* Decodes a PNG or JPEG file to the same bytes as OpenCV's imread. Throws std::runtime_error. */
Picture loadPicture(const std::string &file, int channels = 3);

} // namespace hafaces::test
