/* SPDX-License-Identifier: MIT */
#pragma once

#include <algorithm>
#include <cmath>

namespace hafaces {

struct Size {
    int width = 0;
    int height = 0;

    int longest() const { return std::max(width, height); }
    friend bool operator==(const Size &, const Size &) = default;
};

/* Pixels, origin at the top left corner. */
struct Point {
    float x = 0;
    float y = 0;

    friend bool operator==(const Point &, const Point &) = default;
};

/* Likewise. */
struct Rect {
    float x = 0;
    float y = 0;
    float width = 0;
    float height = 0;

    float right() const { return x + width; }
    float bottom() const { return y + height; }
    float area() const { return std::max(width, 0.0F) * std::max(height, 0.0F); }
    friend bool operator==(const Rect &, const Rect &) = default;
};

inline Rect
fromCorners(float left, float top, float right, float bottom)
{
    return {left, top, right - left, bottom - top};
}

inline bool
isFinite(const Rect &rect)
{
    return std::isfinite(rect.x) && std::isfinite(rect.y) && std::isfinite(rect.width) &&
           std::isfinite(rect.height);
}

/* The common part; width and height are 0 where there is none. */
inline Rect
intersection(const Rect &a, const Rect &b)
{
    const float left = std::max(a.x, b.x);
    const float top = std::max(a.y, b.y);
    return fromCorners(left, top, std::max(left, std::min(a.right(), b.right())),
                       std::max(top, std::min(a.bottom(), b.bottom())));
}

/* Intersection over union, 0 (apart) to 1 (the same). */
inline float
iou(const Rect &a, const Rect &b)
{
    const float common = intersection(a, b).area();
    const float all = a.area() + b.area() - common;
    return all > 0 ? common / all : 0;
}

inline Rect
clampTo(const Rect &rect, Size frame)
{
    return intersection(rect,
                        {0, 0, static_cast<float>(frame.width), static_cast<float>(frame.height)});
}

/*
 * Where a frame lies in the input of a network: in its top left corner, with the longest side of
 * the frame as long as `longest` input pixels, black behind it. The sampling step is the same on
 * both axes, without a half-pixel shift (face-api.js NetInput.toBatchTensor, padToSquare).
 */
class InputFit {
public:
    InputFit(Size frame, int longest)
        : frame_{frame}
        , longest_{longest}
    {
    }

    /* Frame pixels per input pixel. */
    double step() const { return static_cast<double>(frame_.longest()) / longest_; }

    /*
     * The original scales boxes by the rounded size of the frame in the input (face-api.js
     * computeReshapedDimensions), which differs a little from step() on the shorter side.
     */
    Rect toFrame(const Rect &input) const
    {
        const double sx = scale(frame_.width);
        const double sy = scale(frame_.height);
        return {static_cast<float>(input.x * sx), static_cast<float>(input.y * sy),
                static_cast<float>(input.width * sx), static_cast<float>(input.height * sy)};
    }

private:
    double scale(int side) const
    {
        const double reshaped = std::floor(static_cast<double>(side) / step() + 0.5);
        return side / std::max(reshaped, 1.0);
    }

    Size frame_;
    int longest_;
};

} // namespace hafaces
