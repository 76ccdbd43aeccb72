/* sweep_read.h - sweep.json as C: knobs, and what each combination of their values gave; NaN and NULL for what is missing. */
#ifndef REPORTS_SWEEP_READ_H
#define REPORTS_SWEEP_READ_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/err.h"
#include "reports/palette.h"

enum { SWEEP_DOC_KNOBS = 8, SWEEP_DOC_VALUES = 100, SWEEP_DOC_ITEMS = 100, SWEEP_DOC_PLACES = 200 };

struct sweep_doc_knob {
	const char *name, *about, *unit, *now, *declared;
	double values[SWEEP_DOC_VALUES];
	const json_t *words; /* what the values 0, 1... are called; NULL: they are numbers */
	size_t n;
};

/* Who serves a city's clients of one family. */
struct sweep_doc_service {
	const char *city, *title, *family, *site;
	double rtt_ms;
	bool by_routes; /* found in the routing tables, not by asking */
};

struct sweep_doc_idle {
	double observed_s, sites_cores, halves_cores[2], nodes_cores, emulator_cores, load_max;
	double bgp_downs, bfd_downs, check_failures, verdicts, withdrawals, route_moves;
	double alarms, per_hour, per_hour_bound;
};

struct sweep_doc_item {
	size_t value[SWEEP_DOC_KNOBS]; /* index into the knob's values */
	bool done;
	const char *failed; /* why there is nothing; NULL: there is */
	const char *dir;    /* of its run, below the page */
	double trials, valid;
	const char *invalid_because;
	double median_ms, worst_ms; /* of the outage; worst INFINITY: some client never came back */
	double worst_family_ms[2];
	double withdraw_ms, client_failures;
	size_t missed; /* expectations that did not hold */
	struct sweep_doc_idle idle;
	struct sweep_doc_service *services;
	size_t n_services;
};

struct sweep_doc {
	const char *scenario, *title, *variant, *commit;
	const char *metric; /* what the outage is taken from; NULL: the scenario has none */
	bool complete;
	double gap_ms, trials, idle_s;
	struct sweep_doc_knob knobs[SWEEP_DOC_KNOBS];
	size_t n_knobs;
	struct sweep_doc_item items[SWEEP_DOC_ITEMS];
	size_t n_items;
	struct palette palette;
	json_t *command; /* borrowed from root, may be NULL */
	json_t *root;	 /* owns all strings */
};

/* Read DIR/sweep.json. Returns 0, or -EINVAL or another -errno with `e` naming file and key. */
int sweep_doc_load(const char *dir, struct sweep_doc **ret, struct err *e);
void sweep_doc_free(struct sweep_doc *d); /* NULL is fine */

/* Is it the setting that the configuration has without the sweep? */
bool sweep_doc_is_now(const struct sweep_doc *d, const struct sweep_doc_item *item);

/* "check-interval 1 s, check-fall 2"; `brief`: "1 s, 2". */
const char *sweep_doc_setting(const struct sweep_doc *d, const struct sweep_doc_item *item,
	bool brief, char out[static 256]);
const char *sweep_doc_value(const struct sweep_doc_knob *k, size_t value, char out[static 64]);

/* Who serves them at that setting, or NULL. */
const struct sweep_doc_service *sweep_doc_service(
	const struct sweep_doc_item *item, const char *city, const char *family);

/*
 * Which points no other one beats: none is at most as large in both and smaller in one. NaN and INFINITY are beaten.
 *
 *      ret     out: n flags
 */
void sweep_pareto(const double x[], const double y[], size_t n, bool ret[]);

#endif
