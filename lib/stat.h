/*
 * stat.h - what samples say: exact quantiles, the interval of a median, the bound behind "no miss".
 */
#ifndef LIB_STAT_H
#define LIB_STAT_H

#include <stddef.h>

#include "lib/rng.h"

/* Sort in place, ascending. No NaN may be among the samples. */
void stat_sort(double *samples, size_t n);

/*
 * The quantile `ratio` (0 to 1) of sorted samples by linear interpolation between the order
 * statistics at (n - 1) * ratio: type 7 of Hyndman and Fan, what R, NumPy and Excel take.
 *
 * Returns NAN when n is 0.
 */
double stat_quantile(const double *sorted, size_t n, double ratio);

double stat_mean(const double *samples, size_t n); /* NAN when n is 0 */

/*
 * The 95 % bootstrap interval of the median: the 2.5 % and 97.5 % quantiles of the medians of 2000
 * resamples (percentile method). The same seed gives the same interval.
 *
 *      sorted          ascending
 *      ret_low, ret_high       out; both NAN when n < 2
 *
 * Above 2000 samples it resamples by the order statistic that a resample's median would take
 * (the normal approximation of the sign test), since a bootstrap there costs much and says the same.
 *
 * Returns 0 or -ENOMEM.
 */
int stat_median_interval(
	const double *sorted, size_t n, struct rng *rng, double *ret_low, double *ret_high);

/*
 * The largest miss probability that `misses` in `n` trials leaves possible at 95 %, one-sided and
 * exact (Clopper and Pearson). With no miss it is 1 - 0.05^(1/n).
 *
 * Returns 1 when n is 0 or every trial missed.
 */
double stat_miss_bound(size_t misses, size_t n);

/*
 * The highest rate that `events` seen in a span leaves possible at 95 %, one-sided and exact (Garwood, Poisson): per unit of
 * the span. With none seen it is 3.0 / span, the rule of three.
 *
 * Returns INFINITY when the span is not positive.
 */
double stat_rate_bound(size_t events, double span);

#endif
