#!/bin/sh
# suites - the network as it is with the daemons of Debian 12: FRR 8.4, which has no mgmtd, BIRD 2.0, OpenBGPD 7.7, Knot 3.2. In both variants.
# timeout: 180
. tests/lab/common

if ! rootfs=$(lab/rootfs/build --check --suite bookworm); then
	echo "skipped: $rootfs; 'lab/rootfs/build --suite bookworm' makes it (a minute or two, once)"
	exit 77
fi
rootfs=${rootfs%: there}

expect 0 "$CATCHMENT" lab validate --rootfs "$rootfs"
grep -qF 'mgmtd is left out: the root file system has no /usr/lib/frr/mgmtd' "$scratch/out" || fail "validate says: $(cat "$scratch/out")"

# reaches CITY SITE: in both families, by the kernels' tables.
reaches() {
	"$CATCHMENT" lab status --json >"$scratch/status"
	python3 - "$scratch/status" "$1" "$2" <<'PY'
import json, sys
s = json.load(open(sys.argv[1]))
sys.exit({c["site"] for c in s["catchment"] if c["city"] == sys.argv[2]} != {sys.argv[3]})
PY
}

# crash: Hong Kong's DNS server is killed, its site withdraws, and Hong Kong's clients are served by Tokyo.
crash() {
	pid=$("$CATCHMENT" lab status --json | python3 -c '
import json, sys
print([x["pid"] for n in json.load(sys.stdin)["nodes"] if n["name"] == "hkg" for x in n["services"] if x["name"] == "knotd"][0])')
	kill -9 "$pid"
	await 15 "hkg is served by tyo" reaches hkg tyo
	answered_by tyo
}

answered_by() {
	expect 0 "$CATCHMENT" lab exec acc-hkg kdig +nsid +time=2 +retry=0 -b 198.18.11.10 @203.0.113.53 x.probe.example TXT
	grep -q "NSID.*\"$1\"" "$scratch/out" || fail "not answered by $1: $(cat "$scratch/out")"
	grep -q 'catchment' "$scratch/out" || fail "not the zone's answer: $(cat "$scratch/out")"
}

for variant in documented hardened; do
	expect 0 "$CATCHMENT" lab up --variant "$variant" --rootfs "$rootfs"
	cat "$scratch/err"
	grep -qF 'mgmtd is left out' "$scratch/err" || fail "up does not say what is left out: $(cat "$scratch/err")"
	expect 0 "$CATCHMENT" lab status --json
	python3 - "$scratch/out" <<'PY'
import json, sys
s = json.load(open(sys.argv[1]))
assert s["left_out"] == [{"service": "mgmtd", "program": "/usr/lib/frr/mgmtd"}], s["left_out"]
assert all(x["state"] == "ready" and x["name"] != "mgmtd" for n in s["nodes"] for x in n["services"])
assert len(s["sessions"]) >= 332 and all(x["established"] for x in s["sessions"])
assert s["healthy"] is True
PY
	expect 0 "$CATCHMENT" lab exec hkg vtysh -d zebra -c 'show version'
	grep -q 'FRRouting 8\.' "$scratch/out" || fail "not FRR 8: $(cat "$scratch/out")"
	# zebra and staticd have read their own files.
	expect 0 "$CATCHMENT" lab exec hkg ip route show type blackhole
	grep -q '^blackhole 203.0.113.0/24' "$scratch/out" || fail "staticd's routes are missing: $(cat "$scratch/out")"
	expect 0 "$CATCHMENT" lab exec hkg ip route get 198.18.12.1
	grep -q 'src 198.18.1.53' "$scratch/out" || fail "zebra's source address is missing: $(cat "$scratch/out")"
	answered_by hkg
	crash
	expect 0 "$CATCHMENT" lab down
	assert_nothing_left
done
