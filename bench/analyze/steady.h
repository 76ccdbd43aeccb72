/*
 * steady.h - was the lab at rest before the fault: nothing lost, and round trips as the links say?
 *
 * A starved host delays everything alike, the clock that would tell included; the network's own
 * delays, which are known, show it.
 */
#ifndef BENCH_ANALYZE_STEADY_H
#define BENCH_ANALYZE_STEADY_H

#include "bench/analyze/run.h"

/*
 * Add `before_unanswered` (queries) and `rtt_excess_ms` (the worst city's median round trip before
 * the fault over that of its path's links) to the trial's noise, and hold them against the run's
 * limits of the same names. Call it after streams_measure. Returns 0 or -ENOMEM.
 */
int steady_measure(const struct run *r, struct trial *t);

#endif
