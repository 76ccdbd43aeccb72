/*
 * catchment.h - who served each city before, during and after the fault, and at what round trip.
 *
 * "during" is the interval of the expectation that names the city, else from 10 s after the fault
 * (or half-way to the restore, whichever is earlier) to the restore; "after" is from 10 s after the
 * restore (or half-way to the end) to the end. Shares are of the decided queries, by sending instant.
 */
#ifndef BENCH_ANALYZE_CATCHMENT_H
#define BENCH_ANALYZE_CATCHMENT_H

#include "bench/analyze/run.h"

/* Add a valid trial. Returns 0 or -ENOMEM. */
int catchment_add(struct run *r, const struct trial *t);

json_t *catchment_json(const struct run *r);

/* {"hkg": 0.99, "none": 0.01} of counts by site; an empty object without any. */
json_t *share_json(const struct run *r, const uint64_t share[static MAX_SITES + 1]);

#endif
