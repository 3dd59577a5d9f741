#!/bin/sh
# SPDX-License-Identifier: MIT
# The whole of it for one camera: motion is reported by a web hook, and then faces are looked for and
# go to out/ as events and pictures. Otherwise nothing is decoded.
#
#   pipelines/doorbell.sh [ADDRESS] [HATRIGGER-PROPERTY=VALUE]...
#
# ADDRESS is the camera's stream or snapshot, http://127.0.0.1:8081/ (Motion's) if not given. It
# listens on http://127.0.0.1:8080/motion-detected; so for Motion on this machine put into its
# configuration
#   on_event_start curl -fsS -m 10 -X POST http://127.0.0.1:8080/motion-detected
#   minimum_motion_frames 1
#   event_gap 5
# and for other machines give address=0.0.0.0 token-file=FILE, and call
# http://THIS-MACHINE:8080/motion-detected/TOKEN. With motion=true it looks for motion itself, for
# web hooks come late or never. CAMERA has properties for hacamerasrc, such as
# "user-id=NAME password-file=FILE"; OUT names another folder than out/.
set -eu
address=http://127.0.0.1:8081/
case ${1-} in
http://* | https://*)
    address=$1
    shift
    ;;
-*)
    sed -n 's/^#   pipelines/Usage: pipelines/p' "$0" >&2
    exit 2
    ;;
esac

# shellcheck disable=SC2086
exec gst-launch-1.0 -e -m hacamerasrc location="$address" ${CAMERA-} ! hatrigger port=8080 "$@" ! \
    jpegdec ! hafacedetect frames=triggered ! facedraw ! \
    jpegenc ! hanotify location="${OUT:-out}" ! fakesink async=false
