#!/bin/sh
# up_down - the whole network comes up healthy, tells about itself, and goes without a trace. Twice each.
# timeout: 180
. tests/lab/common

expect 0 "$CATCHMENT" lab down # none is up: that is fine
grep -q "no lab '$lab' is up" "$scratch/err" || fail "down says: $(cat "$scratch/err")"
expect 3 "$CATCHMENT" lab status

# Without a standard input: the lock on its name must not be the file that takes that place.
"$CATCHMENT" lab up >"$scratch/first" 2>&1 <&- &
first=$!
await 10 "the lab's folder" test -S "/run/catchment/$lab/ctl"
expect 0 "$CATCHMENT" lab up # while it comes up: waits with the first
expect 0 "$CATCHMENT" lab status
wait "$first" || fail "the first up failed: $(cat "$scratch/first")"
cat "$scratch/first"
expect 0 "$CATCHMENT" lab up # again: it is the same lab
grep -q "up already" "$scratch/err" || fail "the second up says: $(cat "$scratch/err")"
expect 0 "$CATCHMENT" lab up --topology lab/topology.yaml # also by the name of its file
mkdir "$scratch/other" && cp -r lab/topology.yaml lab/nodes lab/variants "$scratch/other/"
expect 2 "$CATCHMENT" lab up --topology "$scratch/other/topology.yaml" # but not one from elsewhere
mkdir -p "$scratch/layer/hkg/etc"
echo x >"$scratch/layer/hkg/etc/x"
expect 2 "$CATCHMENT" lab up --layer "$scratch/layer" # but this would be another
grep -q "another lab '$lab' is up" "$scratch/err" || fail "up with a layer says: $(cat "$scratch/err")"

expect 0 "$CATCHMENT" lab status --json
python3 - "$scratch/out" <<'PY'
import json, sys
s = json.load(open(sys.argv[1]))
want = dict(hkg="hkg", tyo="tyo", sin="hkg", syd="hkg", lax="tyo", lon="fra", fra="fra", gru="gru")
got = {(c["city"], c["family"]): c["site"] for c in s["catchment"]}
assert got == {(city, f): site for city, site in want.items() for f in ("v4", "v6")}, got
assert len(s["nodes"]) == 29, len(s["nodes"])
assert all(x["state"] == "ready" for n in s["nodes"] for x in n["services"])
assert len(s["sessions"]) > 200 and all(x["established"] for x in s["sessions"])
assert {n["name"] for n in s["nodes"] if n["services"]} == {x["node"] for x in s["sessions"]}
assert all(0.5 < c["path_rtt_ms"] < 150 for c in s["catchment"])
assert s["healthy"] is True
PY

# What the FIBs promise is what a query finds, from an address of the access network, by NSID.
for city in hkg:198.18.11:hkg syd:198.18.14:hkg lon:198.18.16:fra; do
	IFS=: read -r name net site <<EOF
$city
EOF
	expect 0 "$CATCHMENT" lab exec "acc-$name" kdig +nsid +time=2 +retry=0 -b "$net.10" @203.0.113.53 x.probe.example TXT
	grep -q "NSID.*\"$site\"" "$scratch/out" || fail "$name is not answered by $site: $(cat "$scratch/out")"
done

# Nodes are islands: no way to the host's network, and the host's files are not theirs.
expect 0 "$CATCHMENT" lab exec hkg ip -o link
! grep -qE 'eth0|docker' "$scratch/out" || fail "a host interface in a node: $(cat "$scratch/out")"
expect 0 "$CATCHMENT" lab exec hkg grep -qx hkg /proc/sys/kernel/hostname
expect 7 "$CATCHMENT" lab exec hkg sh -c 'exit 7'
expect 2 "$CATCHMENT" lab exec nowhere true

# A daemon dies while nobody looks: status says so.
pid=$("$CATCHMENT" lab status --json | python3 -c '
import json, sys
print([x["pid"] for n in json.load(sys.stdin)["nodes"] if n["name"] == "gru" for x in n["services"] if x["name"] == "knotd"][0])')
kill -9 "$pid"
await 5 "status notices a dead knotd" sh -c '! "$CATCHMENT" lab status >/dev/null'
expect 1 "$CATCHMENT" lab status
grep -q "knotd:exited" "$scratch/out" || fail "status does not name the dead daemon"
expect 3 "$CATCHMENT" lab up # up already, but not well: that is no success
grep -q "gru/knotd: exited" "$scratch/err" || fail "up does not name the dead daemon: $(cat "$scratch/err")"

before_ms=$(date +%s%3N)
expect 0 "$CATCHMENT" lab down
echo "down in $(($(date +%s%3N) - before_ms)) ms"
assert_nothing_left
expect 0 "$CATCHMENT" lab down
