#!/bin/sh
# generated - a generated network of 4 PoPs comes up as it expects itself to, answers, and goes without a trace.
# timeout: 120
. tests/lab/common

expect 0 "$CATCHMENT" lab generate --pops 4 --seed 2 "$scratch/net"
expect 2 "$CATCHMENT" lab generate --pops 4 "$scratch/net" # not over what is there
grep -q "is not empty" "$scratch/err" || fail "generate says: $(cat "$scratch/err")"
expect 0 "$CATCHMENT" lab up --topology "$scratch/net/topology.yaml"
cat "$scratch/err"
grep -q "14 nodes, .* 8 catchments as expected" "$scratch/err" || fail "up says: $(cat "$scratch/err")"

# Every city is answered by its own PoP, over its resolvers too, and reaches the others' unicast addresses and access networks.
code=0
for city in hkg tyo fra gru; do
	code=$((code + 1))
	expect 0 "$CATCHMENT" lab exec "acc-$city" kdig +nsid +time=2 +retry=1 -b "198.18.$((128 + code)).10" @203.0.113.53 \
		x.probe.example TXT
	grep -q "NSID.*\"$city\"" "$scratch/out" || fail "$city is not answered by its own PoP: $(cat "$scratch/out")"
	for resolver in "198.18.$((128 + code)).2" "198.18.$((128 + code)).3" "2001:db8:20$code::2" "2001:db8:20$code::3"; do
		expect 0 "$CATCHMENT" lab exec "acc-$city" kdig +short +time=5 +retry=0 "@$resolver" "$city-$code-$$.probe.example" TXT
		grep -qx '"catchment"' "$scratch/out" || fail "$resolver in $city says: $(cat "$scratch/out")"
	done
	expect 0 "$CATCHMENT" lab exec "acc-$city" sh -ec '
		for other in 1 2 3 4; do
			ping -n -q -c 1 -W 3 198.18.$other.53
			ping -n -q -c 1 -W 3 2001:db8:20$other::1
		done'
done

expect 0 "$CATCHMENT" lab down
assert_nothing_left
