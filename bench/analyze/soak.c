/* soak.c - rounds of withdraw and announce at one site: how fast the routers followed, each time, and whether all did. */
#include "bench/analyze/soak.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/stat.h"

unsigned int
soak_planned(const struct run *r)
{
	const json_t *times = json_object_get(json_object_get(r->json, "rounds"), "times");
	json_int_t n = r->fault_node == NULL ? 0 : json_integer_value(times);

	return n < 0 || n > TREND_MAX ? 0 : (unsigned int)n;
}

/* The median of what is there; NAN where nothing is. Sorts. */
static double
median(double *v, size_t n)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		if (!isnan(v[i]))
			v[k++] = v[i];
	stat_sort(v, k);
	return stat_quantile(v, k, 0.5);
}

static int
find_drift(const struct soak_family *s, enum soak_half half, struct soak_drift *ret)
{
	size_t n = s->rounds, fifth = n / 5;
	double *y = malloc((n + 1) * sizeof(*y)), all;
	int rc;

	if (y == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		y[i] = s->round[i].converged_ms[half];
	rc = trend_of(y, n, &ret->trend);
	if (rc == 0) {
		ret->known = true;
		ret->total_ms = ret->trend.slope * (double)(n - 1);
		ret->first_fifth_ms = median(y, fifth);
		ret->last_fifth_ms = median(y + n - fifth, fifth);
		all = median(y, n);
		ret->found = (ret->trend.low > 0 || ret->trend.high < 0) &&
			fabs(ret->total_ms) > SOAK_DRIFT_MS &&
			fabs(ret->total_ms) > SOAK_DRIFT_RATIO * all;
	}
	free(y);
	return rc == -ENOMEM ? rc : 0;
}

int
soak_measure(const struct run *r, struct trial *t, const struct bgplog *log)
{
	struct soak *s;
	int rc = 0;

	if (soak_planned(r) == 0 || !t->has_fault || log == NULL)
		return 0;
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return -ENOMEM;
	s->planned = soak_planned(r);
	for (int f = 0; f < FAMILIES && rc == 0; f++)
		rc = soak_find_rounds(r, t, log, (enum family)f, &s->of[f]);
	if (rc == 0)
		rc = soak_find_states(r, t, log, s);
	for (int f = 0; f < FAMILIES && rc == 0; f++)
		for (int h = 0; h < SOAK_HALVES && rc == 0; h++)
			rc = find_drift(&s->of[f], (enum soak_half)h, &s->of[f].drift[h]);
	if (rc < 0) {
		soak_free(s);
		return rc;
	}
	soak_find_losses(t, log, s);
	t->soak = s;
	return 0;
}

void
soak_free(struct soak *s)
{
	for (int f = 0; s != NULL && f < FAMILIES; f++)
		free(s->of[f].round);
	free(s);
}

unsigned int
soak_failures(const struct soak *s, enum family f)
{
	const struct soak_family *x = &s->of[f];
	unsigned int complete = (unsigned int)x->complete;

	return (complete < s->planned ? s->planned - complete : complete - s->planned) +
		x->stuck_rounds + x->sessions_lost + x->drift[SOAK_WITHDRAWN].found +
		x->drift[SOAK_ANNOUNCED].found;
}
