/* trial.h - one trial: steady state, capture, probe, break, mend, and a folder full of evidence. */
#ifndef SCENARIOS_TRIAL_H
#define SCENARIOS_TRIAL_H

#include "lab/lab.h"
#include "lib/rng.h"
#include "scenarios/scenario.h"

struct trial_plan {
	struct lab *lab;
	const struct scenario *scenario;
	int number, of;	   /* from 1 */
	const char *dir;   /* TRIAL folder; made here */
	struct rng *rng;   /* draws the phase of the fault */
	uint64_t seed;	   /* of the probes */
	uint64_t run_seed; /* of what stays the same from trial to trial */
	const struct topo_last_mile
		*last_mile; /* of every city, whatever the topology says; or NULL */
	bool any_catchment;
	bool locked; /* the fault's phase is locked to the health check's tick (scenarios/phase.h) */
};

/*
 * Run it. Whatever happens the faults are undone before this returns.
 *
 * Returns 0; -EINTR (^C, faults undone); -EHOSTDOWN when the lab did not heal afterwards (the
 * trial itself is complete; the lab is to be rebuilt); other -errno when the trial is of no use.
 */
int trial_run(const struct trial_plan *plan, struct err *e);

#endif
