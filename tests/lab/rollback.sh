#!/bin/sh
# rollback - whatever a timeline breaks, once or twice over, is mended when it ends, and the lab is as before.
# timeout: 180
. tests/lab/common

cat >"$scratch/twice.yaml" <<'YAML'
name: twice
title: One service broken twice, others once, nothing mended
probes: {count: 16, rate: 5}
before: 1s
timeline:
  - {at: 0s, hang: hkg/knotd}
  - {at: 1s, kill: hkg/knotd}
  - {at: 1s, hang: fra/bgpd}
  - {at: 2s, blackhole: "acc-gru--b-gru"}
  - {at: 2s, link-down: "lax"}
after: 2s
YAML
status=0
"$CATCHMENT" run "$scratch/twice.yaml" --no-calibration --trials 2 --out "$scratch/runs" >"$scratch/out" 2>"$scratch/err" || status=$?
cat "$scratch/err"
[ "$status" -eq 0 ] || [ "$status" -eq 4 ] || fail "run returned $status"
for trial in "$scratch"/runs/*/trial-00[12]; do
	[ "$(grep -c '"event":"rollback".*hkg/knotd' "$trial/events.jsonl")" -eq 1 ] || fail "hkg/knotd was not mended just once"
	grep -q '"event":"rollback".*fra/bgpd' "$trial/events.jsonl" || fail "fra/bgpd was not resumed"
	grep -q '"event":"heal".*"ok":true' "$trial/events.jsonl" || fail "the lab did not heal: $(grep heal "$trial/events.jsonl")"
done
assert_nothing_left
