#!/bin/sh
# gate - the regression gate on real trials: a run beside its own baseline, then with a health check that tells half a second later.
#
# Short: 11 trials of one lab are the baseline, and each side of it stops at the first look. `make gate-proof` is the long one.
# timeout: 900
. tests/lab/common
. tests/lab/slowcheck

run="run tests/bench/gate-crash.yaml --short --no-calibration"

noisy() {
	echo "skipped: this host is too noisy: $(tail -n 1 "$scratch/err")"
	exit 77
}

status=0
"$CATCHMENT" $run --phase locked --trials 11 --out "$scratch/base" >"$scratch/out" 2>"$scratch/err" || status=$?
case $status in
0 | 1) ;;
4) noisy ;;
*) cat "$scratch/err" && fail "the baseline's run returned $status" ;;
esac
base=$(sed 's,/report.html$,,' "$scratch/out")
"$CATCHMENT" baseline "$base" --out "$scratch/baseline.json" 2>"$scratch/err" || fail "baseline: $(cat "$scratch/err")"

status=0
# Locked: where between two ticks the fault fell, as the captures saw it, is the same in all trials.
python3 - "$base/result.json" "$scratch/baseline.json" <<'PY' || status=$?
import json, sys
r, b = (json.load(open(path)) for path in sys.argv[1:])
trials = [t for t in r["per_trial"] if t["valid"]]
print("valid trials:", len(trials), "phase_ms:", [t["phase_ms"] for t in trials])
print("first_good_answer_ms:", b["metrics"]["first_good_answer_ms"]["values"])
if len(trials) < 8:
    sys.exit(77)
assert all(t["phase_locked"] for t in trials) and b["phase"] == "locked", b["phase"]
assert all(800 <= t["phase_ms"] <= 1200 for t in trials), "the fault was not half-way between two ticks"
PY
[ "$status" -ne 77 ] || noisy
[ "$status" -eq 0 ] || fail "the fault's phase was not locked"

# The same build, another lab: it must not fail.
status=0
"$CATCHMENT" $run --trials 5 --baseline "$scratch/baseline.json" --out "$scratch/same" >"$scratch/out" 2>"$scratch/err" || status=$?
cat "$scratch/err"
same=$(sed -n '1s,/report.html$,,p' "$scratch/out")
[ -s "$same/compare.json" ] || fail "no compare.json after status $status"
[ "$status" -ne 1 ] || fail "the same build failed the gate"
[ "$status" -eq 0 ] || noisy

# A health check that tells half a second later, in a third lab: it must not pass, and the layer is named.
slow_layer "$scratch/slow" 0.5
"$CATCHMENT" $run --trials 5 --phase locked --layer "$scratch/slow" --out "$scratch/runs" >"$scratch/out" 2>"$scratch/err" || true
slow=$(sed -n '1s,/report.html$,,p' "$scratch/out")
[ -s "$slow/result.json" ] || fail "the slow run left no result: $(cat "$scratch/err")"
status=0
"$CATCHMENT" compare "$scratch/baseline.json" "$slow" || status=$?
[ "$status" -ne 0 ] || fail "a health check that is 0.5 s slower passed"
"$CATCHMENT" compare --json "$scratch/baseline.json" "$slow" | grep -q '"what": "layer slow"' || fail "the layer is not named"
[ "$status" -eq 1 ] || noisy
assert_nothing_left
