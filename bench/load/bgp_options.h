/* bgp_options.h - what `catchment load bgp` was asked for. */
#ifndef BENCH_LOAD_BGP_OPTIONS_H
#define BENCH_LOAD_BGP_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "bench/load/bgp_run.h"

enum { BGP_MAX_AVOID = 64 };

struct bgp_asked {
	struct bgp_plan plan; /* less table, churn and replay, which are made of the rest */
	struct inet source[2], watch_source;
	uint32_t as, peer_as, watch_as;
	uint8_t id[4], watch_id[4];
	bool has_id, has_watch_id, passive, elsewhere, json, check;
	uint16_t port, hold_s;
	uint64_t seed, ipv4, ipv6;
	const char *table_path, *replay_path;
	uint32_t mrt_peer_as;
	double speed;
	struct inet avoid[BGP_MAX_AVOID];
	size_t avoid_len;
	struct bgp_churn_options churn; /* rate_qps 0: none */
};

/* Ends the process with EXIT_USAGE and a line of what is wrong, as argp does. */
void bgp_options_parse(struct bgp_asked *a, int argc, char *argv[]);

#endif
