/* loads.c - what the load generators of a run measured: the figures of each, as metrics and for the report. */
#include "bench/analyze/loads.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/command.h"

enum { PLACES = 3, METRIC_BYTES = 128 };

/*
 * The figures that a load may have, and where its file has them: "a.b" is b of the object a, the first place that is
 * there wins. A new kind of load adds its own here.
 */
static const struct {
	const char *name, *unit;
	double scale; /* of what stands there */
	const char *places[PLACES];
} figures[] = {
	{"sent", "queries", 1, {"sent"}},
	{"answered", "queries", 1, {"answered"}},
	{"sent_qps", "q/s", 1, {"sent_qps", "rate_qps"}},
	{"answered_qps", "q/s", 1, {"answered_qps"}},
	{"loss_ratio", "of the queries", 1, {"loss_ratio"}},
	{"late_queries", "queries", 1, {"generator_late", "late_queries"}},
	{"p50_ms", "ms", 1e-3, {"latency_us.p50"}},
	{"p99_ms", "ms", 1e-3, {"latency_us.p99"}},
	{"p999_ms", "ms", 1e-3, {"latency_us.p999"}},
	{"max_ms", "ms", 1e-3, {"latency_us.max"}},
	{"bps", "bit/s", 1, {"received_bps", "bps"}},
	{"rate_ratio", "of the rate set", 1, {"rate_ratio"}},
	{"retransmits", "segments", 1, {"retransmits"}},
	{"taken_ms", "ms", 1, {"taken_ms"}},
	{"told_on_ms", "ms", 1, {"watch.last_ms"}},
	{"routes_told_on", "routes", 1, {"watch.seen"}},
	{"changes", "UPDATEs", 1, {"changes.steps"}},
};

enum { FIGURES = sizeof(figures) / sizeof(figures[0]) };

static const json_t *
at_place(const json_t *file, const char *place)
{
	const char *dot = strchr(place, '.');
	char outer[32];

	if (dot == NULL)
		return json_object_get(file, place);
	snprintf(outer, sizeof(outer), "%.*s", (int)(dot - place), place);
	return json_object_get(json_object_get(file, outer), dot + 1);
}

/* Not answered, of those sent: for a file that has the two but not their ratio. */
static double
derived(const json_t *file, const char *name)
{
	double sent = json_number_value(json_object_get(file, "sent"));
	const json_t *answered = json_object_get(file, "answered");

	if (strcmp(name, "loss_ratio") != 0 || !(sent > 0) || !json_is_number(answered))
		return NAN;
	return 1 - json_number_value(answered) / sent;
}

/* NAN: the load has no such figure. */
static double
figure_of(const json_t *file, size_t k)
{
	for (int p = 0; p < PLACES && figures[k].places[p] != NULL; p++) {
		const json_t *v = at_place(file, figures[k].places[p]);

		if (json_is_number(v))
			return json_number_value(v) * figures[k].scale;
	}
	return derived(file, figures[k].name);
}

/* Figure of "load_NAME_FIGURE", FIGURES: none. The longest that fits, for one may end as another does. */
static size_t
figure_named(const char *metric, size_t *ret_name_len)
{
	size_t len = strlen(metric), best = FIGURES, best_len = 0;

	if (strncmp(metric, "load_", 5) != 0)
		return FIGURES;
	for (size_t k = 0; k < FIGURES; k++) {
		size_t own = strlen(figures[k].name);

		if (len < 5 + 1 + 1 + own || own <= best_len || metric[len - own - 1] != '_' ||
			strcmp(metric + len - own, figures[k].name) != 0)
			continue;
		best = k;
		best_len = own;
	}
	if (best < FIGURES && ret_name_len != NULL)
		*ret_name_len = len - best_len - 1 - 5;
	return best;
}

bool
loads_is_metric(const char *metric, size_t *ret_name_len)
{
	return figure_named(metric, ret_name_len) < FIGURES;
}

static json_t *
planned(const struct run *r)
{
	return json_object_get(r->json, "loads");
}

static const char *
name_of(const json_t *load)
{
	const char *name = json_string_value(json_object_get(load, "name"));

	return name != NULL && strchr(name, '/') == NULL && name[0] != '.' ? name : "";
}

/* What is known of a load of this trial: "file", its own words, and "end", the diary's. */
static json_t *
slot(struct trial *t, const char *name)
{
	json_t *one;

	if (t->loads == NULL)
		t->loads = json_object();
	one = json_object_get(t->loads, name);
	if (one == NULL) {
		one = json_object();
		json_object_set_new(t->loads, name, one);
	}
	return one;
}

void
loads_take_event(struct trial *t, const json_t *event)
{
	const char *name = json_string_value(json_object_get(event, "name"));

	if (name != NULL)
		json_object_set_new(slot(t, name), "end", json_deep_copy(event));
}

/* Only what is short is kept: a timeline of a load stays in its file. */
static json_t *
without_lists(const json_t *file)
{
	json_t *o = json_object(), *value;
	const char *key;

	json_object_foreach((json_t *)(uintptr_t)file, key, value)
	{
		if (json_is_object(value) && json_object_size(value) <= 64)
			json_object_set_new(o, key, without_lists(value));
		else if (!json_is_array(value) && !json_is_object(value))
			json_object_set(o, key, value);
	}
	return o;
}

static void
read_one(struct run *r, struct trial *t, const char *name)
{
	json_t *one = slot(t, name), *file = NULL;
	const json_t *code = json_object_get(json_object_get(one, "end"), "exit");
	char file_name[96], path[PATH_MAX];
	struct err e;

	snprintf(file_name, sizeof(file_name), "load-%.64s.json", name);
	trial_path(r, t, file_name, path, sizeof(path));
	if (json_integer_value(code) == EXIT_INCONCLUSIVE)
		trial_invalid(t, "load %s: the generator itself was late: %s", name,
			json_string_value(json_object_get(json_object_get(one, "end"), "said"))
				?: "");
	if (json_file(path, &file, &e) < 0 || !json_is_object(file)) {
		/* One that was cut off has told its reason, or the trial was. */
		if (t->valid && json_is_integer(code) && json_integer_value(code) == EXIT_GOOD)
			trial_invalid(t, "load %s: %s", name,
				file == NULL ? e.text : "its file holds no object");
		json_decref(file);
		return;
	}
	json_object_set_new(one, "file", without_lists(file));
	json_decref(file);
}

int
loads_read(struct run *r, struct trial *t)
{
	json_t *load;
	size_t i;

	json_array_foreach(planned(r), i, load) if (name_of(load)[0] != '\0')
		read_one(r, t, name_of(load));
	return 0;
}

static const json_t *
file_of(const struct trial *t, const char *name)
{
	return json_object_get(json_object_get(t->loads, name), "file");
}

int
loads_collect(const struct run *r, const char *metric, metric_family family, struct metric *ret)
{
	struct metric m = {.over = "trials"};
	size_t len, k = figure_named(metric, &len);
	char name[METRIC_BYTES];

	if (k == FIGURES)
		return -ENOENT;
	snprintf(name, sizeof(name), "%.*s", (int)len, metric + 5);
	m.unit = figures[k].unit;
	m.samples = samples_new();
	if (m.samples == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < r->trials && family == FAMILIES; i++) {
		const struct trial *t = &r->trial[i];
		double value = t->valid ? figure_of(file_of(t, name), k) : (double)NAN;

		if (!isnan(value) && samples_add(m.samples, value, t->number) < 0) {
			metric_done(&m);
			return -ENOMEM;
		}
	}
	*ret = m;
	return 0;
}

int
loads_each_metric(const struct run *r, int (*add)(void *data, const char *metric), void *data)
{
	json_t *load;
	size_t i;

	json_array_foreach(planned(r), i, load)
	{
		for (size_t k = 0; k < FIGURES; k++) {
			char metric[METRIC_BYTES];
			int rc;

			snprintf(metric, sizeof(metric), "load_%.64s_%s", name_of(load),
				figures[k].name);
			rc = add(data, metric);
			if (rc < 0)
				return rc;
		}
	}
	return 0;
}

static json_t *
trial_json(const struct trial *t, const char *name)
{
	const json_t *one = json_object_get(t->loads, name), *end = json_object_get(one, "end");
	json_t *o = json_object(), *list = json_object();

	json_object_set_new(o, "trial", json_integer(t->number));
	json_object_set_new(o, "valid", json_boolean(t->valid));
	json_object_set_new(o, "exit", json_incref(json_object_get(end, "exit")) ?: json_null());
	json_object_set_new(o, "asked", json_incref(json_object_get(end, "asked")) ?: json_null());
	for (size_t k = 0; k < FIGURES; k++) {
		double value = figure_of(json_object_get(one, "file"), k);

		if (isfinite(value))
			json_object_set_new(list, figures[k].name, json_real(value));
	}
	json_object_set_new(o, "figures", list);
	json_object_set_new(o, "file", json_incref(json_object_get(one, "file")) ?: json_null());
	return o;
}

json_t *
loads_result_json(const struct run *r)
{
	json_t *list = json_array(), *load;
	size_t i;

	json_array_foreach(planned(r), i, load)
	{
		json_t *o = json_copy(load), *trials = json_array();

		for (size_t k = 0; k < r->trials; k++)
			json_array_append_new(trials, trial_json(&r->trial[k], name_of(load)));
		if (o == NULL || json_object_set_new(o, "per_trial", trials) < 0 ||
			json_array_append_new(list, o) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}
