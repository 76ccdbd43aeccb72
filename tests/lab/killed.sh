#!/bin/sh
# killed - whoever is killed, at whatever moment, the kernel clears away the whole lab.
# timeout: 240
. tests/lab/common

# One grep for all processes: looking at each with programs of its own takes longer than a lab takes to come up.
supervisor() {
	for comm in $(grep -lxs catchment-lab /proc/[0-9]*/comm); do
		tr '\0' '\n' <"${comm%comm}environ" 2>/dev/null | grep -qx "CATCHMENT_NAME=$lab" && basename "${comm%/comm}"
	done
}
have_supervisor() {
	[ -n "$(supervisor)" ]
}
no_processes() {
	! left_over | grep -v "^/run/" | grep -q .
}

# While it starts: from before the first namespace to after the last daemon.
for delay in 0 0.05 0.2 0.5 1 2.5; do
	"$CATCHMENT" lab up >"$scratch/up" 2>&1 &
	up=$!
	await 5 "the supervisor" have_supervisor
	sleep "$delay"
	kill -9 "$(supervisor)" || fail "no supervisor to kill after $delay s: $(cat "$scratch/up")"
	status=0
	wait "$up" || status=$?
	[ "$status" -eq 3 ] || fail "up returned $status after its supervisor was killed at $delay s: $(cat "$scratch/up")"
	await 5 "no process after a kill at $delay s: $(left_over)" no_processes
	expect 0 "$CATCHMENT" lab down # sweeps up the files
	assert_nothing_left
done

# The command that brings it up: without it the supervisor gives up as well.
"$CATCHMENT" lab up >"$scratch/up" 2>&1 &
up=$!
await 5 "the supervisor" have_supervisor
sleep 1
kill -9 "$up"
wait "$up" || true
assert_nothing_left

# ^C: everything is taken down, status 130.
setsid "$CATCHMENT" lab up >"$scratch/up" 2>&1 &
up=$!
await 5 "the supervisor" have_supervisor
sleep 1
kill -INT "$up"
status=0
wait "$up" || status=$?
[ "$status" -eq 130 ] || fail "up returned $status after ^C: $(cat "$scratch/up")"
assert_nothing_left

# And once it is up.
expect 0 "$CATCHMENT" lab up
kill -9 "$(supervisor)"
await 5 "no process after a kill when up: $(left_over)" no_processes
expect 3 "$CATCHMENT" lab status
expect 0 "$CATCHMENT" lab up # what was left in /run does not hinder the next
expect 0 "$CATCHMENT" lab down
assert_nothing_left
