#!/bin/sh
# SPDX-License-Identifier: MIT
# A camera of this machine that is recorded all the time, in which faces are looked for when motion
# is reported by a web hook. The gate stands before the fork and lets all frames pass (idle=pass),
# marking those that the detector looks at.
#
#   pipelines/recording-doorbell.sh [SOURCE-ELEMENT [PROPERTY=VALUE]...]
#
# SOURCE-ELEMENT is v4l2src if not given. It listens on http://127.0.0.1:8080/motion-detected;
# pipelines/doorbell.sh tells how to call it. GATE has properties for hatrigger, such as
# "motion=true". The recording is out/recording.mkv; ENCODER and OUT as in pipelines/recording.sh.
# Ctrl+C ends both well.
set -eu
[ $# -gt 0 ] || set -- v4l2src
folder=${OUT:-out}
mkdir -p "$folder"

# shellcheck disable=SC2086
exec gst-launch-1.0 -e -m "$@" ! videoconvert ! video/x-raw,format=I420 ! \
    hatrigger idle=pass port=8080 ${GATE-} ! tee name=camera \
    camera. ! queue ! ${ENCODER:-x264enc tune=zerolatency speed-preset=ultrafast} ! h264parse ! \
    matroskamux ! filesink location="$folder/recording.mkv" \
    camera. ! queue leaky=downstream max-size-buffers=30 max-size-bytes=0 max-size-time=0 ! \
    hafacedetect frames=triggered ! facedraw ! \
    jpegenc ! hanotify location="$folder" ! fakesink async=false
