#!/bin/sh
# SPDX-License-Identifier: MIT
# Checks layout (.clang-format) and code (.clang-tidy) with Debian 12's versions of the two tools;
# others lay some lines out differently. lint.sh --fix lays out anew.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
case ${1-} in
'') fix='--dry-run --Werror' ;;
--fix) fix='-i' ;;
*)
    echo 'Usage: tests/lint.sh [--fix]' >&2
    exit 2
    ;;
esac

./pipelines/prepare.sh --tests --package clang-format --package clang-tidy

echo 'Layout'
# shellcheck disable=SC2086
git ls-files -z '*.cpp' '*.h' '*.c' | xargs -0 clang-format $fix

# Without what only g++ knows.
mkdir -p build/lint
sed 's/-fvect-cost-model=dynamic//' build/compile_commands.json >build/lint/compile_commands.json
echo 'Code, some minutes'
git ls-files -z 'src/*.cpp' 'gst/*.cpp' |
    xargs -0 -P "$(nproc)" -n 3 clang-tidy -p build/lint --quiet 2>build/lint/notes
echo 'Clean'
