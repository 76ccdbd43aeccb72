/* sides.h - streams that no metric of the anycast service over UDP considers: unicast sites, and TCP. */
#ifndef BENCH_ANALYZE_SIDES_H
#define BENCH_ANALYZE_SIDES_H

#include "bench/analyze/run.h"

enum sides_what {
	TCP_LOST,
	TCP_FIRST_GOOD_MS,
	TCP_CONNECT_MS,
	TCP_RTT_MS,
	LARGE_LOST,
	LARGE_RTT_MS
};

/* What the fault did to each of t->side but the resolvers', and how long connections took. Returns 0 or -ENOMEM. */
int sides_measure(const struct run *r, struct trial *t);

/*
 * Samples of one trial's streams over TCP, or of large answers, of a family (FAMILIES: both), as of metric_collect: queries lost in the
 * window, first good answers of the affected streams (INFINITY: none came), medians before the fault.
 */
int sides_collect(const struct trial *t, int family, enum sides_what what, struct samples *ret);

/* "tcp" of result.json, null when nothing was asked over it. NULL when out of memory. */
json_t *sides_tcp_json(const struct run *r);

/* "large" of it: the same of names with large answers. */
json_t *sides_large_json(const struct run *r);

#endif
