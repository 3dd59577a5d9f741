/* SPDX-License-Identifier: MIT */
#pragma once

#include "image_view.h"
#include "similarity.h"

#include <span>
#include <vector>

namespace hafaces {

/* Whole pixels. */
struct PixelRect {
    int x = 0;
    int y = 0;
    int width = 0;
    int height = 0;

    bool isEmpty() const { return width <= 0 || height <= 0; }
    friend bool operator==(const PixelRect &, const PixelRect &) = default;
};

/* Clipped to the picture, then each number floored, as face-api.js cuts faces out (extractFaceTensors):
 * the right edge may lose up to two pixels. */
PixelRect flooredWithin(const Rect &rect, Size picture);

/* A part of a picture of any kind as planes of R, G and B, 0..255. */
struct RgbRegion {
    PixelRect rect;
    std::vector<float> planes;
};

/* `rect` lies within the picture and is not empty; a little more may come. */
RgbRegion rgbRegion(const ImageView &image, const PixelRect &rect);

/*
 * A part of a picture for the networks that look at one face: in the middle of a black square, which
 * is sampled to side x side as face-api.js does it (NetInput.toBatchTensor: padToSquare,
 * resizeBilinear without a half-pixel shift or smoothing): planar R, G, B, (value - mean) / 255.
 * `rect` lies within the picture and is not empty; `tensor` holds 3 * side * side numbers.
 */
void writePadded(const ImageView &image, const PixelRect &rect, int side, std::span<float> tensor);

/*
 * Likewise a square that may be turned, and may reach beyond the picture, where it is black. `toInput`
 * leads from the picture to the input. Shrunk by more than a third, pixels are averaged first.
 */
void writeTurned(const ImageView &image, const Similarity &toInput, int side,
                 std::span<float> tensor);

} // namespace hafaces
