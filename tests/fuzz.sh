#!/bin/sh
# SPDX-License-Identifier: MIT
# fuzz.sh MINUTES [TARGET]...: runs each fuzz target so long, all cores at work, from its seeds in
# tests/fuzz/corpus. What it finds goes to build-fuzz/NAME.
set -eu

case ${1-} in
'' | *[!0-9]*)
    echo 'Usage: tests/fuzz.sh MINUTES [TARGET]...' >&2
    exit 2
    ;;
esac
minutes=$1
shift
root=$(cd "$(dirname "$0")/.." && pwd)
build=$root/build-fuzz
"$root/pipelines/prepare.sh" --tests --package clang --package libclang-rt-dev

[ -f "$build/build.ninja" ] ||
    CXX=clang++ meson setup "$build" "$root" -Dfuzzers=true -Dtests=disabled -Ddaemon=disabled \
        -Db_sanitize=address,undefined -Db_lundef=false -Dcpp_args=-fsanitize=fuzzer-no-link
ninja -C "$build"

[ $# -gt 0 ] || set -- ssd_decoder face_event torn_events mjpeg url trigger_request small_gray
for target; do
    seeds=$root/tests/fuzz/corpus/$target
    longest=4096
    if [ "$target" = mjpeg ]; then # also what real cameras sent
        seeds="$seeds $root/tests/data/mjpeg"
        longest=65536
    fi
    echo "== $target, $minutes minutes"
    mkdir -p "$build/$target/found"
    # shellcheck disable=SC2086
    (cd "$build/$target" && ASAN_OPTIONS=detect_leaks=0 "$build/tests/fuzz/$target-fuzz" \
        -max_total_time=$((minutes * 60)) -max_len=$longest -print_final_stats=1 -verbosity=0 \
        found $seeds)
done
echo 'Nothing found'
