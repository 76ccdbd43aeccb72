/*
 * gated.h - a run beside its baseline: looked at after 5, 10 and 20 valid trials, and confirmed in a fresh lab before it fails.
 */
#ifndef SCENARIOS_GATED_H
#define SCENARIOS_GATED_H

#include "reports/baseline.h"
#include "reports/compare.h"
#include "scenarios/run.h"

struct gate {
	const struct baseline *baseline;
	size_t scenarios;     /* gated together, less those that have failed already */
	const char *confirms; /* the run that failed, of the one that is to confirm it; or NULL */
	uint64_t again_seed;  /* of the run that is to confirm a fail */
	json_t *again;	      /* the words that do that one alone */
	struct compare *compare; /* of the latest look; NULL before the first. gate_done() */
};

void gate_done(struct gate *g);

/*
 * The baseline of a scenario: a file, or of a folder the file VARIANT's or the scenario's own, SCENARIO-VARIANT.json or
 * SCENARIO.json. Returns 0 with *ret (baseline_free() it) or -errno with `e` filled.
 */
int gate_find(const char *path, const char *scenario, const char *variant, struct baseline **ret,
	struct err *e);

/*
 * Compare what there is of a run, RUN/result.json being there, and write RUN/compare.json.
 *
 *      last    no more trials will come
 */
int gate_look(struct gate *g, const char *run_dir, bool last, struct err *e);

/*
 * run_scenario() of a plan with a gate; a fail is confirmed by another run in a fresh lab, or is inconclusive. Says the verdict on stderr,
 * leaves it in RUN/compare.json and in the report. Returns the exit code of all that.
 *
 *      plan            its `gate` is set; trials: at most so many
 *      ret_failed      out: the verdict was a fail
 */
int gated_run(const struct run_plan *plan, char ret_dir[RUN_DIR_BYTES], bool *ret_failed);

#endif
