#!/bin/sh
# load.sh - the reflector answers dig in both families, the generator loses nothing to it at 2,000 q/s,
# and namespaces, threads and interfaces are gone afterwards, also when the one who made them is killed.
# timeout: 180
. tests/lab/common
reflector=tests/bench/reflector

skip() {
	echo "$*"
	exit 77
}

# The kernel thread that polls an interface lives as long as that.
polled() {
	grep -l "^napi/$1" /proc/[0-9]*/comm 2>/dev/null || true
}

not_polled() {
	[ -z "$(polled "$1")" ]
}

status=0
"$reflector" sh -c 'echo "$REFLECTOR_IF"' >"$scratch/if" 2>"$scratch/err" || status=$?
[ "$status" -ne 77 ] || skip "$(sed 's/^skipped: //' "$scratch/if")"
[ "$status" -eq 0 ] || fail "the reflector ended with $status: $(cat "$scratch/err")"
await 20 "the interface of the reflector gone" not_polled "$(cat "$scratch/if")"

# Checksums are right in both families, or the kernel would drop it and dig hear nothing.
for to in '$REFLECTOR_V4' '$REFLECTOR_V6'; do
	expect 0 "$reflector" sh -c "dig +tries=2 +time=2 +norecurse @$to a.bench.example AAAA"
	grep -q 'status: NOERROR' "$scratch/out" || fail "no answer that dig takes: $(cat "$scratch/out")"
	grep -q '^;a.bench.example.*AAAA' "$scratch/out" || fail "the question is not in the answer"
done

# A status comes through, and what is killed leaves nothing.
expect 7 "$reflector" sh -c 'exit 7'
"$reflector" sh -c 'echo "$REFLECTOR_IF"; exec sleep 50' >"$scratch/if" 2>&1 &
pid=$!
await 60 "the reflector up" test -s "$scratch/if"
kill -9 "$pid"
wait "$pid" 2>/dev/null || true
await 20 "the interface of a killed reflector gone" not_polled "$(cat "$scratch/if")"

# The generator, slow enough for any machine: what it says must add up. A starved host may lose a few in the veth pair.
for to in '$REFLECTOR_V4' '$REFLECTOR_V6'; do
	status=0
	"$reflector" sh -c "$CATCHMENT load dns --query 'a.bench.example AAAA' --rate 2000 --duration 2s --timeout 5s --late 5s --json $to" \
		>"$scratch/out" 2>"$scratch/err" || status=$?
	case $status in
	0 | 4) ;;
	*) fail "the generator ended with $status: $(cat "$scratch/err")" ;;
	esac
	python3 - "$scratch/out" <<-'END' || fail "what the generator says of $to: $(cat "$scratch/out")"
		import json, sys
		said = json.load(open(sys.argv[1]))
		lost, stray, unsent = (sum(v for v in said[k].values() if isinstance(v, int)) for k in ("lost", "strays", "not_sent"))
		assert said["sent"] + unsent == 4000, "not the queries of 2 s"
		assert said["answered"] + lost == said["sent"], "queries that are neither answered nor lost"
		assert said["answered"] >= 3600 and said["rcodes"] == {"NOERROR": said["answered"]}
		assert stray == 0, "answers that are not to our questions"
	END
done
assert_nothing_left
