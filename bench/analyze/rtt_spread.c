/* rtt_spread.c - how round trips were distributed before, during and after the fault, over all cities and valid trials. */
#include "bench/analyze/rtt_spread.h"

#include <stdlib.h>

#include "bench/analyze/metrics.h"

struct weighed {
	double ms, weight;
};

static int
weighed_cmp(const void *a, const void *b)
{
	const struct weighed *x = a, *y = b;

	return (x->ms > y->ms) - (x->ms < y->ms);
}

/*
 * All answers of a phase, sorted; *ret_n of them. Phases last differently long for different cities, so each city
 * and family weighs 1, however many its answers. NULL when there is none or no memory.
 */
static struct weighed *
all_of(const struct run *r, int phase, size_t *ret_n)
{
	size_t n = 0, used = 0;
	struct weighed *v;

	for (int c = 0; c < r->cities; c++)
		for (int f = 0; f < FAMILIES; f++)
			n += r->city[c].rtt_ms[phase][f]->n;
	v = n == 0 ? NULL : malloc(n * sizeof(v[0]));
	for (int c = 0; c < r->cities && v != NULL; c++)
		for (int f = 0; f < FAMILIES; f++) {
			const struct samples *s = r->city[c].rtt_ms[phase][f];

			for (size_t i = 0; i < s->n; i++)
				v[used++] = (struct weighed){s->value[i], 1 / (double)s->n};
		}
	if (v != NULL)
		qsort(v, n, sizeof(v[0]), weighed_cmp);
	*ret_n = n;
	return v;
}

/* Appends the quantile; the ratios come in rising order, `at` and `sum` go along. */
static void
add(json_t *ratios, json_t *ms, const struct weighed *v, size_t n, double ratio, double all,
	size_t *at, double *sum)
{
	while (*at + 1 < n && *sum + v[*at].weight <= ratio * all)
		*sum += v[(*at)++].weight;
	json_array_append_new(ratios, json_real(ratio));
	json_array_append_new(ms, json_number(ratio >= 1 ? v[n - 1].ms : v[*at].ms));
}

static json_t *
phase_json(const struct run *r, int phase)
{
	static const double tail[] = {0.995, 0.998, 0.999, 0.9995, 0.9999};
	double all = 0, sum = 0;
	size_t n, at = 0;
	struct weighed *v = all_of(r, phase, &n);
	json_t *o, *ratios, *ms;

	if (v == NULL)
		return n == 0 ? json_null() : NULL;
	for (size_t i = 0; i < n; i++)
		all += v[i].weight;
	o = json_object();
	ratios = json_array();
	ms = json_array();
	for (int i = 0; i < 100; i++)
		add(ratios, ms, v, n, i / 100.0, all, &at, &sum);
	for (size_t i = 0; i < sizeof(tail) / sizeof(tail[0]); i++)
		if ((double)n * (1 - tail[i]) >= 10) /* some ten answers beyond, or it is chance */
			add(ratios, ms, v, n, tail[i], all, &at, &sum);
	add(ratios, ms, v, n, 1, all, &at, &sum);
	free(v);
	json_object_set_new(o, "n", json_integer((json_int_t)n));
	json_object_set_new(o, "share_ratio", ratios);
	json_object_set_new(o, "rtt_ms", ms);
	return o;
}

json_t *
rtt_spread_json(const struct run *r)
{
	static const char *const names[PHASES] = {"before", "during", "after"};
	json_t *o = json_object();
	bool whole = true;

	for (int p = 0; p < PHASES && whole; p++)
		whole = json_object_set_new(o, names[p], phase_json(r, p)) == 0;
	if (whole)
		return o;
	json_decref(o);
	return NULL;
}
