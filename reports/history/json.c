/* json.c - the history as catchment.history/1. */
#include <math.h>

#include "reports/history/tell.h"

enum { DIFFERS = HISTORY_DIFFERS };

static json_t *
number(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

static json_t *
differs_json(const struct differ *d, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n && i < DIFFERS; i++) {
		json_t *one = json_pack("{s:s, s:s?, s:s?}", "what", d[i].what, "before",
			d[i].before, "after", d[i].after);

		if (d[i].throughout)
			json_object_set_new(one, "throughout", json_true());
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *
metrics_json(const struct history_run *r)
{
	json_t *all = json_object();

	for (size_t i = 0; i < r->n_metrics; i++) {
		const struct history_metric *m = &r->metrics[i];

		json_object_set_new(all, m->name,
			json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "unit", m->unit, "n",
				number(m->n), "missing", number(m->missing), "min", number(m->min),
				"p50", number(m->p50), "max", number(m->max)));
	}
	return all;
}

static json_t *
run_json(const struct history_run *r)
{
	json_t *facts = json_object();

	for (size_t i = 0; i < r->n_facts; i++)
		json_object_set_new(facts, r->facts[i].what, json_string(r->facts[i].value));
	return json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:s, s:s, s:s?, s:b, s:b, s:o, s:o}",
		"dir", r->dir, "id", r->id, "scenario", r->scenario, "title", r->title, "variant",
		r->variant, "began_ns", (json_int_t)r->began_ns, "trials", (json_int_t)r->trials,
		"valid_trials", (json_int_t)r->valid, "verdict", history_run_word(r), "found",
		r->found, "gate", r->gate, "swept", r->swept, "counts", series_counts(r), "facts",
		facts, "metrics", metrics_json(r));
}

static json_t *
series_json(const struct series *s)
{
	json_t *points = json_array(), *changes = json_array(), *trend = json_null();
	struct differ differ[DIFFERS];

	for (size_t i = 0; i < s->n; i++)
		json_array_append_new(points,
			json_pack("{s:s, s:o}", "dir", s->runs[i]->dir, "p50", number(s->y[i])));
	for (size_t i = 0; i < s->n_changes; i++) {
		const struct change *c = &s->changes[i];
		size_t n = series_differs(s, i, differ, DIFFERS);

		json_array_append_new(changes,
			json_pack("{s:s, s:s, s:o, s:o, s:o, s:f, s:o}", "last_before",
				s->runs[c->at - 1]->dir, "first_after", s->runs[c->at]->dir,
				"before_p50", number(c->before), "after_p50", number(c->after),
				"shift", number(c->shift), "p_value", c->p_value, "differs",
				differs_json(differ, n)));
	}
	if (s->has_trend)
		trend = json_pack("{s:f, s:f, s:f}", "slope_per_run", s->trend.slope, "low",
			s->trend.low, "high", s->trend.high);
	return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:o}", "scenario", s->scenario, "variant",
		s->variant, "metric", s->metric, "unit", s->unit, "points", points, "changes",
		changes, "trend", trend);
}

json_t *
history_json(const struct history *h, const struct series_filter *f, const struct series_list *l)
{
	json_t *runs = json_array(), *series = json_array();

	for (size_t i = 0; i < h->n; i++)
		if (series_wants(f, &h->runs[i]))
			json_array_append_new(runs, run_json(&h->runs[i]));
	for (size_t i = 0; i < l->n; i++)
		json_array_append_new(series, series_json(&l->series[i]));
	return json_pack("{s:s, s:s, s:o, s:o}", "schema", "catchment.history/1", "folder", h->base,
		"runs", runs, "series", series);
}
