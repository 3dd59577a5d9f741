/* SPDX-License-Identifier: MIT */
/* What a damaged model may put out: tensors of any shape with any numbers in them. */
#include "core/nms.h"
#include "core/ssd_decoder.h"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

using namespace hafaces;

namespace {

/* The bytes as numbers, over and over until there are enough. */
Tensor
tensorOf(std::vector<int> shape, const std::uint8_t *data, std::size_t size)
{
    std::size_t count = 1;
    for (const int side : shape)
        count *= static_cast<std::size_t>(side);
    Tensor tensor{std::move(shape), std::vector<float>(count)};
    if (size >= sizeof(float))
        for (std::size_t i = 0; i < count; ++i)
            std::memcpy(&tensor.values[i], data + i * sizeof(float) % (size - sizeof(float) + 1),
                        sizeof(float));
    return tensor;
}

} // namespace

extern "C" int
LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size < 4)
        return 0;
    const SsdDecoder decoder({32 * (1 + data[0] % 4), 32 * (1 + data[1] % 4)});
    /* Mostly the right shape, else nothing behind the check of it is reached. */
    const int anchors = static_cast<int>(decoder.anchorCount()) + (data[2] % 8 == 0 ? data[2] : 0);
    const int numbers = data[3] % 8 == 0 ? data[3] : 4;
    const Tensor boxes = tensorOf({1, anchors, numbers}, data + 4, size - 4);
    const Tensor scores = tensorOf({1, anchors, 1}, data + 4, size - 4);
    try {
        for (const auto &[box, score] :
             suppressOverlapping(decoder.decode(boxes, scores, 0.5F), 0.5F))
            if (!isFinite(box) || !(score > 0.5F && score <= 1))
                std::abort();
    } catch (const std::runtime_error &) {
        /* the answer to a wrong shape */
    }
    return 0;
}
