/* bgp_generate.h - a routing table like the Internet's, made of a seed: the same on every machine. */
#ifndef BENCH_LOAD_BGP_GENERATE_H
#define BENCH_LOAD_BGP_GENERATE_H

#include <stddef.h>
#include <stdint.h>

#include "bench/load/bgp_table.h"
#include "lib/err.h"
#include "lib/inet.h"

enum { BGP_GENERATE_MAX4 = 2000000, BGP_GENERATE_MAX6 = 1000000 };

struct bgp_mix {
	uint64_t seed;
	size_t ipv4, ipv6; /* routes of each, at most BGP_GENERATE_MAX4 and _MAX6 */
	const struct inet *avoid;
	size_t avoid_len;
};

/*
 * Add so many routes to an empty table and put them in order.
 *
 * AS numbers are of the private 4-octet range (RFC 6996), from 4200100000 up; communities of 64700 to 65499;
 * what is told is tellable (bench/load/bgp_table.h). Where the mix comes from: bgp_generate.c.
 *
 * Returns 0 or -errno with `e` filled.
 */
int bgp_generate(struct bgp_table *t, const struct bgp_mix *mix, struct err *e);

#endif
