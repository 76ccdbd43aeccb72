/* expect.c - the scenario's own expectations: who served a city when, and what a metric may be. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/analyze/catchment.h"
#include "bench/analyze/metrics.h"
#include "bench/analyze/verdicts.h"
#include "lib/answers.h"

/* Of the decided queries in the interval this share must be answered by the site, unless told. */
#define MIN_RATIO 0.99

static const char *
text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s == NULL ? "" : s;
}

static bool
is_served_by(const json_t *item)
{
	return strcmp(text_of(item, "kind"), "served_by") == 0;
}

static void
tally_trial(struct run *r, const struct trial *t, const json_t *item, struct tally *tally)
{
	int city = run_city(r, text_of(item, "city")), site = run_site(r, text_of(item, "site"));
	int64_t from_ns = ns_of_ms(json_number_value(json_object_get(item, "from_ms")));
	int64_t to_ns = ns_of_ms(json_number_value(json_object_get(item, "to_ms")));
	uint64_t decided = 0, by_site = 0;
	double ratio;

	for (size_t i = 0; i < t->queries; i++) {
		const struct query *q = &t->query[i];
		bool good = q->status == ANSWERS_GOOD && q->site >= 0;
		int64_t at_ns = q->sent_ns - t->fault_ns;

		if (t->stream[q->stream].city != city || at_ns < from_ns || at_ns >= to_ns ||
			q->status == ANSWERS_PENDING)
			continue;
		tally->share[good ? q->site : MAX_SITES]++;
		by_site += good && q->site == site;
		decided++;
	}
	tally->decided += decided;
	ratio = decided == 0 ? 0 : (double)by_site / (double)decided;
	if (tally->worst_trial == 0 || ratio > tally->best_ratio)
		tally->best_ratio = ratio;
	if (tally->worst_trial == 0 || ratio < tally->worst_ratio) {
		tally->worst_ratio = ratio;
		tally->worst_trial = t->number;
	}
}

void
expect_add(struct run *r, const struct trial *t)
{
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(r->json, "expect"), i,
		item) if (is_served_by(item) && t->has_fault) tally_trial(r, t, item, &r->tally[i]);
}

static void
judge_served_by(const struct run *r, const json_t *item, const struct tally *tally, json_t *o)
{
	const json_t *min = json_object_get(item, "min_ratio");
	double min_ratio = json_is_number(min) ? json_number_value(min) : MIN_RATIO;
	int site = run_site(r, text_of(item, "site"));
	bool others = false;
	char text[512];
	int n = 0;

	if (tally->decided == 0) {
		json_object_set_new(o, "held", json_false());
		json_object_set_new(
			o, "measured", json_string("no query of that city and interval"));
		return;
	}
	for (int i = 0; i <= MAX_SITES && n < (int)sizeof(text) - 80; i++) {
		if (tally->share[i] == 0)
			continue;
		others = others || (i != site && i != MAX_SITES);
		n += snprintf(text + n, sizeof(text) - (size_t)n, "%s%s %.2f %%",
			n == 0 ? "" : ", ", i == MAX_SITES ? "none" : r->site[i].name,
			100 * (double)tally->share[i] / (double)tally->decided);
	}
	if (tally->worst_ratio < tally->best_ratio)
		snprintf(text + n, sizeof(text) - (size_t)n, " (trial %d the least: %.2f %%)",
			tally->worst_trial, 100 * tally->worst_ratio);
	json_object_set_new(o, "held",
		json_boolean(site >= 0 && tally->worst_ratio >= min_ratio &&
			(!others || json_is_number(min))));
	json_object_set_new(o, "measured", json_string(text));
	json_object_set_new(o, "share", share_json(r, tally->share));
}

static int
judge_metric(const struct run *r, const json_t *item, json_t *o)
{
	const char *name = text_of(item, "metric"), *statistic = text_of(item, "statistic");
	double limit = json_number_value(json_object_get(item, "value")), value;
	struct metric m;
	char text[256];
	int rc = metric_collect(r, name, FAMILIES, &m);

	if (rc == -ENOENT) {
		snprintf(text, sizeof(text), "no metric is called '%s'", name);
		json_object_set_new(o, "held", json_false());
		json_object_set_new(o, "measured", json_string(text));
		return 0;
	}
	if (rc < 0)
		return rc;
	value = metric_statistic(m.samples, statistic);
	if (isnan(value))
		snprintf(text, sizeof(text), "no sample, or no statistic '%s'", statistic);
	else if (isinf(value))
		snprintf(text, sizeof(text), "never, in %zu of %zu samples", m.missing,
			m.samples->n);
	else
		snprintf(text, sizeof(text), "%.6g %s (n = %zu%s)", value, m.unit, m.samples->n,
			m.missing > 0 ? ", some never" : "");
	json_object_set_new(o, "held",
		json_boolean(isfinite(value) &&
			metric_compare(value, text_of(item, "comparison"), limit)));
	json_object_set_new(o, "measured", json_string(text));
	json_object_set_new(o, "value", json_number(value));
	metric_done(&m);
	return 0;
}

json_t *
expect_json(const struct run *r)
{
	json_t *list = json_array(), *item;
	size_t i, valid = 0;
	int rc = 0;

	for (i = 0; i < r->trials; i++)
		valid += r->trial[i].valid;
	json_array_foreach(json_object_get(r->json, "expect"), i, item)
	{
		json_t *o = json_object();

		json_object_set_new(o, "text", json_string(text_of(item, "text")));
		json_object_set(o, "line", json_object_get(item, "line"));
		json_array_append_new(list, o);
		if (valid == 0) {
			json_object_set_new(o, "held", json_null());
			json_object_set_new(o, "measured", json_string("no trial was valid"));
		} else if (is_served_by(item)) {
			judge_served_by(r, item, &r->tally[i], o);
		} else if (strcmp(text_of(item, "kind"), "metric") == 0) {
			rc = judge_metric(r, item, o);
		} else {
			json_object_set_new(o, "held", json_false());
			json_object_set_new(
				o, "measured", json_string("an expectation of unknown kind"));
		}
		if (rc < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}
