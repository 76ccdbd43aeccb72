/*
 * resolvers.h - what users of real resolvers saw: each lookup, its outcome and how much longer than usual it took.
 *
 * A lookup is a query to a resolver, of a name never asked before. It failed if it ended in SERVFAIL, in nothing within
 * the timeout, or in another answer than the right one. Its latency is compared with the median of good
 * lookups of the same users at the same resolver before the fault. The window is the streams' (streams.h):
 * from the first lookup that the fault can have hit to the restore.
 */
#ifndef BENCH_ANALYZE_RESOLVERS_H
#define BENCH_ANALYZE_RESOLVERS_H

#include "bench/analyze/metrics.h"
#include "bench/analyze/run.h"

enum lookup_outcome {
	LOOKUP_GOOD,
	LOOKUP_SERVFAIL,
	LOOKUP_OTHER_RCODE,
	LOOKUP_WRONG,	   /* other data, truncated */
	LOOKUP_UNANSWERED, /* nothing within the timeout, or refused by ICMP */
	LOOKUPS
};

struct lookup {
	uint16_t side; /* index into trial.side */
	uint8_t outcome;
	uint8_t phase; /* BEFORE, DURING (the window), AFTER (the restore) */
	int64_t sent_ns;
	double latency_ms; /* NAN: nothing came back */
	double added_ms;   /* of good ones; NAN without any good one before the fault */
};

/* Fills t->lookup, from queries that live no longer than this. Returns 0 or -ENOMEM. */
int resolvers_measure(struct trial *t);

/* Samples of one trial for the metrics of these names: lookups that failed, that were slow or failed, added latency. */
enum resolver_metric {
	RESOLVER_FAILURES,
	RESOLVER_SLOW, /* more than a second longer than usual, or failed */
	RESOLVER_RESTORE_FAILURES,
	RESOLVER_BEFORE_FAILURES,
	RESOLVER_LATENCY_ADDED, /* of good lookups in the affected cities */
};

int resolvers_collect(const struct run *r, const struct trial *t, metric_family f,
	enum resolver_metric what, struct samples *ret);

/* result.json's `resolvers`: an entry per resolver and family. NULL when out of memory. */
json_t *resolvers_json(const struct run *r);

/* What per_trial says of single lookups: those that failed or took long, the first 1000. */
json_t *resolvers_trial_json(const struct run *r, const struct trial *t);

#endif
