#!/bin/sh
# gate - a run beside the baseline of another machine class: its fault is locked to the tick, and one trial tells that it is not comparable.
#
# What the gate says of runs that are comparable takes many trials: `make gate-check`, `make gate-proof`.
# timeout: 180
. tests/lab/common

status=0
"$CATCHMENT" run tests/bench/gate-crash.yaml --short --no-calibration --baseline tests/lab/gate-elsewhere.json \
	--out "$scratch/runs" >"$scratch/out" 2>"$scratch/err" || status=$?
cat "$scratch/err"
[ "$status" -eq 4 ] || fail "the run returned $status"
run=$(sed -n '1s,/report.html$,,p' "$scratch/out")
[ -s "$run/report.html" ] || fail "no report"

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
assert gate.find("skipped") is not None and "another class" in gate.find("skipped").get("message")
assert "not comparable" in open(f"{run}/report.html").read()
trials = result["per_trial"]
if not any(t["valid"] for t in trials):
    print("skipped: this host is too noisy:", [t["invalid_because"] for t in trials])
    sys.exit(77)
assert trials[-1]["valid"] and sum(t["valid"] for t in trials) == 1, "more trials than it takes"
assert trials[-1]["phase_locked"], trials[-1]["phase_ms"]
print("phase_ms:", trials[-1]["phase_ms"])
assert 500 <= trials[-1]["phase_ms"] <= 1500, "the fault was not half-way between two ticks"
PY
[ "$status" -ne 77 ] || exit 77
[ "$status" -eq 0 ] || fail "what the run has left is not that of a run that is not comparable"
assert_nothing_left
