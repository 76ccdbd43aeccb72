#!/bin/sh
# cut-short - a matrix and a gate: ^C, killed outright, a full disk. Nothing is left behind, what there is says what became of it, the next run works.
# timeout: 420
. tests/lab/common

common="tests/bench/gate-crash.yaml --short --no-calibration"
matrix="run $common --matrix variant=documented,hardened"

nothing_of() { # PID: of that run, in the kernel's eyes
	! ps -eo args= | grep -F "$scratch" | grep -qv grep && ! grep -lqs "CATCHMENT_LAB=run-$1-" /proc/[0-9]*/environ &&
		[ -z "$(ls -d /run/catchment/run-"$1"* 2>/dev/null)" ] && ! grep -q "/catchment/run-$1" /proc/self/mountinfo
}
begin() { # OUT WORD...
	out=$1
	shift
	setsid "$CATCHMENT" "$@" --out "$out" >"$scratch/out" 2>"$scratch/err" &
	run=$!
}
fault_in() { # a trial's folder, with a pattern
	grep -qs '"fault"' $1/events.jsonl
}
ends() { # STATUS: the run in the background does, and leaves nothing
	status=0
	wait "$run" || status=$?
	[ "$status" -eq "$1" ] || fail "it returned $status, not $1: $(cat "$scratch/err")"
	await 8 "nothing left of $run" nothing_of "$run"
	[ "$(ls /sys/class/net)" = "$interfaces" ] || fail "the host's interfaces changed"
}
says() { # FILE JSON-EXPRESSION, of d
	python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
sys.exit(0 if eval(sys.argv[2]) else f"{sys.argv[1]}: not {sys.argv[2]}: {d}")' "$@" || fail "see above"
}

# ---- the matrix ----

begin "$scratch/m1" $matrix
await 60 "the fault: $(cat "$scratch/err")" fault_in "$scratch/m1/*/*/trial-001"
says "$(ls "$scratch"/m1/*/matrix.json)" '[c["state"] for c in d["cells"]] == ["begun", "not run"] and not d["complete"]'
kill -INT "$run"
ends 130
says "$(ls "$scratch"/m1/*/matrix.json)" '[c["state"] for c in d["cells"]] == ["interrupted", "not run"] and d["interrupted"]'
grep -q "it was interrupted" "$scratch/out" && [ -s "$(ls "$scratch"/m1/*/matrix.html)" ] || fail "no table after ^C: $(cat "$scratch/out")"

begin "$scratch/m2" $matrix
await 60 "the fault: $(cat "$scratch/err")" fault_in "$scratch/m2/*/*/trial-001"
kill -9 "$run"
ends 137
says "$(ls "$scratch"/m2/*/matrix.json)" '[c["state"] for c in d["cells"]] == ["begun", "not run"] and not d["complete"]'
says "$(ls "$scratch"/m2/*/*/run.json)" 'not d["complete"] and not d["interrupted"]'
expect 0 "$CATCHMENT" report --matrix "$(ls -d "$scratch"/m2/*/)"
grep -q "0 of 2 cells were measured" "$scratch/out" || fail "what was killed was not measured: $(cat "$scratch/out")"

# ---- the gate: against a baseline of this very machine ----

begin "$scratch/base" run $common --phase locked
status=0
wait "$run" || status=$?
base=$(sed 's,/report.html$,,' "$scratch/out")
[ "$status" -ne 4 ] || {
	echo "skipped: this host is too noisy for a baseline: $(tail -n 1 "$scratch/err")"
	exit 77
}
[ "$status" -le 1 ] || fail "the run returned $status: $(cat "$scratch/err")"
expect 0 "$CATCHMENT" baseline "$base" --out "$scratch/baseline.json"
gate="run $common --baseline $scratch/baseline.json"

begin "$scratch/g1" $gate
await 120 "the second trial's fault: $(cat "$scratch/err")" fault_in "$scratch/g1/*/trial-002"
kill -INT "$run"
ends 130
says "$(ls "$scratch"/g1/*/run.json)" 'd["interrupted"] and not d["complete"]'
says "$(ls "$scratch"/g1/*/compare.json)" 'd["verdict"] == "inconclusive" and d["trials"] <= 1'
grep -q "interrupted" "$(ls "$scratch"/g1/*/report.html)" || fail "the report does not say that it was interrupted"

begin "$scratch/g2" $gate
await 60 "the fault: $(cat "$scratch/err")" fault_in "$scratch/g2/*/trial-001"
kill -9 "$run"
ends 137
says "$(ls "$scratch"/g2/*/run.json)" 'not d["complete"] and not d["interrupted"]'
expect 2 "$CATCHMENT" compare "$scratch/baseline.json" "$(ls -d "$scratch"/g2/*/)"

# ---- a full disk ----

full() { # WORD...
	mkdir -p "$scratch/small"
	mount -t tmpfs -o size=3m tmpfs "$scratch/small"
	begin "$scratch/small/runs" "$@"
	status=0
	wait "$run" || status=$?
	(cd "$scratch/small" && find . | head -n 40) >"$scratch/found"
	umount "$scratch/small"
	cat "$scratch/err"
	[ "$status" -eq 3 ] || fail "on a full disk it returned $status"
	# The recorder's, which a trial does without; the capture's, which ends it; the matrix's own, which ends that.
	told=$(grep -c "^catchment: .*[Nn]o space left" "$scratch/err") || true
	[ "$told" -ge 1 ] && [ "$told" -le "$most" ] || fail "a full disk is told $told times"
	[ "$(grep -c "^lab up" "$scratch/err")" -le 1 ] || fail "it went on with a full disk"
	! grep -qE "\.(json|jsonl|html|xml|md)\." "$scratch/found" || fail "half a file is left: $(cat "$scratch/found")"
	await 8 "nothing left of $run" nothing_of "$run"
}
most=2
full $gate
most=3
full $matrix
