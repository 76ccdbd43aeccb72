/* rank.c - Mann and Whitney's test and the shift of Hodges and Lehmann. */
#include "lib/rank.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "lib/stat.h"

struct ranked {
	double value;
	bool of_b;
	size_t doubled; /* rank x 2: that of equal values is their mean, a half perhaps */
};

static int
by_value(const void *x, const void *y)
{
	double a = ((const struct ranked *)x)->value, b = ((const struct ranked *)y)->value;

	return (a > b) - (a < b);
}

static int
check_values(const double *a, size_t na, const double *b, size_t nb)
{
	if (na == 0 || nb == 0)
		return -ERANGE;
	for (size_t i = 0; i < na; i++)
		if (isnan(a[i]))
			return -EINVAL;
	for (size_t i = 0; i < nb; i++)
		if (isnan(b[i]))
			return -EINVAL;
	return 0;
}

static int
check(const double *a, size_t na, const double *b, size_t nb)
{
	return na > RANK_MAX || nb > RANK_MAX || na + nb > RANK_MAX ? -ERANGE
								    : check_values(a, na, b, nb);
}

/* Both samples in order, with ranks; *ret_ties is the sum of t^3 - t over groups of equal values. NULL: no memory. */
static struct ranked *
rank_all(const double *a, size_t na, const double *b, size_t nb, double *ret_ties)
{
	size_t n = na + nb;
	struct ranked *all = calloc(n, sizeof(*all));

	if (all == NULL)
		return NULL;
	for (size_t i = 0; i < n; i++)
		all[i] = (struct ranked){.value = i < na ? a[i] : b[i - na], .of_b = i >= na};
	qsort(all, n, sizeof(*all), by_value);
	*ret_ties = 0;
	for (size_t i = 0, end; i < n; i = end) {
		double t;

		for (end = i + 1; end < n && by_value(&all[end], &all[i]) == 0; end++)
			;
		for (size_t k = i; k < end; k++)
			all[k].doubled = i + end + 1;
		t = (double)(end - i);
		*ret_ties += t * t * t - t;
	}
	return all;
}

/*
 * How many choices of nb of the n ranks have which sum: ways[k * width + s] for k of them with doubled ranks of sum s.
 * Sums of positive terms alone, so that doubles keep their precision. NULL: no memory.
 */
static double *
count_sums(const struct ranked *all, size_t n, size_t nb, size_t width)
{
	double *ways = calloc((nb + 1) * width, sizeof(*ways));

	if (ways == NULL)
		return NULL;
	ways[0] = 1;
	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1 < nb ? i + 1 : nb; k > 0; k--) {
			size_t rank = all[i].doubled,
			       most = (k - 1) * rank; /* of those before it */
			double *to = ways + k * width + rank;
			const double *from = ways + (k - 1) * width;

			for (size_t s = 0; s <= most && s + rank < width; s++)
				to[s] += from[s];
		}
	return ways;
}

static int
exact_p(const struct ranked *all, size_t n, size_t nb, size_t seen, double *ret)
{
	size_t width = n * (n + 1) + 1;
	double *ways = count_sums(all, n, nb, width), all_ways = 0, at_least = 0;

	if (ways == NULL)
		return -ENOMEM;
	for (size_t s = 0; s < width; s++) {
		double w = ways[nb * width + s];

		all_ways += w;
		at_least += s >= seen ? w : 0;
	}
	free(ways);
	*ret = at_least / all_ways;
	return 0;
}

/* With half a step of correction for its being continuous. */
static double
normal_p(double u, double na, double nb, double ties)
{
	double n = na + nb;
	double variance = na * nb / 12 * (n + 1 - ties / (n * (n - 1)));

	if (variance <= 0)
		return 1; /* all are equal */
	return 0.5 * erfc((u - na * nb / 2 - 0.5) / sqrt(variance) / sqrt(2));
}

int
rank_test(const double *a, size_t na, const double *b, size_t nb, struct rank_test *ret)
{
	struct ranked *all;
	struct rank_test t = {0};
	size_t sum = 0;
	double ties;
	int rc = check(a, na, b, nb);

	if (rc < 0)
		return rc;
	all = rank_all(a, na, b, nb, &ties);
	if (all == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < na + nb; i++)
		sum += all[i].of_b ? all[i].doubled : 0;
	t.u = ((double)sum - (double)(nb * (nb + 1))) / 2;
	t.exact = na + nb <= RANK_EXACT_MAX;
	if (t.exact)
		rc = exact_p(all, na + nb, nb, sum, &t.p_value);
	else
		t.p_value = normal_p(t.u, (double)na, (double)nb, ties);
	free(all);
	if (rc == 0)
		*ret = t;
	return rc;
}

double
rank_least_p(size_t na, size_t nb)
{
	double p = 1;

	for (size_t i = 1; i <= nb; i++)
		p *= (double)i / (double)(na + i);
	return p;
}

/* Of two that never came the difference is nothing. */
static double
difference(double a, double b)
{
	return isinf(a) && isinf(b) && (a > 0) == (b > 0) ? 0 : b - a;
}

/* The greatest c with P(U <= c) <= tail, without ties; -1: there is none. */
static int
critical(size_t na, size_t nb, double tail, int64_t *ret)
{
	size_t n = na + nb, width = n * (n + 1) + 1, least = nb * (nb + 1);
	struct ranked *all = calloc(n, sizeof(*all));
	double *ways = NULL, below = 0, total = 0;

	for (size_t i = 0; all != NULL && i < n; i++)
		all[i].doubled = 2 * (i + 1);
	if (all != NULL)
		ways = count_sums(all, n, nb, width);
	free(all);
	if (ways == NULL)
		return -ENOMEM;
	for (size_t s = 0; s < width; s++)
		total += ways[nb * width + s];
	*ret = -1;
	for (size_t u = 0; u <= na * nb; u++) {
		below += ways[nb * width + least + 2 * u];
		if (below > tail * total)
			break;
		*ret = (int64_t)u;
	}
	free(ways);
	return 0;
}

/* The same of the normal approximation; z where P(Z > z) = tail, by halving: it is wanted once. */
static int64_t
normal_critical(double na, double nb, double tail)
{
	double low = 0, high = 40;

	for (int i = 0; i < 100; i++) {
		double z = (low + high) / 2;

		if (0.5 * erfc(z / sqrt(2)) > tail)
			low = z;
		else
			high = z;
	}
	return (int64_t)floor(na * nb / 2 - 0.5 - high * sqrt(na * nb * (na + nb + 1) / 12));
}

/* All of them, in order; free() it. NULL: no memory. */
static double *
differences(const double *a, size_t na, const double *b, size_t nb)
{
	double *d = calloc(na * nb, sizeof(*d));

	if (d == NULL)
		return NULL;
	for (size_t i = 0; i < na; i++)
		for (size_t k = 0; k < nb; k++)
			d[i * nb + k] = difference(a[i], b[k]);
	stat_sort(d, na * nb);
	return d;
}

/* Between what is finite and what is not, it is not. */
static double
middle(const double *d, size_t n)
{
	double low = d[(n - 1) / 2], high = d[n / 2];

	return high > low ? (isinf(high) ? high : (low + high) / 2) : low;
}

int
rank_median_shift(const double *a, size_t na, const double *b, size_t nb, double *ret)
{
	int rc = check_values(a, na, b, nb);
	double *d = rc == 0 ? differences(a, na, b, nb) : NULL;

	if (d == NULL)
		return rc < 0 ? rc : -ENOMEM;
	*ret = middle(d, na * nb);
	free(d);
	return 0;
}

int
rank_shift(const double *a, size_t na, const double *b, size_t nb, double confidence,
	struct rank_shift *ret)
{
	size_t n = na * nb;
	int64_t c = -1;
	double *d, tail = (1 - confidence) / 2;
	int rc = check(a, na, b, nb);

	if (rc < 0)
		return rc;
	if (na + nb <= RANK_EXACT_MAX)
		rc = critical(na, nb, tail, &c);
	else
		c = normal_critical((double)na, (double)nb, tail);
	d = rc == 0 ? differences(a, na, b, nb) : NULL;
	if (d == NULL)
		return -ENOMEM;
	ret->shift = middle(d, n);
	/* U <= c is as rare as `tail`: the interval runs from the (c + 1)th difference to the (c + 1)th from the end. */
	ret->low = c < 0 ? -(double)INFINITY : d[c];
	ret->high = c < 0 ? (double)INFINITY : d[(int64_t)n - 1 - c];
	free(d);
	return 0;
}
