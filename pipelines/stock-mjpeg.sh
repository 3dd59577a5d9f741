#!/bin/sh
# SPDX-License-Identifier: MIT
# An MJPEG stream through GStreamer's own elements instead of hacamerasrc.
#
#   pipelines/stock-mjpeg.sh [ADDRESS]
#
# Good for a test. Left alone it ends: when the camera closes the connection or is restarted, when
# it answers with a log-in page, or when a part's length is wrong. It waits for ever, without a
# word, on a length that is far too large, on a header without end, and on a camera that sends a
# few bytes a second. A picture that is cut short becomes a half grey frame. docs/cameras.md has
# the table. OUT names another folder than out/.
set -eu

exec gst-launch-1.0 -e souphttpsrc location="${1:-http://127.0.0.1:8081/}" is-live=true \
    do-timestamp=true ! multipartdemux ! \
    jpegdec ! queue leaky=downstream max-size-buffers=1 ! hafacedetect ! facedraw ! \
    jpegenc ! hanotify location="${OUT:-out}" ! fakesink async=false
