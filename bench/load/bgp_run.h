/* bgp_run.h - a table told to routers, then changed at a rate: the course of a load, from the first connection to the farewell. */
#ifndef BENCH_LOAD_BGP_RUN_H
#define BENCH_LOAD_BGP_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/load/bgp_churn.h"
#include "bench/load/bgp_mrt.h"
#include "bench/load/bgp_session.h"
#include "bench/load/bgp_table.h"
#include "lib/err.h"
#include "lib/hist.h"

enum { BGP_RUN_MAX_SESSIONS = 16 };

struct bgp_plan {
	struct bgp_session_options session[BGP_RUN_MAX_SESSIONS];
	size_t sessions;
	struct inet next_hop[2]; /* family 0: a session's own address, where it is of that family */
	struct bgp_session_options watch; /* peer.family 0: none */
	const struct bgp_table *table;
	struct bgp_churn *churn;   /* borrowed; may be NULL */
	struct bgp_replay *replay; /* likewise; then not both */
	int64_t for_ns;		   /* churn, or just stay, for so long once the table is taken */
	bool stay;		   /* ... and then until asked to stop */
	int64_t connect_ns,
		take_ns; /* how long a connection, and the taking of the table, may take */
	int64_t settle_ns; /* the watching session is given up when it hears nothing new for so long */
};

struct bgp_session_result {
	bool established, carries[2];
	int64_t established_ns;		  /* since the start */
	uint64_t routes, messages, bytes; /* of the table and its End-of-RIBs */
	int64_t written_ns, acked_ns;	  /* since the telling began; -1: did not happen */
	struct bgp_session_counts counts;
	char why[256]; /* why it went down before its time, or never came up; "" */
};

struct bgp_result {
	struct bgp_session_result session[BGP_RUN_MAX_SESSIONS];
	struct bgp_session_result watch;
	uint64_t watch_expected, watch_seen;   /* of the table's routes, when that was waited for */
	uint64_t watch_other;		       /* prefixes told to it that are not of the table */
	int64_t watch_first_ns, watch_last_ns; /* since the telling began; -1 */
	uint64_t steps, step_announced, step_withdrawn; /* prefixes */
	struct hist late;				/* of each step, behind its instant */
	struct hist
		echo; /* a changed route: told to the first peer, heard by the watching session */
	uint64_t refreshes;
	bool interrupted, lost, unconnected, not_taken;
};

/*
 * Play the plan to its end, until ^C (stop_requested), or until a session is lost.
 * Returns 0, with what became of it in `ret`, or -errno with `e` filled where it could not even start.
 */
int bgp_run(const struct bgp_plan *plan, struct bgp_result *ret, struct err *e);

#endif
