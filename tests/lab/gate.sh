#!/bin/sh
# gate - a fault locked to the tick, its run beside the baseline of another machine class, and how early such a baseline is refused.
#
# What the gate says of runs that are comparable takes many trials: `make gate-check`, `make gate-proof`.
# timeout: 180
. tests/lab/common

run="run tests/bench/gate-crash.yaml --short --no-calibration --out $scratch/runs"

# Before a lab is built for it.
expect 4 "$CATCHMENT" $run --baseline tests/lab/gate-elsewhere.json
grep -q "not comparable: .*another class" "$scratch/err" || fail "not said what is not comparable"
[ ! -e "$scratch/runs" ] || fail "something was begun"

status=0
"$CATCHMENT" $run --phase locked >"$scratch/out" 2>"$scratch/err" || status=$?
cat "$scratch/err"
[ "$status" -eq 0 ] || [ "$status" -eq 4 ] || fail "the run returned $status"
run=$(sed -n '1s,/report.html$,,p' "$scratch/out")
[ -s "$run/report.html" ] || fail "no report"

# Beside it afterwards: shown, not judged.
expect 4 "$CATCHMENT" compare --json tests/lab/gate-elsewhere.json "$run"
cp "$scratch/out" "$run/compare.json"
expect 0 "$CATCHMENT" report "$run"

status=0
python3 - "$run" <<'PY' || status=$?
import json, sys, xml.etree.ElementTree as xml
run = sys.argv[1]
compare, result = (json.load(open(f"{run}/{name}.json")) for name in ("compare", "result"))
assert compare["verdict"] == "not_comparable", compare["verdict"]
what = {d["what"]: d for d in compare["differs"]}
assert what["machine cpu"]["baseline"] == "A processor of another class" and not what["machine cpu"]["comparable"], what
assert "fault phase" not in what or not any(t["valid"] for t in result["per_trial"]), what
gate = {c.get("name"): c for c in xml.parse(f"{run}/junit.xml").iter("testcase")}["gate"]
assert gate.find("error") is not None and "another class" in gate.find("error").get("message")
assert "not comparable" in open(f"{run}/report.html").read()
trials = result["per_trial"]
if not any(t["valid"] for t in trials):
    print("skipped: this host is too noisy:", [t["invalid_because"] for t in trials])
    sys.exit(77)
assert trials[-1]["phase_locked"], trials[-1]["phase_ms"]
print("phase_ms:", trials[-1]["phase_ms"])
assert 500 <= trials[-1]["phase_ms"] <= 1500, "the fault was not half-way between two ticks"
PY
[ "$status" -ne 77 ] || exit 77
[ "$status" -eq 0 ] || fail "what the run has left is not that of a run that is not comparable"
assert_nothing_left
