/* gate_values.h - one figure per trial and metric, for the regression gate. */
#ifndef BENCH_ANALYZE_GATE_VALUES_H
#define BENCH_ANALYZE_GATE_VALUES_H

#include "bench/analyze/run.h"

/*
 * For each trial an object of `gate_metrics` (lib/gate_metrics.h): null is what never came, a key that is not there what
 * was not measured; {} of an invalid trial. An array in the order of the trials; NULL when out of memory.
 */
json_t *gate_values_json(const struct run *r);

#endif
