/* change.c - where a series changes its level: a rank scan with a permutation test, and by how much. */
#include "lib/change.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/rank.h"
#include "lib/stat.h"

struct scan {
	const double *y;
	const struct change_least *least;
	struct rng *rng;
	double *ranks, *sorted; /* scratch, of the whole length */
	struct change *found;
	size_t n, max;
};

/* Middle ranks: ties share theirs. */
static void
rank(struct scan *s, size_t from, size_t len)
{
	memcpy(s->sorted, s->y + from, len * sizeof(*s->sorted));
	stat_sort(s->sorted, len);
	for (size_t i = 0; i < len; i++) {
		double y = s->y[from + i];
		size_t low = 0, high = len, below, above;

		while (low < high) { /* the first that is not below y */
			size_t mid = low + (high - low) / 2;

			if (s->sorted[mid] < y)
				low = mid + 1;
			else
				high = mid;
		}
		below = low;
		for (high = len; low < high;) { /* the first that is above */
			size_t mid = low + (high - low) / 2;

			if (s->sorted[mid] <= y)
				low = mid + 1;
			else
				high = mid;
		}
		above = low;
		s->ranks[i] = ((double)below + (double)above + 1) / 2;
	}
}

/* The largest standardized rank sum over all splits of the ranks as they stand. */
static double
strongest(const double *ranks, size_t len, size_t *ret_at)
{
	double sum = 0, best = -1, n = (double)len;

	for (size_t i = 1; i < len; i++) {
		double left = (double)i, z;

		sum += ranks[i - 1];
		if (i < CHANGE_SEGMENT || len - i < CHANGE_SEGMENT)
			continue;
		z = fabs(sum - left * (n + 1) / 2) / sqrt(left * (n - left) * (n + 1) / 12);
		if (z > best + 1e-9) {
			best = z;
			*ret_at = i;
		}
	}
	return best;
}

static double
p_value(struct scan *s, size_t len, double observed)
{
	size_t as_strong = 0, ignored;

	for (size_t k = 0; k < CHANGE_PERMUTATIONS; k++) {
		for (size_t i = len - 1; i > 0; i--) {
			size_t j = (size_t)rng_below(s->rng, i + 1);
			double was = s->ranks[i];

			s->ranks[i] = s->ranks[j];
			s->ranks[j] = was;
		}
		as_strong += strongest(s->ranks, len, &ignored) >= observed - 1e-9;
	}
	return ((double)as_strong + 1) / (CHANGE_PERMUTATIONS + 1);
}

static double
median_of(struct scan *s, size_t from, size_t len)
{
	memcpy(s->sorted, s->y + from, len * sizeof(*s->sorted));
	stat_sort(s->sorted, len);
	return isinf(s->sorted[len / 2]) ? (double)INFINITY : stat_quantile(s->sorted, len, 0.5);
}

/* Between the samples [from, at) and [at, to). */
static int
measure(struct scan *s, size_t from, size_t at, size_t to, struct change *c)
{
	int rc = rank_median_shift(s->y + from, at - from, s->y + at, to - at, &c->shift);

	c->at = at;
	c->before = median_of(s, from, at - from);
	c->after = median_of(s, at, to - at);
	return rc;
}

static bool
matters(const struct scan *s, const struct change *c)
{
	double ratio = isinf(c->before) ? 0 : s->least->ratio * fabs(c->before);

	return fabs(c->shift) >= fmax(s->least->absolute, ratio) && fabs(c->shift) > 0;
}

static int
split(struct scan *s, size_t from, size_t to)
{
	size_t at = 0;
	struct change c = {0};
	double z;
	int rc;

	if (to - from < 2 * (size_t)CHANGE_SEGMENT)
		return 0;
	rank(s, from, to - from);
	z = strongest(s->ranks, to - from, &at);
	if (z < 0)
		return 0;
	c.p_value = p_value(s, to - from, z);
	if (c.p_value > CHANGE_ALPHA)
		return 0;
	rc = measure(s, from, from + at, to, &c);
	if (rc < 0 || !matters(s, &c))
		return rc;
	rc = split(s, from, from + at);
	if (rc < 0)
		return rc;
	if (s->n == s->max)
		return -EOVERFLOW;
	s->found[s->n++] = c;
	return split(s, from + at, to);
}

int
change_points(const double *y, size_t n, const struct change_least *least, struct rng *rng,
	struct change *ret, size_t max, size_t *ret_n)
{
	struct scan s = {.y = y, .least = least, .rng = rng, .found = ret, .max = max};
	int rc;

	*ret_n = 0;
	if (n > CHANGE_MAX)
		return -ERANGE;
	s.ranks = calloc(n + 1, sizeof(*s.ranks));
	s.sorted = calloc(n + 1, sizeof(*s.sorted));
	rc = s.ranks == NULL || s.sorted == NULL ? -ENOMEM : split(&s, 0, n);
	/* Between neighbours: what else changed in the series is not in it. */
	for (size_t i = 0; (rc == 0 || rc == -EOVERFLOW) && i < s.n; i++) {
		int one = measure(&s, i == 0 ? 0 : ret[i - 1].at, ret[i].at,
			i + 1 < s.n ? ret[i + 1].at : n, &ret[i]);

		rc = one < 0 ? one : rc;
	}
	*ret_n = s.n;
	free(s.ranks);
	free(s.sorted);
	return rc;
}
