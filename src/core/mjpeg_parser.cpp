/* SPDX-License-Identifier: MIT */
#include "mjpeg_parser.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace hafaces {

namespace {

constexpr std::array<std::uint8_t, 3> kStart{0xFF, 0xD8, 0xFF};
constexpr std::size_t kMarkerBytes = 2;

/* Markers, ITU-T T.81 table B.1. */
constexpr std::uint8_t kStuffing = 0x00;
constexpr std::uint8_t kFill = 0xFF;
constexpr std::uint8_t kFirstMarker = 0xC0;
constexpr std::uint8_t kStartOfImage = 0xD8;
constexpr std::uint8_t kEndOfImage = 0xD9;
constexpr std::uint8_t kStartOfScan = 0xDA;

bool
isRestart(std::uint8_t marker)
{
    return marker >= 0xD0 && marker <= 0xD7;
}

/* Not the tables and extensions that lie between them. */
bool
isFrameHeader(std::uint8_t marker)
{
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

std::size_t
word(const std::uint8_t *bytes)
{
    return static_cast<std::size_t>(bytes[0]) << 8 | bytes[1];
}

} // namespace

MjpegParser::MjpegParser(std::size_t maxPictureBytes)
    : maxPictureBytes_{maxPictureBytes}
{
}

void
MjpegParser::push(std::span<const std::uint8_t> bytes,
                  const std::function<void(Picture &&)> &onPicture)
{
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
    for (Step step = Step::Done; step != Step::NeedMore;) {
        switch (state_) {
        case State::Seeking:
            step = seek();
            break;
        case State::Segments:
            step = segment();
            break;
        case State::Scan:
            step = scan();
            break;
        }
        if (step == Step::Picture)
            if (Picture picture = takePicture(); !picture.jpeg.empty())
                onPicture(std::move(picture));
    }
    limitSize();
}

/* What was passed over goes; the last bytes may be the beginning of a picture. */
MjpegParser::Step
MjpegParser::seek()
{
    const auto from = buffer_.begin() + static_cast<std::ptrdiff_t>(at_);
    const auto start = std::search(from, buffer_.end(), kStart.begin(), kStart.end());
    const bool found = start != buffer_.end();
    const auto rest = std::min<std::ptrdiff_t>(kStart.size() - 1, buffer_.end() - from);
    buffer_.erase(buffer_.begin(), found ? start : buffer_.end() - rest);
    at_ = 0;
    if (!found)
        return Step::NeedMore;
    buffer_.reserve(expectedBytes_);
    at_ = kMarkerBytes;
    state_ = State::Segments;
    hasScan_ = false;
    width_ = height_ = 0;
    return Step::Done;
}

MjpegParser::Step
MjpegParser::segment()
{
    if (buffer_.size() < at_ + kMarkerBytes)
        return Step::NeedMore;
    const std::uint8_t *bytes = buffer_.data() + at_;
    const std::uint8_t marker = bytes[1];
    if (bytes[0] != 0xFF)
        return giveUp(at_);
    if (marker == kFill) {
        ++at_;
        return Step::Done;
    }
    if (marker == kEndOfImage) {
        at_ += kMarkerBytes;
        return Step::Picture;
    }
    if (marker < kFirstMarker || marker == kStartOfImage || isRestart(marker))
        return giveUp(at_);
    if (buffer_.size() < at_ + 2 * kMarkerBytes)
        return Step::NeedMore;
    const std::size_t length = word(bytes + kMarkerBytes);
    if (length < kMarkerBytes)
        return giveUp(at_);
    if (buffer_.size() < at_ + kMarkerBytes + length)
        return Step::NeedMore;
    if (isFrameHeader(marker))
        return frameHeader(length);
    if (marker == kStartOfScan) {
        hasScan_ = true;
        state_ = State::Scan;
    }
    at_ += kMarkerBytes + length;
    return Step::Done;
}

/* T.81, B.2.2. A height of 0 would follow the first scan: no camera does so, and few decoders can. */
MjpegParser::Step
MjpegParser::frameHeader(std::size_t length)
{
    constexpr std::size_t kShortest = 8;
    const std::uint8_t *bytes = buffer_.data() + at_ + kMarkerBytes;
    if (length < kShortest || word(bytes + 3) == 0 || word(bytes + 5) == 0)
        return giveUp(at_);
    height_ = static_cast<int>(word(bytes + 3));
    width_ = static_cast<int>(word(bytes + 5));
    at_ += kMarkerBytes + length;
    return Step::Done;
}

/* Compressed data until a marker that is neither stuffing nor a restart. */
MjpegParser::Step
MjpegParser::scan()
{
    const void *found = std::memchr(buffer_.data() + at_, 0xFF, buffer_.size() - at_);
    if (found == nullptr) {
        at_ = buffer_.size();
        return Step::NeedMore;
    }
    at_ = static_cast<std::size_t>(static_cast<const std::uint8_t *>(found) - buffer_.data());
    if (buffer_.size() < at_ + kMarkerBytes)
        return Step::NeedMore;
    const std::uint8_t marker = buffer_[at_ + 1];
    if (marker == kStuffing || isRestart(marker))
        at_ += kMarkerBytes;
    else
        state_ = State::Segments;
    return Step::Done;
}

/*
 * Goes on with the byte that made no sense: it may begin the next picture. Segments before it are
 * not searched, else a hostile stream could have every byte looked at thousands of times.
 */
MjpegParser::Step
MjpegParser::giveUp(std::size_t resumeAt)
{
    ++stats_.damaged;
    state_ = State::Seeking;
    at_ = resumeAt;
    return Step::Done;
}

/* Empty if it is none after all. The memory goes with it, only the bytes behind it are copied. */
MjpegParser::Picture
MjpegParser::takePicture()
{
    const std::size_t size = std::exchange(at_, 0);
    state_ = State::Seeking;
    std::vector<std::uint8_t> rest(buffer_.begin() + static_cast<std::ptrdiff_t>(size),
                                   buffer_.end());
    Picture picture{std::exchange(buffer_, std::move(rest)), width_, height_};
    picture.jpeg.resize(size);
    if (!hasScan_ || width_ == 0) {
        ++stats_.damaged;
        return {};
    }
    if (size > maxPictureBytes_) {
        ++stats_.tooLarge;
        return {};
    }
    ++stats_.pictures;
    expectedBytes_ = size + size / 8;
    return picture;
}

void
MjpegParser::limitSize()
{
    if (buffer_.size() <= maxPictureBytes_)
        return;
    ++stats_.tooLarge;
    state_ = State::Seeking;
    buffer_ = {};
    at_ = 0;
}

} // namespace hafaces
