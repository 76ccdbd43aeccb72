/* run.h - what history keeps of a run directory: enough for a line in a list and a point in a trend. */
#ifndef REPORTS_HISTORY_RUN_H
#define REPORTS_HISTORY_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"

enum history_state {
	HISTORY_GOOD,
	HISTORY_MISSED, /* a documented target */
	HISTORY_BROKEN, /* an expectation did not hold, or the lab did not heal */
	HISTORY_INCONCLUSIVE,
	HISTORY_INTERRUPTED,
	HISTORY_UNFINISHED, /* no result.json (yet) */
	HISTORY_UNREADABLE,
	HISTORY_STATES
};

struct history_metric {
	char *name, *unit;
	double n, missing, p50, min, max; /* p50, max INFINITY: never; NaN: not known */
};

/* One thing that could explain a change: "frr" "10.3-3", "layer hardened" "1f2e3d…". */
struct history_fact {
	char *what, *value;
};

struct history_run {
	char *dir;   /* below the folder of runs: its key */
	char *stamp; /* of its files, when this was read */
	char *id, *scenario, *title, *variant;
	char *found;	  /* the report's sentence; of an unreadable run why */
	char *gate;	  /* compare.json's verdict, NULL: no gate */
	int64_t began_ns; /* since 1970 */
	int64_t trials, valid;
	enum history_state state;
	bool swept; /* of a sweep: its knobs differ from run to run */
	struct history_metric *metrics;
	struct history_fact *facts;
	size_t n_metrics, n_facts;
};

/* One word: "good", "missed", "broken", ... as in JSON; and its sign and CSS class on a page. */
const char *history_word(enum history_state state);
const char *history_sign(enum history_state state);
const char *history_class(enum history_state state);

/* The same of a run as a whole: one that the gate failed is not good, whatever else it found. */
bool history_gate_failed(const struct history_run *r);
const char *history_run_word(const struct history_run *r); /* "gate failed" */
const char *history_run_sign(const struct history_run *r);
const char *history_run_class(const struct history_run *r);

/*
 * Read BASE/dir into `ret`; what cannot be read makes an unreadable or unfinished run, never an error. `dir` and `stamp` are
 * copied. Returns 0 or -ENOMEM.
 */
int history_digest(const char *base, const char *dir, const char *stamp, struct history_run *ret);

void history_run_done(struct history_run *r);

const struct history_metric *history_metric(const struct history_run *r, const char *name);
const char *history_fact(const struct history_run *r, const char *what); /* NULL: not known */

/* Appends copies; return 0 or -ENOMEM. */
int history_add_metric(struct history_run *r, const struct history_metric *m);
int history_add_fact(struct history_run *r, const char *what, const char *value);

#endif
