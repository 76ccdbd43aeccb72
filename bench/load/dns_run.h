/* dns_run.h - a whole DNS load: threads, live line, and all their counts in one result. */
#ifndef BENCH_LOAD_DNS_RUN_H
#define BENCH_LOAD_DNS_RUN_H

#include <stdbool.h>

#include "bench/load/dns_plan.h"
#include "bench/load/dns_stats.h"
#include "bench/load/dns_timeline.h"
#include "lib/err.h"
#include "lib/mono.h"

struct dns_result {
	struct dns_stats stats;
	struct dns_timeline *timeline; /* NULL: none was asked for */
	struct wall began;
	struct mono began_mono;
	int64_t planned_ns; /* by the schedule */
	int64_t sending_ns; /* from the first to the last query, and the gap behind that */
	int64_t clock_ns; /* by how much CLOCK_REALTIME stepped against CLOCK_MONOTONIC meanwhile */
	double sent_qps;  /* mean over sending_ns */
	double answered_qps;   /* likewise: answers to what was sent then */
	double tick_deviation; /* of the queries sent per millisecond; NAN: not known */
	bool stopped;	       /* by ^C, before the end of the schedule */
};

/*
 * Carry out a plan: returns when it is over, or early after stop_requested().
 *
 *      quiet   no live line
 *      ret     out; dns_result_done() it
 *
 * Returns 0 or -errno with `e` filled: then nothing was sent.
 */
int dns_run(const struct dns_plan *p, bool quiet, struct dns_result *ret, struct err *e);
void dns_result_done(struct dns_result *r);

enum dns_verdict {
	DNS_GOOD,
	DNS_NOTHING, /* no answer at all */
	DNS_LATE,    /* the generator could not keep the schedule: figures are not the server's */
	DNS_DROPPED, /* the generator lost answers itself */
};

enum dns_verdict dns_judge(const struct dns_plan *p, const struct dns_result *r);
const char *dns_verdict_name(enum dns_verdict v); /* "good", "nothing answered", "inconclusive" */

#endif
