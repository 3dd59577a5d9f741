/* SPDX-License-Identifier: MIT */
#include "canvas.h"

#include "colorimetry.h"

#include <pango/pangocairo.h>

#include <cmath>
#include <stdexcept>

namespace hafaces {

namespace {

struct Deleter {
    void operator()(cairo_surface_t *surface) const { cairo_surface_destroy(surface); }
    void operator()(cairo_t *cairo) const { cairo_destroy(cairo); }
    void operator()(PangoFontDescription *font) const { pango_font_description_free(font); }
    void operator()(PangoFontMap *fonts) const { g_object_unref(fonts); }
    void operator()(PangoContext *context) const { g_object_unref(context); }
    void operator()(PangoLayout *layout) const { g_object_unref(layout); }
    void operator()(gchar *text) const { g_free(text); }
};

template<typename T>
using Owned = std::unique_ptr<T, Deleter>;

/* A coordinate that converts to int without surprise, however far out the box is. */
int
pixelAt(float position, int limit)
{
    return static_cast<int>(std::lround(std::clamp(position, 0.0F, static_cast<float>(limit))));
}

/* To a border between samples of every component. */
constexpr int kSampleGrid = 4;

int
roundDown(int pixel)
{
    return std::max(pixel, 0) / kSampleGrid * kSampleGrid;
}

int
roundUp(int pixel)
{
    return roundDown(pixel + kSampleGrid - 1);
}

std::uint8_t
mix(std::uint8_t under, std::uint8_t over, int weight, int whole)
{
    return static_cast<std::uint8_t>((under * (whole - weight) + over * weight + whole / 2) /
                                     whole);
}

} // namespace

Color
Color::fromArgb(std::uint32_t argb)
{
    const auto byte = [&](int shift) { return static_cast<std::uint8_t>(argb >> shift & 0xFF); };
    return {byte(16), byte(8), byte(0), byte(24)};
}

struct TextRenderer::Fonts {
    Owned<PangoFontMap> map{pango_cairo_font_map_new()};
    Owned<PangoContext> context{pango_font_map_create_context(map.get())};
};

TextRenderer::TextRenderer()
    : fonts_{std::make_unique<Fonts>()}
{
}

TextRenderer::~TextRenderer() = default;

TextMask
TextRenderer::render(const std::string &text, const std::string &font, int defaultPixels,
                     int maxWidth)
{
    const Owned<gchar> valid(g_utf8_make_valid(text.data(), static_cast<gssize>(text.size())));
    const Owned<PangoFontDescription> description(pango_font_description_from_string(font.c_str()));
    if (pango_font_description_get_size(description.get()) == 0)
        pango_font_description_set_absolute_size(description.get(),
                                                 1.0 * defaultPixels * PANGO_SCALE);
    const Owned<PangoLayout> layout(pango_layout_new(fonts_->context.get()));
    pango_layout_set_font_description(layout.get(), description.get());
    pango_layout_set_single_paragraph_mode(layout.get(), TRUE);
    pango_layout_set_ellipsize(layout.get(), PANGO_ELLIPSIZE_END);
    pango_layout_set_text(layout.get(), valid.get(), -1);

    TextMask mask;
    pango_layout_get_pixel_size(layout.get(), &mask.size.width, &mask.size.height);
    if (mask.size.width > maxWidth) {
        pango_layout_set_width(layout.get(), maxWidth * PANGO_SCALE);
        mask.size.width = maxWidth;
    }

    const Owned<cairo_surface_t> surface(
        cairo_image_surface_create(CAIRO_FORMAT_A8, mask.size.width, mask.size.height));
    const Owned<cairo_t> cairo(cairo_create(surface.get()));
    pango_cairo_show_layout(cairo.get(), layout.get());
    cairo_surface_flush(surface.get());
    if (cairo_status(cairo.get()) != CAIRO_STATUS_SUCCESS)
        throw std::runtime_error(std::string("can't draw a label: ") +
                                 cairo_status_to_string(cairo_status(cairo.get())));
    const std::uint8_t *pixels = cairo_image_surface_get_data(surface.get());
    const int stride = cairo_image_surface_get_stride(surface.get());
    for (int y = 0; y < mask.size.height; ++y, pixels += stride)
        mask.coverage.insert(mask.coverage.end(), pixels, pixels + mask.size.width);
    return mask;
}

/* `coverage(x, y)` says how much of a pixel is covered, 0..255; asked within `area` only. */
template<typename Coverage>
void
Canvas::blend(Pixels area, Color color, Coverage coverage) const
{
    area = {std::max(area.left, 0), std::max(area.top, 0), std::min(area.right, image_.size.width),
            std::min(area.bottom, image_.size.height)};
    if (area.left >= area.right || area.top >= area.bottom)
        return;
    const auto stored =
        fromRgb({color.red, color.green, color.blue}, image_.model, image_.colorimetry);
    for (std::size_t i = 0; i < static_cast<std::size_t>(image_.componentCount()); ++i) {
        const auto &component = image_.components[i];
        const int columns = 1 << component.widthShift;
        const int rows = 1 << component.heightShift;
        for (int sy = area.top / rows; sy * rows < area.bottom; ++sy) {
            std::uint8_t *row = component.row(sy);
            const int top = std::max(sy * rows, area.top);
            const int bottom = std::min((sy + 1) * rows, area.bottom);
            const int present = std::min((sy + 1) * rows, image_.size.height) - sy * rows;
            for (int sx = area.left / columns; sx * columns < area.right; ++sx) {
                const int left = std::max(sx * columns, area.left);
                const int right = std::min((sx + 1) * columns, area.right);
                const int wide = std::min((sx + 1) * columns, image_.size.width) - sx * columns;
                int sum = 0;
                for (int y = top; y < bottom; ++y)
                    for (int x = left; x < right; ++x)
                        sum += coverage(x, y);
                std::uint8_t &sample = row[sx * component.pixelStride];
                sample = mix(sample, stored[i], sum * color.alpha, 255 * 255 * present * wide);
            }
        }
    }
}

void
Canvas::fill(const Pixels &area, Color color) const
{
    blend(area, color, [](int, int) { return 255; });
}

void
Canvas::stamp(const TextMask &mask, int left, int top, Color color) const
{
    blend({left, top, left + mask.size.width, top + mask.size.height}, color, [&](int x, int y) {
        return mask.coverage[static_cast<std::size_t>((y - top) * mask.size.width + x - left)];
    });
}

void
Canvas::outline(const Rect &box, int lineWidth, Color color) const
{
    if (!isFinite(box))
        return;
    const int left = pixelAt(box.x, image_.size.width);
    const int top = pixelAt(box.y, image_.size.height);
    const int right = pixelAt(box.right(), image_.size.width);
    const int bottom = pixelAt(box.bottom(), image_.size.height);
    const Pixels inner{left + lineWidth, top + lineWidth, right - lineWidth, bottom - lineWidth};
    const auto onLine = [&](int x, int y) {
        const bool within =
            x >= inner.left && x < inner.right && y >= inner.top && y < inner.bottom;
        return within ? 0 : 255;
    };
    /* Four strips whose borders lie between chroma samples, so that none is blended twice. */
    const int upper = std::min(roundUp(inner.top), bottom);
    const int lower = std::max(roundDown(inner.bottom), upper);
    const int near = std::min(roundUp(inner.left), right);
    const int far = std::max(roundDown(inner.right), near);
    blend({left, top, right, upper}, color, onLine);
    blend({left, lower, right, bottom}, color, onLine);
    blend({left, upper, near, lower}, color, onLine);
    blend({far, upper, right, lower}, color, onLine);
}

void
Canvas::label(const Rect &box, const TextMask &text, Color color) const
{
    if (!isFinite(box))
        return;
    const int padding = std::max(text.size.height / 8, 1);
    const int width = text.size.width + 2 * padding;
    const int height = text.size.height;
    const int boxTop = pixelAt(box.y, image_.size.height);
    const int left =
        std::max(std::min(pixelAt(box.x, image_.size.width), image_.size.width - width), 0);
    const int top = boxTop >= height ? boxTop - height : boxTop;
    fill({left, top, left + width, top + height}, color);

    constexpr int kMidGray = 140; /* over it black letters read better */
    const int luma = (299 * color.red + 587 * color.green + 114 * color.blue) / 1000;
    const std::uint8_t ink = luma > kMidGray ? 0 : 255;
    stamp(text, left + padding, top, {ink, ink, ink, 255});
}

} // namespace hafaces
