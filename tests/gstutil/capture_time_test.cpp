/* SPDX-License-Identifier: MIT */
#include "gstutil/capture_time.h"

#include "gstutil/gst_ptr.h"

#include <gtest/gtest.h>

namespace hafaces {
namespace {

std::int64_t
captureTimeWith(const char *reference, GstClockTime timestamp)
{
    const MiniObjectPtr<GstBuffer> buffer(gst_buffer_new());
    const MiniObjectPtr<GstCaps> caps(gst_caps_new_empty_simple(reference));
    gst_buffer_add_reference_timestamp_meta(buffer.get(), caps.get(), timestamp,
                                            GST_CLOCK_TIME_NONE);
    return captureUnixUs(buffer.get());
}

void
expectNow(std::int64_t unixUs)
{
    EXPECT_NEAR(static_cast<double>(g_get_real_time()), static_cast<double>(unixUs), 5e6);
}

TEST(CaptureTime, IsNowWithoutAReference)
{
    const MiniObjectPtr<GstBuffer> buffer(gst_buffer_new());
    expectNow(captureUnixUs(buffer.get()));
}

TEST(CaptureTime, IsThatOfTheCamerasClock)
{
    EXPECT_EQ(1'700'000'000'250'000,
              captureTimeWith("timestamp/x-unix", 1'700'000'000'250 * GST_MSECOND));
}

TEST(CaptureTime, KnowsThatNtpCountsFrom1900)
{
    EXPECT_EQ(1'700'000'000'000'000,
              captureTimeWith("timestamp/x-ntp", (1'700'000'000 + 2'208'988'800) * GST_SECOND));
}

TEST(CaptureTime, IsNowWhereTheReferenceIsNoTimeOfDay)
{
    expectNow(captureTimeWith("timestamp/x-monotonic", 5 * GST_SECOND));
    expectNow(captureTimeWith("timestamp/x-ntp", 5 * GST_SECOND));
}

} // namespace
} // namespace hafaces
