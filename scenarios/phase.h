/*
 * phase.h - when a trial's fault is to be: at random within a window, or locked to the health check's tick.
 *
 * Locked is half-way between two ticks. That is where a random fault is on average, so that what makes detection slower
 * makes it slower by as much in either; and it is as far as can be from where a little jitter decides which tick is the first to fail.
 */
#ifndef SCENARIOS_PHASE_H
#define SCENARIOS_PHASE_H

#include "lab/lab.h"
#include "lib/rng.h"
#include "scenarios/scenario.h"
#include "scenarios/tick.h"
#include "scenarios/watch.h"

/*
 * What to listen with, where the phase of this scenario can be locked to something: NULL if it cannot, or nothing in it
 * waits for a tick. A failure is only told: the trial is then one of random phase.
 */
struct tick *phase_listen(struct lab *lab, const struct scenario *s);

/*
 * Choose the instant, at least as far from now as the scenario's first step lies ahead of the fault. With `ticks` it waits until
 * enough were seen; if none come, and without, the instant is drawn from `rng`. The diary gets an event "phase" where the scenario has a window.
 *
 * Returns as watch_until().
 */
int phase_choose(struct watch *w, const struct scenario *s, struct tick *ticks, struct rng *rng,
	struct mono *ret_fault, struct err *e);

#endif
