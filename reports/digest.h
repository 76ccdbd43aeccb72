/* digest.h - a run as a page of Markdown: what CI shows beside a change. */
#ifndef REPORTS_DIGEST_H
#define REPORTS_DIGEST_H

#include "lib/buf.h"
#include "reports/result.h"

/*
 * Verdict, the gate, targets, expectations that did not hold, a few figures, versions, and the command that does it again.
 * Returns 0, or -ENOMEM with `e` filled.
 */
int digest_write(struct buf *b, const struct result *r, struct err *e);

#endif
