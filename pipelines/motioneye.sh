#!/bin/sh
# SPDX-License-Identifier: MIT
# A snapshot of motionEye each half second: faces go to out/ as events and pictures. Works with
# motionEye 0.44 (a log-in) and with those before (a signed address).
#
#   pipelines/motioneye.sh ADDRESS USER PASSWORD-FILE
#
# ADDRESS is that of the web page with /picture/NUMBER/current/ behind it, as in
# http://127.0.0.1:8765/picture/1/current/; NUMBER is the camera's, from 1. PASSWORD-FILE holds the
# password in its first line. OUT names another folder than out/.
set -eu
if [ $# != 3 ]; then
    sed -n 's/^#   /Usage: /p' "$0" >&2
    exit 2
fi

exec gst-launch-1.0 -e hacamerasrc location="$1" user-id="$2" password-file="$3" \
    fetch=interval interval=500 ! \
    jpegdec ! queue leaky=downstream max-size-buffers=1 ! hafacedetect ! facedraw ! \
    jpegenc ! hanotify location="${OUT:-out}" ! fakesink async=false
