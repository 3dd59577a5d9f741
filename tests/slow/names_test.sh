#!/bin/sh
# SPDX-License-Identifier: MIT
# names_test.sh BUILD DATA: with the OpenCV plugin installed too, hafacedetect is ours in every
# set-up. That plugin takes the name facedetect back when it is loaded; the name hafacedetect it
# does not know.
set -u

build=$1
data=$2
ours=$build/gst/libgsthafaces.so
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
number=0

gst-inspect-1.0 edgedetect >/dev/null 2>&1 || {
    echo 'The OpenCV plugin is not installed (Debian: gstreamer1.0-opencv)' >&2
    exit 1
}

# check NAME COMMAND...: with a fresh registry the command has to succeed.
check() {
    name=$1
    shift
    number=$((number + 1))
    if GST_REGISTRY=$work/$number "$@" >"$work/answer" 2>&1; then
        echo "ok: $name"
    else
        failures=$((failures + 1))
        echo "FAILED: $name"
        cat "$work/answer"
    fi
}

# The stats that only our element has are told by gst-launch -v.
finds() { gst-launch-1.0 -v "$@" | grep -q 'stats = stats.* faces=(guint64)1'; }
source="filesrc location=$data/dark.jpg ! jpegdec"
is_ours() { gst-inspect-1.0 hafacedetect | grep -q "Filename.*$ours"; }

export GST_PLUGIN_PATH="$build/gst"
check 'by GST_PLUGIN_PATH' is_ours
# shellcheck disable=SC2086
check 'in a pipeline' finds $source ! hafacedetect ! fakesink
# shellcheck disable=SC2086
check 'behind an element of the OpenCV plugin' \
    finds $source ! videoconvert ! edgedetect mask=true ! identity ! hafacedetect min-confidence=0 max-faces=1 ! fakesink
# shellcheck disable=SC2086
check 'before an element of the OpenCV plugin' \
    finds $source ! videoconvert ! hafacedetect ! videoconvert ! edgedetect ! fakesink

unset GST_PLUGIN_PATH
# shellcheck disable=SC2086
check 'by --gst-plugin-load' finds "--gst-plugin-load=$ours" $source ! hafacedetect ! fakesink
system=$(pkg-config --variable=pluginsdir gstreamer-1.0)
# shellcheck disable=SC2086
check 'system folder first' env "GST_PLUGIN_SYSTEM_PATH=$system:$build/gst" \
    gst-inspect-1.0 hafacedetect
# shellcheck disable=SC2086
check 'system folder last' env "GST_PLUGIN_SYSTEM_PATH=$build/gst:$system" \
    gst-inspect-1.0 hafacedetect

# libsoup 2 in the process, as in a host that is linked to it: the detector's file is free of libsoup.
soup2=$(ldconfig -p | sed -n 's/.*libsoup-2.4.so.1 .*=> //p' | head -n 1)
if [ -n "$soup2" ]; then
    # shellcheck disable=SC2086
    LD_PRELOAD=$soup2 check 'in a host with libsoup 2' \
        finds "--gst-plugin-load=$ours" $source ! hafacedetect ! fakesink
else
    echo 'FAILED: libsoup 2 is not installed (Debian: libsoup2.4-1)'
    failures=$((failures + 1))
fi

[ "$failures" = 0 ]
