#!/bin/sh
# SPDX-License-Identifier: MIT
# bench_test.sh BENCH: the benchmark measures all nine kinds of frames, and its JSON tells so.
set -eu
"$1" --json --pairs 1 | python3 -c '
import json, sys
rows = json.load(sys.stdin)
kinds = {(row["width"], row["height"], row["format"]) for row in rows}
assert len(rows) == len(kinds) == 9, kinds
for row in rows:
    assert all(row[key] > 0 for key in row if key.endswith("_ms") or key == "ratio"), row
    assert row["input_width"] == 512, row
'
if "$1" --pairs none 2>/dev/null; then exit 1; fi
