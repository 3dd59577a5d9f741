#!/bin/sh
# SPDX-License-Identifier: MIT
# motion_test.sh PIPELINES DATA: the lines for Motion with Motion itself.
set -u

pipelines=$1
data=$2
work=$(mktemp -d)
# shellcheck source=tests/pipelines/cameras.sh
. "$(dirname "$0")/cameras.sh"
cd "$work" || exit 1
command -v motion >/dev/null || { echo 'Motion is not installed (Debian: motion)' >&2; exit 1; }

start_moving_camera
start_motion
start env OUT=plain "$pipelines/motion.sh" "$stream"
line=$pid
check 'a face in its stream' within 30 has_events plain

end "$line" INT

# shellcheck disable=SC2086
start gst-launch-1.0 -q hacamerasrc location="$stream" ! jpegdec ! \
    queue leaky=downstream max-size-buffers=1 ! hafacedetect ! \
    hanotify location=all publish=faces image=none ! fakesink async=false
line=$pid
check 'each face' within 20 has_events all 3
end "$motion_pid" KILL
sleep 1
seen=$(wc -l <all/events.jsonl)
start_motion
check 'Motion was killed and came back, the line went on' within 30 has_events all $((seen + 5))
end "$line" INT

start env OUT=stock "$pipelines/stock-mjpeg.sh" "$stream"
line=$pid
check 'the stock elements see it too' within 20 has_events stock
end "$line" INT
check 'the snapshot address' within 20 gst-launch-1.0 -q hacamerasrc num-buffers=3 \
    location="${stream}0/current" ! jpegdec ! fakesink
end "$motion_pid"

echo secret >password
for method in 1 2; do
    start_motion "stream_auth_method $method" 'stream_authentication Ann:secret'
    start env OUT="auth-$method" "$pipelines/motion.sh" "$stream" Ann password
    line=$pid
    check "log-in by stream_auth_method $method" within 30 has_events "auth-$method"
    end "$line" INT
    end "$motion_pid"
done
[ "$failures" = 0 ]
