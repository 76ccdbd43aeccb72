/* bgp_session_internal.h - a session's inside, shared by the three files that it is made of. */
#ifndef BENCH_LOAD_BGP_SESSION_INTERNAL_H
#define BENCH_LOAD_BGP_SESSION_INTERNAL_H

#include "bench/load/bgp_session.h"

enum { IN_BYTES = 1 << 17, MAX_PIECES = 8, WHY_BYTES = 256 };

/* Messages that lie ready elsewhere. */
struct piece {
	const uint8_t *at;
	size_t len;
};

struct bgp_session {
	struct bgp_session_options options;
	struct bgp_session_counts counts;
	bgp_session_update *update;
	void *arg;
	enum bgp_state state;
	int fd;
	struct mono timer; /* next connection, or the end of patience with this one */
	struct mono sent, received;
	int64_t hold_ns; /* 0: none */
	bool carries[2], asked_again[2], ceasing;
	bool silent;	      /* said all, and that there is no more */
	struct bgp_open told; /* the peer's OPEN */
	struct bgp_options reading;
	uint8_t *in;
	size_t in_len;
	struct buf out; /* our own small messages */
	size_t out_at;
	struct piece piece[MAX_PIECES]; /* the first is being sent */
	size_t pieces_len, piece_at, slice_end;
	struct mono poke_at, poke_until; /* until.ns 0: not now */
	size_t poke_end; /* of a KEEPALIVE in `out` that goes byte by byte; 0: none */
	char why[WHY_BYTES];
};

/* bgp_session_poke.c: so much was told; queue a poke if one is due; `out` holds nothing but the rest of one; a byte of it went. */
void bgp_session_poke_for(struct bgp_session *s, size_t told_bytes, struct mono now);
void bgp_session_poke(struct bgp_session *s, struct mono now);
bool bgp_session_poking(const struct bgp_session *s);
void bgp_session_poked(struct bgp_session *s, struct mono now);

void bgp_session_read(struct bgp_session *s, struct mono now);
void bgp_session_write(struct bgp_session *s, struct mono now);
void bgp_session_lost(struct bgp_session *s, bool for_good, struct mono now);

/* Tell the peer why with a NOTIFICATION, as far as it is taken at once, and end for good. */
void bgp_session_refuse(struct bgp_session *s, uint8_t code, uint8_t subcode, struct mono now);

#endif
