/* rtt_spread.h - how round trips were distributed before, during and after the fault, over all cities and valid trials. */
#ifndef BENCH_ANALYZE_RTT_SPREAD_H
#define BENCH_ANALYZE_RTT_SPREAD_H

#include "bench/analyze/run.h"

/*
 * {"before": {"n", "share_ratio": [0, 0.01, …, 1], "rtt_ms": […]}, "during": …, "after": …}: the quantiles
 * of good answers of all cities and both families, each hundredth and then finer towards the tail as far as
 * n supports it. Each city and family weighs the same, however long its phase lasts. A phase without answers is null.
 */
json_t *rtt_spread_json(const struct run *r);

#endif
