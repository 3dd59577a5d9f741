/* SPDX-License-Identifier: MIT */
#include "motion_watch.h"

#include "core/small_gray.h"
#include "gstutil/gst_ptr.h"
#include "gstutil/video_view.h"

namespace hafaces {

bool
MotionWatch::setCaps(const GstCaps *caps)
{
    const GstStructure *structure = gst_caps_get_structure(caps, 0);
    kind_ = Kind::None;
    if (gst_structure_has_name(structure, "image/jpeg"))
        kind_ = Kind::Jpeg;
    else if (const MiniObjectPtr<GstCaps> raw(gst_caps_from_string(HAFACES_VIDEO_CAPS));
             gst_caps_is_subset(caps, raw.get()) && gst_video_info_from_caps(&info_, caps))
        kind_ = Kind::Raw;
    reset();
    return kind_ != Kind::None;
}

void
MotionWatch::reset()
{
    pace_.reset();
    detector_.reset();
}

/* False: damaged. */
bool
MotionWatch::shrink(GstBuffer *buffer)
{
    if (kind_ == Kind::Raw) {
        smallGrayFrom(VideoView(buffer, info_, GST_MAP_READ).image(), small_);
        return true;
    }
    GstMapInfo map;
    if (!gst_buffer_map(buffer, &map, GST_MAP_READ))
        return false;
    const bool decoded = smallGrayFromJpeg({map.data, map.size}, small_);
    gst_buffer_unmap(buffer, &map);
    return decoded;
}

bool
MotionWatch::see(GstBuffer *buffer, std::chrono::nanoseconds time, double rate, double threshold)
{
    const auto interval =
        std::chrono::duration_cast<Pace::Duration>(std::chrono::duration<double>(1 / rate));
    if (kind_ == Kind::None || !pace_.isDue(time, interval) || !shrink(buffer))
        return false;
    detector_.setThreshold(threshold);
    return detector_.see(small_, time);
}

} // namespace hafaces
