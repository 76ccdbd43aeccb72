/* soak_metrics.h - the figures of a soak (soak.h), one trial's samples of each, as metrics.c collects them. */
#ifndef BENCH_ANALYZE_SOAK_METRICS_H
#define BENCH_ANALYZE_SOAK_METRICS_H

#include "bench/analyze/metrics.h"

/* Each returns 0 or -ENOMEM; a trial that is no soak has no sample. */
int soak_collect_rounds(
	const struct run *r, const struct trial *t, metric_family f, struct metric *m);
int soak_collect_stuck(
	const struct run *r, const struct trial *t, metric_family f, struct metric *m);
int soak_collect_lost(
	const struct run *r, const struct trial *t, metric_family f, struct metric *m);
int soak_collect_drift(
	const struct run *r, const struct trial *t, metric_family f, struct metric *m);
int soak_collect_unanswered(
	const struct run *r, const struct trial *t, metric_family f, struct metric *m);
int soak_collect_failures(
	const struct run *r, const struct trial *t, metric_family f, struct metric *m);
int soak_collect_withdraw(
	const struct run *r, const struct trial *t, metric_family f, struct metric *m);
int soak_collect_announce(
	const struct run *r, const struct trial *t, metric_family f, struct metric *m);

#endif
