/* act.h - carry out the steps of a timeline, note their instants, and undo whatever was broken. */
#ifndef SCENARIOS_ACT_H
#define SCENARIOS_ACT_H

#include "lab/lab.h"
#include "scenarios/events.h"
#include "scenarios/exec.h"
#include "scenarios/load.h"
#include "scenarios/scenario.h"

/*
 * Do one step; the event (fault or restore) goes into the diary. A command in a node is started and
 * left in `jobs` for exec_finish(), a load in `loads` for load_finish().
 *
 *      first_change    in and out: the first change of links of the trial; 0: there was none
 *
 * Returns 0 or -errno with `e` filled.
 */
int act(struct lab *lab, const struct action *action, struct events *ev, struct exec_jobs *jobs,
	struct load_jobs *loads, uint64_t *first_change, struct err *e);

/*
 * Write the changes of links of the trial into the diary as the emulator did them, and as a restore
 * the end of each that was for a time. Before the rollback, which is no part of them.
 */
int act_note_changes(struct lab *lab, struct events *ev, uint64_t first_change, struct err *e);

/*
 * Undo every step of the scenario that may still be in force: links up and as they were, stopped
 * processes continued, services that are not running started, commands' `undo` run. What is in order
 * is left alone.
 */
int act_rollback(struct lab *lab, const struct scenario *s, struct events *ev, struct err *e);

#endif
