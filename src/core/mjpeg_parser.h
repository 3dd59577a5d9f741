/* SPDX-License-Identifier: MIT */
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace hafaces {

/*
 * The JPEG pictures in what a camera sends, be it one picture or a multipart stream. A picture is
 * known by its own bytes: from FF D8 FF along its segments to FF D9 (ITU-T T.81, annex B).
 * Boundaries, part headers and their lengths are never looked at, so whatever is wrong with them
 * costs nothing, and a picture is there with its last byte. What is not a picture is passed over.
 *
 * Holds at most the picture that is coming in. Time is linear in the bytes. Not thread-safe.
 */
class MjpegParser {
public:
    struct Picture {
        std::vector<std::uint8_t> jpeg;
        int width = 0; /* px, from its frame header */
        int height = 0;
    };

    struct Stats {
        std::uint64_t pictures = 0;
        std::uint64_t damaged = 0;  /* begun, and not gone on as a picture does */
        std::uint64_t tooLarge = 0; /* passed over */
    };

    explicit MjpegParser(std::size_t maxPictureBytes);

    /* Calls `onPicture` for each picture that these bytes end. */
    void push(std::span<const std::uint8_t> bytes,
              const std::function<void(Picture &&)> &onPicture);

    /* Whether a picture has begun and not ended. */
    bool isInPicture() const { return state_ != State::Seeking; }

    const Stats &stats() const { return stats_; }

private:
    enum class State { Seeking, Segments, Scan };
    enum class Step { Done, NeedMore, Picture };

    Step seek();
    Step segment();
    Step scan();
    Step frameHeader(std::size_t length);
    Step giveUp(std::size_t resumeAt);
    Picture takePicture();
    void limitSize();

    std::size_t maxPictureBytes_;
    std::vector<std::uint8_t> buffer_; /* begins with the picture, when in one */
    std::size_t expectedBytes_ = 0;    /* of a picture, by the last one: growing copies */
    std::size_t at_ = 0;               /* next byte to look at */
    State state_ = State::Seeking;
    int width_ = 0;
    int height_ = 0;
    bool hasScan_ = false;
    Stats stats_;
};

} // namespace hafaces
