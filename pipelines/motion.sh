#!/bin/sh
# SPDX-License-Identifier: MIT
# Motion's stream (also motionEye's stream port): faces go to out/ as events and pictures.
#
#   pipelines/motion.sh [ADDRESS] [USER PASSWORD-FILE]
#
# ADDRESS is http://127.0.0.1:8081/ if not given; Motion answers from other machines after
# "stream_localhost off". USER and PASSWORD-FILE are those of "stream_authentication". OUT names
# another folder than out/.
set -eu
folder=${OUT:-out}
address=${1:-http://127.0.0.1:8081/}
set -- "${2:-}" "${3:-}"
[ -z "$1" ] || set -- user-id="$1" password-file="$2"
[ -n "$1" ] || set --

exec gst-launch-1.0 -e hacamerasrc location="$address" "$@" ! \
    jpegdec ! queue leaky=downstream max-size-buffers=1 ! hafacedetect ! facedraw ! \
    jpegenc ! hanotify location="$folder" ! fakesink async=false
