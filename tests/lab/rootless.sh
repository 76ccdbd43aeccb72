#!/bin/sh
# rootless - a user with subordinate ids brings the lab up, looks into it, runs a scenario, takes it down; no root anywhere.
# timeout: 300
. tests/lab/common

user=catchment-t$$
remove_user() {
	status=$?
	! id "$user" >/dev/null 2>&1 || {
		as_user "$scratch/catchment" lab down >/dev/null 2>&1 || true
		rm -rf "/tmp/catchment-$(id -u "$user")"
		userdel -r "$user" >/dev/null 2>&1
	}
	rm -rf "$scratch"
	exit "$status"
}
as_user() {
	setpriv --reuid="$user" --regid="$user" --init-groups env -i PATH="$PATH" HOME="$scratch/home" \
		CATCHMENT_DATA="$scratch/data" CATCHMENT_NAME="$lab" "$@"
}
skip() {
	echo "skipped: $*"
	exit 77
}

# Neither program nor data may lie where only root can read them.
chmod 755 "$scratch"
mkdir "$scratch/data"
cp -r --parents lab scenarios reports/plots "$scratch/data"
chmod -R a+rX "$scratch/data"
cp "$CATCHMENT" "$scratch/catchment"

# A user whom nobody gave subordinate ids is told what to do, and nothing is left.
mkdir -m 777 "$scratch/empty"
expect 3 setpriv --reuid=65534 --regid=65534 --clear-groups env -u XDG_RUNTIME_DIR HOME="$scratch/empty" \
	CATCHMENT_DATA="$scratch/data" "$scratch/catchment" lab up
grep -q "run it as root (sudo), or mend this: .*subuid.*usermod --add-subuids" "$scratch/err" ||
	fail "without subordinate ids: $(cat "$scratch/err")"
[ -z "$(ls -A "$scratch/empty")" ] || fail "something was made: $(ls -A "$scratch/empty")"

command -v newuidmap >/dev/null || skip "newuidmap is not there (package uidmap)"
command -v useradd >/dev/null || skip "useradd is not there"
[ "$(stat -c %a /dev/net/tun 2>/dev/null)" = 666 ] || skip "/dev/net/tun is not open to users"
trap remove_user EXIT
useradd -M -d "$scratch/home" -s /bin/sh "$user"
install -d -o "$user" -m 755 "$scratch/home"
grep -q "^$user:" /etc/subuid || usermod --add-subuids 500000-565535 --add-subgids 500000-565535 "$user"
as_user unshare --user --map-root-user --map-auto --net true 2>"$scratch/err" ||
	skip "no user namespaces for users here: $(tail -n 1 "$scratch/err")"

# The root file system, unpacked in the map: the daemons' files belong to ids of the user.
lab/rootfs/build --tar "$scratch/rootfs.tar"
expect 0 as_user "$scratch/data/lab/rootfs/build" --from "$scratch/rootfs.tar"
expect 0 as_user "$scratch/data/lab/rootfs/build" --check
rm "$scratch/rootfs.tar"

expect 0 as_user "$scratch/catchment" doctor
grep -q "^weak     root " "$scratch/out" || fail "doctor: $(cat "$scratch/out")"
grep -q "^good     mapping of ids" "$scratch/out" || fail "doctor: $(cat "$scratch/out")"
grep -q "^good     root file system *$scratch/home/.cache/catchment" "$scratch/out" || fail "doctor: $(cat "$scratch/out")"

expect 0 as_user "$scratch/catchment" lab up
cat "$scratch/err"
grep -q "without root: " "$scratch/err" || fail "up does not say what is weaker"
grep -q "is up: 29 nodes" "$scratch/err" || fail "up says: $(cat "$scratch/err")"
expect 0 as_user "$scratch/catchment" lab up
grep -q "up already" "$scratch/err" || fail "the second up says: $(cat "$scratch/err")"
expect 0 as_user "$scratch/catchment" lab status --json
python3 - "$scratch/out" "/tmp/catchment-$(id -u "$user")/$lab/state.json" <<'PY'
import json, sys
status, state = (json.load(open(p)) for p in sys.argv[1:])
assert status["healthy"] is True and len(status["nodes"]) == 29
assert state["rootless"] is True, state["rootless"]
PY

# Inside: root, the daemons' users, no way out. Outside: nobody but the user and the user's own ids.
expect 0 as_user "$scratch/catchment" lab exec hkg sh -c 'id -u; stat -c %U /proc/$(cat /run/knot/knot.pid) /run/frr/bgpd.vty'
[ "$(tr '\n' ' ' <"$scratch/out")" = "0 knot frr " ] || fail "users inside: $(cat "$scratch/out")"
expect 0 as_user "$scratch/catchment" lab exec hkg ip -o link
! grep -qE 'eth0|docker|ens|wlan' "$scratch/out" || fail "a host interface in a node: $(cat "$scratch/out")"
expect 0 as_user "$scratch/catchment" lab exec acc-syd kdig +nsid +time=2 +retry=0 -b 198.18.14.10 @203.0.113.53 x.probe.example TXT
grep -q 'NSID.*"hkg"' "$scratch/out" || fail "acc-syd is not answered by hkg: $(cat "$scratch/out")"
[ "$(ls /sys/class/net)" = "$interfaces" ] || fail "the host's interfaces changed: $(ls /sys/class/net)"
for file in $(grep -ls "CATCHMENT_LAB=$lab-" /proc/[0-9]*/environ); do
	owner=$(stat -c %u "${file%/environ}" 2>/dev/null) || continue
	[ "$owner" -ne 0 ] || fail "a process of the lab is root's: $(cat "${file%/environ}/cmdline")"
done

# Root's labs and the user's are apart, the names too.
expect 3 "$CATCHMENT" lab status
expect 0 as_user "$scratch/catchment" lab down
gone() {
	[ -z "$(ps -o pid= -u "$user")" ] && [ ! -e "/tmp/catchment-$(id -u "$user")/$lab" ]
}
await 5 "nothing of the user's lab" gone
expect 0 as_user "$scratch/catchment" lab down
expect 3 as_user "$scratch/catchment" lab status

# A scenario: probes, captures, faults and their roll-back need no root either. A noisy host may spoil the trial.
cat >"$scratch/data/short.yaml" <<'YAML'
name: short
title: One service killed, without root
probes: {count: 16, rate: 5}
before: 1s
timeline:
  - {at: 0s, kill: hkg/knotd}
  - {at: 4s, start: hkg/knotd}
after: 2s
YAML
status=0
as_user "$scratch/catchment" run "$scratch/data/short.yaml" --trials 1 --out "$scratch/home/runs" >"$scratch/out" 2>"$scratch/err" || status=$?
cat "$scratch/err"
[ "$status" -eq 0 ] || [ "$status" -eq 4 ] || fail "run returned $status"
trial=$(echo "$scratch/home/runs/"*/trial-001)
[ "$(stat -c %s "$trial/captures/hkg.hkix.pcap")" -gt 1000 ] || fail "nothing was captured"
python3 - "$trial" <<'PY'
import json, sys
stats = json.load(open(sys.argv[1] + "/probe-stats.json"))
assert stats["answered"] > 100, stats
run = json.load(open(sys.argv[1] + "/../run.json"))
assert run["provenance"]["rootless"] is True, run["provenance"]
PY
await 5 "nothing of the user's lab" gone
