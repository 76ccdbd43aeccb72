#!/bin/bash
# unattended - two labs side by side; in one a daemon dies, a node's disk is full, a node dies: told to whoever comes next.
# timeout: 180
. tests/lab/common
lab_dir=/run/catchment/$lab
second=$lab-b
take_down() {
	status=$?
	for name in "$second" "$lab"; do
		"$CATCHMENT" lab down --name "$name" >/dev/null 2>&1 || true
	done
	rm -rf "$scratch"
	exit "$status"
}
trap take_down EXIT

expect 0 "$CATCHMENT" lab up
expect 0 "$CATCHMENT" lab up --name "$second"
for name in "$lab" "$second"; do
	expect 0 "$CATCHMENT" lab status --name "$name"
done
# Neither is in the other: an address that only one has.
expect 0 "$CATCHMENT" lab exec hkg ip addr add 198.18.99.1/32 dev lo
CATCHMENT_NAME=$second expect 0 "$CATCHMENT" lab exec hkg ip addr show dev lo
! grep -q 198.18.99.1 "$scratch/out" || fail "an address of one lab is in the other"
expect 0 "$CATCHMENT" lab down --name "$second"
[ ! -e "/run/catchment/$second" ] || fail "the second lab left its folder"
expect 0 "$CATCHMENT" lab status # the first does not notice

pid_of() { # NODE SERVICE, or NODE alone for its first process
	"$CATCHMENT" lab status --json | python3 -c '
import json, sys
node = [n for n in json.load(sys.stdin)["nodes"] if n["name"] == sys.argv[1]][0]
print([s["pid"] for s in node["services"] if s["name"] == sys.argv[2]][0] if len(sys.argv) > 2 else node["pid"])' "$@"
}

# A node whose disk is full: its daemons go on, and the host's disk is not touched.
expect 1 "$CATCHMENT" lab exec gru dd if=/dev/zero of=/var/fill bs=1M
grep -q "No space left on device" "$scratch/err" || fail "the node's disk has no limit: $(cat "$scratch/err")"
expect 0 "$CATCHMENT" lab status
expect 0 "$CATCHMENT" lab exec gru rm /var/fill

# A daemon dies: status tells, and names its log, which is there.
kill -9 "$(pid_of gru knotd)"
await 5 "status notices" sh -c '! "$CATCHMENT" lab status >/dev/null'
expect 1 "$CATCHMENT" lab status
grep -q "gru/knotd: exited" "$scratch/out" || fail "the daemon is not named: $(tail -n 2 "$scratch/out")"
log=$(sed -n 's/^its log: //p' "$scratch/out")
[ "$log" = "$lab_dir/log/gru/knotd.log" ] && [ -s "$log" ] || fail "its log is not named: $(tail -n 2 "$scratch/out")"

# The state file is of another version, of none, gone, while the lab is up: said so, and down ends it all the same.
cp "$lab_dir/state.json" "$scratch/state.json"
echo '{"schema": "catchment.lab/9"}' >"$lab_dir/state.json"
expect 3 "$CATCHMENT" lab status
grep -q "another version of this program.*lab down" "$scratch/err" || fail "status says: $(cat "$scratch/err")"
echo '{"schema"' >"$lab_dir/state.json"
expect 3 "$CATCHMENT" lab status
grep -q "not a lab's state.*lab down" "$scratch/err" || fail "status says: $(cat "$scratch/err")"
cp "$scratch/state.json" "$lab_dir/state.json"

# A node's first process is killed: the lab ends, and who comes next is told which node, when, and where the logs are.
ended() {
	! "$CATCHMENT" lab status >/dev/null 2>"$scratch/err" && grep -q "it ended by itself" "$scratch/err"
}
kill -9 "$(pid_of a-sin)"
await 5 "the lab's end" ended
expect 3 "$CATCHMENT" lab status
grep -qE "no lab '$lab' is up; it ended by itself at 2[0-9-]+ [0-9:]+: node a-sin died \(its first process, ended by signal 9\); its logs are in $lab_dir/log" "$scratch/err" ||
	fail "status says: $(cat "$scratch/err")"
[ -s "$lab_dir/log/gru/knotd.log" ] || fail "the logs are gone"
expect 0 "$CATCHMENT" lab down
grep -q "node a-sin died" "$scratch/err" || fail "down says: $(cat "$scratch/err")"
assert_nothing_left
expect 0 "$CATCHMENT" lab down
grep -qx "no lab '$lab' is up" "$scratch/err" || fail "the second down says: $(cat "$scratch/err")"

# The same in a run: it fails with the reason.
"$CATCHMENT" run dns-crash --trials 1 --no-calibration --out "$scratch/runs" >"$scratch/out" 2>"$scratch/err" &
run=$!
first_process() {
	python3 -c '
import json, sys
print([n["pid"] for n in json.load(open(sys.argv[1]))["nodes"] if n["name"] == "a-sin"][0])' "/run/catchment/run-$run/state.json"
}
await 60 "the trial's start: $(cat "$scratch/err")" sh -c "grep -qs probe_start $scratch/runs/*/trial-001/events.jsonl"
kill -9 "$(first_process)"
status=0
wait "$run" || status=$?
[ "$status" -eq 3 ] || fail "run returned $status: $(cat "$scratch/err")"
grep -q "node a-sin died" "$scratch/err" || fail "run says: $(cat "$scratch/err")"
[ ! -e "/run/catchment/run-$run" ] || fail "the run's lab left its folder"
