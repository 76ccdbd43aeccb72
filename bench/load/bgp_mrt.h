/* bgp_mrt.h - an MRT file as a table to feed, or as updates to replay. */
#ifndef BENCH_LOAD_BGP_MRT_H
#define BENCH_LOAD_BGP_MRT_H

#include <stdint.h>

#include "bench/load/bgp_step.h"
#include "bench/load/bgp_table.h"
#include "lib/err.h"
#include "lib/inet.h"

struct bgp_mrt_options {
	uint32_t
		peer_as; /* of the collector's peers those with this AS; 0: the one that told most, per family */
	size_t max_ipv4, max_ipv6; /* no more of each; 0: all */
	const struct inet *avoid;
	size_t avoid_len;
};

struct bgp_mrt_counts {
	uint64_t records, taken;
	uint64_t other_peer; /* routes or messages of collector's peers not chosen */
	uint64_t
		not_tellable; /* prefixes left out: default, special ranges, what is to be avoided */
	uint64_t not_understood; /* messages with add-path left out */
	int64_t span_ns;	 /* replay: from the first to the last message taken */
};

/*
 * Fill an empty table from a RIB dump and put it in order. The file is read twice and checked to its end.
 * Returns 0, or -errno with `e` naming the file and the byte; -ENODATA where nothing in it could be told.
 */
int bgp_mrt_table(struct bgp_table *t, const char *path, const struct bgp_mrt_options *options,
	struct bgp_mrt_counts *ret, struct err *e);

struct bgp_replay;

/*
 * Open a file of BGP messages for replay, checked to its end beforehand.
 *
 *      speed   2 replays twice as fast
 *
 * Returns 0, or -errno as above.
 */
int bgp_replay_open(struct bgp_replay **ret, const char *path,
	const struct bgp_mrt_options *options, double speed, struct bgp_mrt_counts *ret_counts,
	struct err *e);
void bgp_replay_close(struct bgp_replay *r);

/* The next step: 1, 0 at the end, -errno. What it points to lives until the next call. */
int bgp_replay_next(struct bgp_replay *r, struct bgp_step *ret, struct err *e);

#endif
