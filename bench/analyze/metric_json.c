/* metric_json.c - the statistics of a metric's samples, and what result.json says of them. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/analyze/loads.h"
#include "bench/analyze/metrics.h"
#include "bench/analyze/rfc_metrics.h"
#include "lib/num.h"
#include "lib/stat.h"

json_t *
json_number(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

/* A sorted copy of the values; NULL when there is none or no memory. */
static double *
sorted_of(const struct samples *s)
{
	double *v = s->n == 0 ? NULL : malloc(s->n * sizeof(v[0]));

	if (v == NULL)
		return NULL;
	memcpy(v, s->value, s->n * sizeof(v[0]));
	stat_sort(v, s->n);
	return v;
}

static double
ratio_of(const char *statistic)
{
	double percent;

	if (strcmp(statistic, "min") == 0)
		return 0;
	if (strcmp(statistic, "max") == 0)
		return 1;
	if (strcmp(statistic, "median") == 0)
		return 0.5;
	if (statistic[0] != 'p' || num_double(statistic + 1, 0, 100, &percent) < 0)
		return NAN;
	return percent / 100;
}

double
metric_statistic(const struct samples *s, const char *statistic)
{
	double ratio = ratio_of(statistic), value, *v;

	if (strcmp(statistic, "mean") == 0)
		return stat_mean(s->value, s->n);
	v = isnan(ratio) ? NULL : sorted_of(s);
	if (v == NULL)
		return NAN;
	value = stat_quantile(v, s->n, ratio);
	/* Between two infinite samples interpolation gives NAN. */
	if (isnan(value))
		value = INFINITY;
	free(v);
	return value;
}

json_t *
metric_summary(const struct samples *s)
{
	double *v = sorted_of(s);
	size_t n = v == NULL ? 0 : s->n;
	json_t *o = json_object();

	while (n > 0 && !isfinite(v[n - 1]))
		n--;
	json_object_set_new(o, "n", json_integer((json_int_t)n));
	json_object_set_new(o, "min", json_number(stat_quantile(v, n, 0)));
	json_object_set_new(o, "p50", json_number(stat_quantile(v, n, 0.5)));
	json_object_set_new(o, "p99", json_number(stat_quantile(v, n, 0.99)));
	json_object_set_new(o, "max", json_number(stat_quantile(v, n, 1)));
	free(v);
	return o;
}

static json_t *
metric_json(const struct run *r, const char *name, const struct metric *m, metric_family f)
{
	double *v = sorted_of(m->samples), low = NAN, high = NAN;
	size_t n = m->samples->n;
	json_t *o = json_object();
	struct rng rng;

	rng_init(&rng, r->seed);
	if (v != NULL && isfinite(v[n - 1]) && stat_median_interval(v, n, &rng, &low, &high) < 0)
		low = high = NAN;
	json_object_set_new(o, "unit", json_string(m->unit));
	json_object_set_new(o, "family", f == FAMILIES ? json_null() : json_string(family_name[f]));
	json_object_set_new(o, "over", json_string(m->over));
	json_object_set_new(o, "n", json_integer((json_int_t)n));
	json_object_set_new(o, "missing", json_integer((json_int_t)m->missing));
	json_object_set_new(o, "min", json_number(stat_quantile(v, n, 0)));
	json_object_set_new(o, "p1", json_number(stat_quantile(v, n, 0.01)));
	json_object_set_new(o, "p50", json_number(stat_quantile(v, n, 0.5)));
	json_object_set_new(o, "p99", json_number(stat_quantile(v, n, 0.99)));
	json_object_set_new(o, "max", json_number(stat_quantile(v, n, 1)));
	json_object_set_new(o, "ci_low", json_number(low));
	json_object_set_new(o, "ci_high", json_number(high));
	json_object_set_new(o, "accuracy_ms", json_number(rfc_metric_accuracy_ms(r, name)));
	if (rfc_metric_name(name) != NULL)
		json_object_set_new(o, "rfc", json_string(rfc_metric_name(name)));
	free(v);
	return o;
}

/* withdraw_ms and V4 make withdraw_v4_ms; a name without a unit of time gets it at its end. */
static void
name_with_family(const char *name, metric_family f, char *out, size_t out_bytes)
{
	size_t len = strlen(name);

	if (f == FAMILIES)
		snprintf(out, out_bytes, "%s", name);
	else if (len > 3 && strcmp(name + len - 3, "_ms") == 0)
		snprintf(out, out_bytes, "%.*s_%s_ms", (int)len - 3, name, family_name[f]);
	else
		snprintf(out, out_bytes, "%s_%s", name, family_name[f]);
}

struct adding {
	const struct run *r;
	json_t *to;
};

/* A metric of both families together, if there is a sample. Returns 0 or -ENOMEM. */
static int
add_metric(void *data, const char *name)
{
	struct adding *a = data;
	struct metric m;

	if (metric_collect(a->r, name, FAMILIES, &m) < 0)
		return -ENOMEM;
	if (m.samples->n > 0)
		json_object_set_new(a->to, name, metric_json(a->r, name, &m, FAMILIES));
	metric_done(&m);
	return 0;
}

json_t *
metrics_json(const struct run *r)
{
	json_t *o = json_object();
	struct adding adding = {r, o};
	const char *const *names;
	size_t n = metric_names(&names);

	for (size_t i = 0; i < n; i++)
		for (metric_family f = FAMILIES; f >= 0; f--) {
			struct metric m;
			char name[96];

			if (metric_collect(r, names[i], f, &m) < 0) {
				json_decref(o);
				return NULL;
			}
			name_with_family(names[i], f, name, sizeof(name));
			if (m.samples->n > 0)
				json_object_set_new(o, name, metric_json(r, names[i], &m, f));
			metric_done(&m);
		}
	if (loads_each_metric(r, add_metric, &adding) < 0) {
		json_decref(o);
		return NULL;
	}
	return o;
}

bool
metric_compare(double value, const char *comparison, double target)
{
	if (strcmp(comparison, "<=") == 0)
		return value <= target;
	if (strcmp(comparison, "<") == 0)
		return value < target;
	if (strcmp(comparison, ">=") == 0)
		return value >= target;
	if (strcmp(comparison, ">") == 0)
		return value > target;
	if (strcmp(comparison, "==") == 0)
		return !(value < target) && !(value > target);
	return false;
}
