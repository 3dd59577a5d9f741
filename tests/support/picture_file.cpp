/* SPDX-License-Identifier: MIT */
#include "picture_file.h"

#include <png.h>

#include <cstdio>
#include <memory>
#include <stdexcept>

#include <jpeglib.h>

namespace hafaces::test {

namespace {

struct FileClose {
    void operator()(std::FILE *file) const { std::fclose(file); }
};
using FilePtr = std::unique_ptr<std::FILE, FileClose>;

Picture
emptyPicture(unsigned width, unsigned height, int channels)
{
    Picture picture{{static_cast<int>(width), static_cast<int>(height)}, channels, {}};
    picture.bytes.resize(std::size_t{width} * height * static_cast<std::size_t>(channels));
    return picture;
}

struct PngReader {
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, fail, ignore);
    png_infop info = png_create_info_struct(png);

    PngReader() = default;
    PngReader(const PngReader &) = delete;
    PngReader &operator=(const PngReader &) = delete;
    ~PngReader() { png_destroy_read_struct(&png, &info, nullptr); }

    [[noreturn]] static void fail(png_structp, png_const_charp text)
    {
        throw std::runtime_error(text);
    }
    static void ignore(png_structp, png_const_charp) {}
};

/* The numbers in the file as they are: no gamma, no colour profile. */
Picture
loadPng(std::FILE *file, int channels)
{
    PngReader reader;
    png_init_io(reader.png, file);
    png_read_info(reader.png, reader.info);
    png_set_expand(reader.png);
    png_set_strip_16(reader.png);
    png_set_strip_alpha(reader.png);
    if (channels == 3)
        png_set_gray_to_rgb(reader.png);
    png_read_update_info(reader.png, reader.info);
    Picture picture = emptyPicture(png_get_image_width(reader.png, reader.info),
                                   png_get_image_height(reader.png, reader.info), channels);
    const std::size_t stride = png_get_rowbytes(reader.png, reader.info);
    if (stride * static_cast<std::size_t>(picture.size.height) != picture.bytes.size())
        throw std::runtime_error("PNG has another number of channels");
    for (int y = 0; y < picture.size.height; ++y)
        png_read_row(reader.png, &picture.bytes[static_cast<std::size_t>(y) * stride], nullptr);
    return picture;
}

Picture
loadJpeg(std::FILE *file, int channels)
{
    jpeg_decompress_struct jpeg{};
    jpeg_error_mgr errors{};
    jpeg.err = jpeg_std_error(&errors);
    errors.error_exit = [](j_common_ptr) { throw std::runtime_error("damaged JPEG"); };
    jpeg_create_decompress(&jpeg);
    const std::unique_ptr<jpeg_decompress_struct, void (*)(j_decompress_ptr)> owner(
        &jpeg, jpeg_destroy_decompress);
    jpeg_stdio_src(&jpeg, file);
    jpeg_read_header(&jpeg, TRUE);
    jpeg.out_color_space = channels == 3 ? JCS_RGB : JCS_GRAYSCALE;
    jpeg_start_decompress(&jpeg);
    Picture picture = emptyPicture(jpeg.output_width, jpeg.output_height, channels);
    while (jpeg.output_scanline < jpeg.output_height) {
        const std::size_t row =
            std::size_t{jpeg.output_scanline} * jpeg.output_width * static_cast<unsigned>(channels);
        JSAMPROW rows[] = {&picture.bytes[row]};
        jpeg_read_scanlines(&jpeg, rows, 1);
    }
    jpeg_finish_decompress(&jpeg);
    return picture;
}

} // namespace

ImageView
Picture::view() const
{
    ImageView view;
    view.size = size;
    view.model = channels == 1 ? ColorModel::Gray : ColorModel::Rgb;
    for (int i = 0; i < channels; ++i)
        view.components[static_cast<std::size_t>(i)] = {
            bytes.data() + i, std::ptrdiff_t{size.width} * channels, channels, 0, 0};
    return view;
}

Picture
everySecondPixel(const Picture &picture)
{
    Picture half{{picture.size.width / 2, picture.size.height / 2}, picture.channels, {}};
    for (int y = 0; y < half.size.height; ++y)
        for (int x = 0; x < half.size.width; ++x) {
            const auto pixel = picture.bytes.begin() +
                               std::ptrdiff_t{2} * (y * picture.size.width + x) * picture.channels;
            half.bytes.insert(half.bytes.end(), pixel, pixel + picture.channels);
        }
    return half;
}

Picture
inBlack(const Picture &picture, Size size)
{
    Picture large = emptyPicture(static_cast<unsigned>(size.width),
                                 static_cast<unsigned>(size.height), picture.channels);
    const std::ptrdiff_t from = std::ptrdiff_t{picture.size.width} * picture.channels;
    const std::ptrdiff_t to = std::ptrdiff_t{size.width} * picture.channels;
    for (int y = 0; y < picture.size.height; ++y)
        std::copy_n(picture.bytes.begin() + y * from, from, large.bytes.begin() + y * to);
    return large;
}

Picture
loadPicture(const std::string &file, int channels)
{
    const FilePtr handle(std::fopen(file.c_str(), "rb"));
    if (!handle)
        throw std::runtime_error("can't open " + file);
    return file.ends_with(".png") ? loadPng(handle.get(), channels)
                                  : loadJpeg(handle.get(), channels);
}

} // namespace hafaces::test
