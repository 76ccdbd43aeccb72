/* scenario_load.h - the steps of a timeline that put load on the network: which generator, where, how long. */
#ifndef SCENARIOS_SCENARIO_LOAD_H
#define SCENARIOS_SCENARIO_LOAD_H

#include <jansson.h>

#include "scenarios/scenario.h"

/*
 * Read a `load` step, a map of node, run, name, ahead and fault, and its `for`. The action's time moves ahead by
 * `ahead`. Mistakes become complaints; `action->target` stays NULL then.
 */
void action_read_load(struct scenario *s, const struct topology *t, const struct conf_node *entry,
	struct action *action);

/* Move the action's time ahead by `ahead` of its map, if it has that: at most by `before`. Mistakes become complaints. */
void action_read_ahead(struct scenario *s, const struct conf_node *map, struct action *action);

/* Read a `load-stop` step: the name of a load that began before. Likewise. */
void action_read_load_stop(
	struct scenario *s, const struct conf_node *entry, struct action *action);

/* The load of that name, NULL: there is none. */
const struct action *scenario_load_named(const struct scenario *s, const char *name);

/* Is a load what the trial is about? */
bool scenario_load_is_fault(const struct scenario *s);

/*
 * Ask each load's own generator whether it takes the words (`catchment load KIND ... --check`, a child each, in the
 * scenario's folder). What it says becomes a complaint at the step. Of scenarios that the variant fits.
 */
void scenario_check_loads(struct scenario *s);

/* The folder of the scenario's file: there a load's own files are looked for. */
void scenario_folder(const struct scenario *s, char *out, size_t out_bytes);

/* The `loads` of run.json, in order of time. */
json_t *loads_json(const struct scenario *s);

#endif
