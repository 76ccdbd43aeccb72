/* trend.c - does a series go up or down: a robust slope, and how sure it is. */
#include "lib/trend.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "lib/stat.h"

enum { SAMPLES_MIN = 10 };

int
trend_of(const double *y, size_t n, struct trend *ret)
{
	size_t samples = 0, pairs = 0, wide;
	double *slope, count, half;

	for (size_t i = 0; i < n; i++)
		samples += isnan(y[i]) ? 0 : 1;
	if (samples < SAMPLES_MIN || n > TREND_MAX)
		return -ERANGE;
	slope = malloc(samples * (samples - 1) / 2 * sizeof(*slope));
	if (slope == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n && !isnan(y[i]); k++)
			if (!isnan(y[k]))
				slope[pairs++] = (y[k] - y[i]) / (double)(k - i);
	stat_sort(slope, pairs);
	/* Kendall's statistic has variance n (n - 1) (2n + 5) / 18 where there is no trend. */
	count = (double)samples;
	half = 1.96 * sqrt(count * (count - 1) * (2 * count + 5) / 18) / 2;
	wide = (size_t)fmin(half + 1, (double)(pairs / 2));
	*ret = (struct trend){.slope = stat_quantile(slope, pairs, 0.5),
		.low = slope[pairs / 2 - wide],
		.high = slope[pairs - 1 - (pairs / 2 - wide)]};
	free(slope);
	return 0;
}
