#!/bin/sh
# SPDX-License-Identifier: MIT
# demo_test.sh SOURCE-ROOT: demo.sh as a user calls it.
set -u

root=$1
demo=$root/pipelines/demo.sh
data=$root/tests/data
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failures=0

# check NAME EXPECTED-STATUS PATTERN ARGUMENT...: runs the demo; all it prints has to match.
check() {
    name=$1
    expected=$2
    pattern=$3
    shift 3
    "$demo" "$@" >answer 2>&1
    status=$?
    if [ "$status" = "$expected" ] && grep -q "$pattern" answer; then
        echo "ok: $name"
    else
        failures=$((failures + 1))
        echo "FAILED: $name: status $status, expected $expected and: $pattern"
        cat answer
    fi
}

# holds WHAT COMMAND...: after a check, the command has to succeed.
holds() {
    what=$1
    shift
    if "$@"; then return; fi
    failures=$((failures + 1))
    echo "FAILED: $name: $what"
}

is_jpeg() { [ "$(od -An -tx1 -N3 "$1" | tr -d ' ')" = ffd8ff ]; }
event_on_stdout() { "$demo" 2>/dev/null | head -n 1 | grep -q '^{"schema":1,"event_type":"face_detected"'; }

check 'its own picture' 0 'Faces: 1 in 1 frame'
holds 'a picture in out/' is_jpeg out/last-detection.jpg
holds 'one event in out/' [ "$(wc -l <out/events.jsonl)" = 1 ]
holds 'the event on standard output' event_on_stdout
check 'another folder' 0 "Picture: $work/b/c/last-detection.jpg" --output b/c "$data/three_faces.jpg"
check 'a face in a picture turned by EXIF' 0 'Faces: 1 in' "$data/exif_orientation_6.jpg"
check 'a grey PNG' 0 'Faces: 2 in' "$data/night.png"
odd='a "b" \c ! d.jpg'
cp "$data/three_faces.jpg" "$odd"
check 'odd names' 0 'Faces: 3 in' --output 'o "u" \t ! x' "$odd"
check 'no face' 0 'No face was found' --output none "$data/no_face.jpg"
holds 'no event' [ ! -s none/events.jsonl ]

check '--help' 0 '^Usage: pipelines/demo.sh' --help
check 'an unknown option' 2 'unknown option --fast' --fast
check 'two inputs' 2 'one input at a time' a.jpg b.jpg
check 'a file that is not there' 1 'no.jpg: there is no such file' no.jpg
check 'a folder' 1 'is a folder' "$data"
check 'a camera that is not there' 1 'no such camera' /dev/video99
check 'another protocol' 1 'only http and https' ftp://example.org/x.jpg
: >empty.jpg
check 'an empty file' 1 'the file is empty' empty.jpg
printf '\377\330\377 and no picture' >damaged.jpg
check 'a damaged picture' 1 'damaged.jpg: ' damaged.jpg
mkdir -p taken/events.jsonl
check 'a folder that cannot be written' 1 "can't write" --output taken

[ "$failures" = 0 ]
