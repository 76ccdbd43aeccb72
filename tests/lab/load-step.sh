#!/bin/sh
# load-step - loads of a timeline run in nodes, leave their figures, end when told to and with the trial; one that fails says why.
# timeout: 120
. tests/lab/common

head='probes: {count: 16, rate: 5, resolvers: 0}
before: 1s
after: 1s'
cat >"$scratch/good.yaml" <<YAML
name: good
title: Three loads
$head
timeline:
  - {at: 0s, load: {node: acc-tyo, name: stopped, run: [net, --server]}}
  - {at: 0s, load: {node: acc-hkg, name: till-end, run: [net, --server]}}
  - {at: 0s, load: {node: acc-hkg, name: flood, run: [flood, 203.0.113.53, --from, 198.18.11.128/25, --rate, 50, --for, 1s]}}
  - {at: 2s, load-stop: stopped}
expect:
  - {metric: load_flood_sent, min: "> 0"}
YAML
cat >"$scratch/bad.yaml" <<YAML
name: bad
title: Nobody listens there
$head
timeline:
  - {at: 0s, load: {node: acc-hkg, name: lonely, run: [net, --to, 198.18.12.1, --bind, 198.18.11.1, --port, 9]}}
  - {at: 20s, load: {node: acc-hkg, name: never, run: [net, --server]}}
YAML
status=0
"$CATCHMENT" run "$scratch/good.yaml" "$scratch/bad.yaml" --no-calibration --trials 1 --out "$scratch/runs" >"$scratch/out" 2>"$scratch/err" || status=$?
cat "$scratch/out" "$scratch/err"
[ "$status" -eq 3 ] || fail "run returned $status, and the second scenario's load fails"
# A host that is too busy makes the first trial invalid, but the files are there all the same.
/usr/bin/python3 - "$scratch"/runs/good-*/trial-001 "$scratch"/runs/good-*/result.json <<'PY' || fail "the loads did not run as told"
import json, sys
trial, result = sys.argv[1], json.load(open(sys.argv[2]))
for name in "stopped", "till-end", "flood":
    assert json.load(open("%s/load-%s.json" % (trial, name)))["schema"].startswith("catchment.load-"), name
assert json.load(open(trial + "/load-flood.json"))["sent"] > 0
ends = {e["name"]: e for e in map(json.loads, open(trial + "/events.jsonl")) if e["event"] == "load_end"}
assert set(ends) == {"stopped", "till-end", "flood"}, ends
assert not ends["flood"]["asked"] and ends["stopped"]["asked"] and ends["till-end"]["asked"], ends
assert ends["stopped"]["exit"] == 0 and ends["till-end"]["exit"] == 0, ends
assert [load["name"] for load in result["loads"]] == ["stopped", "till-end", "flood"]
PY
grep -q "load lonely failed (status 3): libiperf: unable to connect to server: Connection refused" "$scratch/err" || fail "it does not say why the load failed"
ls "$scratch"/runs/bad-*/trial-001/load-never.json 2>/dev/null && fail "the trial went on after a load had failed"

# ^C in the middle of a load: nothing of it is left.
sed 's/- {at: 2s, load-stop: stopped}/- {at: 60s, load-stop: stopped}/' "$scratch/good.yaml" >"$scratch/long.yaml"
"$CATCHMENT" run "$scratch/long.yaml" --no-calibration --trials 1 --out "$scratch/long" >"$scratch/out" 2>"$scratch/err" &
run=$!
flood_has_ended() {
	grep -q '"event":"load_end".*"name":"flood"' "$scratch"/long/*/trial-001/events.jsonl 2>/dev/null
}
await 60 "the flood's end" flood_has_ended
kill -INT "$run"
status=0
wait "$run" || status=$?
[ "$status" -eq 130 ] || fail "interrupted, it returned $status"
grep -q '"event":"load_end".*"name":"till-end"' "$scratch"/long/*/trial-001/events.jsonl || fail "the load was not ended"
assert_nothing_left 10
