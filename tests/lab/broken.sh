#!/bin/sh
# broken - a daemon that cannot start, a network that goes elsewhere: the reason is named, and nothing is left.
# timeout: 240
. tests/lab/common

# A configuration that BIRD refuses: its own words are shown.
mkdir -p "$scratch/bad/a-sin/etc/bird"
echo 'router id nonsense;' >"$scratch/bad/a-sin/etc/bird/bird.conf"
expect 3 "$CATCHMENT" lab up --layer "$scratch/bad"
grep -q "a-sin/bird ended" "$scratch/err" || fail "the daemon is not named: $(cat "$scratch/err")"
grep -qi "bird.conf:1.*syntax error" "$scratch/err" || fail "its log is not shown: $(cat "$scratch/err")"
assert_nothing_left

# A session that cannot come up: named after the deadline.
mkdir -p "$scratch/deaf/rs1/etc/bird"
sed 's/neighbor \(198.51.100.10\)/neighbor 198.51.100.99/' lab/nodes/rs1/etc/bird/bird.conf >"$scratch/deaf/rs1/etc/bird/bird.conf"
! cmp -s "$scratch/deaf/rs1/etc/bird/bird.conf" lab/nodes/rs1/etc/bird/bird.conf || fail "the test's own edit did nothing"
expect 3 "$CATCHMENT" lab up --layer "$scratch/deaf" --timeout 14s
grep -q "sessions not Established" "$scratch/err" || fail "the session is not named: $(cat "$scratch/err")"
grep -qE "log of (rs1/bird|hkg/bgpd)" "$scratch/err" || fail "no log is shown: $(cat "$scratch/err")"
assert_nothing_left

# Healthy, but a city lands elsewhere than the topology says: an expectation missed, with city, family and reason.
mkdir -p "$scratch/elsewhere/hkg/etc/frr"
grep -v 'network 203.0.113.0/24' lab/nodes/hkg/etc/frr/bgpd.conf >"$scratch/elsewhere/hkg/etc/frr/bgpd.conf"
mkdir -p "$scratch/elsewhere/hkg/etc/keepalived"
sed 's/203\.0\.113\.0\/24/203.0.113.128\/25/' lab/variants/documented/pop/etc/keepalived/announce >"$scratch/elsewhere/hkg/etc/keepalived/announce"
chmod 755 "$scratch/elsewhere/hkg/etc/keepalived/announce"
expect 1 "$CATCHMENT" lab up --layer "$scratch/elsewhere"
grep -qE "over IPv4 reaches .*, expected hkg" "$scratch/err" || fail "the catchment is not named: $(cat "$scratch/err")"
assert_nothing_left
expect 0 "$CATCHMENT" lab up --layer "$scratch/elsewhere" --any-catchment
expect 0 "$CATCHMENT" lab down
assert_nothing_left

# No root file system, or one without the daemons.
mkdir "$scratch/empty"
expect 3 "$CATCHMENT" lab up --rootfs "$scratch/empty"
assert_nothing_left
expect 2 "$CATCHMENT" lab up --rootfs "$scratch/nowhere"
assert_nothing_left
