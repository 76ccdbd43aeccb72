#!/bin/sh
# sweep - two settings of one knob: a lab each with that line changed and no other, cost and catchment told, resumed.
# timeout: 240
. tests/lab/common

status=0
"$CATCHMENT" sweep steady --vary prepend=0,2 --idle 2s --quick --no-calibration --probes 16 --out "$scratch" \
	>"$scratch/out" 2>"$scratch/err" || status=$?
cat "$scratch/err"
# 4: this host spoilt the trials; lab, layers and routing tables are judged all the same.
[ "$status" -eq 0 ] || [ "$status" -eq 4 ] || fail "sweep returned $status"
dir=$(dirname "$(tail -n 1 "$scratch/out")")
[ -s "$dir/sweep.html" ] || fail "no page in $dir"

python3 - "$dir" <<'PY'
import difflib, json, os, sys
dir = sys.argv[1]
doc = json.load(open(dir + "/sweep.json"))
assert doc["schema"] == "catchment.sweep/1" and doc["complete"], doc
assert [c["values"] for c in doc["combinations"]] == [{"prepend": 0}, {"prepend": 2}], doc
for c in doc["combinations"]:
    assert "failed" not in c and c["trials"] == 1, c
    idle = c["idle"]
    assert 2 <= idle["observed_s"] < 60 and idle["bgp_ends"] > 300 and idle["bfd_ends"] > 100, idle
    assert idle["cpu_ratio"]["sites"] > 0 and idle["cpu_ratio"]["nodes"] > idle["cpu_ratio"]["sites"], idle
    assert idle["per_hour_bound"] > idle["per_hour"] >= 0, idle
    # The run says what was turned, and which layer did it.
    run = json.load(open("%s/%s/run.json" % (dir, c["dir"])))
    assert run["knobs"] == [{"name": "prepend", "value": c["values"]["prepend"], "unit": "times", "now": "0"}], run["knobs"]
    layer = os.path.realpath("%s/%s" % (dir, c["layer"]))
    assert layer in [os.path.realpath(x["path"]) for x in run["provenance"]["layers"]], run["provenance"]["layers"]
    # That line was changed, and no other.
    text = open(layer + "/hkg/etc/frr/bgpd.conf").read().splitlines()
    was = open("lab/nodes/hkg/etc/frr/bgpd.conf").read().splitlines()
    changed = [l for l in difflib.ndiff(was, text) if l[0] in "+-"]
    assert changed == ["+  set as-path prepend 64500 64500"] * (0 if c["values"]["prepend"] == 0 else 4), changed
served = [{(x["city"], x["family"]): x["site"] for x in c["catchment"]} for c in doc["combinations"]]
for family in ("v4", "v6"):
    assert served[0]["syd", family] == "hkg" and served[1]["syd", family] == "tyo", served
    assert served[0]["hkg", family] == served[1]["hkg", family] == "hkg", served
PY
assert_nothing_left 10

# ^C while a lab is up: nothing is left behind, and what was done stays.
python3 - "$dir/sweep.json" <<'PY'
import json, sys
doc = json.load(open(sys.argv[1]))
doc["combinations"][1] = {k: doc["combinations"][1][k] for k in ("number", "values")} | {"done": False}
json.dump(doc, open(sys.argv[1], "w"))
PY
"$CATCHMENT" sweep --resume "$dir" >"$scratch/out" 2>"$scratch/err" &
pid=$!
await 60 "the second lab" grep -q 'lab up' "$scratch/err"
kill -INT "$pid"
status=0
wait "$pid" || status=$?
[ "$status" -eq 130 ] || fail "the interrupted sweep returned $status: $(cat "$scratch/err")"
[ "$(grep -c '^[12] of 2: ' "$scratch/err")" -eq 1 ] && grep -q '^2 of 2: prepend 2' "$scratch/err" ||
	fail "it did not go on where it was: $(cat "$scratch/err")"
assert_nothing_left 10
