/* SPDX-License-Identifier: MIT */
/* Whatever a camera sends, and however it is cut: the same whole pictures within the limit. */
#include "core/mjpeg_parser.h"

#include <algorithm>
#include <cstdlib>

using namespace hafaces;

namespace {

constexpr std::size_t kLimit = 40000;
constexpr std::size_t kEnds = 4; /* FF D8 ... FF D9 */

std::vector<MjpegParser::Picture>
picturesIn(std::span<const std::uint8_t> bytes, std::size_t step)
{
    MjpegParser parser(kLimit);
    std::vector<MjpegParser::Picture> pictures;
    for (std::size_t at = 0; at < bytes.size(); at += step)
        parser.push(bytes.subspan(at, std::min(step, bytes.size() - at)),
                    [&](MjpegParser::Picture &&each) { pictures.push_back(std::move(each)); });
    return pictures;
}

void
require(bool condition)
{
    if (!condition)
        std::abort();
}

} // namespace

extern "C" int
LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size == 0)
        return 0;
    const std::size_t step = 1 + data[0] % 64;
    const std::span bytes(data + 1, size - 1);
    const auto pictures = picturesIn(bytes, step);
    for (const auto &picture : pictures) {
        const auto &jpeg = picture.jpeg;
        require(jpeg.size() >= kEnds && jpeg.size() <= kLimit);
        require(jpeg[0] == 0xFF && jpeg[1] == 0xD8 && jpeg[2] == 0xFF);
        require(jpeg[jpeg.size() - 2] == 0xFF && jpeg[jpeg.size() - 1] == 0xD9);
        require(picture.width > 0 && picture.height > 0);
        require(std::search(bytes.begin(), bytes.end(), jpeg.begin(), jpeg.end()) != bytes.end());
    }
    if (bytes.size() > kLimit) /* by then one step may have found a picture too large */
        return 0;
    const auto others = picturesIn(bytes, bytes.size());
    require(pictures.size() == others.size());
    for (std::size_t i = 0; i < pictures.size(); ++i)
        require(pictures[i].jpeg == others[i].jpeg);
    return 0;
}
