/* result_ask.c - questions that several sections of the report ask of a result. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reports/result.h"

size_t
result_valid_trials(const struct result *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_trials; i++)
		n += r->trial[i].valid;
	if (r->n_trials == 0 && r->trials > 0)
		n = (size_t)fmax(0, r->trials - (isnan(r->invalid_trials) ? 0 : r->invalid_trials));
	return n;
}

bool
result_is_elsewhere(const struct result *r)
{
	bool is_any = false;

	for (size_t i = 0; i < r->n_trials; i++)
		for (size_t j = 0; r->trial[i].valid && j < r->trial[i].n_streams; j++) {
			const struct stream *s = &r->trial[i].streams[j];

			if (isnan(s->first_good_ms))
				continue;
			if (s->before_site == NULL || s->first_good_site == NULL ||
				strcmp(s->before_site, s->first_good_site) == 0)
				return false;
			is_any = true;
		}
	return is_any;
}

const struct city *
result_city(const struct result *r, const char *city)
{
	for (size_t i = 0; city != NULL && i < r->n_cities; i++)
		if (r->cities[i].city != NULL && strcmp(r->cities[i].city, city) == 0)
			return &r->cities[i];
	return NULL;
}

const char *
result_city_title(const struct result *r, const char *city)
{
	const struct city *c = result_city(r, city);

	if (c != NULL && c->title != NULL)
		return c->title;
	for (size_t i = 0; city != NULL && i < r->n_catchment; i++)
		if (r->catchment[i].title != NULL && r->catchment[i].city != NULL &&
			strcmp(r->catchment[i].city, city) == 0)
			return r->catchment[i].title;
	return city == NULL ? "?" : city;
}

const struct metric *
result_metric(const struct result *r, const char *name)
{
	for (size_t i = 0; i < r->n_metrics; i++)
		if (strcmp(r->metrics[i].name, name) == 0)
			return &r->metrics[i];
	return NULL;
}

struct ranked {
	double by;
	const struct trial *trial;
};

static int
ranked_cmp(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->by != y->by)
		return x->by < y->by ? -1 : 1;
	return x->trial->number - y->trial->number;
}

const struct trial *
result_median_trial(const struct result *r)
{
	struct ranked *ranked = calloc(r->n_trials + 1, sizeof(*ranked));
	const struct trial *found = NULL;
	size_t n = 0;

	for (int by = 0; ranked != NULL && by < 2 && n == 0; by++)
		for (size_t i = 0; i < r->n_trials; i++) {
			const struct trial *t = &r->trial[i];
			double key =
				by == 0 ? family_worst(t->withdraw_ms) : t->full_convergence_ms;

			if (t->valid && t->timeline.bins > 0 && !isnan(key))
				ranked[n++] = (struct ranked){key, t};
		}
	if (n > 0) {
		qsort(ranked, n, sizeof(*ranked), ranked_cmp);
		found = ranked[(n - 1) / 2].trial;
	}
	free(ranked);
	for (int valid = 1; found == NULL && valid >= 0; valid--)
		for (size_t i = 0; found == NULL && i < r->n_trials; i++)
			if (r->trial[i].timeline.bins > 0 && r->trial[i].valid == (valid == 1))
				found = &r->trial[i];
	return found;
}

double
result_side_sum(const struct result *r, const char *side, const char *key)
{
	json_t *place, *cities = json_object_get(json_object_get(r->root, side), "cities");
	const char *city;
	double sum = 0;

	json_object_foreach(cities, city, place) sum +=
		json_number_value(json_object_get(place, key));
	return sum;
}
