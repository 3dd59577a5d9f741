/* SPDX-License-Identifier: MIT */
#include "preprocess.h"

#include "colorimetry.h"

#include <cassert>
#include <cmath>
#include <cstdlib>

namespace hafaces {

namespace {

constexpr float kMax = 255;
constexpr float kHalfRange = kMax / 2;

/* Where a sample of the frame lies among the samples of a subsampled component. */
double
componentPosition(double position, int shift, bool cosited)
{
    const double factor = 1 << shift;
    return cosited ? position / factor : (position + 0.5) / factor - 0.5;
}

struct Neighbours {
    int first;
    int second;
    float fraction;
};

/* Both within 0..count-1: at the edges the neighbour is the edge itself. */
Neighbours
neighboursAt(double position, int count)
{
    const double inside = std::clamp(position, 0.0, static_cast<double>(count - 1));
    const int first = static_cast<int>(inside);
    return {first, std::min(first + 1, count - 1), static_cast<float>(inside - first)};
}

/*
 * The part of a sample that is frame. `padded` is the side of the square that the original pads
 * to: behind its own edge there is no black to blend with.
 */
float
coverAt(double position, int frameSide, int padded)
{
    const int first = static_cast<int>(position);
    if (first >= frameSide)
        return 0;
    const bool blends = first + 1 >= frameSide && first + 1 < padded;
    return blends ? static_cast<float>(1 - (position - first)) : 1;
}

/* Between two rows, all bytes of them, whatever they hold: plain enough to be vectorised. */
void
blendRows(const std::uint8_t *__restrict upper, const std::uint8_t *__restrict lower,
          float fraction, std::size_t count, float *__restrict out)
{
    for (std::size_t i = 0; i < count; ++i) {
        const auto a = static_cast<float>(upper[i]);
        const auto b = static_cast<float>(lower[i]);
        out[i] = a + (b - a) * fraction;
    }
}

/* One row of component samples -> one channel of it, -1..1. */
void
writeRow(const std::array<float, 3> &weights, float bias, std::array<const float *, 3> samples,
         const float *__restrict columnCover, float rowCover, std::size_t count,
         float *__restrict out)
{
    const float *__restrict c0 = samples[0];
    const float *__restrict c1 = samples[1];
    const float *__restrict c2 = samples[2];
    const float scale = rowCover / kHalfRange;
    for (std::size_t x = 0; x < count; ++x) {
        float value = weights[0] * c0[x] + weights[1] * c1[x] + weights[2] * c2[x] - bias;
        value = value < 0 ? 0 : value;
        value = value > kMax ? kMax : value;
        out[x] = value * columnCover[x] * scale - 1;
    }
}

} // namespace

/* Components that share rows are blended together. */
std::vector<Preprocessor::Plane>
Preprocessor::planesOf(const ImageView &image)
{
    std::vector<Plane> planes;
    for (int i = 0; i < image.componentCount(); ++i) {
        const auto &component = image.components[static_cast<std::size_t>(i)];
        const Size size = image.componentSize(i);
        const int bytes = (size.width - 1) * component.pixelStride + 1;
        const auto shared = std::find_if(planes.begin(), planes.end(), [&](const Plane &plane) {
            const std::ptrdiff_t offset = component.data - plane.data;
            return plane.rowStride == component.rowStride &&
                   plane.heightShift == component.heightShift &&
                   std::abs(offset) < component.pixelStride;
        });
        if (shared == planes.end()) {
            planes.push_back({component.data,
                              component.rowStride,
                              bytes,
                              size.height,
                              component.heightShift,
                              {i}});
            continue;
        }
        const std::uint8_t *end = std::max(shared->data + shared->rowBytes, component.data + bytes);
        shared->data = std::min(shared->data, component.data);
        shared->rowBytes = static_cast<int>(end - shared->data);
        shared->components.push_back(i);
    }
    return planes;
}

void
Preprocessor::plan(const ImageView &image, const std::vector<Plane> &planes, Size input,
                   int longest)
{
    Layout layout{image.size, input, longest, {}, {}, {}, image.chromaSite.horizontallyCosited};
    int widest = 0;
    for (const Plane &plane : planes) {
        widest = std::max(widest, plane.rowBytes);
        for (const int component : plane.components) {
            const auto i = static_cast<std::size_t>(component);
            layout.offsets[i] = image.components[i].data - plane.data;
            layout.pixelStrides[i] = image.components[i].pixelStride;
            layout.widthShifts[i] = image.components[i].widthShift;
        }
    }
    blended_.resize(static_cast<std::size_t>(widest));
    if (layout == layout_)
        return;

    const double step = InputFit(image.size, longest).step();
    const auto columns = static_cast<std::size_t>(input.width);
    columnCover_.resize(columns);
    for (std::size_t x = 0; x < columns; ++x)
        columnCover_[x] =
            coverAt(static_cast<double>(x) * step, image.size.width, image.size.longest());
    for (int i = 0; i < image.componentCount(); ++i) {
        const auto index = static_cast<std::size_t>(i);
        taps_[index].resize(columns);
        for (std::size_t x = 0; x < columns; ++x) {
            const double position = componentPosition(static_cast<double>(x) * step,
                                                      layout.widthShifts[index], layout.cosited);
            const auto near = neighboursAt(position, image.componentSize(i).width);
            const auto at = [&](int sample) {
                return static_cast<std::int32_t>(layout.offsets[index] +
                                                 sample * layout.pixelStrides[index]);
            };
            taps_[index][x] = {at(near.first), at(near.second), near.fraction};
        }
        rows_[index].resize(columns);
    }
    layout_ = layout;
}

void
Preprocessor::sampleRow(const Plane &plane, double y)
{
    const auto near = neighboursAt(y, plane.rows);
    blendRows(plane.data + near.first * plane.rowStride, plane.data + near.second * plane.rowStride,
              near.fraction, static_cast<std::size_t>(plane.rowBytes), blended_.data());
    const float *row = blended_.data();
    for (const int component : plane.components) {
        float *out = rows_[static_cast<std::size_t>(component)].data();
        for (const Tap &tap : taps_[static_cast<std::size_t>(component)])
            *out++ = row[tap.first] + (row[tap.second] - row[tap.first]) * tap.fraction;
    }
}

void
Preprocessor::run(const ImageView &image, Size input, int longest, std::span<float> tensor)
{
    const auto width = static_cast<std::size_t>(input.width);
    const std::size_t area = width * static_cast<std::size_t>(input.height);
    assert(tensor.size() == 3 * area);
    const auto planes = planesOf(image);
    plan(image, planes, input, longest);

    const auto [offset, matrix] = toRgb(image.model, image.colorimetry);
    const double step = InputFit(image.size, longest).step();
    const bool gray = image.model == ColorModel::Gray;
    const std::array<const float *, 3> samples{rows_[0].data(), rows_[gray ? 0 : 1].data(),
                                               rows_[gray ? 0 : 2].data()};
    for (int y = 0; y < input.height; ++y) {
        const double position = y * step;
        const float cover = coverAt(position, image.size.height, image.size.longest());
        for (const Plane &plane : planes)
            sampleRow(plane, componentPosition(position, plane.heightShift,
                                               image.chromaSite.verticallyCosited));
        for (std::size_t channel = 0; channel < 3; ++channel) {
            const auto &weights = matrix[channel];
            const float bias =
                weights[0] * offset[0] + weights[1] * offset[1] + weights[2] * offset[2];
            writeRow(weights, bias, samples, columnCover_.data(), cover, width,
                     tensor.data() + channel * area + static_cast<std::size_t>(y) * width);
        }
    }
}

} // namespace hafaces
