/* scenario_check.h - the steps of a timeline that try a recipe, and what their outcome says of a claim. */
#ifndef SCENARIOS_SCENARIO_CHECK_H
#define SCENARIOS_SCENARIO_CHECK_H

#include <jansson.h>

#include "scenarios/scenario.h"

/* Read what a `check` step has beyond an `exec` one. Mistakes become complaints. */
void action_read_check(struct scenario *s, const struct conf_node *map, struct check *check);

/* The `checks` of run.json, in the order of their files check-NN. */
json_t *checks_json(const struct scenario *s);

/* The number of a check among the scenario's. */
size_t check_number(const struct scenario *s, const struct action *action);

#endif
