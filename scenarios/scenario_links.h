/* scenario_links.h - the steps of a timeline that are about links: which, which way, how long, how badly. */
#ifndef SCENARIOS_SCENARIO_LINKS_H
#define SCENARIOS_SCENARIO_LINKS_H

#include "scenarios/scenario.h"

/*
 * Read the keys of a step that only links have (dir, for, and the words of lab/impairment.h) and
 * check them against the network and the steps before it. Whatever does not fit is complained of,
 * keys of links in another step too.
 *
 *      action  its kind and target are known; it is s->actions[s->actions_len]
 */
void action_read_links(struct scenario *s, const struct topology *t, const struct conf_node *entry,
	struct action *action);

/* The request that does it to the link emulator, but for its links. Never for another action. */
void action_request(const struct action *action, json_t *request);

#endif
