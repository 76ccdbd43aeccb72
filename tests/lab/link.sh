#!/bin/sh
# link - what catchment lab link sets happens: losses are counted where they fall, carriers go in the node, --for ends, --reset mends.
# timeout: 180
. tests/lab/common

# figure WAY KEY: of the link between hkg and a-hkg, seen from its first end.
figure() {
	"$CATCHMENT" lab link hkg a-hkg --json |
		python3 -c 'import json, sys; [l] = json.load(sys.stdin)["links"].values(); print(l[sys.argv[1]][sys.argv[2]])' "$@"
}

# holds PYTHON: of the change c that $scratch/out tells, with the middle b of its beginning.
holds() {
	python3 -c 'import json, sys
c = json.load(open(sys.argv[1])); b = (c["begin"]["before_mono_ns"] + c["begin"]["after_mono_ns"]) // 2
sys.exit(not eval(sys.argv[2]))' "$scratch/out" "$1"
}

# shellcheck disable=SC2120 # its arguments come by way of expect
link() {
	"$CATCHMENT" lab link hkg a-hkg "$@"
}

# above WAY KEY N: the figure has passed N.
above() {
	[ "$(figure "$1" "$2")" -gt "$3" ]
}

# running NODE IF: whether the node's own kernel sees a carrier there.
running() {
	"$CATCHMENT" lab exec "$1" ip link show "$2" | grep -q LOWER_UP
}

not_running() {
	! running "$@"
}

"$CATCHMENT" lab up --any-catchment >"$scratch/up" 2>&1 || { cat "$scratch/up" >&2; fail "lab up"; }
[ "$("$CATCHMENT" lab link | wc -l)" -eq 45 ] || fail "not every link is listed"
a2b=ba
[ "$(link | cut -c 1-4)" = "hkg:" ] && a2b=ab # which way is a to b

# A blackhole is of one direction, and counted there alone. BFD keeps both ends talking.
expect 0 link --dir "$a2b" --blackhole
sent=$(figure b2a tx_pkts)
await 20 "frames lost from a to b" above a2b blackholed_pkts 3
await 20 "frames from b to a" above b2a tx_pkts "$sent"
[ "$(figure b2a blackholed_pkts)" -eq 0 ] || fail "frames were lost the other way too"
link | grep -q changed || fail "the link does not say that it is changed"
expect 0 link --reset
link | grep -q changed && fail "--reset left something"

expect 0 link --loss 100%
await 20 "frames lost at random" above a2b lost_pkts 3
[ "$(figure a2b blackholed_pkts)" -lt "$(figure a2b lost_pkts)" ] || await 20 "more losses" above a2b lost_pkts "$(figure a2b blackholed_pkts)"
expect 0 link --reset

# What is larger than a size is lost without a word, what is not passes; so with a port.
expect 0 link --lose larger:600,tcp/179
lost=$(figure a2b blackholed_pkts)
peer=$("$CATCHMENT" lab exec hkg ip -4 -o neighbour show dev a-hkg | awk 'NR == 1 {print $1}')
[ -n "$peer" ] || fail "hkg knows no neighbour at a-hkg"
"$CATCHMENT" lab exec hkg ping -c 3 -i 0.2 -W 10 -s 500 "$peer" >"$scratch/ping" || fail "small packets were lost: $(cat "$scratch/ping")"
"$CATCHMENT" lab exec hkg ping -c 2 -i 0.2 -W 1 -s 600 "$peer" >"$scratch/ping" && fail "large packets came through"
grep -qi 'frag\|mtu' "$scratch/ping" && fail "somebody was told: $(cat "$scratch/ping")"
link | grep -q 'larger than 600 B.*TCP port 179' || fail "the link does not tell what it loses: $(link)"
[ "$(figure a2b blackholed_pkts)" -gt "$lost" ] || [ "$(figure b2a blackholed_pkts)" -gt 0 ] || fail "the losses were not counted"
expect 2 link --lose larger:20
grep -q 'is not larger:BYTES' "$scratch/err" || fail "no reason: $(cat "$scratch/err")"
expect 0 link --pass
link | grep -q changed && fail "--pass left something"

# Carriers: in the nodes, at both ends, and back after a time without a command of ours.
running hkg a-hkg || fail "no carrier to begin with"
expect 0 link --down
await 10 "the carrier gone at hkg" not_running hkg a-hkg
await 10 "the carrier gone at a-hkg" not_running a-hkg hkg
expect 0 link --up
await 10 "the carrier back" running hkg a-hkg
expect 0 link --down --for 300ms --json
holds 'c["end"]["before_mono_ns"] - b >= 300000000' ||
	fail "it ended before its time: $(cat "$scratch/out")"
holds 'c["begin"]["announced_wall_ns"] >= c["begin"]["after_wall_ns"]' || fail "it does not say when the kernel told"
await 10 "the carrier back by itself" running hkg a-hkg
link | grep -q changed && fail "--for left something"

# What cannot be is refused and changes nothing.
expect 2 link --jitter 5s
grep -q 'frames would leave before they came' "$scratch/err" || fail "no reason: $(cat "$scratch/err")"
expect 2 link --loss 90% --burst 2
expect 2 "$CATCHMENT" lab link hkg fra --down
grep -q 'hkg has links with' "$scratch/err" || fail "no hint: $(cat "$scratch/err")"
expect 0 link --delay 30ms --for 10s --no-wait
expect 2 link --delay 40ms --for 1s
grep -q 'by change' "$scratch/err" || fail "an overlap was not refused: $(cat "$scratch/err")"
expect 0 link --reset
link | grep -q changed && fail "a refused change changed something"
"$CATCHMENT" lab down
assert_nothing_left
