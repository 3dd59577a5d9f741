#!/bin/sh
# SPDX-License-Identifier: MIT
# An RTSP camera with H.264 that is decoded only when motion is reported by a web hook: faces go to
# out/ as events and pictures.
#
#   pipelines/rtsp-doorbell.sh rtsp://CAMERA/STREAM [HATRIGGER-PROPERTY=VALUE]...
#
# It listens on http://127.0.0.1:8080/motion-detected; pipelines/doorbell.sh tells how to call it.
# Decoding begins at a key frame: set the camera to one a second (I-frame interval, GOP). rtspsrc
# ends when the camera does: let a service start this line again. SOURCE names another source of
# H.264 over RTP than rtspsrc, OUT another folder than out/.
set -eu
case ${1-} in
rtsp*://*) ;;
*)
    sed -n 's/^#   pipelines/Usage: pipelines/p' "$0" >&2
    exit 2
    ;;
esac
address=$1
shift

# shellcheck disable=SC2086
exec gst-launch-1.0 -e -m ${SOURCE:-rtspsrc location="$address" latency=200} ! \
    rtph264depay ! h264parse config-interval=-1 ! hatrigger port=8080 "$@" ! \
    decodebin ! videoconvert ! hafacedetect frames=triggered ! facedraw ! \
    jpegenc ! hanotify location="${OUT:-out}" ! fakesink async=false
