/* calibrate.h - do known things to a lab's links, and keep how they were measured. */
#ifndef SCENARIOS_CALIBRATE_H
#define SCENARIOS_CALIBRATE_H

#include <jansson.h>

#include "lab/lab.h"
#include "scenarios/scenario.h"

struct calibrate_plan {
	struct lab *lab;		 /* healthy */
	const struct scenario *scenario; /* its probes, rate and timeout are used, nothing else */
	const char *run_dir;		 /* run.json is there; calibration/ is made in it */
	uint64_t seed;			 /* of the probes */
	bool keep_captures;		 /* else they are deleted once measured */
};

/*
 * Blackouts of 50 ms, 500 ms and 5 s of the service's packets (routing is left alone, so that nothing
 * reroutes) at the sites that most streams reach, with captures at both ends of some links.
 * Takes about ten seconds. The result is written to RUN/calibration/calibration.json as well.
 *
 *      ret     out: catchment.calibration/1 (bench/analyze/calibration.h)
 *
 * Returns 0 whatever was found, -EINTR, or -errno with `e` filled. The links are as they were.
 */
int calibrate(const struct calibrate_plan *plan, json_t **ret, struct err *e);

/* One line of it for people. */
void calibrate_tell(const json_t *calibration, char *out, size_t size);

#endif
