/* sweep.h - from a sweep's sweep.json to its page, sweep.html beside it. */
#ifndef REPORTS_SWEEP_H
#define REPORTS_SWEEP_H

#include "lib/err.h"

/* Returns 0; -EINVAL for what is no catchment.sweep/1 (`e` says where), or another -errno. */
int report_sweep(const char *dir, struct err *e);

#endif
