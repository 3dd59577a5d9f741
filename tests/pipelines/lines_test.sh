#!/bin/sh
# SPDX-License-Identifier: MIT
# lines_test.sh PIPELINES DATA: the lines for RTSP and for cameras of this machine. Their own
# sources are only looked up, a stand-in gives the pictures.
set -u

pipelines=$1
data=$2
work=$(mktemp -d)
# shellcheck source=tests/pipelines/cameras.sh
. "$(dirname "$0")/cameras.sh"
cd "$work" || exit 1

# Every element and property of the line; what can't be opened comes after that.
parses() {
    timeout 20 "$@" >parsed 2>&1
    ! grep -E 'WARNING: erroneous pipeline|no element|no property|syntax error' parsed
}
still="multifilesrc location=$data/dark.jpg loop=true caps=image/jpeg,framerate=10/1 ! jpegdec ! clocksync"

check 'rtsp.sh is right' parses env OUT=none "$pipelines/rtsp.sh" rtsp://127.0.0.1:1/
start env OUT=rtsp SOURCE="$still ! x264enc tune=zerolatency key-int-max=10 ! rtph264pay" \
    "$pipelines/rtsp.sh" rtsp://127.0.0.1:1/
line=$pid
check 'H.264 over RTP' within 30 has_events rtsp
end "$line" INT

check 'recording.sh is right' parses env OUT=none "$pipelines/recording.sh" v4l2src device=/dev/none
if gst-inspect-1.0 libcamerasrc >/dev/null 2>&1; then
    check 'with libcamerasrc too' parses env OUT=none "$pipelines/recording.sh" libcamerasrc
fi
# shellcheck disable=SC2086
start env OUT=recorded "$pipelines/recording.sh" $still
line=$pid
check 'a face beside the recording' within 30 has_events recorded
sleep 2
end "$line" INT
frames() {
    gst-launch-1.0 -q filesrc location=recorded/recording.mkv ! matroskademux ! h264parse ! \
        avdec_h264 ! jpegenc ! multifilesink location=recorded/frame-%d.jpg >&2
    find recorded -name 'frame-*.jpg' | wc -l
}
check 'the recording can be read' [ "$(frames)" -ge 10 ]

check 'motioneye.sh tells its use' sh -c "'$pipelines/motioneye.sh' 2>&1 | grep -q '^Usage: pipelines/motioneye.sh ADDRESS'"
[ "$failures" = 0 ]
