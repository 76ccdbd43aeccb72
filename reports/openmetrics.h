/* openmetrics.h - results as OpenMetrics text, which Prometheus and VictoriaMetrics import. */
#ifndef REPORTS_OPENMETRICS_H
#define REPORTS_OPENMETRICS_H

#include <stddef.h>

#include "lib/buf.h"
#include "reports/result.h"

/*
 * One exposition of all these runs. Each sample has the instant at which its run began, if that is known; a series is a
 * scenario on a variant, so that runs of the same one after the other make a trend.
 *
 *      runs    put in order: by scenario, variant, beginning
 *
 * Returns 0, or -ENOMEM with `e` filled.
 */
int openmetrics_write(struct buf *b, const struct result **runs, size_t n, struct err *e);

/* `text` as the value of a label: what stands between its quotes. */
void openmetrics_label(struct buf *b, const char *text);

#endif
