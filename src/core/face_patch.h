/* SPDX-License-Identifier: MIT */
#pragma once

#include "image_view.h"

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

/*
 * A part of a picture, of any kind, for the networks that look at one face: landmarks and descriptor.
 */
class FacePatch {
public:
    /* `rect` lies within the picture and is not empty. */
    FacePatch(const ImageView &image, const PixelRect &rect);

    const PixelRect &rect() const { return rect_; }

    /*
     * The patch in the middle of a black square, which is sampled to side x side as face-api.js does
     * it (NetInput.toBatchTensor: padToSquare, resizeBilinear without a half-pixel shift or
     * smoothing): planar R, G, B, (value - mean) / 255. `tensor` holds 3 * side * side numbers.
     */
    void writeInput(int side, std::span<float> tensor) const;

private:
    /* Where a column or row of the input lies in the patch. */
    struct Tap {
        int first;
        int second;
        float firstWeight; /* of the samples that are patch; what is missing is black */
        float secondWeight;
    };

    static std::vector<Tap> taps(int side, int length, int longest, int offset);

    PixelRect rect_;
    Size stored_; /* the patch, and what its chroma samples reach beyond it */
    int left_;    /* where it begins there */
    int top_;
    std::vector<float> planes_; /* R, G, B of stored_, 0..255 */
};

} // namespace hafaces
