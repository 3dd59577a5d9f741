#!/bin/sh
# SPDX-License-Identifier: MIT
# Finds the faces in a picture, a video or a camera: builds what is needed, then runs
#   SOURCE ! hafacedetect ! facedraw ! hanotify
set -eu

usage() {
    cat <<'END'
Usage: pipelines/demo.sh [--output FOLDER] [PICTURE | VIDEO | HTTP-ADDRESS | /dev/videoN]

Finds faces and draws boxes round them. Prints each event as a line of JSON, then a summary and
where the picture with the boxes is. Without an argument it takes a picture that comes with hafaces.
Missing Debian packages are installed (as root or with sudo) and hafaces is built, if need be.
Ctrl-C ends a camera.

  --output FOLDER  where events.jsonl and last-detection.jpg go (default: out)
END
}

fail() {
    printf '%s\n' "demo: $*" >&2
    exit 1
}

wrong_use() {
    echo "demo: $*" >&2
    usage >&2
    exit 2
}

root=$(cd "$(dirname "$0")/.." && pwd)
output=out
input=''
while [ $# -gt 0 ]; do
    case $1 in
    --output)
        [ $# -ge 2 ] && [ -n "$2" ] || wrong_use "--output needs a folder"
        output=$2
        shift
        ;;
    --help | -h)
        usage
        exit 0
        ;;
    -*) wrong_use "unknown option $1" ;;
    *)
        [ -z "$input" ] || wrong_use "one input at a time, please: $input, $1"
        [ -n "$1" ] || wrong_use "the input is empty"
        input=$1
        ;;
    esac
    shift
done
input=${input:-$root/tests/data/astronaut.png}

# What kind of input it is, checked before anything is installed.
kind_of() {
    case $1 in
    http://?* | https://?*)
        echo address
        return
        ;;
    *://*) fail "$1: only http and https addresses are understood" ;;
    esac
    if [ ! -e "$1" ]; then
        cameras=$(ls /dev/video* 2>/dev/null | tr '\n' ' ')
        case $1 in
        /dev/video*) fail "$1: there is no such camera (${cameras:-none is connected})" ;;
        *) fail "$1: there is no such file" ;;
        esac
    fi
    [ ! -d "$1" ] || fail "$1 is a folder: give a picture or a video in it"
    [ -r "$1" ] || fail "$1: no permission to read it"
    [ ! -c "$1" ] || {
        echo camera
        return
    }
    [ -s "$1" ] || fail "$1: the file is empty"
    case $(od -An -tx1 -N4 "$1" | tr -d ' ') in
    ffd8*) echo jpeg ;;
    89504e47) echo png ;;
    *) echo video ;;
    esac
}
kind=$(kind_of "$input")

case $kind in
jpeg) extra='--package exiv2' ;;
video) extra='--package gstreamer1.0-libav' ;;
address) extra='--package libsoup-3.0-0 --package glib-networking --package ca-certificates' ;;
*) extra='' ;;
esac
# shellcheck disable=SC2086
"$root/pipelines/prepare.sh" $extra >&2

# The turn that the EXIF orientation of a JPEG file asks for.
turn_of() {
    case $(exiv2 -K Exif.Image.Orientation -Pv "$1" 2>/dev/null) in
    2) echo horiz ;;
    3) echo 180 ;;
    4) echo vert ;;
    5) echo ul-lr ;;
    6) echo 90r ;;
    7) echo ur-ll ;;
    8) echo 90l ;;
    *) echo identity ;;
    esac
}

# A value for gst-launch-1.0, whatever characters are in it.
quoted() {
    printf '"%s"' "$(printf '%s' "$1" | sed 's/[\\"]/\\&/g')"
}

# What an address answers with: multipart (a camera's MJPEG stream), jpeg, or whatever else.
content_of() {
    caps=$(timeout 20 gst-launch-1.0 -v souphttpsrc "location=$(quoted "$1")" ! typefind ! fakesink num-buffers=1 2>&1 |
        grep -a '^ERROR\|typefind.*src: caps' || true)
    case $caps in
    *multipart/*) echo multipart ;;
    *image/jpeg*) echo jpeg ;;
    ERROR*)
        reason=$(echo "$caps" | sed -n '1s/^ERROR: from element [^ ]*: //p')
        fail "$1: no picture or video comes from there ($reason)"
        ;;
    '') fail "$1: no answer within 20 s" ;;
    *) echo other ;;
    esac
}

export GST_PLUGIN_PATH="$root/build/gst${GST_PLUGIN_PATH:+:$GST_PLUGIN_PATH}"
export GST_REGISTRY="$root/build/demo-registry.bin"

# Sets the positional parameters to the launch line of the source. A live source is looked at as
# fast as the machine can, its newest frame each time; five frames a second of a video do.
newest='queue leaky=downstream max-size-buffers=1'
some='videorate drop-only=true max-rate=5'
live=''
case $kind in
jpeg) set -- filesrc "location=$(quoted "$input")" ! jpegdec ! videoflip "video-direction=$(turn_of "$input")" ;;
png) set -- filesrc "location=$(quoted "$input")" ! pngdec ;;
video) set -- filesrc "location=$(quoted "$input")" ! decodebin ! videoflip video-direction=auto ! $some ;;
camera)
    set -- v4l2src "device=$(quoted "$input")" ! decodebin ! $newest
    live=yes
    ;;
address)
    content=$(content_of "$input")
    case $content in
    multipart)
        set -- souphttpsrc "location=$(quoted "$input")" is-live=true do-timestamp=true ! multipartdemux ! \
            jpegdec ! $newest
        live=yes
        ;;
    jpeg) set -- souphttpsrc "location=$(quoted "$input")" ! jpegdec ;;
    other) set -- uridecodebin "uri=$(quoted "$input")" ! $some ;;
    esac
    ;;
esac

mkdir -p "$output" || fail "can't make the folder $output"
output=$(cd "$output" && pwd)
events=$output/events.jsonl
log=$(mktemp)
trap 'rm -f "$log"' EXIT
before=$(cat "$events" 2>/dev/null | wc -c)
(umask 007 && : >>"$events") || fail "can't write $events"

printf '%s\n' "Looking at $input${live:+; Ctrl-C ends it}" >&2
# In a session of its own, so that Ctrl-C reaches it once, by the trap: a second one would cut it off.
setsid gst-launch-1.0 -e -v "$@" ! videoconvert ! hafacedetect ! facedraw ! \
    hanotify "location=$(quoted "$output")" ! fakesink >"$log" 2>&1 &
pipeline=$!
trap 'kill -INT $pipeline 2>/dev/null' INT TERM HUP
tail -c "+$((before + 1))" -f --pid=$pipeline "$events" &
tail=$!
while kill -0 $pipeline 2>/dev/null; do wait $pipeline || true; done
wait $tail || true

# A value from the statistics that the elements told at the end.
stat() {
    sed -n "s/.*: stats = stats,.* $1=([a-z0-9]*)\"\{0,1\}\([^,;\"]*\).*/\1/p" "$log" | tail -n 1
}

grep -h '^WARNING' "$log" | grep -v erroneous >&2 || true
if grep -q '^ERROR\|erroneous pipeline' "$log"; then
    reason=$(sed -n 's/^ERROR: from element [^ ]*: //p; s/^WARNING: erroneous pipeline: //p' "$log" |
        head -n 1)
    [ "$kind" != video ] || reason="not a video or picture that GStreamer can read here ($reason)"
    fail "$input: $reason"
fi
looked=$(stat inferred)
[ "${looked:-0}" != 0 ] || fail "$input: no frame came from it"
median=$(stat inference-ms-p50)
echo "Faces: $(stat faces) in $looked frame(s), ${median%.*} ms each (median), engine $(stat engine)," \
    "model $(stat model)"
if [ "$(wc -c <"$events")" -gt "$before" ]; then
    printf '%s\n' "Picture: $output/last-detection.jpg"
else
    echo "No face was found, so there is no event and no new picture."
fi
