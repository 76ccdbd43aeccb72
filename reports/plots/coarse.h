/* coarse.h - a timeline in wider bins: so wide that each holds as many queries of each stream as the next. */
#ifndef REPORTS_PLOTS_COARSE_H
#define REPORTS_PLOTS_COARSE_H

#include "reports/result.h"

#define COARSE_BINS_MAX 600 /* over a plot: a few pixels each */
#define COARSE_BINS_MIN 60  /* finer than that for no number of queries */
#define COARSE_SENT_MIN 10  /* queries in a bin, at the steady rate */

/*
 * How many bins of a timeline to draw as one. Streams that ask once a second fill bins of 100 ms by
 * turns, which draws a zebra: a bin is as wide as the gap between two queries of a stream, or a multiple
 * of it where that would be too many bins, or too few queries in each. 1 or more.
 */
size_t coarse_by(const struct timeline *t, double gap_ms);

/* `t` with `by` bins in one; an edge stays where the fault is, and bins that are not whole are left out. -ENOMEM. */
int coarse_init(struct timeline *ret, const struct timeline *t, size_t by);
void coarse_done(struct timeline *c);

#endif
