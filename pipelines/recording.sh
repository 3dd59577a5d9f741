#!/bin/sh
# SPDX-License-Identifier: MIT
# A camera of this machine, recorded and watched: one branch writes the video to a file, the other
# looks for faces, and neither waits for the other.
#
#   pipelines/recording.sh [SOURCE-ELEMENT [PROPERTY=VALUE]...]
#
# SOURCE-ELEMENT is v4l2src if not given; libcamerasrc is the Raspberry Pi's camera. The recording
# is out/recording.mkv (H.264; x264enc is of gstreamer1.0-plugins-ugly, v4l2h264enc the Pi's own
# encoder: ENCODER=v4l2h264enc). OUT names another folder than out/. Ctrl+C ends both well.
set -eu
[ $# -gt 0 ] || set -- v4l2src
folder=${OUT:-out}
mkdir -p "$folder"

# shellcheck disable=SC2086
exec gst-launch-1.0 -e "$@" ! videoconvert ! video/x-raw,format=I420 ! tee name=camera \
    camera. ! queue ! ${ENCODER:-x264enc tune=zerolatency speed-preset=ultrafast} ! h264parse ! \
    matroskamux ! filesink location="$folder/recording.mkv" \
    camera. ! queue leaky=downstream max-size-buffers=1 ! hafacedetect ! facedraw ! \
    jpegenc ! hanotify location="$folder" ! fakesink async=false
