/* SPDX-License-Identifier: MIT */
#include "capture_time.h"

#include "gst_ptr.h"

namespace hafaces {

namespace {

struct Epoch {
    const char *caps;
    std::uint64_t secondsBeforeUnix;
};

/* NTP counts from 1900 (RFC 5905, section 6). */
constexpr Epoch kEpochs[] = {{"timestamp/x-unix", 0}, {"timestamp/x-ntp", 2208988800}};

} // namespace

std::int64_t
captureUnixUs(GstBuffer *buffer)
{
    for (const Epoch &epoch : kEpochs) {
        const MiniObjectPtr<GstCaps> reference(gst_caps_new_empty_simple(epoch.caps));
        const auto *meta = gst_buffer_get_reference_timestamp_meta(buffer, reference.get());
        const GstClockTime offset = epoch.secondsBeforeUnix * GST_SECOND;
        if (meta != nullptr && meta->timestamp >= offset)
            return static_cast<std::int64_t>((meta->timestamp - offset) / GST_USECOND);
    }
    return g_get_real_time();
}

} // namespace hafaces
