#!/bin/sh
# hardened - its health check holds the announcement: wrong answers, a stopped and a killed check, a drain; each at a site of its own.
# timeout: 180
. tests/lab/common
export CATCHMENT_VARIANT=hardened

# at SITE: the carrier's router and its session with the site.
at() {
	case $1 in
	hkg) echo a-hkg hkg_4 ;;
	tyo) echo a-tyo tyo_4 ;;
	fra) echo b-fra fra_4 ;;
	gru) echo b-gru gru_4 ;;
	esac
}

# The route as the carrier has it from the site, nothing when it has none.
route() {
	where=$(at "$1")
	"$CATCHMENT" lab exec "${where% *}" birdc -r "show route 203.0.113.0/24 protocol ${where#* } all"
}

announced() {
	route "$1" | grep -q 203.0.113.0/24
}

silent() {
	! announced "$@"
}

shuts() {
	route "$1" | grep -q '65535,0'
}

pid_of() {
	"$CATCHMENT" lab status --json | python3 -c 'import json, sys
print(*(s["pid"] for n in json.load(sys.stdin)["nodes"] if n["name"] == sys.argv[1] for s in n["services"] if s["name"] == sys.argv[2]))' "$@"
}

"$CATCHMENT" lab up >"$scratch/up" 2>&1 || { cat "$scratch/up" >&2; fail "lab up"; }
for site in hkg tyo fra gru; do
	announced "$site" || fail "$site announces nothing to begin with"
	shuts "$site" && fail "$site is announced with GRACEFUL_SHUTDOWN to begin with"
done

# Answers without signatures, right as they are otherwise: the site goes, and comes back with the signed zone.
# (A clone may give both files the same time, and Knot reads a zone file again only when that differs.)
expect 0 "$CATCHMENT" lab exec gru sh -c 'cd /etc/knot && cp knot.conf /tmp/right &&
	sed -i "s/probe.example.signed.*/probe.example.zone/; /dnssec-validation/d" knot.conf && touch probe.example.zone && knotc reload'
await 20 "gru withdrawn for unsigned answers" silent gru
"$CATCHMENT" lab log gru/dnsguard | grep "not signed" || fail "dnsguard does not say why"
expect 0 "$CATCHMENT" lab exec gru sh -c 'cp /tmp/right /etc/knot/knot.conf && knotc reload && knotc -f zone-reload probe.example.'
await 60 "gru announced again" announced gru

# A planned drain: first the mark, then the withdraw; the others stay.
"$CATCHMENT" lab exec hkg anycast drain 20 >"$scratch/drain" 2>&1 &
drain=$!
await 20 "the mark of RFC 8326 at a-hkg" shuts hkg
wait "$drain" || fail "anycast drain returned $?: $(cat "$scratch/drain")"
await 10 "hkg withdrawn after the drain" silent hkg
expect 0 "$CATCHMENT" lab exec hkg anycast restore
await 20 "hkg announced again" announced hkg
shuts hkg && fail "restored with the mark"

# Who guards the guard: stopped (bgpd's hold timer), killed (the kernel closes its session).
kill -STOP "$(pid_of tyo dnsguard)"
await 20 "tyo withdrawn when its guard stands still" silent tyo
kill -KILL "$(pid_of fra dnsguard)"
await 20 "fra withdrawn when its guard is killed" silent fra
announced hkg && announced gru || fail "the others went too"
await 30 "fra announced again by a guard that was started anew" announced fra
kill -CONT "$(pid_of tyo dnsguard)"
await 30 "tyo announced again" announced tyo
await 30 "a healthy lab" "$CATCHMENT" lab status >"$scratch/status"

expect 0 "$CATCHMENT" lab down
assert_nothing_left
