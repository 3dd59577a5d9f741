#!/bin/sh
# SPDX-License-Identifier: MIT
# motioneye_test.sh VERSION FETCHED PIPELINES DATA: the line for motionEye with motionEye itself, as
# fetch.sh brought it.
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
printf '%s\n' '# @name Door' '# @id 1' '# @enabled on' '# @proto netcam' "netcam_url $camera" \
    'width 640' 'height 480' 'framerate 10' "stream_port $motion_port" 'stream_localhost on' \
    'stream_maxrate 10' 'stream_quality 85' >eye/camera-1.conf
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
end "$motioneye_pid"
[ "$failures" = 0 ]
