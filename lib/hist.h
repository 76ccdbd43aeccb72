/*
 * hist.h - a log-linear histogram of durations: fixed memory, any quantile to within 1.6 %.
 *
 * Each octave has 32 buckets of equal width, so a bucket is at most 1/32 of its value wide and the
 * middle of it at most 1/64 off. Values of 0 to 63 ns are exact, those from 63 x 2^30 ns (67.6 s) on
 * share the last bucket, which reads as the maximum; count, min, max are always exact. 8 KiB, no pointers: embed it, copy it, zero it.
 */
#ifndef LIB_HIST_H
#define LIB_HIST_H

#include <stdint.h>

#define HIST_BUCKETS 1024

struct hist {
	uint64_t count;
	int64_t min_ns; /* meaningful when count > 0 */
	int64_t max_ns;
	uint64_t bucket[HIST_BUCKETS];
};

void hist_reset(struct hist *h);

/* A negative value is counted as 0: nothing that is measured here can be early. */
void hist_add(struct hist *h, int64_t ns);

/* Add everything that `from` counted to `to`. */
void hist_merge(struct hist *to, const struct hist *from);

/*
 * The q-quantile by nearest rank: the least value that at least q × count values do not exceed.
 *
 *      q       0 to 1; outside it is taken as the nearer end
 *
 * At most 1/64 of the exact value off; exact at q = 0 and q = 1. Returns 0 when nothing was counted.
 */
int64_t hist_quantile_ns(const struct hist *h, double q);

#endif
