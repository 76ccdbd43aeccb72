/* sweep.h - a scenario at every combination of some knobs' values: what was asked for, and what was found so far. */
#ifndef SCENARIOS_SWEEP_H
#define SCENARIOS_SWEEP_H

#include <jansson.h>

#include "lab/lab.h"
#include "lab/place.h"
#include "scenarios/knob_layer.h"
#include "scenarios/scenario.h"
#include "scenarios/stacks.h"
#include "scenarios/targets.h"

enum { SWEEP_KNOBS = 4, SWEEP_COMBINATIONS = 100, SWEEP_LAYERS = 11, SWEEP_DIR_BYTES = 512 };

/* One knob of it and the values it takes. */
struct sweep_vary {
	const struct knob *knob;
	double values[SWEEP_COMBINATIONS];
	size_t len;
	char now[KNOB_TEXT_BYTES]; /* without the sweep; "": nothing says it */
};

struct sweep_item {
	size_t value[SWEEP_KNOBS]; /* which of each knob's values */
	bool done;
	bool again;    /* it was tried before and gave nothing valid */
	json_t *found; /* `combinations[]` of sweep.json without its values; NULL: nothing yet */
};

struct sweep {
	json_t *asked; /* `asked` of sweep.json: all that decides what is measured */
	char dir[SWEEP_DIR_BYTES];
	char *const *command;
	/* what that is, loaded */
	char data[PLACE_BYTES];
	struct lab_options lab; /* its layers are the scenario's and the user's */
	const char *layers[SWEEP_LAYERS + SCENARIO_LAYERS + 1];
	struct stacks stacks; /* with them all others */
	struct topology *topology;
	struct targets *targets;
	struct scenario *scenario;
	struct knobs knobs;
	struct sweep_vary vary[SWEEP_KNOBS];
	size_t vary_len;
	struct sweep_item items[SWEEP_COMBINATIONS];
	size_t len;
	int trials;
	bool calibrated; /* since this process began */
	int64_t idle_ns;
};

/* ---- sweep_plan.c ---- */

/* Variant, layers and their knobs, from `asked`. What is wrong is told; returns 0, -EINVAL or -errno. */
int sweep_load_knobs(struct sweep *s);

/* The same, then the scenario, the values and their combinations. */
int sweep_load(struct sweep *s);
void sweep_done(struct sweep *s);

/*
 * "NAME=a,b,c": which knob, and its values. Returns 0 or -EINVAL with `e` filled.
 */
int sweep_read_vary(
	const struct knobs *knobs, const char *text, struct sweep_vary *ret, struct err *e);

/* Every combination, the last knob's values first. Returns 0 or -EINVAL: more than SWEEP_COMBINATIONS. */
int sweep_combine(struct sweep *s, struct err *e);

/* "check-interval 1 s, check-fall 2" */
const char *sweep_show_item(const struct sweep *s, size_t item, char out[static 256]);

/* ---- sweep_doc.c ---- */

/* Write DIR/sweep.json. Returns 0 or -errno with `e` filled. */
int sweep_write(const struct sweep *s, struct err *e);

/* Read `asked` of one that was begun, and later what it has completed. 0 or -EINVAL, -errno with `e` filled. */
int sweep_read_asked(const char *dir, json_t **ret, struct err *e);
int sweep_read_found(struct sweep *s, struct err *e);

/* ---- sweep_figures.c ---- */

/* What a run found, into a combination's object. Returns 0 or -EINVAL with `e` filled. */
int sweep_figures(const char *run_dir, json_t *found, struct err *e);

/* ---- sweep_table.c ---- */

/* The table, one row a combination, for a terminal. */
void sweep_print(const struct sweep *s, FILE *out);

/* The knobs with their meaning, value now and range. */
void sweep_list(const struct sweep *s, FILE *out);
json_t *sweep_list_json(const struct sweep *s);

/* ---- sweep_run.c ---- */

/* What the scenario sets but of the knobs varied, then what the combination does. Returns how many that are. */
size_t sweep_settings(const struct sweep *s, size_t item,
	struct knob_setting ret[SCENARIO_SETTINGS + SWEEP_KNOBS]);

/* Did a lab not come up for what a setting may have done to it, and not for what would stop every other too? */
bool sweep_is_finding(int lab_up_rc);

/* Say what will be done and how long that will take; do what is left of it. Returns an exit code. */
int sweep_run(struct sweep *s);

#endif
