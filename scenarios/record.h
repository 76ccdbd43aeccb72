/* record.h - run.json: everything static that analysis needs, and what became of the run. */
#ifndef SCENARIOS_RECORD_H
#define SCENARIOS_RECORD_H

#include <jansson.h>
#include <stdbool.h>

#include "lab/lab.h"
#include "scenarios/scenario.h"
#include "scenarios/targets.h"

struct record_head {
	const char *id, *variant, *scenario_path;
	int trials_planned;
	uint64_t seed;
	bool locked;	      /* the fault's phase is locked to the health check's tick */
	char *const *command; /* argv as given, NULL-terminated */
	json_t *alone;	      /* of one in a batch: the words that do it alone; or NULL */
};

/* Its steps but those beside and those of later rounds, as run.json's and result.json's `timeline`. */
json_t *record_timeline_json(const struct scenario *s);

/* From a healthy lab: the paths in it are the ones the trials start from. */
int record_new(const struct record_head *head, struct lab *lab, const struct scenario *s,
	const struct targets *targets, json_t **ret, struct err *e);

/* Add a finished trial's folder name. */
void record_add_trial(json_t *run, const char *dir_name);

/* Note a trial after which the lab did not become what it was. */
void record_add_unhealed(json_t *run, const char *dir_name);

/* Write it to DIR/run.json with how far the run came. */
int record_write(json_t *run, const char *dir, bool complete, bool interrupted, struct err *e);

#endif
