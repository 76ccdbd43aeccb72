#!/bin/sh
# interrupted - in the middle of a trial: what is going on is said; ^C: the fault is undone, the lab is gone, the run says what it is.
# timeout: 180
. tests/lab/common

run_dir() {
	ls -d "$scratch"/runs/*/ 2>/dev/null
}
fault_seen() {
	grep -qs '"fault"' "$scratch"/runs/*/trial-001/events.jsonl
}
no_run_processes() {
	! ps -eo args= | grep -F "$scratch" | grep -qv grep
}

answered() {
	grep -q '^catchment run: for [0-9]* s: dns-crash on documented, trial 1/1: ' "$scratch/err"
}
beats() {
	grep -q '^\.\.\. dns-crash on documented, ' "$scratch/err"
}

CATCHMENT_HEARTBEAT=2s setsid "$CATCHMENT" run dns-crash --no-calibration --out "$scratch/runs" >"$scratch/out" 2>"$scratch/err" &
run=$!
await 60 "the fault: $(cat "$scratch/err")" fault_seen
kill -USR1 "$run"
await 5 "an answer to SIGUSR1: $(cat "$scratch/err")" answered
await 10 "a heartbeat: $(cat "$scratch/err")" beats
kill -INT "$run"
status=0
wait "$run" || status=$?
[ "$status" -eq 130 ] || fail "run returned $status after ^C: $(cat "$scratch/err")"
grep -q '"rollback"' "$(run_dir)"/trial-001/events.jsonl || fail "the fault was not undone"
grep -q '"event":"heal".*"ok":true' "$(run_dir)"/trial-001/events.jsonl || fail "the lab did not heal"
grep -q '"interrupted": true' "$(run_dir)"/run.json || fail "run.json does not say that it was interrupted"
await 5 "no process of the run" no_run_processes

# Killed outright in the middle: the lab, the probes and the captures go with it.
setsid "$CATCHMENT" run dns-crash --no-calibration --out "$scratch/runs2" >"$scratch/out" 2>"$scratch/err" &
run=$!
fault_seen2() {
	grep -qs '"fault"' "$scratch"/runs2/*/trial-001/events.jsonl
}
await 60 "the fault: $(cat "$scratch/err")" fault_seen2
kill -9 "$run"
wait "$run" || true
no_lab_processes() {
	no_run_processes && ! grep -lqs "CATCHMENT_LAB=run-$run-" /proc/[0-9]*/environ && [ ! -e "/run/catchment/run-$run" ]
}
await 8 "nothing of a killed run" no_lab_processes
[ "$(ls /sys/class/net)" = "$interfaces" ] || fail "the host's interfaces changed"

# Full disk: one clear line, status 3, and the lab is gone.
mkdir "$scratch/small"
mount -t tmpfs -o size=3m tmpfs "$scratch/small"
status=0
"$CATCHMENT" run dns-crash --out "$scratch/small" >"$scratch/out" 2>"$scratch/err" || status=$?
umount "$scratch/small"
[ "$status" -eq 3 ] || fail "run on a full disk returned $status: $(cat "$scratch/err")"
grep -qi "no space left" "$scratch/err" || fail "a full disk is not named: $(cat "$scratch/err")"
await 5 "no process of the run" no_run_processes
