/* trend.h - does a series go up or down: a robust slope, and how sure it is. */
#ifndef LIB_TREND_H
#define LIB_TREND_H

#include <stddef.h>

enum { TREND_MAX = 2000 }; /* samples; their pairs are all looked at */

struct trend {
	double slope;	  /* per step, of Theil and Sen: the median over all pairs */
	double low, high; /* its 95 % interval (Sen 1968, by Kendall's variance) */
};

/*
 * The trend of y over its index. NANs are samples that are not there.
 *
 * Returns 0; -ERANGE with less than 10 samples or more than TREND_MAX; or -ENOMEM.
 */
int trend_of(const double *y, size_t n, struct trend *ret);

#endif
