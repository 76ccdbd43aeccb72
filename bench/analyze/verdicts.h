/* verdicts.h - the judged targets, and the scenario's own expectations. */
#ifndef BENCH_ANALYZE_VERDICTS_H
#define BENCH_ANALYZE_VERDICTS_H

#include "bench/analyze/run.h"

/* One entry per judged id and family; `held` is what expect_json() gave. NULL when out of memory. */
json_t *targets_json(const struct run *r, const json_t *held);

/* Count a valid trial's queries for the expectations of who serves whom. */
void expect_add(struct run *r, const struct trial *t);

/* One entry per expectation of run.json. NULL when out of memory. */
json_t *expect_json(const struct run *r);

#endif
