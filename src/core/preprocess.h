/* SPDX-License-Identifier: MIT */
#pragma once

#include "image_view.h"

#include <span>
#include <vector>

namespace hafaces {

/*
 * Pixels -> input of a network: planar R, G, B as float of -1..1 (NCHW, N = 1, C = 3).
 *
 * Sampled exactly as the original does it (face-api.js NetInput.toBatchTensor: padToSquare,
 * resizeBilinear with alignCorners and halfPixelCenters false): source = destination * step on
 * both axes, no half-pixel shift, no smoothing when shrinking, all in float. Behind the frame is
 * black, and samples on its last column or row blend with that black. Components are sampled where
 * they lie, subsampled chroma at its own site, and converted by the picture's colorimetry: no RGB
 * copy of the frame is made.
 *
 * Keeps its tables between frames of the same kind; one instance serves one thread.
 */
class Preprocessor {
public:
    /*
     * `longest`: input pixels that the frame's longest side becomes; `input` may be shorter on the
     * other side. `tensor` holds 3 * input.width * input.height numbers.
     */
    void run(const ImageView &image, Size input, int longest, std::span<float> tensor);

private:
    /* Two neighbours in a blended row, as offsets, and how much of the second. */
    struct Tap {
        std::int32_t first;
        std::int32_t second;
        float fraction;
    };

    /* Rows of bytes that hold one component or several interleaved ones. */
    struct Plane {
        const std::uint8_t *data;
        std::ptrdiff_t rowStride;
        int rowBytes;
        int rows;
        int heightShift;
        std::vector<int> components;
    };

    struct Layout {
        Size frame;
        Size input;
        int longest = 0;
        std::array<std::ptrdiff_t, 3> offsets{}; /* of a component in its plane */
        std::array<int, 3> pixelStrides{};
        std::array<int, 3> widthShifts{};
        bool cosited = false;

        friend bool operator==(const Layout &, const Layout &) = default;
    };

    static std::vector<Plane> planesOf(const ImageView &image);
    void plan(const ImageView &image, const std::vector<Plane> &planes, Size input, int longest);
    void sampleRow(const Plane &plane, double y);

    Layout layout_;
    std::array<std::vector<Tap>, 3> taps_;   /* a component's columns */
    std::vector<float> columnCover_;         /* how much of a sample is frame, not black behind */
    std::vector<float> blended_;             /* a row between two rows of a plane */
    std::array<std::vector<float>, 3> rows_; /* the sampled components of one row */
};

} // namespace hafaces
