/* change.c - where a series changes its level: a scan of all splits with a permutation test, and by how much. */
#include "lib/change.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/rank.h"
#include "lib/stat.h"

#define CLIP 4.0

struct scan {
	const double *y;
	const struct change_least *least;
	struct rng *rng;
	double *scores, *sorted; /* scratch, of the whole length */
	struct change *found;
	size_t n, max;
};

/*
 * How far each sample is from the median, in median absolute deviations, cut off at CLIP: what is rare and far weighs no more
 * than what is sure. With most samples equal, the others are as far as can be.
 */
static void
score(struct scan *s, size_t from, size_t len)
{
	const double *y = s->y + from;
	double median, deviation;

	memcpy(s->sorted, y, len * sizeof(*s->sorted));
	stat_sort(s->sorted, len);
	median = s->sorted[len / 2];
	for (size_t i = 0; i < len; i++)
		s->sorted[i] = y[i] == median ? 0 : fabs(y[i] - median);
	stat_sort(s->sorted, len);
	deviation = s->sorted[len / 2];
	for (size_t i = 0; i < len; i++) {
		double far = y[i] == median ? 0 : y[i] - median;

		if (far != 0) /* where half are INFINITY the deviation may be, too */
			far = isinf(deviation) ? copysign(CLIP, far)
					       : fmax(-CLIP, fmin(CLIP, far / deviation));
		s->scores[i] = far;
	}
}

/* The largest difference of the means on both sides, standardized, over all splits of the scores as they stand. */
static double
strongest(const double *scores, size_t len, size_t *ret_at)
{
	double all = 0, sum = 0, best = -1, n = (double)len;

	for (size_t i = 0; i < len; i++)
		all += scores[i];
	for (size_t i = 1; i < len; i++) {
		double left = (double)i, z;

		sum += scores[i - 1];
		if (i < CHANGE_SEGMENT || len - i < CHANGE_SEGMENT)
			continue;
		z = fabs(sum - all * left / n) / sqrt(left * (n - left) / n);
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
			double was = s->scores[i];

			s->scores[i] = s->scores[j];
			s->scores[j] = was;
		}
		as_strong += strongest(s->scores, len, &ignored) >= observed - 1e-9;
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
	score(s, from, to - from);
	z = strongest(s->scores, to - from, &at);
	if (z < 0)
		return 0;
	c.p_value = p_value(s, to - from, z);
	if (c.p_value > CHANGE_ALPHA)
		return 0;
	rc = measure(s, from, from + at, to, &c);
	if (rc == 0)
		rc = split(s, from, from + at);
	if (rc < 0)
		return rc;
	if (matters(s,
		    &c)) { /* one too small to tell still parts what is left of it from what is right */
		if (s->n == s->max)
			return -EOVERFLOW;
		s->found[s->n++] = c;
	}
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
	s.scores = calloc(n + 1, sizeof(*s.scores));
	s.sorted = calloc(n + 1, sizeof(*s.sorted));
	rc = s.scores == NULL || s.sorted == NULL ? -ENOMEM : split(&s, 0, n);
	/* Between neighbours: what else changed in the series is not in it. */
	for (size_t i = 0; (rc == 0 || rc == -EOVERFLOW) && i < s.n; i++) {
		int one = measure(&s, i == 0 ? 0 : ret[i - 1].at, ret[i].at,
			i + 1 < s.n ? ret[i + 1].at : n, &ret[i]);

		rc = one < 0 ? one : rc;
	}
	*ret_n = s.n;
	free(s.scores);
	free(s.sorted);
	return rc;
}
