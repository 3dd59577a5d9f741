#!/bin/sh
# SPDX-License-Identifier: MIT
# bench_test.sh BENCH: the benchmark measures all nine kinds of frames, the gate's three lines, the
# web hook and the notifier's sink pad, and its JSON tells so.
set -eu
"$1" --json --pairs 1 --gate-seconds 1 --webhook-seconds 2 --notify-seconds 2 | python3 -c '
import json, sys
measured = json.load(sys.stdin)
rows = measured["frames"]
kinds = {(row["width"], row["height"], row["format"]) for row in rows}
assert len(rows) == len(kinds) == 9, kinds
for row in rows:
    assert all(row[key] > 0 for key in row if key.endswith("_ms") or key == "ratio"), row
    assert row["input_width"] == 512, row
gate = measured["gate"]
assert [row["line"] for row in gate] == ["ungated", "idle", "motion"], gate
assert all(row["cpu_ms"] > 0 and row["ratio"] > 0 for row in gate), gate
hook = measured["webhook"]
assert hook["requests"] == hook["answered"] == 100, hook
assert hook["started"] + hook["coalesced"] == 100 and hook["refused"] == 0, hook
notify = measured.get("notify")
if notify:
    assert notify["pictures"] == 200 and notify["events"] > 0, notify
    for broker in notify["up"], notify["down"]:
        assert 0 < broker["p50_ms"] <= broker["p99_ms"] <= broker["p999_ms"] <= broker["max_ms"], broker
    assert notify["ratio_p99"] > 0, notify
assert hook["started"] > 0 and hook["frames"] > 0 and 0 < hook["p50_ms"] <= hook["p99_ms"], hook
'
if "$1" --pairs none 2>/dev/null; then exit 1; fi
