/* act.h - carry out the steps of a timeline, note their instants, and undo whatever was broken. */
#ifndef SCENARIOS_ACT_H
#define SCENARIOS_ACT_H

#include "lab/lab.h"
#include "scenarios/events.h"
#include "scenarios/scenario.h"

/* Do one step; the event (fault or restore) goes into the diary. Returns 0 or -errno with `e`. */
int act(struct lab *lab, const struct action *action, struct events *ev, struct err *e);

/*
 * Undo every step of the scenario that may still be in force: links up and as they were, stopped
 * processes continued, services that are not running started. What is in order is left alone.
 */
int act_rollback(struct lab *lab, const struct scenario *s, struct events *ev, struct err *e);

#endif
