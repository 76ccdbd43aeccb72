/* dns_track.c - the queries under way on one socket: up to 65,536, found by their id. */
#include "bench/load/dns_track.h"

#include <errno.h>
#include <stdlib.h>

enum { TRIES = 1024 }; /* ids looked at for a free one, so that no call takes long */

int
track_init(struct track *t, uint16_t first_id)
{
	*t = (struct track){.head = first_id, .tail = first_id};
	t->queries = calloc(TRACK_IDS, sizeof(*t->queries));
	return t->queries == NULL ? -ENOMEM : 0;
}

void
track_done(struct track *t)
{
	free(t->queries);
	t->queries = NULL;
}

int
track_claim(struct track *t, uint64_t question)
{
	for (int i = 0; i < TRIES && t->open < TRACK_IDS; i++) {
		uint32_t id = t->head;
		struct track_query *q = &t->queries[id];

		t->head = (id + 1) % TRACK_IDS;
		if (track_state(q) == TRACK_OPEN)
			continue;
		if (t->open == 0)
			t->tail = id;
		t->open++;
		*q = (struct track_query){
			.sent_ns = INT64_MAX, .mark = (uint32_t)(question << 2) | TRACK_OPEN};
		return (int)id;
	}
	return -1;
}

void
track_unclaim(struct track *t, uint16_t id)
{
	track_close(t, &t->queries[id], TRACK_FREE);
}

void
track_close(struct track *t, struct track_query *q, enum track_state state)
{
	q->mark = (q->mark & ~3U) | (uint32_t)state;
	t->open--;
}

int
track_expire(struct track *t, int64_t sent_before_ns, struct track_query *ret)
{
	while (t->open > 0) {
		struct track_query *q = &t->queries[t->tail];

		if (track_state(q) == TRACK_OPEN) {
			if (q->sent_ns >= sent_before_ns)
				return 0;
			track_close(t, q, TRACK_EXPIRED);
			*ret = *q;
			return 1;
		}
		t->tail = (t->tail + 1) % TRACK_IDS;
	}
	return 0;
}
