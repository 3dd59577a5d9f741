/* SPDX-License-Identifier: MIT */
#pragma once

#include "geometry.h"

#include <span>

namespace hafaces {

/* A turn, a scale and a shift: x' = a x - b y + dx, y' = b x + a y + dy. */
struct Similarity {
    double a = 1;
    double b = 0;
    double dx = 0;
    double dy = 0;

    Point operator()(const Point &point) const;
    double scale() const;
    Similarity inverse() const;
};

/* First `first`, then `second`. */
Similarity then(const Similarity &first, const Similarity &second);

/* About the origin, radians, from the x axis towards the y axis. */
Similarity turnedBy(double angle);

/* That brings `from` nearest to `to` by least squares, without mirroring (Umeyama, 1991). Both are of
 * the same length, and not all of `from` lie in one place. */
Similarity fitted(std::span<const Point> from, std::span<const Point> to);

} // namespace hafaces
