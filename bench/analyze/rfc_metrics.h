/* rfc_metrics.h - metrics by their names in RFC 6412 and RFC 7747, how exact they are, and those made of BGP. */
#ifndef BENCH_ANALYZE_RFC_METRICS_H
#define BENCH_ANALYZE_RFC_METRICS_H

#include "bench/analyze/metrics.h"

/* "Full Convergence Time (RFC 6412)"; NULL for a metric that the RFCs have no name for. */
const char *rfc_metric_name(const char *metric);

/* How far a figure of the metric can be off, in ms; NAN where that is not known, and for counts. */
double rfc_metric_accuracy_ms(const struct run *r, const char *metric);

/* Samples of one trial, as metrics.c collects them. Return 0 or -ENOMEM. */
int rfc_collect_rib(const struct run *r, const struct trial *t, metric_family f, struct metric *m);
int rfc_collect_fib(const struct run *r, const struct trial *t, metric_family f, struct metric *m);
int rfc_collect_steps(
	const struct run *r, const struct trial *t, metric_family f, struct metric *m);
int rfc_collect_loss_derived(
	const struct run *r, const struct trial *t, metric_family f, struct metric *m);
int rfc_collect_updates(
	const struct run *r, const struct trial *t, metric_family f, struct metric *m);
int rfc_collect_withdraws(
	const struct run *r, const struct trial *t, metric_family f, struct metric *m);
int rfc_collect_messages(
	const struct run *r, const struct trial *t, metric_family f, struct metric *m);
int rfc_collect_bytes(
	const struct run *r, const struct trial *t, metric_family f, struct metric *m);

#endif
