/* SPDX-License-Identifier: MIT */
#pragma once

#include "face.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace hafaces {

/*
 * Frames -> visits. A visit is one happening, as a person would call it: it begins with a face
 * while none is open, and ends `clearAfter` after the last face. That is measured by the times of
 * the frames, which pass faster than life when a file is read, and by a steady clock while no frame
 * comes at all. Not thread-safe.
 */
class VisitTracker {
public:
    using Duration = std::chrono::nanoseconds;
    using IdGenerator = std::function<std::string()>; /* a new UUID at each call */

    explicit VisitTracker(IdGenerator newId)
        : newId_{std::move(newId)}
    {
    }

    struct Moment {
        std::optional<Duration> stream; /* running time of the frame; none: it has no time */
        Duration steady{};              /* on a clock that only runs forward */
    };

    struct Change {
        bool begins = false;        /* with this frame */
        bool betterPicture = false; /* the first of a visit, or a larger and surer face since */
    };

    /*
     * Every frame that was looked at, with faces or without. `trigger`: the id of the trigger that
     * it was taken for, or empty. Each begins anew with what is a better picture, so that people
     * who look after it see what it was about.
     */
    Change see(const std::vector<Face> &faces, const Moment &now, Duration clearAfter,
               const std::string &trigger = {});

    /* The stream is over. */
    void end() { open_.reset(); }

    /* Of the open visit. */
    std::optional<std::string> id() const;

private:
    struct Visit {
        std::string id;
        Moment lastFace;
        double bestPicture = 0;
        std::string trigger; /* the last */
    };

    static bool isOver(const Visit &visit, const Moment &lastFrame, const Moment &now,
                       Duration clearAfter);

    IdGenerator newId_;
    std::optional<Visit> open_;
    Moment lastFrame_;
};

} // namespace hafaces
