/* junit.h - the run as JUnit XML, for CI: a case per target and per expectation. */
#ifndef REPORTS_JUNIT_H
#define REPORTS_JUNIT_H

#include "lib/buf.h"
#include "reports/result.h"

/*
 * Append the document. A missed or refuted target is a finding and passes unless `is_strict`; an
 * expectation that did not hold is a failure (skipped when no trial was valid); a run without a valid trial, or cut short, is an
 * error. Returns 0 or -ENOMEM.
 */
int junit_write(struct buf *b, const struct result *r, bool is_strict, struct err *e);

#endif
