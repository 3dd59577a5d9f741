#!/bin/sh
# SPDX-License-Identifier: MIT
# home_assistant_test.sh FETCHED SCRIPT [ARGUMENT]...: with the Home Assistant that
# fetch_home_assistant.sh brought.
set -eu

if [ ! -e "$1/complete" ]; then
    echo "Skipped: no Home Assistant in $1 (it needs Python 3.13; tests/run.sh --slow fetches it)" >&2
    exit 77
fi
folder=$1
script=$2
shift 2
exec "$folder/bin/python" "$(dirname "$0")/$script" "$@"
