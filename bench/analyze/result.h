/* result.h - result.json (catchment.result/1) from what was analyzed. */
#ifndef BENCH_ANALYZE_RESULT_H
#define BENCH_ANALYZE_RESULT_H

#include "bench/analyze/run.h"

/* NULL when out of memory. */
json_t *result_json(const struct run *r);

#endif
