/* targets_rtt.h - verdicts on latency: figures that follow from the lab's own delays, and what physics forbids. */
#ifndef BENCH_ANALYZE_TARGETS_RTT_H
#define BENCH_ANALYZE_TARGETS_RTT_H

#include "bench/analyze/run.h"

/*
 * Judge an entry of run.json's `judges` that is `modelled`, IPv4 and IPv6 apart: `modelled`, with the stretch
 * factor at which it would flip; `refuted` where the target is below what light in a straight fibre needs;
 * `not judged` without a sample. Appends to `list`. Returns 0 or -ENOMEM.
 */
int targets_rtt_judge(const struct run *r, const json_t *item, json_t *list);

#endif
