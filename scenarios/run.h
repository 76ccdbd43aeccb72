/* run.h - one run: a lab of its own, trials of one scenario in it, analysis, report. */
#ifndef SCENARIOS_RUN_H
#define SCENARIOS_RUN_H

#include <stdbool.h>

#include "lab/lab.h"
#include "reports/ci.h"
#include "scenarios/scenario.h"
#include "scenarios/session.h"
#include "scenarios/targets.h"

enum { RUN_DIR_BYTES = 640 };

struct gate;

struct run_plan {
	const struct scenario *scenario;
	const struct targets *targets;
	struct session *session; /* the lab it takes place in; left as it is found healthy */
	int trials;
	uint64_t seed;
	const struct topo_last_mile *last_mile; /* instead of the topology's; or NULL */
	const char *out;			/* folder that gets the run's folder */
	bool keep;				/* leave a failed lab standing */
	bool strict;				/* a missed target is a failure */
	bool uncalibrated;			/* do not measure the instrument first */
	bool locked;				/* the fault's phase is locked to the tick */
	bool once;				/* what the host spoilt is not repeated */
	struct gate *
		gate; /* trials come in looks until it has a verdict (gated.h), `trials` at most; or NULL */
	char *const *command;
	json_t *alone; /* of one in a batch: the words that do it alone; or NULL: `command` does */
	json_t *knobs; /* for its record: which were turned, and how far (a sweep's); or NULL */
	enum ci_kind ci; /* who is told beside people */
	struct err *why; /* out, may be NULL: what kept it from its end */
	bool untold;	 /* its report's path is not printed: it is part of something larger */
};

/*
 * Returns an exit code of lib/command.h; everything there is to say has been said on stderr, the path of the report is
 * printed on stdout. The session's lab is up afterwards if it is healthy.
 *
 *      ret_dir         out, may be NULL: the run's folder; "" when there is none
 */
int run_scenario(const struct run_plan *plan, char ret_dir[RUN_DIR_BYTES]);

#endif
