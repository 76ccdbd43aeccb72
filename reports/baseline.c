/* baseline.c - baselines read, joined and written. */
#include "reports/baseline.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/jread.h"
#include "lib/rank.h"
#include "lib/utf8.h"
#include "reports/baseline_run.h"

enum { FILE_BYTES = 16 << 20 };

/* No trial is as long, and no counter: eleven days, a thousand million queries. */
#define VALUE_MAX 1e9

static void
base_name(const char *path, char *ret, size_t ret_bytes)
{
	size_t len = strlen(path);
	const char *at;

	while (len > 1 && path[len - 1] == '/')
		len--;
	at = path + len;
	while (at > path && at[-1] != '/')
		at--;
	snprintf(ret, ret_bytes, "%.*s", (int)(path + len - at), at);
}

static int
read_values(struct jread *r, const char *name, const json_t *metric, struct baseline_values *ret)
{
	json_t *list, *one;
	char where[96];
	size_t i;

	snprintf(where, sizeof(where), "metrics.%s", name);
	list = jread_array(r, metric, where, "values");
	if (json_array_size(list) > RANK_MAX / 2) {
		jread_complain(r, where, "more than %d values", RANK_MAX / 2);
		return 0;
	}
	ret->value = calloc(json_array_size(list) + 1, sizeof(ret->value[0]));
	if (ret->value == NULL)
		return -ENOMEM;
	json_array_foreach(list, i, one)
	{
		if (!json_is_number(one) && !json_is_null(one)) {
			jread_complain(r, where, "values[%zu] is neither a number nor null", i);
			return 0;
		}
		if (json_is_number(one) &&
			!(json_number_value(one) >= 0 && json_number_value(one) <= VALUE_MAX)) {
			jread_complain(r, where, "values[%zu]: %g is not between 0 and %g", i,
				json_number_value(one), VALUE_MAX);
			return 0;
		}
		ret->value[i] = json_is_null(one) ? (double)INFINITY : json_number_value(one);
	}
	ret->n = json_array_size(list);
	return 0;
}

static void
take_noted(struct jread *r, const json_t *noted)
{
	char text[400];
	json_t *one;
	size_t i;

	json_array_foreach(noted, i, one)
	{
		if (!json_is_string(one)) {
			jread_complain(r, "noted", "[%zu] is no text", i);
			return;
		}
		snprintf(text, sizeof(text), "%s", json_string_value(one));
		utf8_tidy(text);
		json_string_set(one, text);
	}
}

static int
take(struct jread *r, struct baseline *b)
{
	const json_t *conditions = json_object_get(b->json, "conditions");
	const json_t *metrics = json_object_get(b->json, "metrics"), *metric;
	const char *phase = jread_str(r, b->json, "", "phase", NULL);
	size_t most = 0;
	int rc = 0;

	b->scenario = jread_str(r, b->json, "", "scenario", NULL);
	b->variant = jread_str(r, b->json, "", "variant", NULL);
	b->trials = (size_t)jread_int(r, b->json, "", "trials", 0, 1000000, JREAD_NEEDED);
	b->invalid_trials = (size_t)jread_int(r, b->json, "", "invalid_trials", 0, 1000000, 0);
	b->labs = (size_t)jread_int(r, b->json, "", "labs", 1, 1000000, 1);
	b->interrupted = json_is_true(json_object_get(b->json, "interrupted"));
	b->off_limits = jread_str(r, b->json, "", "off_limits", "");
	take_noted(r, json_object_get(b->json, "noted"));
	(void)jread_array(r, b->json, "", "runs");
	if (phase[0] != '\0' && gate_phase_of(phase, &b->phase) < 0)
		jread_complain(r, "phase", "'%s' is not locked, random or none", phase);
	if (!json_is_object(conditions))
		jread_complain(r, "conditions", "an object is wanted");
	if (!json_is_object(json_object_get(b->json, "configuration")))
		jread_complain(r, "configuration", "an object is wanted");
	if (!json_is_object(metrics))
		jread_complain(r, "metrics", "an object is wanted");
	for (int k = 0; k < GATE_METRICS && rc == 0; k++) {
		metric = json_object_get(metrics, gate_metrics[k].name);
		if (metric != NULL)
			rc = read_values(r, gate_metrics[k].name, metric, &b->metric[k]);
		if (b->metric[k].n > b->trials)
			jread_complain(
				r, gate_metrics[k].name, "has more values than there are trials");
		most = b->metric[k].n > most ? b->metric[k].n : most;
	}
	/* A trial may be without one figure or another; not all of them without any. */
	if (most > 0 && most < b->trials)
		jread_complain(r, "trials", "%zu, but no metric has more than %zu values",
			b->trials, most);
	return rc;
}

/* Fill all but the name from the document `b` has. */
static int
read_document(struct baseline *b, const char *path, struct err *e)
{
	struct jread r = {.path = path, .root = json_incref(b->json), .e = e};
	int rc = take(&r, b);

	if (rc < 0)
		err_set(e, -rc, "%s: out of memory", path);
	return jread_end(&r) < 0 ? -EINVAL : rc;
}

static json_t *
read_file(const char *path, struct err *e)
{
	struct jread r;
	json_t *doc;

	if (jread_open(&r, path, FILE_BYTES, "catchment.baseline/1", e) < 0)
		return NULL;
	doc = json_incref(r.root);
	(void)jread_end(&r);
	return doc;
}

int
baseline_load(const char *path, struct baseline **ret, struct err *e)
{
	struct baseline *b;
	struct stat st;
	int rc;

	if (stat(path, &st) < 0)
		return err_sys(e, errno, "%s", path);
	b = calloc(1, sizeof(*b));
	if (b == NULL)
		return err_set(e, ENOMEM, "%s: out of memory", path);
	base_name(path, b->name, sizeof(b->name));
	b->json = S_ISDIR(st.st_mode) ? baseline_of_run(path, e) : read_file(path, e);
	rc = b->json == NULL ? -e->code : read_document(b, path, e);
	if (rc < 0) {
		baseline_free(b);
		return rc;
	}
	if (S_ISDIR(st.st_mode))
		snprintf(b->name, sizeof(b->name), "%s",
			json_string_value(json_array_get(json_object_get(b->json, "runs"), 0)));
	*ret = b;
	return 0;
}

void
baseline_free(struct baseline *b)
{
	if (b == NULL)
		return;
	for (int k = 0; k < GATE_METRICS; k++)
		free(b->metric[k].value);
	json_decref(b->json);
	free(b);
}

static bool
same_number(double a, double b)
{
	return fabs(a - b) <= 1e-9 * fmax(fabs(a), fabs(b));
}

bool
baseline_alike(const json_t *a, const json_t *b)
{
	json_t *rest = (json_t *)(uintptr_t)a; /* jansson iterates over what is not const only */
	const char *key;
	json_t *value;
	size_t i;

	if (a == NULL || b == NULL)
		return a == b;
	if (json_is_number(a) && json_is_number(b))
		return same_number(json_number_value(a), json_number_value(b));
	if (json_is_array(a) && json_is_array(b)) {
		if (json_array_size(a) != json_array_size(b))
			return false;
		json_array_foreach(rest, i, value)
		{
			if (!baseline_alike(value, json_array_get(b, i)))
				return false;
		}
		return true;
	}
	if (json_is_object(a) && json_is_object(b)) {
		if (json_object_size(a) != json_object_size(b))
			return false;
		json_object_foreach(rest, key, value)
		{
			if (!baseline_alike(value, json_object_get(b, key)))
				return false;
		}
		return true;
	}
	return json_equal(a, b) == 1;
}

/* The first key of either in which they differ; NULL: none. */
static const char *
first_difference(json_t *a, json_t *b)
{
	const char *key;
	json_t *value;

	json_object_foreach(a, key, value)
	{
		json_t *other = json_object_get(b, key);

		if (!baseline_alike(value, other))
			return key;
	}
	json_object_foreach(b, key, value)
	{
		if (json_object_get(a, key) == NULL)
			return key;
	}
	return NULL;
}

/* What keeps two from being one; NULL: nothing. */
static const char *
unfit(const struct baseline *a, const struct baseline *b)
{
	static const char *const parts[] = {"conditions", "configuration"};
	const char *what;

	if (strcmp(a->scenario, b->scenario) != 0)
		return "scenario";
	if (strcmp(a->variant, b->variant) != 0)
		return "variant";
	if (a->phase != b->phase)
		return "phase";
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		what = first_difference(
			json_object_get(a->json, parts[i]), json_object_get(b->json, parts[i]));
		if (what != NULL)
			return what;
	}
	return NULL;
}

static void
set_number(json_t *o, const char *key, size_t n)
{
	json_object_set_new(o, key, json_integer((json_int_t)n));
}

static void
join_metric(json_t *to, const json_t *from, const char *name)
{
	json_t *mine = json_object_get(to, name), *theirs = json_object_get(from, name);

	if (theirs == NULL)
		return;
	if (mine == NULL)
		json_object_set_new(to, name, json_deep_copy(theirs));
	else
		json_array_extend(
			json_object_get(mine, "values"), json_object_get(theirs, "values"));
}

static void
join_noted(json_t *to, const json_t *from)
{
	json_t *mine = json_object_get(to, "noted"), *theirs = json_object_get(from, "noted");

	if (mine == NULL && theirs != NULL)
		json_object_set_new(to, "noted", json_copy(theirs));
	else if (theirs != NULL)
		json_array_extend(mine, theirs);
}

bool
baseline_is_gated(const struct baseline *b)
{
	for (int k = 0; k < GATE_METRICS; k++)
		if (gate_metrics[k].gated && b->metric[k].n > 0)
			return true;
	return false;
}

bool
baseline_ever_came(const struct baseline *b)
{
	for (int k = 0; k < GATE_METRICS; k++)
		for (size_t i = 0; gate_metrics[k].gated && i < b->metric[k].n; i++)
			if (isfinite(b->metric[k].value[i]))
				return true;
	return false;
}

static int
twice(const char *run, struct err *e)
{
	int rc = err_set(e, EINVAL, "%s is given twice", run != NULL ? run : "a run");

	if (e != NULL)
		utf8_tidy(e->text);
	return rc;
}

int
baseline_join(struct baseline *b, const struct baseline *other, struct err *e)
{
	json_t *runs = json_object_get(b->json, "runs"), *run, *have;
	const char *what = unfit(b, other);
	size_t i, k;

	if (what != NULL)
		return err_set(e, EINVAL, "%s and %s differ in '%s': they are not one baseline",
			b->name, other->name, what);
	json_array_foreach(json_object_get(other->json, "runs"), i, run)
	{
		json_array_foreach(runs, k, have)
		{
			if (json_equal(run, have))
				return twice(json_string_value(run), e);
		}
	}
	json_array_extend(runs, json_object_get(other->json, "runs"));
	for (int m = 0; m < GATE_METRICS; m++) {
		join_metric(json_object_get(b->json, "metrics"),
			json_object_get(other->json, "metrics"), gate_metrics[m].name);
		free(b->metric[m].value);
		b->metric[m] = (struct baseline_values){0};
	}
	join_noted(b->json, other->json);
	set_number(b->json, "trials", b->trials + other->trials);
	set_number(b->json, "invalid_trials", b->invalid_trials + other->invalid_trials);
	set_number(b->json, "labs", b->labs + other->labs);
	return read_document(b, b->name, e);
}

char *
baseline_text(const struct baseline *b)
{
	json_t *copy = json_copy(b->json);
	char *text;

	json_object_del(copy, "interrupted");
	json_object_del(copy, "off_limits");
	text = json_dumps(copy, JSON_INDENT(1) | JSON_REAL_PRECISION(10));
	json_decref(copy);
	return text;
}
