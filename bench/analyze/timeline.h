/* timeline.h - queries in bins of the instant they were sent: who answered, and how many nobody did. */
#ifndef BENCH_ANALYZE_TIMELINE_H
#define BENCH_ANALYZE_TIMELINE_H

#include "bench/analyze/run.h"

/* Fill t->timeline and t->city_timeline. Returns 0 or -ENOMEM. */
int timeline_measure(const struct run *r, struct trial *t);

#endif
