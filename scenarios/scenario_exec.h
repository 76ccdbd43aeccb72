/* scenario_exec.h - the steps of a timeline that run a command or a script in a node. */
#ifndef SCENARIOS_SCENARIO_EXEC_H
#define SCENARIOS_SCENARIO_EXEC_H

#include "scenarios/scenario.h"

/* Read the map of an `exec` step. Mistakes become complaints; `action->target` stays NULL then. */
void action_read_exec(struct scenario *s, const struct topology *t, const struct conf_node *map,
	struct action *action);

/* Free what an action owns. */
void action_done(struct action *action);

#endif
