/* SPDX-License-Identifier: MIT */
#pragma once

#include "publisher.h"

#include <cstddef>
#include <filesystem>

namespace hafaces {

/*
 * The file transport: `last-detection.jpg`, replaced in one step, so a reader sees the old or the
 * new picture but never a part; and `events.jsonl`, one event a line, which becomes
 * `events.jsonl.1` at 10 MB and so on to `.5`. The folder is made if it is missing. Files are
 * readable by their owner and group only, for they show faces.
 */
class FilePublisher final : public Publisher {
public:
    static constexpr std::size_t kRotateAtBytes = 10'000'000;
    static constexpr int kOldFiles = 5;

    explicit FilePublisher(std::filesystem::path folder,
                           std::size_t rotateAtBytes = kRotateAtBytes);

    /* Also mends an events file whose last line was torn by a crash or a power cut. */
    void open() override;
    void publishImage(std::span<const std::uint8_t> jpeg) override;
    void publishEvent(const FaceEvent &event) override;

private:
    void mendLastLine() const;
    void rotate() const;

    std::filesystem::path folder_;
    std::filesystem::path image_;
    std::filesystem::path events_;
    std::size_t rotateAtBytes_;
};

} // namespace hafaces
