/*
 * baseline.h - what the regression gate knows of a run: its gated figures trial by trial, and under which conditions
 * they were measured (catchment.baseline/1, doc/formats.md). A baseline file is that of one run or of several.
 */
#ifndef REPORTS_BASELINE_H
#define REPORTS_BASELINE_H

#include <jansson.h>
#include <stdbool.h>

#include "lib/err.h"
#include "lib/gate.h"
#include "lib/gate_metrics.h"

struct baseline_values {
	double *value; /* a trial each; INFINITY for what never came */
	size_t n;
};

struct baseline {
	char name[256]; /* of its file or of its run */
	json_t *json;	/* the document */
	const char *scenario, *variant;
	enum gate_phase phase;
	size_t trials, invalid_trials, labs;
	bool interrupted;
	const char *
		off_limits; /* of a run: what the instrument was off its limits in; "" if it was not */
	struct baseline_values metric[GATE_METRICS];
};

/*
 * Of a run's folder (its result.json), or of a baseline file, whichever `path` is.
 *
 * A run without valid trials is read as well: the caller says whether that will do. Returns 0 with *ret
 * (baseline_free() it) or -errno with `e` filled: what is missing or wrong is named by file and key.
 */
int baseline_load(const char *path, struct baseline **ret, struct err *e);
void baseline_free(struct baseline *b);

/*
 * Take another run's trials in. It must be of the same scenario, variant, phase, conditions and configuration, and no run that is
 * in already: -EINVAL with `e` naming what differs, `b` as before.
 */
int baseline_join(struct baseline *b, const struct baseline *other, struct err *e);

/* Has any gated figure a value in any trial? Nothing can be slower than what never came. */
bool baseline_ever_came(const struct baseline *b);

/* Has it any gated metric, come or not? */
bool baseline_is_gated(const struct baseline *b);

/* The same value, but that a file rounds numbers: to nine digits they agree. NULL is alike NULL only. */
bool baseline_alike(const json_t *a, const json_t *b);

/* The file's text, without a newline at its end; free() it. NULL when out of memory. */
char *baseline_text(const struct baseline *b);

#endif
