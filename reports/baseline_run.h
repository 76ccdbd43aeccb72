/* baseline_run.h - the document of a baseline, from what analysis left of a run. */
#ifndef REPORTS_BASELINE_RUN_H
#define REPORTS_BASELINE_RUN_H

#include <jansson.h>

#include "lib/err.h"

/* catchment.baseline/1 of RUN/result.json. NULL with `e` filled: -e->code is the error. */
json_t *baseline_of_run(const char *run_dir, struct err *e);

/*
 * The conditions that a run was measured under, as a baseline has them: a new reference.
 *
 *      result          of result.json: gap_ms, streams, timeline, last_mile
 *      provenance      of it: cpu, cpus, rootless, link_engine, packages
 */
json_t *baseline_conditions(const json_t *result, const json_t *provenance);

#endif
