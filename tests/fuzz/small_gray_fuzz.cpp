/* SPDX-License-Identifier: MIT */
/* Whatever a camera calls a JPEG: a small picture or none, in bounded time and memory. */
#include "core/small_gray.h"

#include <cstdlib>

using namespace hafaces;

extern "C" int
LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    GrayImage small;
    if (!smallGrayFromJpeg({data, size}, small))
        return 0;
    const auto &[width, height] = small.size;
    if (width < 0 || height < 0 || width > 127 || height > 127 ||
        small.pixels.size() != static_cast<std::size_t>(width) * height)
        std::abort();
    for (const float pixel : small.pixels)
        if (!(pixel >= 0 && pixel <= 255))
            std::abort();
    return 0;
}
