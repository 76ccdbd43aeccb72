/* metrics.h - the figures of a run by name, each as the samples it is made of. */
#ifndef BENCH_ANALYZE_METRICS_H
#define BENCH_ANALYZE_METRICS_H

#include "bench/analyze/run.h"

/*
 * A metric's samples over the valid trials. What should have happened and was not seen (no withdraw,
 * a stream that no other PoP ever answered) is a sample of INFINITY and counted in `missing`: it
 * weighs in every quantile as later than all others, and never vanishes.
 */
struct metric {
	const char *unit;
	const char *over;
	struct samples *samples; /* sorted with metric_sort_of only; order of trials here */
	size_t missing;
};

/* Family V4, V6, or FAMILIES for both together. */
typedef int metric_family;

size_t metric_names(const char *const **ret);

/*
 * Returns 0 with `ret` filled (metric_done), -ENOENT if there is no metric of that name, or -ENOMEM.
 */
int metric_collect(const struct run *r, const char *name, metric_family family, struct metric *ret);
void metric_done(struct metric *m);

/*
 * A statistic of samples: "min", "max", "mean", "median", "pNN" and "pNN.N" (type 7 quantiles).
 * Returns NAN for none of these or no samples; INFINITY where a missing sample decides.
 */
double metric_statistic(const struct samples *s, const char *statistic);

/* {"n","min","p50","p99","max"} of finite samples; null values where there is none. */
json_t *metric_summary(const struct samples *s);

/* Every metric of the run, for result.json. NULL when out of memory. */
json_t *metrics_json(const struct run *r);

/* A number, or null for what is not finite. */
json_t *json_number(double value);

/* `value` against `target`: "<=", "<", ">=", ">", "==". False for an unknown comparison. */
bool metric_compare(double value, const char *comparison, double target);

#endif
