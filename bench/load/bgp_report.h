/* bgp_report.h - what a BGP load measured, for people and as JSON. */
#ifndef BENCH_LOAD_BGP_REPORT_H
#define BENCH_LOAD_BGP_REPORT_H

#include <jansson.h>
#include <stdio.h>

#include "bench/load/bgp_options.h"

/* How the table came about. */
struct bgp_made {
	size_t ipv4, ipv6, sets;
	bool from_mrt, replayed;
	struct bgp_mrt_counts mrt, replay;
};

void bgp_report_text(const struct bgp_asked *a, const struct bgp_made *made,
	const struct bgp_result *r, FILE *to);

/* Schema "catchment.load-bgp/1" (doc/formats.md). NULL where memory is short. */
json_t *bgp_report_json(
	const struct bgp_asked *a, const struct bgp_made *made, const struct bgp_result *r);

#endif
