/*
 * trend_file.c - a run's figures as a flat list, for tools that draw trends.
 *
 * The shape is what github-action-benchmark reads as "customSmallerIsBetter", so what is better the larger it is stays out.
 */
#include "reports/trend_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Rates and what was taken in: the more the better. */
static bool
is_better_larger(const struct metric *m)
{
	static const char *const ends[] = {"_qps", "_bps", "_rate_ratio", "_routes_told_on",
		"_changes", "_sent", "_answered", "_good_rounds"};
	size_t len = strlen(m->name);

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (len > strlen(ends[i]) && strcmp(m->name + len - strlen(ends[i]), ends[i]) == 0)
			return true;
	return false;
}

static void
add(json_t *list, const struct result *r, const struct metric *m, const char *statistic,
	double value, const char *unit)
{
	char name[200], range[80], extra[160];
	const struct stats *s = &m->stats;
	json_t *o;

	if (!isfinite(value))
		return;
	snprintf(name, sizeof(name), "%.48s on %.48s: %.80s %s", r->scenario,
		r->variant == NULL ? "default" : r->variant, m->name, statistic);
	o = json_pack("{s:s, s:s, s:f}", "name", name, "unit", unit, "value", value);
	if (strcmp(statistic, "p50") == 0 && isfinite(s->ci_low) && isfinite(s->ci_high)) {
		snprintf(range, sizeof(range), "%.6g..%.6g", s->ci_low, s->ci_high);
		json_object_set_new(o, "range", json_string(range));
	}
	snprintf(extra, sizeof(extra), "n = %.0f%s%.60s, %zu valid trials", isnan(s->n) ? 0 : s->n,
		m->over == NULL ? "" : " ", m->over == NULL ? "" : m->over, result_valid_trials(r));
	json_object_set_new(o, "extra", json_string(extra));
	json_array_append_new(list, o);
}

int
trend_file_write(struct buf *b, const struct result *r, struct err *e)
{
	json_t *list = json_array();
	char *text;

	for (size_t i = 0; i < r->n_metrics; i++) {
		const struct metric *m = &r->metrics[i];

		if (m->family != NULL || is_better_larger(m))
			continue;
		add(list, r, m, "p50", m->stats.p50, m->unit == NULL ? "" : m->unit);
		add(list, r, m, "max", m->stats.max, m->unit == NULL ? "" : m->unit);
		if (m->missing > 0)
			add(list, r, m, "never", m->missing, "samples");
	}
	text = json_dumps(list, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
	json_decref(list);
	if (text == NULL)
		abort();
	buf_add(b, text);
	buf_add(b, "\n");
	free(text);
	return buf_check(b, e);
}
