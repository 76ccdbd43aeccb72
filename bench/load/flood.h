/* flood.h - a bounded flood of DNS queries from many sources, inside a lab only. */
#ifndef BENCH_LOAD_FLOOD_H
#define BENCH_LOAD_FLOOD_H

#include "bench/load/queries.h"
#include "lib/err.h"
#include "lib/inet.h"

enum {
	FLOOD_LIST = 16,
	FLOOD_RATE_MAX_QPS = 50000,
	FLOOD_SECONDS_MAX = 120,
	FLOOD_LATE_MS = 100, /* what is later than that is not sent any more */
};

struct flood_plan {
	struct inet to[FLOOD_LIST], from[FLOOD_LIST]; /* addresses; prefixes */
	size_t to_len, from_len;
	uint16_t port;
	double rate_qps;
	int64_t for_ns;
	uint64_t count; /* no more than these */
	uint64_t seed;
	const struct queries *queries;
};

struct flood_result {
	uint64_t sent, failed; /* failed: the kernel did not take it */
	uint64_t not_sent;     /* it was too late for it */
	uint64_t wire_bytes;   /* of the packets sent, from the IP header on */
	int64_t late_ns;       /* the most that one was */
	int64_t lasted_ns;
	bool stopped; /* before its time, by who asked to */
};

/*
 * May it begin? Each target needs sources of its family, and unless `anywhere`, for who only wants to know whether the
 * plan is one, we must be in a network that is not the host's. Returns 0, -EINVAL or -EPERM with `e`.
 */
int flood_check(const struct flood_plan *p, bool anywhere, struct err *e);

/* Run it. Needs CAP_NET_RAW. Returns 0 or -errno with `e` filled. */
int flood_run(const struct flood_plan *p, struct flood_result *ret, struct err *e);

#endif
