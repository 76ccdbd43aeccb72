/* gate_metrics.h - the figures of a trial that the regression gate compares, and those that it only shows beside them. */
#ifndef LIB_GATE_METRICS_H
#define LIB_GATE_METRICS_H

#include <stdbool.h>

enum { GATE_METRICS = 9 };

struct gate_metric {
	const char *name; /* of result.json's metrics */
	const char *unit;
	const char *statistic; /* that makes one figure of a trial's samples: "median", "mean" */
	bool gated;
};

/*
 * Gated is how long the fault lasted, as clients and the wire saw it: less is better, and the limits are milliseconds. How a
 * site comes back hangs on where the restore falls between ticks, which nothing locks; counts follow from the times.
 */
extern const struct gate_metric gate_metrics[GATE_METRICS];

/* Index of a name, -1 if it is none. */
int gate_metric_of(const char *name);

#endif
