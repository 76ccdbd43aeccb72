/* budget.h - the phase budget of a run as C: phases over all streams, by city, and the typical stream's steps. */
#ifndef REPORTS_BUDGET_H
#define REPORTS_BUDGET_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct phase {
	const char *name, *evidence;
	double p10_ms, p50_ms, p90_ms, streams, share_ratio;
};

struct city_phases {
	const char *city;
	struct phase *phase;
	size_t n;
	double *total_ms; /* of each stream with a budget, all valid trials; sorted */
	size_t n_totals;
	double total_p50_ms; /* NaN: no budget.json tells */
};

/* A step of one stream's way back to an answer; the evidence is that of its end. */
struct step {
	const char *phase, *node;
	double from_ms, to_ms; /* from the fault */
	const char *kind, *file, *says;
	double place; /* packet or line in the file, NaN without */
	bool is_line;
};

/* A boundary that the evidence puts where it cannot be. */
struct misplaced {
	const char *phase, *says;
	double at_ms;
};

/* Streams that got no budget for one reason. */
struct unbudgeted {
	char why[200];
	double streams;
};

#define UNBUDGETED_MAX 8

struct budget {
	bool is_there; /* result.json has a budget */
	double streams, missing, out_of_order, unexplained_p50_ms, unexplained_p99_ms, gap_ms;
	struct city_phases *city;
	size_t n_cities;

	/* The stream whose total is the median; trial 0: none. */
	int trial;
	const char *trial_dir;
	double stream, total_ms;
	const char *stream_city, *family, *from_site, *to_site;
	struct step *step; /* none: its budget.json is not there */
	size_t n_steps;
	struct misplaced *misplaced;
	size_t n_misplaced;
	struct unbudgeted why[UNBUDGETED_MAX];
	size_t n_whys;
	json_t *root; /* of the trial's budget.json; owns its strings */
};

struct reader;
struct result;

/* Read `phases`, `phases_by_city` and `budget` of result.json. Complaints are the reader's. */
void budget_read(struct reader *r, struct result *res);

/* Read budget.json of the trials below `run_dir`; one that is not there is no complaint. */
struct err;
int budget_trials_read(const char *run_dir, struct result *res, struct err *e);

void budget_done(struct budget *b);

/* The phase that took most of the typical stream, repeats summed; NULL without steps. */
const char *budget_longest(const struct budget *b, double *ret_ms);

#endif
