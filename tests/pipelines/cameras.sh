# SPDX-License-Identifier: MIT
# Read by the tests of pipelines: a moving camera, Motion, and waiting for what has to happen. Set
# before: $data and $work, an empty folder. All that was started ends with the test, by its pid.
started=''
# shellcheck disable=SC2154
trap 'for pid in $started; do kill "$pid" 2>/dev/null; wait "$pid" 2>/dev/null; done; rm -rf "$work"' EXIT
failures=0

# start COMMAND...: in the background; its pid is $pid, what it prints goes to $work/log.
start() {
    "$@" >>"$work/log" 2>&1 &
    pid=$!
    started="$started $pid"
}

# end PID [SIGNAL]
end() {
    kill "-${2:-TERM}" "$1"
    wait "$1" 2>/dev/null
    left=''
    for each in $started; do [ "$each" = "$1" ] || left="$left $each"; done
    started=$left
}

# within SECONDS COMMAND...: until the command succeeds.
within() {
    tries=$(($1 * 10))
    shift
    while ! "$@" >/dev/null 2>&1; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep 0.1
    done
}

# check NAME COMMAND...
check() {
    name=$1
    shift
    if "$@"; then
        echo "ok: $name"
    else
        failures=$((failures + 1))
        echo "FAILED: $name"
        tail -n 40 "$work/log"
    fi
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# A face that walks through the picture, unless everybody left; $camera is its address.
start_moving_camera() {
    gst-launch-1.0 -q videotestsrc pattern=white num-buffers=1 ! \
        video/x-raw,width=640,height=480 ! jpegenc ! filesink location="$work/empty.jpg"
    for step in 0 1 2 3 4 5 6 7 8 9; do
        left=$((step * 34))
        gst-launch-1.0 -q filesrc location="$data/mjpeg/astronaut-head.jpg" ! jpegdec ! \
            videobox left=-$left right=-$((340 - left)) top=-70 bottom=-70 fill=white ! jpegenc ! \
            filesink location="$work/moving-$step.jpg"
    done
    start python3 "$data/../support/moving_camera.py" "$work/moving-port" "$work/empty.jpg" \
        "$work"/moving-?.jpg
    within 10 test -s "$work/moving-port"
    camera=http://127.0.0.1:$(cat "$work/moving-port")/
}

leave() { : >"$work/moving-port.empty"; }
walk() { rm "$work/moving-port.empty"; }

# start_motion [LINE-OF-CONFIGURATION]...: as $motion_pid; its stream is $stream.
start_motion() {
    : "${motion_port:=$(free_port)}"
    : "${control_port:=$(free_port)}"
    stream=http://127.0.0.1:$motion_port/
    mkdir -p "$work/motion"
    {
        printf '%s\n' 'daemon off' "netcam_url $camera" 'width 640' 'height 480' 'framerate 10' \
            "stream_port $motion_port" 'stream_localhost on' 'stream_maxrate 10' \
            "webcontrol_port $control_port" 'webcontrol_localhost on' 'movie_output off' \
            'picture_output off' "target_dir $work/motion" 'minimum_motion_frames 1' "$@"
    } >"$work/motion.conf"
    start motion -n -c "$work/motion.conf" -p "$work/motion.pid"
    motion_pid=$pid
}

# Whether Motion, or motionEye's, gives pictures.
shows() { gst-launch-1.0 -q hacamerasrc num-buffers=1 location="$1" ! fakesink; }

# remember FILE, and then is_new FILE
remember() { touch "$work/remembered"; sleep 0.1; }
is_new() { [ "$1" -nt "$work/remembered" ]; }

has_events() { [ "$(wc -l <"$1/events.jsonl")" -ge "${2:-1}" ]; }
