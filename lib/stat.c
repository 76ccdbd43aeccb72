/* stat.c - what samples say: exact quantiles, the interval of a median, the bound behind "no miss". */
#include "lib/stat.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

enum { RESAMPLES = 2000, BOOTSTRAP_MAX = 2000 };

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void
stat_sort(double *samples, size_t n)
{
	if (n > 1)
		qsort(samples, n, sizeof(samples[0]), by_value);
}

double
stat_quantile(const double *sorted, size_t n, double ratio)
{
	double place, below;
	size_t i;

	if (n == 0)
		return NAN;
	ratio = ratio < 0 ? 0 : ratio > 1 ? 1 : ratio;
	place = (double)(n - 1) * ratio;
	below = floor(place);
	i = (size_t)below;
	if (i + 1 >= n || place <= below)
		return sorted[i];
	return sorted[i] + (place - below) * (sorted[i + 1] - sorted[i]);
}

double
stat_mean(const double *samples, size_t n)
{
	double sum = 0;

	if (n == 0)
		return NAN;
	for (size_t i = 0; i < n; i++)
		sum += samples[i];
	return sum / (double)n;
}

/* The order statistics that bracket the median at 95 %: n/2 -+ 1.96 sqrt(n)/2. */
static void
interval_by_rank(const double *sorted, size_t n, double *ret_low, double *ret_high)
{
	double half = 0.98 * sqrt((double)n) / (double)(n - 1);

	*ret_low = stat_quantile(sorted, n, 0.5 - half);
	*ret_high = stat_quantile(sorted, n, 0.5 + half);
}

int
stat_median_interval(
	const double *sorted, size_t n, struct rng *rng, double *ret_low, double *ret_high)
{
	double *medians, *drawn;

	if (n < 2) {
		*ret_low = *ret_high = NAN;
		return 0;
	}
	if (n > BOOTSTRAP_MAX) {
		interval_by_rank(sorted, n, ret_low, ret_high);
		return 0;
	}
	medians = calloc(RESAMPLES, sizeof(medians[0]));
	drawn = calloc(n, sizeof(drawn[0]));
	if (medians == NULL || drawn == NULL) {
		free(medians);
		free(drawn);
		return -ENOMEM;
	}
	for (size_t i = 0; i < RESAMPLES; i++) {
		for (size_t k = 0; k < n; k++)
			drawn[k] = sorted[rng_below(rng, n)];
		stat_sort(drawn, n);
		medians[i] = stat_quantile(drawn, n, 0.5);
	}
	stat_sort(medians, RESAMPLES);
	*ret_low = stat_quantile(medians, RESAMPLES, 0.025);
	*ret_high = stat_quantile(medians, RESAMPLES, 0.975);
	free(medians);
	free(drawn);
	return 0;
}

/* P(at most `misses` in n) when each misses with probability p. */
static double
at_most(size_t misses, size_t n, double p)
{
	double sum = 0;

	for (size_t k = 0; k <= misses; k++)
		sum += exp(lgamma((double)n + 1) - lgamma((double)k + 1) -
			lgamma((double)(n - k) + 1) + (double)k * log(p) +
			(double)(n - k) * log1p(-p));
	return sum;
}

double
stat_miss_bound(size_t misses, size_t n)
{
	double low = 0, high = 1;

	if (n == 0 || misses >= n)
		return 1;
	if (misses == 0)
		return 1 - pow(0.05, 1 / (double)n);
	for (int i = 0; i < 60; i++) {
		double p = (low + high) / 2;

		if (at_most(misses, n, p) > 0.05)
			low = p;
		else
			high = p;
	}
	return high;
}

/* Probability of at most `events` where `mean` are to be expected. */
static double
poisson_at_most(size_t events, double mean)
{
	double term = exp(-mean), sum = term;

	for (size_t i = 1; i <= events; i++)
		sum += term *= mean / (double)i;
	return sum;
}

double
stat_rate_bound(size_t events, double span)
{
	double low = 0, high = 10 + 3 * (double)events;

	if (!(span > 0))
		return INFINITY;
	if (events > 500) /* exp() would run out; the normal approximation is as good there */
		return ((double)events + 1.645 * sqrt((double)events) + 1.4) / span;
	for (int i = 0; i < 100; i++) {
		double middle = (low + high) / 2;

		if (poisson_at_most(events, middle) > 0.05)
			low = middle;
		else
			high = middle;
	}
	return high / span;
}
