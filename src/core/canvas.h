/* SPDX-License-Identifier: MIT */
#pragma once

#include "image_view.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace hafaces {

struct Color {
    std::uint8_t red = 0;
    std::uint8_t green = 0;
    std::uint8_t blue = 0;
    std::uint8_t alpha = 255; /* 0 is transparent */

    /* 0xAARRGGBB, as in properties of GStreamer elements. */
    static Color fromArgb(std::uint32_t argb);
};

/* How much of each pixel a text covers, 0..255, row by row. */
struct TextMask {
    Size size;
    std::vector<std::uint8_t> coverage;
};

/* Text -> mask, by Pango and Cairo. Holds the loaded fonts; one instance serves one thread. */
class TextRenderer {
public:
    TextRenderer();
    ~TextRenderer();
    TextRenderer(const TextRenderer &) = delete;
    TextRenderer &operator=(const TextRenderer &) = delete;

    /*
     * `font` is a Pango description ("Sans Bold"); without a size in it the letters are
     * `defaultPixels` high. A text wider than `maxWidth` ends in an ellipsis. Bytes that are not
     * UTF-8 appear as replacement characters. Throws std::runtime_error.
     */
    TextMask render(const std::string &text, const std::string &font, int defaultPixels,
                    int maxWidth);

private:
    struct Fonts;
    std::unique_ptr<Fonts> fonts_;
};

/*
 * Draws on a picture in its own format. Where chroma is subsampled, a sample is blended by the part
 * of its pixels that is covered. What lies outside the picture is left out.
 */
class Canvas {
public:
    explicit Canvas(const MutableImageView &image)
        : image_{image}
    {
    }

    /* The lines lie within the box. A box without finite numbers is not drawn. */
    void outline(const Rect &box, int lineWidth, Color color) const;

    /*
     * Text on a background of `color`, itself black or white, whichever reads better: on top of the
     * box, or within it where there is no room above.
     */
    void label(const Rect &box, const TextMask &text, Color color) const;

private:
    struct Pixels {
        int left;
        int top;
        int right;
        int bottom;
    };

    void fill(const Pixels &area, Color color) const;
    void stamp(const TextMask &mask, int left, int top, Color color) const;
    template<typename Coverage>
    void blend(Pixels area, Color color, Coverage coverage) const;

    MutableImageView image_;
};

} // namespace hafaces
