/*
 * dns_track.h - the queries under way on one socket: up to 65,536, found by their id.
 *
 * Ids are given in turn, so the table is a ring: memory is touched in order, and what waits longest
 * stands at its tail. A query's place is kept until its id comes round again, so that a second answer
 * is known as a duplicate and one behind the timeout as late. Who comes round to a query that is still
 * under way leaves it and takes the next free id.
 */
#ifndef BENCH_LOAD_DNS_TRACK_H
#define BENCH_LOAD_DNS_TRACK_H

#include <stdint.h>

enum { TRACK_IDS = 65536 };

enum track_state { TRACK_FREE, TRACK_OPEN, TRACK_ANSWERED, TRACK_EXPIRED };

struct track_query {
	int64_t sent_ns;      /* CLOCK_MONOTONIC */
	uint32_t lateness_ns; /* sent later than intended by this, saturating */
	uint32_t mark;	      /* 30 bits of the question's hash, 2 of the state */
};

struct track {
	struct track_query *queries; /* TRACK_IDS of them */
	uint32_t head;		     /* the id to try next */
	uint32_t tail;		     /* none that is open was sent before the one here */
	uint32_t open;
};

static inline enum track_state
track_state(const struct track_query *q)
{
	return (enum track_state)(q->mark & 3);
}

/* Does a question with this hash belong to it? 30 bits of it are compared. */
static inline int
track_is(const struct track_query *q, uint64_t question)
{
	return (q->mark ^ (uint32_t)(question << 2)) >> 2 == 0;
}

int track_init(struct track *t, uint16_t first_id); /* 0 or -ENOMEM */
void track_done(struct track *t);

/*
 * Take an id for a query with this question; it is open from now on.
 *
 * Returns the id, or -1 when all near ones are under way.
 */
int track_claim(struct track *t, uint64_t question);

/* It could not be sent after all. */
void track_unclaim(struct track *t, uint16_t id);

/* Leave an open query as `state`. */
void track_close(struct track *t, struct track_query *q, enum track_state state);

/*
 * Close the oldest queries that were sent before an instant.
 *
 *      ret     out: a copy of the one that was closed
 *
 * Returns 1, or 0 when there is none; call it until then.
 */
int track_expire(struct track *t, int64_t sent_before_ns, struct track_query *ret);

#endif
