/* junit.h - the run as JUnit XML, for CI: a case per target and per expectation. */
#ifndef REPORTS_JUNIT_H
#define REPORTS_JUNIT_H

#include "lib/buf.h"
#include "reports/result.h"

/*
 * Append the document: a case for the run, each target, each expectation, and of a comparison with a baseline each
 * metric and the whole. It has failures or errors where the run's exit status is not 0, and only there.
 *
 * failure: an expectation that did not hold, a lab that did not heal, a gate that failed, and with `is_strict` a missed target,
 * which is else a finding and passes. error: nothing can be concluded, or the run was cut short. skipped: not judged.
 *
 * Returns 0 or -ENOMEM.
 */
int junit_write(struct buf *b, const struct result *r, bool is_strict, struct err *e);

#endif
