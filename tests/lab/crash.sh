#!/bin/sh
# crash - the scenario dns-crash, measured, its time explained, and its figures computed again with tshark from the captures alone.
# timeout: 300
. tests/lab/common

status=0
"$CATCHMENT" run dns-crash --out "$scratch/runs" >"$scratch/out" 2>"$scratch/err" || status=$?
cat "$scratch/err"
[ "$status" -eq 0 ] || [ "$status" -eq 4 ] || fail "run returned $status"
report=$(cat "$scratch/out")
run=${report%/report.html}
. tests/lab/budget

if [ "$status" -eq 4 ]; then
	echo "skipped: every trial was invalid, this host is too noisy: $(tail -n 1 "$scratch/err")"
	exit 77
fi
[ -s "$report" ] && [ -s "$run/result.json" ] && [ -s "$run/junit.xml" ] || fail "files are missing in $run"

trial=$(python3 - "$run/result.json" <<'PY'
import json, sys
r = json.load(open(sys.argv[1]))
trial = next(t for t in r["per_trial"] if t["valid"])
for family in ("v4", "v6"):
    assert 2000 <= trial["withdraw_ms"][family] <= 5000, trial["withdraw_ms"]
# Nobody but the clients of the crashed site lost anything, and all of those were answered again.
served = {c["city"] for c in r["catchment"] if c["before"].get("hkg", 0) > 0.99}
assert served == {"hkg", "sin", "syd"}, served
for s in trial["streams"]:
    assert s["city"] in served or s["unanswered"] == 0, s
    assert s["city"] not in served or (s["unanswered"] > 10 and s["first_good_answer_site"] == "tyo"), s
# The measured round trip is the delay of the links it went over. Whatever else the host does only adds to that, so the
# least one shows it; the median is held to what a trial may differ by and still be valid.
for c in r["catchment"]:
    before = c["rtt_ms"]["before"]
    assert -0.01 <= before["min"] - c["path_rtt_ms"] <= 1, (c["city"], c["family"], before, c["path_rtt_ms"])
    assert before["min"] <= before["p50"] <= c["path_rtt_ms"] + 3, (c["city"], c["family"], before, c["path_rtt_ms"])
    assert c["after"].get(c["expected"], 0) > 0.99, c
verdicts = {(t["id"], t["family"]): t["verdict"] for t in r["targets"]}
for family in ("v4", "v6"):
    want = "met" if trial["withdraw_ms"][family] <= 4000 else "missed"
    assert verdicts["crash-withdraw", family] == want, verdicts
    assert verdicts["crash-unnoticed", family] == "missed", verdicts
    assert verdicts["crash-unnoticed-users", family] in ("met", "missed"), verdicts
# Every resolver was asked over both families. Before the fault its users saw nothing; afterwards those of the crashed site did.
assert len({(x["city"], x["label"], x["family"]) for x in r["resolvers"]}) == 32 == len(r["resolvers"])
for x in r["resolvers"]:
    assert x["software"] in ("Unbound", "BIND") and x["version"], x
    assert x["before"]["good"] == x["before"]["lookups"] > 0 and x["before"]["latency_ms"]["p50"] > 0, x
    assert x["affected"] == (x["city"] in served), x
for label in ("unbound", "bind"):
    hit = [x["during"] for x in r["resolvers"] if x["label"] == label and x["affected"]]
    assert sum(x["lookups"] - x["good"] + x["over_100ms"] for x in hit) > 0, hit
print(trial["trial"])
PY
)

# The recorder saw the verdict in keepalived's log, and the carrier's router turn elsewhere once the withdraw was out.
python3 - "$run" "$trial" <<'PY'
import json, os, sys
run, trial = sys.argv[1], int(sys.argv[2])
folder = os.path.join(run, "trial-%03d" % trial)
figures = json.load(open(run + "/result.json"))["per_trial"][trial - 1]

def read(name, schema):
    lines = [json.loads(line) for line in open(os.path.join(folder, name))]
    assert lines[0] == {"schema": schema}, lines[0]
    for line in lines[1:]:
        line["at_ms"] = (line["at"] - figures["fault_wall_ns"]) / 1e6
    return lines[1:]

events = [json.loads(line) for line in open(folder + "/events.jsonl")]
assert [e["ok"] for e in events if e["event"] == "record"] == [True], events
stats = json.load(open(folder + "/record-stats.json"))
print("recorder:", json.dumps({k: stats[k] for k in ("scheduler", "cpu_ratio", "reading_error_us")}), file=sys.stderr)
assert stats["routes"]["lost"] == 0 and stats["reading_error_us"]["n"] > 1000, stats

said = [l for l in read("lines.jsonl", "catchment.lines/1") if (l["node"], l["service"]) == ("hkg", "keepalived")]
verdict = [l["at_ms"] for l in said if "Entering FAULT STATE" in l["text"]]
assert len(verdict) == 1 and 0 < verdict[0] < 6000, said

routes = read("routes.jsonl", "catchment.routes/1")
for prefix, family in (("203.0.113.0/24", "v4"), ("2001:db8:53::/48", "v6")):
    first = min(m["at_ms"] for m in figures["withdraw_messages"] if m["family"] == family)
    for node in ("a-hkg", "acc-hkg"):
        seen = [r for r in routes if r["node"] == node and r.get("dst") == prefix]
        assert seen[0]["op"] == "have" and seen[0]["at_ms"] < 0, seen
        before = [r for r in seen if r["at_ms"] < 0][-1]["via"]
        turned = [r["at_ms"] for r in seen if r["at_ms"] > 0 and r.get("via") != before]
        assert turned and first < turned[0] < first + 5000, (node, family, first, seen)
PY

if command -v tshark >/dev/null; then
	for source in 198.18.11.10 2001:db8:111::b; do
		tests/oracle/recompute.py "$run" "$trial" "$source" || fail "tshark finds other figures for $source"
	done
else
	echo "tshark is not there: the figures were not computed again"
fi

# The withdraw comes from the captures: without the injector's and the daemons' logs it is the same.
python3 - "$run" "$trial" <<'PY'
import json, os, shutil, subprocess, sys
run, trial = sys.argv[1], int(sys.argv[2])
folder = os.path.join(run, "trial-%03d" % trial)
before = json.load(open(run + "/result.json"))["per_trial"][trial - 1]["withdraw_messages"]
shutil.rmtree(folder + "/log", ignore_errors=True)
subprocess.run([os.environ["CATCHMENT"], "analyze", run], check=True, stdout=subprocess.DEVNULL)
after = json.load(open(run + "/result.json"))["per_trial"][trial - 1]["withdraw_messages"]
assert before == after and before, (before, after)
PY
assert_nothing_left
