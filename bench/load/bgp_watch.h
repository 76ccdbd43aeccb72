/* bgp_watch.h - what a router tells on of the table that it is told, and how long each change takes to get there. */
#ifndef BENCH_LOAD_BGP_WATCH_H
#define BENCH_LOAD_BGP_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/load/bgp_step.h"
#include "bench/load/bgp_table.h"
#include "lib/bgp.h"
#include "lib/hist.h"
#include "lib/mono.h"

struct bgp_watch {
	const struct bgp_table *table;
	uint8_t *here;	     /* of each route: told to us now */
	int64_t *waiting_ns; /* of each route: when its last change was told, 0: heard or none */
	bool *gone;	     /* ... which was to withdraw it */
	uint64_t seen, other;
	struct mono first, last; /* of news: a route of the table that came */
	struct hist echo;
};

/* `t` is borrowed. Returns 0 or -ENOMEM. */
int bgp_watch_init(struct bgp_watch *w, const struct bgp_table *t);
void bgp_watch_done(struct bgp_watch *w);

void bgp_watch_update(struct bgp_watch *w, const struct bgp_update *u, struct mono now);

/* A step that has just been told. */
void bgp_watch_expect(struct bgp_watch *w, const struct bgp_step *step, struct mono now);

#endif
