/* outcome.h - what result.json says about a run, in a few lines and an exit code. */
#ifndef SCENARIOS_OUTCOME_H
#define SCENARIOS_OUTCOME_H

#include <stdbool.h>

#include "lib/err.h"

/* Returns 0, or -EINVAL when result.json is not what it should be. */
int outcome_invalid_trials(const char *run_dir, int *ret, struct err *e);

/*
 * Print verdicts and expectations on stderr, a line each.
 *
 *      ret_code        out: EXIT_GOOD, EXIT_MISSED (an expectation, or with `strict` a target) or
 *                      EXIT_INCONCLUSIVE (no valid trial)
 */
int outcome_tell(const char *run_dir, bool strict, int *ret_code, struct err *e);

/* What the run found, as the last figure of talk_live(): "dns-crash: withdraw_ms 3.65 s". Nothing without a figure. */
void outcome_figure(const char *run_dir, const char *name);

#endif
