/*
 * tick.h - where in the health check's cycle the fault fell.
 *
 * From the capture on the loopback of the node at fault: the check's own query is the last DNS
 * query seen there before the fault.
 */
#ifndef BENCH_ANALYZE_TICK_H
#define BENCH_ANALYZE_TICK_H

#include "bench/analyze/bgplog.h"
#include "bench/analyze/run.h"

/* Sets t->phase_ms, from that query to the fault; NAN stays when there is no such capture or query. */
void tick_measure(const struct run *r, struct trial *t, const struct bgplog *log);

#endif
