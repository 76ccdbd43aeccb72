/* batch_order.h - which runs of a batch share a lab, and in what order that makes the fewest. */
#ifndef SCENARIOS_BATCH_ORDER_H
#define SCENARIOS_BATCH_ORDER_H

#include "scenarios/batch.h"

/*
 * Put runs that can share a lab together: by variant and by the layers and settings of their scenarios, each as first met, what needs
 * none first; within a lab those first that want one in which nothing was done. Otherwise the order stays.
 */
void batch_order(struct batch_item *items, size_t len);

/* Does the i-th run begin another lab than the one before it? */
bool batch_starts_lab(const struct batch *b, size_t i);

/* Does it have a lab brought up: the first of its lab, or one that wants it untouched? */
bool batch_boots(const struct batch *b, size_t i);

/* The scenario with the most queries of those that share the i-th run's lab. */
const struct scenario *batch_busiest(const struct batch *b, size_t i);

enum { BATCH_STACKS = BATCH_LAYERS + SCENARIO_LAYERS + 2 };

/*
 * The layers of the i-th run's lab: its scenario's, then `settings` where it has some, then the user's. NULL-terminated.
 */
void batch_layers(const struct batch *b, size_t i, const char *settings,
	const char *ret[static BATCH_STACKS]);

#endif
