/*
 * bgp_session_poke.c - a peer that has read everything and forgot to look at it is reminded.
 *
 * bgpd of FRR 10.3 moves messages from its socket into a queue of 10,000 ("bgp input-queue-limit"). What it has read beyond
 * that it looks at again only when more comes: the end of a table waits in there for our next KEEPALIVE, 30 s with a hold
 * time of 90 s, whoever tells it. So once a large table is acknowledged, KEEPALIVEs go out one byte at a time: each byte
 * makes the peer look, and there is no more than one KEEPALIVE a second, as RFC 4271 4.4 demands.
 *
 * Source: github.com/FRRouting/frr/pull/21028 ("bgpd: fix I/O thread spinning when peer input queue is full").
 */
#include "bench/load/bgp_session_internal.h"

static const int64_t POKE_NS = 55 * NS_PER_MS, /* 19 bytes: 1.045 s */
	POKE_FOR_NS = 120 * NS_PER_S;

enum { MUCH_BYTES = 1 << 18 }; /* less than this no queue is full of */

void
bgp_session_poke_for(struct bgp_session *s, size_t told_bytes, struct mono now)
{
	if (told_bytes <= MUCH_BYTES || s->hold_ns == 0)
		return;
	s->poke_at = mono_add(now, POKE_NS);
	s->poke_until = mono_add(now, POKE_FOR_NS);
}

bool
bgp_session_poking(const struct bgp_session *s)
{
	return s->poke_end > 0 && s->poke_end == s->out.len && s->pieces_len == 0;
}

void
bgp_session_poked(struct bgp_session *s, struct mono now)
{
	s->poke_at = mono_add(now, POKE_NS);
}

void
bgp_session_poke(struct bgp_session *s, struct mono now)
{
	if (s->poke_until.ns == 0)
		return;
	/* What is on its way makes the peer look just as well. */
	if (s->poke_end == 0 && (bgp_session_queued(s) > 0 || bgp_session_unacked(s) > 0)) {
		s->poke_at = mono_add(now, POKE_NS);
		return;
	}
	if (mono_diff_ns(now, s->poke_at) < 0)
		return;
	if (s->poke_end == 0 && mono_diff_ns(now, s->poke_until) >= 0) {
		s->poke_until.ns = 0;
		return;
	}
	if (s->poke_end == 0) {
		bgp_write_keepalive(&s->out);
		s->counts.keepalives_sent++;
		s->poke_end = s->out.len;
	}
}
