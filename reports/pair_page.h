/* pair_page.h - two runs side by side on one page: what each found, every figure with its difference. */
#ifndef REPORTS_PAIR_PAGE_H
#define REPORTS_PAIR_PAGE_H

#include "lib/buf.h"
#include "reports/result.h"

/*
 * Append the whole page of run `b` beside run `a`, the earlier or the baseline. If b->gated is there, it has the
 * first word; without it differences are shown and nothing is judged.
 *
 * Returns 0, -ENOMEM or -errno of a plot.
 */
int pair_page(struct buf *page, const struct result *a, const struct result *b, struct err *e);

#endif
