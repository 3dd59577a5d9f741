#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds hafaces with sanitizers beside build/ and runs its tests there: AddressSanitizer and
# UndefinedBehaviorSanitizer on everything with a minute of stress, ThreadSanitizer on what uses
# neither GLib nor OpenCV's threads (it can't see into their locks). Then looks for GStreamer objects
# that the element tests leave behind.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
"$root/pipelines/prepare.sh" --tests

configure() {
    build=$1
    shift
    [ -f "$build/build.ninja" ] || meson setup "$build" "$root" -Dtests=enabled -Db_lundef=false "$@"
}

# The plugin scanner is another process, without the sanitizer. Leaks of libraries that are never
# unloaded (fontconfig, OpenCV's thread pool) can't be told from ours here: the leaks tracer looks.
export GST_REGISTRY_FORK=no
export ASAN_OPTIONS=detect_leaks=0:detect_odr_violation=0:abort_on_error=1
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
export TSAN_OPTIONS=halt_on_error=1

echo 'AddressSanitizer and UndefinedBehaviorSanitizer'
configure "$root/build-asan" -Db_sanitize=address,undefined
ninja -C "$root/build-asan"
meson test -C "$root/build-asan" --no-rebuild --print-errorlogs --no-suite pipelines \
    --timeout-multiplier 5

echo 'ThreadSanitizer'
configure "$root/build-tsan" -Db_sanitize=thread
ninja -C "$root/build-tsan" tests/net/net-test tests/core/threads-test
"$root/build-tsan/tests/net/net-test" --gtest_brief=1
"$root/build-tsan/tests/core/threads-test" --gtest_brief=1

echo 'Leaks'
meson test -C "$root/build" --no-rebuild --print-errorlogs --setup leaks
