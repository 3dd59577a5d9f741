/* SPDX-License-Identifier: MIT */
#pragma once

#include "gstutil/face_meta.h"

#include "support/harness.h"

#include <chrono>
#include <string>
#include <utility>

namespace hafaces::test {

/* hanotify's sink pad, and who pushes pictures of 60 KB with a face, each of a trigger of its own. */
class NotifySource {
public:
    explicit NotifySource(const std::string &properties)
        : harness_{"hanotify publish=faces " + properties}
        , picture_{"\xFF\xD8" + std::string(kPictureBytes - 4, 'x') + "\xFF\xD9"}
    {
        harness_.setCaps("image/jpeg,width=640,height=480,framerate=25/1");
        gst_harness_set_drop_buffers(harness_.get(), TRUE);
    }

    Harness &harness() { return harness_; }

    /* How long that took; the pad was busy for as long. */
    std::chrono::nanoseconds push(const std::string &trigger)
    {
        BufferPtr buffer(gst_buffer_new_memdup(picture_.data(), picture_.size()));
        Detection detection;
        detection.faces = {{{10, 10, 100, 100}, 0.98F, std::nullopt}};
        detection.frame = {640, 480};
        detection.captureUnixUs = g_get_real_time();
        detection.captureMonotonicUs = g_get_monotonic_time();
        detection.trigger.emplace();
        detection.trigger->trigger = trigger;
        attachDetection(buffer.get(), detection);
        const auto begin = std::chrono::steady_clock::now();
        harness_.push(std::move(buffer));
        return std::chrono::steady_clock::now() - begin;
    }

private:
    static constexpr std::size_t kPictureBytes = 60 * 1024;

    Harness harness_;
    const std::string picture_;
};

} // namespace hafaces::test
