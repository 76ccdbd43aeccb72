#!/bin/sh
# calibrate - the instrument measured: blackouts seen by every stream, a fault of its own found.
# timeout: 180
. tests/lab/common

"$CATCHMENT" lab up || fail "lab up returned $?"
status=0
"$CATCHMENT" calibrate --out "$scratch/runs" --json >"$scratch/good.json" 2>"$scratch/err" || status=$?
cat "$scratch/err"
# A starved host may spoil a figure (4), but every blackout is seen, by the streams of two cities.
[ "$status" -eq 0 ] || [ "$status" -eq 4 ] || fail "calibrate returned $status"
python3 - "$scratch/good.json" "$status" <<'PY' || fail "the figures are not those of blackouts"
import json, sys
c = json.load(open(sys.argv[1]))
assert c["good"] == (sys.argv[2] == "0"), c["why"]
assert sorted(b["asked_ms"] for b in c["blackouts"]) == [50, 500, 5000]
for b in c["blackouts"]:
    assert b["streams"] >= 40, b
    assert sys.argv[2] != "0" or abs(b["held_ms"] - b["asked_ms"]) < 50, b
    assert sys.argv[2] != "0" or abs(b["union_error_ms"]) < 100, b
assert c["delay_error_us"]["n"] > 10000 and c["delay_error_us"]["min"] >= 0, c["delay_error_us"]
assert c["rtt_difference_us"]["n"] > 1000
PY
[ -z "$(find "$scratch/runs" -name captures)" ] || fail "the captures were left"

# A link that is later than it says must be found out.
"$CATCHMENT" lab link acc-hkg hkix --delay 3ms >/dev/null || fail "lab link returned $?"
status=0
"$CATCHMENT" calibrate --out "$scratch/runs" >"$scratch/bad" 2>&1 || status=$?
[ "$status" -eq 4 ] || fail "a link 2.6 ms late went unnoticed: $status, $(cat "$scratch/bad")"
grep -q "not good:.*delay error" "$scratch/bad" || fail "not told: $(cat "$scratch/bad")"

"$CATCHMENT" lab down || fail "lab down returned $?"
assert_nothing_left
