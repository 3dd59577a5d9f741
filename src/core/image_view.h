/* SPDX-License-Identifier: MIT */
#pragma once

#include "geometry.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace hafaces {

enum class ColorModel { Rgb, Yuv, Gray };

/*
 * How the numbers of a picture become R'G'B' of 0..255. Weights of red and blue in luma, as ITU-R
 * BT.601, BT.709, BT.2020 and SMPTE 240M give them; the range says whether black and white are
 * 0 and 255 or 16 and 235 (chroma 16..240).
 */
struct Colorimetry {
    double kr = 0.299;
    double kb = 0.114;
    bool fullRange = true;
};

/* Where a chroma sample sits: on the first luma sample it belongs to, or between them. */
struct ChromaSite {
    bool horizontallyCosited = false;
    bool verticallyCosited = false;
};

/* One colour component of 8 bits: R, G, B, Y, U or V, interleaved with others or on its own. */
template<typename Byte>
struct BasicComponent {
    Byte *data = nullptr; /* its first sample */
    std::ptrdiff_t rowStride = 0;
    int pixelStride = 1;
    int widthShift = 0; /* subsampling: 1 means half as many samples */
    int heightShift = 0;

    Byte *row(int y) const { return data + y * rowStride; }
};

/*
 * A picture that somebody else owns and keeps mapped for as long as this is used. Components are
 * R, G, B or Y, U, V, whatever their order in memory; a grey picture has one.
 */
template<typename Byte>
struct BasicImageView {
    Size size;
    ColorModel model = ColorModel::Rgb;
    Colorimetry colorimetry;
    ChromaSite chromaSite;
    std::array<BasicComponent<Byte>, 3> components;

    int componentCount() const { return model == ColorModel::Gray ? 1 : 3; }

    Size componentSize(int index) const
    {
        const auto &c = components[static_cast<std::size_t>(index)];
        return {(size.width + (1 << c.widthShift) - 1) >> c.widthShift,
                (size.height + (1 << c.heightShift) - 1) >> c.heightShift};
    }
};

using ImageView = BasicImageView<const std::uint8_t>;
using MutableImageView = BasicImageView<std::uint8_t>;

} // namespace hafaces
