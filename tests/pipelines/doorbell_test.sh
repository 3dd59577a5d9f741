#!/bin/sh
# SPDX-License-Identifier: MIT
# doorbell_test.sh PIPELINES DATA: the whole of it with Motion itself, whose on_event_start calls us.
set -u

pipelines=$1
data=$2
work=$(mktemp -d)
# shellcheck source=tests/pipelines/cameras.sh
. "$(dirname "$0")/cameras.sh"
cd "$work" || exit 1
command -v motion >/dev/null || { echo 'Motion is not installed (Debian: motion)' >&2; exit 1; }

hook_port=$(free_port)
hook=http://127.0.0.1:$hook_port/motion-detected
with_hook="on_event_start curl -fsS -m 10 -X POST $hook?camera=%t&event=%v"
started() { grep -c 'state=(string)started' "$1"; }
has_ended() { ! kill -0 "$1" 2>/dev/null; }

start_moving_camera
leave
start_motion 'event_gap 1' "$with_hook"
within 20 shows "$stream"
start sh -c "OUT=hook exec '$pipelines/doorbell.sh' '$stream' port=$hook_port >hook.log 2>&1"
line=$pid
within 20 grep -q 'state=(string)connected' hook.log
sleep 3
check 'nobody there: no picture' test ! -e hook/last-detection.jpg
seen=$(started hook.log)
walk
check 'motion leads to a picture, by the web hook' within 20 test -s hook/last-detection.jpg
check 'a trigger was told' [ "$(started hook.log)" -gt "$seen" ]
check 'the event names the trigger' grep -q '"trigger":"[0-9a-f-]*"' hook/events.jsonl

leave
end "$motion_pid" KILL
sleep 1
start_motion 'event_gap 1' "$with_hook"
within 20 shows "$stream"
sleep 5
remember
walk
check 'Motion was killed and came back: a new picture' within 20 is_new hook/last-detection.jpg
kill -INT "$line"
check 'the line ends with a closed gate' within 5 has_ended "$line"
end "$motion_pid"

leave
start_motion
within 20 shows "$stream"
start sh -c "OUT=own exec '$pipelines/doorbell.sh' '$stream' port=$hook_port motion=true >own.log 2>&1"
line=$pid
within 20 grep -q 'state=(string)connected' own.log
sleep 3
check 'its own eyes see no motion where nobody is' [ "$(started own.log)" = 0 ]
walk
check 'motion leads to a picture without a web hook' within 20 test -s own/last-detection.jpg
check 'it was its own eyes' grep -q 'source=(string)motion' own.log
end "$line" INT

start sh -c "OUT=snapshot CAMERA=fetch=triggered exec '$pipelines/doorbell.sh' '${stream}0/current' port=$hook_port >snapshot.log 2>&1"
line=$pid
within 20 grep -q 'state=(string)connected' snapshot.log
within 10 curl -fsS -X POST "$hook"
check 'a snapshot is asked for when it is wanted' within 20 test -s snapshot/last-detection.jpg
end "$line" INT
end "$motion_pid"

still="multifilesrc location=$data/dark.jpg loop=true caps=image/jpeg,framerate=10/1 ! jpegdec ! clocksync"
start sh -c "OUT=rtp SOURCE='$still ! x264enc tune=zerolatency key-int-max=10 ! rtph264pay' \
    exec '$pipelines/rtsp-doorbell.sh' rtsp://127.0.0.1:1/ port=$hook_port >rtp.log 2>&1"
line=$pid
sleep 2
check 'H.264 without a trigger: nothing' test ! -e rtp/last-detection.jpg
within 10 curl -fsS "$hook"
check 'H.264 over RTP, by the web hook' within 20 test -s rtp/last-detection.jpg
kill -INT "$line"
check 'that line ends too' within 5 has_ended "$line"

start sh -c "OUT=recorded GATE=port=$hook_port exec '$pipelines/recording-doorbell.sh' $still >recorded.log 2>&1"
line=$pid
sleep 2
check 'recorded without a trigger: nothing' test ! -e recorded/last-detection.jpg
within 10 curl -fsS "$hook"
check 'beside a recording, by the web hook' within 20 test -s recorded/last-detection.jpg
check 'ten frames were looked at' within 20 grep -q 'state=(string)finished.*inferred=(uint)10' recorded.log
kill -INT "$line"
check 'the recording ends' within 10 has_ended "$line"
frames() {
    gst-launch-1.0 -q filesrc location=recorded/recording.mkv ! matroskademux ! h264parse ! \
        avdec_h264 ! jpegenc ! multifilesink location=recorded/frame-%d.jpg >&2
    find recorded -name 'frame-*.jpg' | wc -l
}
check 'the recording has all frames' [ "$(frames)" -ge 30 ]

for script in doorbell rtsp-doorbell; do
    check "$script.sh tells its use" sh -c "'$pipelines/$script.sh' --help 2>&1 | grep -q '^Usage: pipelines/$script.sh'"
done
[ "$failures" = 0 ]
