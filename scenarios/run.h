/* run.h - one run: a lab of its own, trials of one scenario in it, analysis, report. */
#ifndef SCENARIOS_RUN_H
#define SCENARIOS_RUN_H

#include <stdbool.h>

#include "lab/lab.h"
#include "scenarios/scenario.h"
#include "scenarios/targets.h"

struct run_plan {
	const struct scenario *scenario;
	const struct targets *targets;
	struct lab_options lab; /* name is chosen by the run */
	int trials;
	uint64_t seed;
	const struct topo_last_mile *last_mile; /* instead of the topology's; or NULL */
	const char *out;			/* folder that gets the run's folder */
	bool keep;				/* leave a failed lab standing */
	bool strict;				/* a missed target is a failure */
	bool uncalibrated;			/* do not measure the instrument first */
	char *const *command;
};

/* Returns an exit code of lib/command.h; everything there is to say has been said on stderr, the
 * path of the report is printed on stdout. */
int run_scenario(const struct run_plan *plan);

#endif
