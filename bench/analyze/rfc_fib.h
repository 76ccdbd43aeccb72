/* rfc_fib.h - what a trial's recorder saw of the anycast routes, and of carriers lost, as a list by time. */
#ifndef BENCH_ANALYZE_RFC_FIB_H
#define BENCH_ANALYZE_RFC_FIB_H

#include "bench/analyze/bgplog.h"
#include "bench/analyze/run.h"

struct rfc_fib_event {
	int64_t at_ns; /* wall */
	int node;      /* index in the log */
	int prefix;    /* index in the run; -1: an interface went down */
};

struct rfc_fib {
	struct rfc_fib_event *event; /* by time */
	size_t n;
	bool is_there;	 /* the trial has a routes.jsonl */
	double error_ms; /* p99 of the reading error; NAN: not told */
};

/* Nodes that the log does not know are passed over. Returns 0 or -ENOMEM. */
int rfc_fib_read(
	const struct run *r, const struct trial *t, const struct bgplog *log, struct rfc_fib *ret);
void rfc_fib_done(struct rfc_fib *f);

#endif
