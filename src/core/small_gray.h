/* SPDX-License-Identifier: MIT */
#pragma once

#include "image_view.h"

#include <cstdint>
#include <span>
#include <vector>

namespace hafaces {

/* A grey picture, 0..255, rows without padding. */
struct GrayImage {
    Size size;
    std::vector<float> pixels;
};

/*
 * Pictures of any size shrunk by a power of two to 64..127 columns or rows, whichever are more
 * (smaller ones stay as they are), each pixel the mean of the block that it stands for: little to
 * compare, and little noise. What is left of a block at the right and bottom edges is left out.
 */

/* Luma of raw video. */
void smallGrayFrom(const ImageView &image, GrayImage &small);

/*
 * Luma of a JPEG. libjpeg reads no more than it needs: at 1/8, one number of each 64. False: no
 * JPEG of YCbCr, RGB or grey, damaged, or larger than 64 million pixels.
 */
bool smallGrayFromJpeg(std::span<const std::uint8_t> jpeg, GrayImage &small);

} // namespace hafaces
