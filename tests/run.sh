#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what is missing, builds and tests hafaces.
set -eu

usage() {
    cat <<'END'
Usage: tests/run.sh [--prepare | --slow] [MESON-OPTION]...

Installs the Debian packages that are missing (as root or with sudo), builds hafaces in build/ and
runs its tests. After --prepare the tests need no network.

  --prepare     only install and build
  --slow        also the tests that fetch packages by name (needs npm and pip) and take long
  MESON-OPTION  for the build, such as -Dwerror=true
END
}

root=$(cd "$(dirname "$0")/.." && pwd)
mode=''
options=''
for argument; do
    case $argument in
    --prepare | --slow) mode=$argument ;;
    -D*) options="$options $argument" ;;
    --help | -h)
        usage
        exit 0
        ;;
    *)
        echo "run.sh: unknown option $argument" >&2
        usage >&2
        exit 2
        ;;
    esac
done

slow_packages=''
[ "$mode" != --slow ] || slow_packages='--package gstreamer1.0-opencv --package libsoup2.4-1'
# shellcheck disable=SC2086
"$root/pipelines/prepare.sh" --tests $slow_packages $options
[ "$mode" != --prepare ] || exit 0

# How many test programs of the last run ended so.
count() {
    newest=$(ls -t "$root"/build/meson-logs/testlog*.txt | head -n 1)
    sed -n "s/^$1: *\([0-9]*\).*/\1/p" "$newest" | tail -n 1
}

setup=quick
if [ "$mode" = --slow ]; then
    setup=slow
    "$root/tests/slow/fetch.sh" "$root/build/slow"
fi
status=0
meson test -C "$root/build" --no-rebuild --print-errorlogs --setup "$setup" || status=$?
echo "$(count Ok) passed, $(($(count Fail) + $(count Timeout))) failed"
exit "$status"
