/* baseline_run.h - the document of a baseline, from what analysis left of a run. */
#ifndef REPORTS_BASELINE_RUN_H
#define REPORTS_BASELINE_RUN_H

#include <jansson.h>

#include "lib/err.h"

/* catchment.baseline/1 of RUN/result.json. NULL with `e` filled: -e->code is the error. */
json_t *baseline_of_run(const char *run_dir, struct err *e);

#endif
