/* explain.h - one stream's outage as a story: its queries, each boundary with its evidence, the ways, the sums. */
#ifndef BENCH_ANALYZE_EXPLAIN_H
#define BENCH_ANALYZE_EXPLAIN_H

#include "bench/analyze/budget.h"
#include "lib/answers.h"

/* What is told, all borrowed. */
struct explain {
	const struct budget_basis *basis;
	const struct stream *stream;
	const struct budget_stream *budget;
};

/* Text of at most 100 columns on stdout. */
void explain_print(const struct explain *x);

/* "catchment.explain/1" (doc/formats.md). NULL when out of memory. */
json_t *explain_json(const struct explain *x);

/*
 * The ways of a query and of its answer just before the fault, and as the first good one took them.
 *
 *      back    the answer's
 *      after   else before the fault
 *
 * Returns false where no tables were recorded or an end is not known.
 */
bool explain_path(const struct explain *x, bool back, bool after, struct fibdb_path *ret);

/* A run of queries: lost or badly answered ones, or good ones of one site. */
struct explain_run {
	const struct query *first, *last;
	size_t n;
	size_t of_status[ANSWERS_STATUSES];
};

/*
 * The next run of queries from `*at` (an index that begins at 0) of those around the outage: from the last
 * good one before it to the first good one behind it. Returns false at the end.
 */
bool explain_next(const struct explain *x, size_t *at, struct explain_run *ret);

#endif
