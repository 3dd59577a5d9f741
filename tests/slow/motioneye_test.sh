#!/bin/sh
# SPDX-License-Identifier: MIT
# motioneye_test.sh VERSION FETCHED PIPELINES DATA: the lines for motionEye, with motionEye itself, as
# fetch.sh brought it; and its web hook.
set -u

version=$1
program=$2/motioneye-$version/bin/meyectl
pipelines=$3
data=$4
work=$(mktemp -d)
# shellcheck source=tests/pipelines/cameras.sh
. "$(dirname "$0")/../pipelines/cameras.sh"
cd "$work" || exit 1

web_port=$(free_port)
address=http://127.0.0.1:$web_port/picture/1/current/
start_moving_camera
motion_port=$(free_port)
mkdir -p eye
printf '%s\n' "conf_path $work/eye" "run_path $work/eye" "log_path $work/eye" "media_path $work/eye" \
    'listen 127.0.0.1' "port $web_port" "motion_control_port $(free_port)" >eye/motioneye.conf
# The password is "secret"; motionEye 0.44 stores it anew at the first log-in.
printf '%s\n' '# @admin_username admin' "# @admin_password $(printf secret | sha1sum | cut -d ' ' -f 1)" \
    '# @normal_username user' '# @normal_password other' 'camera camera-1.conf' >eye/motion.conf
# What "Call A Web Hook" makes of its settings.
hook_port=$(free_port)
hook=http://127.0.0.1:$hook_port/motion-detected
call_hook="$program webhook -c $work/eye/motioneye.conf" # Motion takes quotes off that are at both ends
printf '%s\n' '# @name Door' '# @id 1' '# @enabled on' '# @proto netcam' "netcam_url $camera" \
    'width 640' 'height 480' 'framerate 10' "stream_port $motion_port" 'stream_localhost on' \
    'stream_maxrate 10' 'stream_quality 85' '# @motion_detection on' 'minimum_motion_frames 1' \
    'event_gap 1' "on_event_start $call_hook 'POSTj' '$hook?camera=%t&event=%v'" >eye/camera-1.conf
echo secret >password
echo wrong >wrong-password

start_motioneye() {
    start "$program" startserver -c "$work/eye/motioneye.conf"
    motioneye_pid=$pid
}
answers() { python3 -c 'import sys, urllib.request as r; r.urlopen(sys.argv[1]).read()' "http://127.0.0.1:$web_port/"; }
# fault PASSWORD-FILE: the fault that is told first, or nothing.
fault() {
    timeout 15 gst-launch-1.0 -m hacamerasrc location="$address" user-id=admin password-file="$1" ! \
        fakesink | sed -n 's/.*fault=(string)\([a-z-]*\),.*/\1/p' | head -n 1
}

start_motioneye
check "motionEye $version starts" within 30 answers
start env OUT=out "$pipelines/motioneye.sh" "$address" admin password
line=$pid
check 'a face in its pictures' within 60 has_events out
end "$line" INT
check 'a wrong password is told' [ "$(fault wrong-password)" = unauthorized ]

start gst-launch-1.0 -q hacamerasrc location="$address" user-id=admin password-file=password \
    fetch=interval interval=200 ! jpegdec ! queue leaky=downstream max-size-buffers=1 ! \
    hafacedetect ! hanotify location=all publish=faces image=none ! fakesink async=false
line=$pid
check 'each face' within 40 has_events all 3
end "$motioneye_pid"
seen=$(wc -l <all/events.jsonl)
start_motioneye
check 'motionEye was started anew, the line went on' within 60 has_events all $((seen + 5))
end "$line" INT

leave
start sh -c "OUT=hook CAMERA='user-id=admin password-file=password' \
    exec '$pipelines/doorbell.sh' '$address' port=$hook_port >hook.log 2>&1"
line=$pid
within 30 grep -q 'state=(string)connected' hook.log
sleep 5
check 'nobody there: no picture' test ! -e hook/last-detection.jpg
# A hook comes once an event. Where somebody was, Motion takes the empty place for motion and goes on
# with the event, for ten seconds or so; and now and then it misses motion.
walk_in() {
    leave
    sleep 15
    walk
    within 15 test -s hook/last-detection.jpg
}
check 'motion leads to a picture, by its web hook' eval 'walk_in || walk_in || walk_in'
check 'the trigger came by HTTP' grep -q 'source=(string)http' hook.log
end "$line" INT
end "$motioneye_pid"

printf 'door/bell&key' >token
start sh -c "exec gst-launch-1.0 -m videotestsrc is-live=true ! hatrigger port=$hook_port token-file=token \
    burst=1 ! hafacedetect frames=triggered ! fakesink async=false >methods.log 2>&1"
count_started() { grep -c 'state=(string)started' methods.log; }
has_started() { [ "$(count_started)" -ge "$1" ]; }
finished() { [ "$(grep -c 'state=(string)finished' methods.log)" -ge "$1" ]; }
calls=0
for method in GET POST POSTf POSTj; do
    calls=$((calls + 1))
    within 20 curl -s "$hook" -o unauthorized
    sh -c "$call_hook $method '$hook/door%2Fbell%26key?camera=1&event=02&x=a%20b'" >>log 2>&1
    check "its method $method" within 10 has_started $calls
    within 10 finished $calls
done
check 'a request without the token is none' [ "$(count_started)" = 4 ]
[ "$failures" = 0 ]
