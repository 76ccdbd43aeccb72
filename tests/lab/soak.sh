#!/bin/sh
# soak - rounds of a timeline take place one after the other, are found again on the wire, and too few of them judge nothing.
# timeout: 180
. tests/lab/common

sed 's/times: 200/times: 6/; s/count: 80/count: 16/; s/^before: .*/before: 1s/; /^expect:/,/^rollback/d' scenarios/soak.yaml >"$scratch/few.yaml"
cp -r scenarios/faults "$scratch/"
status=0
"$CATCHMENT" run "$scratch/few.yaml" --no-calibration --trials 1 --out "$scratch/runs" >"$scratch/out" 2>"$scratch/err" || status=$?
cat "$scratch/out" "$scratch/err"
[ "$status" -eq 0 ] || [ "$status" -eq 4 ] || fail "run returned $status"
run=$(echo "$scratch"/runs/soak-*)
# The injector's words: as many faults as rounds, in turn with as many restores, whatever the host did meanwhile.
sed -n 's/^{"event":"\(fault\|restore\)".*/\1/p' "$run/trial-001/events.jsonl" | head -12 | tr '\n' ' ' >"$scratch/order"
[ "$(cat "$scratch/order")" = "fault restore fault restore fault restore fault restore fault restore fault restore " ] || fail "steps: $(cat "$scratch/order")"
# The wire's: each round in both families, with both halves. A trial that the host spoilt is read all the same.
/usr/bin/python3 - "$run/result.json" <<'PY' || fail "the rounds are not on the wire"
import json, re, sys
result = json.load(open(sys.argv[1]))
soak = result["per_trial"][0]["soak"]
for family in "v4", "v6":
    x = soak[family]
    assert x["rounds"] == x["complete"] == 6, (family, x)
    assert any(ms is not None for ms in x["withdrawn"]["converged_ms"]), (family, x)
claim = [t for t in result["targets"] if t["id"] == "soak"]
assert claim and all(t["verdict"] == "not judged" for t in claim), claim
assert re.match("6 of at least 200 rounds|no trial was valid", claim[0]["why"]), claim
PY
assert_nothing_left
