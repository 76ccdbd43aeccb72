/* budget_internal.h - what is kept of each stream's budget for the whole run. */
#ifndef BENCH_ANALYZE_BUDGET_INTERNAL_H
#define BENCH_ANALYZE_BUDGET_INTERNAL_H

#include "bench/analyze/budget.h"

/* One stream: each phase summed over its steps. */
struct budget_sum {
	uint32_t stream;
	int city;
	int64_t total_ns;
	int64_t ns[BUDGET_PHASES];
	unsigned has; /* bit per phase: it has such a step */
};

struct budget {
	struct budget_sum *stream;
	size_t streams;
	size_t missing;
	size_t out_of_order;
	unsigned kinds[BUDGET_PHASES]; /* bit per kind of evidence */
};

void budget_note_kind(unsigned *kinds, const char *kind);

#endif
