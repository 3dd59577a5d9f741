/* SPDX-License-Identifier: MIT */
#include "small_gray.h"

#include <algorithm>
#include <csetjmp>
#include <cstdio> /* jpeglib.h needs it */

#include <jerror.h>
#include <jpeglib.h>

namespace hafaces {
namespace {

constexpr int kMostPixelsAcross = 127;
constexpr int kLargestReduction = 8; /* of libjpeg */
constexpr std::int64_t kMaxPixels = 64'000'000;
constexpr int kMaxScans = 100; /* of a progressive JPEG; each costs a pass over the picture */

int
blockFor(Size size)
{
    int block = 1;
    while (size.longest() / block > kMostPixelsAcross)
        block *= 2;
    return block;
}

/* Rows from above to below -> sums of square blocks, then means. */
class BlockMeans {
public:
    BlockMeans(GrayImage &small, Size size, int block)
        : small_(small)
        , block_(block)
    {
        small.size = {size.width / block, size.height / block};
        small.pixels.assign(static_cast<std::size_t>(small.size.width) * small.size.height, 0);
    }

    /* `sample(x)`: of that row. */
    template<typename Sample>
    void add(int y, const Sample &sample)
    {
        if (y / block_ >= small_.size.height)
            return;
        const int width = small_.size.width;
        float *const to = small_.pixels.data() + static_cast<std::ptrdiff_t>(y / block_) * width;
        for (int x = 0; x < width; ++x) {
            int sum = 0;
            for (int i = x * block_; i < (x + 1) * block_; ++i)
                sum += sample(i);
            to[x] += static_cast<float>(sum);
        }
    }

    void finish()
    {
        const float factor = 1.0F / static_cast<float>(block_ * block_);
        for (float &pixel : small_.pixels)
            pixel *= factor;
    }

private:
    GrayImage &small_;
    int block_;
};

/* libjpeg gives up by a jump, and goes on where a picture is damaged but for a warning. */
struct JpegErrors {
    jpeg_error_mgr manager;
    std::jmp_buf giveUp;

    static void exit(j_common_ptr info)
    {
        std::longjmp(reinterpret_cast<JpegErrors *>(info->err)->giveUp, 1);
    }

    /* Half a picture would look like motion; bytes that belong to nothing harm nobody. */
    static void emit(j_common_ptr info, int level)
    {
        if (level < 0 && info->err->msg_code != JWRN_EXTRANEOUS_DATA)
            exit(info);
    }
};

void
limitScans(j_common_ptr info)
{
    if (info->is_decompressor &&
        reinterpret_cast<j_decompress_ptr>(info)->input_scan_number > kMaxScans)
        JpegErrors::exit(info);
}

class JpegDecoder {
public:
    JpegDecoder()
    {
        info_.err = jpeg_std_error(&errors_.manager);
        errors_.manager.error_exit = JpegErrors::exit;
        errors_.manager.emit_message = JpegErrors::emit;
        jpeg_create_decompress(&info_);
        progress_.progress_monitor = limitScans;
        info_.progress = &progress_;
    }
    ~JpegDecoder() { jpeg_destroy_decompress(&info_); }
    JpegDecoder(const JpegDecoder &) = delete;
    JpegDecoder &operator=(const JpegDecoder &) = delete;

    bool decode(std::span<const std::uint8_t> jpeg, GrayImage &small)
    {
        /* Nothing between here and a jump has a destructor: all that has lives in this object. */
        if (setjmp(errors_.giveUp))
            return false;
        jpeg_mem_src(&info_, jpeg.data(), jpeg.size());
        return jpeg_read_header(&info_, TRUE) == JPEG_HEADER_OK && isAcceptable() && read(small);
    }

private:
    bool isAcceptable() const
    {
        const auto space = info_.jpeg_color_space;
        return (space == JCS_YCbCr || space == JCS_RGB || space == JCS_GRAYSCALE) &&
               static_cast<std::int64_t>(info_.image_width) * info_.image_height <= kMaxPixels;
    }

    bool read(GrayImage &small)
    {
        const Size size{static_cast<int>(info_.image_width), static_cast<int>(info_.image_height)};
        const int block = blockFor(size);
        const int reduction = std::min(block, kLargestReduction);
        info_.out_color_space = JCS_GRAYSCALE;
        info_.dct_method = JDCT_IFAST;
        info_.do_fancy_upsampling = FALSE;
        info_.scale_num = 1;
        info_.scale_denom = static_cast<unsigned>(reduction);
        jpeg_start_decompress(&info_);
        row_.resize(info_.output_width);
        BlockMeans means(small, {size.width / reduction, size.height / reduction},
                         block / reduction);
        while (info_.output_scanline < info_.output_height) {
            const int y = static_cast<int>(info_.output_scanline);
            JSAMPROW row = row_.data();
            jpeg_read_scanlines(&info_, &row, 1);
            means.add(y, [row](int x) { return row[x]; });
        }
        means.finish();
        return true;
    }

    JpegErrors errors_{};
    jpeg_progress_mgr progress_{};
    jpeg_decompress_struct info_{};
    std::vector<JSAMPLE> row_;
};

} // namespace

void
smallGrayFrom(const ImageView &image, GrayImage &small)
{
    BlockMeans means(small, image.size, blockFor(image.size));
    const auto &first = image.components[0];
    for (int y = 0; y < image.size.height; ++y) {
        const std::uint8_t *const luma = first.row(y);
        if (image.model != ColorModel::Rgb) {
            if (first.pixelStride == 1)
                means.add(y, [luma](int x) { return luma[x]; });
            else
                means.add(y,
                          [luma, stride = first.pixelStride](int x) { return luma[x * stride]; });
            continue;
        }
        /* About the luma of BT.601, in which green counts most: which one does not matter here. */
        const std::uint8_t *const green = image.components[1].row(y);
        const std::uint8_t *const blue = image.components[2].row(y);
        const int stride = first.pixelStride;
        means.add(y, [=](int x) {
            return (luma[x * stride] * 2 + green[x * stride] * 5 + blue[x * stride]) / 8;
        });
    }
    means.finish();
}

bool
smallGrayFromJpeg(std::span<const std::uint8_t> jpeg, GrayImage &small)
{
    return JpegDecoder().decode(jpeg, small);
}

} // namespace hafaces
