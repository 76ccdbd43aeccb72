/* foresee.h - under which conditions a run will be measured, as far as that is known before there is a lab. */
#ifndef SCENARIOS_FORESEE_H
#define SCENARIOS_FORESEE_H

#include <jansson.h>

#include "lab/topology.h"
#include "reports/baseline.h"
#include "scenarios/scenario.h"

struct foresight {
	const struct scenario *scenario;
	const struct topology *topology;
	const struct topo_last_mile *last_mile; /* as run_plan's */
	const char *
		rootfs; /* of the daemons; NULL: it is not there yet, and its versions are not known */
};

/* As baseline_conditions() will have them of the run itself, less what is not known. A new reference. */
json_t *foresee_conditions(const struct foresight *f);

/*
 * Can a run be compared with the baseline at all? What it cannot be compared by is found out before a lab is built for it, where it
 * can be: all but the versions of daemons that are not there yet, and how the fault lay to the tick.
 *
 * Returns 0, or -EXDEV with `e` saying what differs.
 */
int foresee_comparable(const struct foresight *f, const struct baseline *baseline, struct err *e);

#endif
