/* SPDX-License-Identifier: MIT */
#include "similarity.h"

#include <cassert>
#include <cmath>

namespace hafaces {

Point
Similarity::operator()(const Point &point) const
{
    const auto x = static_cast<double>(point.x);
    const auto y = static_cast<double>(point.y);
    return {static_cast<float>(a * x - b * y + dx), static_cast<float>(b * x + a * y + dy)};
}

double
Similarity::scale() const
{
    return std::hypot(a, b);
}

Similarity
Similarity::inverse() const
{
    const double square = a * a + b * b;
    const double p = a / square;
    const double q = -b / square;
    return {p, q, -(p * dx - q * dy), -(q * dx + p * dy)};
}

Similarity
then(const Similarity &first, const Similarity &second)
{
    return {second.a * first.a - second.b * first.b, second.a * first.b + second.b * first.a,
            second.a * first.dx - second.b * first.dy + second.dx,
            second.b * first.dx + second.a * first.dy + second.dy};
}

Similarity
turnedBy(double angle)
{
    return {std::cos(angle), std::sin(angle), 0, 0};
}

Similarity
fitted(std::span<const Point> from, std::span<const Point> to)
{
    assert(from.size() == to.size() && !from.empty());
    const auto count = static_cast<double>(from.size());
    double fx = 0, fy = 0, tx = 0, ty = 0;
    for (std::size_t i = 0; i < from.size(); ++i) {
        fx += static_cast<double>(from[i].x) / count;
        fy += static_cast<double>(from[i].y) / count;
        tx += static_cast<double>(to[i].x) / count;
        ty += static_cast<double>(to[i].y) / count;
    }
    double along = 0, across = 0, spread = 0;
    for (std::size_t i = 0; i < from.size(); ++i) {
        const double x = static_cast<double>(from[i].x) - fx;
        const double y = static_cast<double>(from[i].y) - fy;
        const double u = static_cast<double>(to[i].x) - tx;
        const double v = static_cast<double>(to[i].y) - ty;
        along += x * u + y * v;
        across += x * v - y * u;
        spread += x * x + y * y;
    }
    const double a = along / spread;
    const double b = across / spread;
    return {a, b, tx - (a * fx - b * fy), ty - (b * fx + a * fy)};
}

} // namespace hafaces
