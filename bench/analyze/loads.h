/* loads.h - what the load generators of a run measured: the figures of each, as metrics and for the report. */
#ifndef BENCH_ANALYZE_LOADS_H
#define BENCH_ANALYZE_LOADS_H

#include "bench/analyze/metrics.h"
#include "bench/analyze/run.h"

/*
 * Read the trial's load-NAME.json of every load that run.json tells of, into t->loads. A generator that was late makes
 * the trial invalid, and so does one whose file cannot be read though it ended well. Returns 0.
 */
int loads_read(struct run *r, struct trial *t);

/* Take a "load_end" event of the diary. */
void loads_take_event(struct trial *t, const json_t *event);

/* Is it "load_NAME_FIGURE" with a figure that a load may have? Where NAME ends is out, when asked for. */
bool loads_is_metric(const char *metric, size_t *ret_name_len);

/* As metric_collect(), of such a name. A load has no family: no sample for V4 and V6. */
int loads_collect(
	const struct run *r, const char *metric, metric_family family, struct metric *ret);

/* Every such metric of which there is a sample: `add` is called with its name. Returns what that returns. */
int loads_each_metric(const struct run *r, int (*add)(void *data, const char *metric), void *data);

/* The `loads` of result.json. NULL when out of memory. */
json_t *loads_result_json(const struct run *r);

#endif
