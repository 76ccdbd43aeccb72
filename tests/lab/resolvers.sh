#!/bin/sh
# resolvers - each access network's Unbound and BIND find a new name's data for their users, and for nobody else.
# timeout: 300
. tests/lab/common

expect 0 "$CATCHMENT" lab up

# ask NODE RESOLVER NAME: the answer in short, or what went wrong.
ask() {
	"$CATCHMENT" lab exec "$1" kdig +short +time=5 +retry=0 "@$2" "$3" TXT
}

# Every one, over both families; a name of its own each time, so that no cache can know it.
code=0 asked=0
for city in hkg tyo sin syd lax lon fra gru; do
	code=$((code + 1))
	for host in 2 3; do
		for resolver in "198.18.$((10 + code)).$host" "2001:db8:11$code::$host"; do
			asked=$((asked + 1))
			answer=$(ask "acc-$city" "$resolver" "n$asked-$$.probe.example")
			[ "$answer" = '"catchment"' ] || fail "$resolver in $city says '$answer'"
		done
	done
done
echo "$asked addresses answer"

# No other name exists, and that is said at once, not after asking for a root that is not there.
for resolver in 198.18.11.2 198.18.11.3; do
	expect 0 "$CATCHMENT" lab exec acc-hkg kdig +time=5 +retry=0 "@$resolver" www.example.org A
	grep -q "status: NXDOMAIN" "$scratch/out" || fail "$resolver says of another name: $(cat "$scratch/out")"
	took_ms=$(sed -n 's/.* in \([0-9]*\)[.0-9]* ms$/\1/p' "$scratch/out")
	[ "$took_ms" -lt 4000 ] || fail "$resolver took $took_ms ms to say so"
done

# Who is not in the network is refused: no open resolver.
for resolver in 198.18.11.2 198.18.11.3; do
	expect 0 "$CATCHMENT" lab exec acc-gru kdig +time=5 +retry=0 "@$resolver" "x-$$.probe.example" TXT
	grep -q "status: REFUSED" "$scratch/out" || fail "$resolver serves strangers: $(cat "$scratch/out")"
done

# They ask from their own addresses: a capture of just such queries ends once one has passed.
for host in 2 3; do
	"$CATCHMENT" lab capture acc-gru:b-gru -c 1 "dst port 53 and (src host 198.18.18.$host or src host 2001:db8:118::$host)" \
		>"$scratch/from-$host.pcap" 2>"$scratch/err" &
	watch=$! asked=0
	while kill -0 "$watch" 2>/dev/null; do
		asked=$((asked + 1))
		[ "$asked" -le 100 ] || fail "no query leaves from the address of resolver .$host"
		ask acc-gru "198.18.18.$host" "from-$asked-$$.probe.example" >/dev/null
	done
	wait "$watch" || fail "capture: $(cat "$scratch/err")"
done

# A resolver that dies is told of.
pid=$("$CATCHMENT" lab status --json | python3 -c '
import json, sys
print([x["pid"] for n in json.load(sys.stdin)["nodes"] if n["name"] == "acc-fra" for x in n["services"] if x["name"] == "unbound"][0])')
kill -9 "$pid"
await 20 "status notices a dead resolver" sh -c '! "$CATCHMENT" lab status >/dev/null'
expect 1 "$CATCHMENT" lab status
grep -q "unbound:exited" "$scratch/out" || fail "status does not name the dead resolver"

expect 0 "$CATCHMENT" lab down
assert_nothing_left
