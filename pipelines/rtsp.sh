#!/bin/sh
# SPDX-License-Identifier: MIT
# An RTSP camera with H.264: faces go to out/ as events and pictures.
#
#   pipelines/rtsp.sh rtsp://CAMERA/STREAM
#
# The decoder is chosen by GStreamer: in hardware where there is one, else that of
# gstreamer1.0-libav. rtspsrc ends when the camera does: let a service start this line again. SOURCE
# names another source of H.264 over RTP than rtspsrc, OUT another folder than out/.
set -eu
if [ $# != 1 ]; then
    sed -n 's/^#   /Usage: /p' "$0" >&2
    exit 2
fi

# shellcheck disable=SC2086
exec gst-launch-1.0 -e ${SOURCE:-rtspsrc location="$1" latency=200} ! \
    rtph264depay ! h264parse ! decodebin ! videoconvert ! \
    queue leaky=downstream max-size-buffers=1 ! hafacedetect ! facedraw ! \
    jpegenc ! hanotify location="${OUT:-out}" ! fakesink async=false
