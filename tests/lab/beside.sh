#!/bin/sh
# beside - what the probes ask beside the anycast address: every unicast site answers as itself, TCP is answered, round trips are the paths'.
# timeout: 180
. tests/lab/common

status=0
"$CATCHMENT" run rtt --probes 32 --no-calibration --out "$scratch/runs" >"$scratch/out" 2>"$scratch/err" || status=$?
# A starved host makes the trials invalid (4); what was answered by whom does not change by that.
case $status in
0 | 4) ;;
*)
	cat "$scratch/err" >&2
	fail "run rtt returned $status"
	;;
esac
run=$(ls -d "$scratch"/runs/rtt-*)
python3 - "$run" <<'PY' || fail "run.json could not be changed"
import json, sys
path = sys.argv[1] + "/run.json"
run = json.load(open(path))
run["limits"] = {}
json.dump(run, open(path, "w"))
PY
"$CATCHMENT" analyze "$run" >/dev/null || fail "analyze returned $?"
python3 - "$run" <<'PY' || fail "the figures are not those of the sites"
import json, sys
run, result = (json.load(open(f"{sys.argv[1]}/{name}.json")) for name in ("run", "result"))
for trial in run["trial_dirs"]:
    kinds = json.load(open(f"{sys.argv[1]}/{trial}/probe-stats.json"))["kinds"]
    asked = {(k["service"], k["transport"]): k for k in kinds}
    assert asked["anycast", "udp"]["streams"] == 32 and asked["unicast", "udp"]["streams"] == 64, asked
    assert asked["anycast", "tcp"]["streams"] == 16, asked
    for kind in (("anycast", "udp"), ("unicast", "udp"), ("anycast", "tcp")):
        k = asked[kind]
        # few may be lost where the host is starved; none is answered wrongly
        wrong = set(name for name, n in k["statuses"].items() if n) - {"good", "unanswered", "pending"}
        assert not wrong and k["statuses"]["good"] >= 0.95 * k["sent"] > 0, k
u = result["unicast"]
assert u["other_site"] == 0 and u["n"] > 0, u
for city in run["cities"]:
    c = u["cities"][city["name"]]
    for path in city["unicast"]:
        got = c[path["family"]]["sites"][path["site"]]["min"]
        assert -0.1 < got - path["path_rtt_ms"] < 20, (city["name"], path, got)
    t = result["tcp"]["cities"][city["name"]]
    assert t["connect_ms"]["min"] > city["path_rtt_ms"]["v4"] - 0.1, t
    assert t["rtt_ms"]["min"] > 2 * city["path_rtt_ms"]["v4"] - 0.1, t
verdicts = {t["id"]: t["verdict"] for t in result["targets"]}
assert verdicts["rtt-sydney"] == "refuted" and verdicts["rtt-tokyo"] == "modelled", verdicts
PY
assert_nothing_left
