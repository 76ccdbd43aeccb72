/* compare_differs.c - in what a run and its baseline are not of the same: named, whether it is gated or not. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/utf8.h"
#include "reports/compare_internal.h"

enum { HASH_SHOWN = 12 };

bool
compare_is_comparable(const struct compare *c)
{
	for (size_t i = 0; i < c->n_differs; i++)
		if (!c->differs[i].comparable)
			return false;
	return true;
}

/* A value as words: what is text as it is, a hash by its beginning, all else as JSON. */
static void
show(const json_t *value, const char *what, char out[static COMPARE_TEXT_BYTES])
{
	char *text = NULL;
	bool hash = strstr(what, "sha256") != NULL || strncmp(what, "layer ", 6) == 0 ||
		strcmp(what, "scenario file") == 0 || strcmp(what, "topology") == 0;

	out[0] = '\0';
	if (value == NULL || json_is_null(value))
		return;
	if (json_is_string(value)) {
		snprintf(out, COMPARE_TEXT_BYTES, "%.*s", hash ? HASH_SHOWN : 190,
			json_string_value(value));
		return;
	}
	text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(10));
	if (text != NULL && strlen(text) >= COMPARE_TEXT_BYTES)
		snprintf(out, COMPARE_TEXT_BYTES, "%.190s...", text);
	else if (text != NULL)
		snprintf(out, COMPARE_TEXT_BYTES, "%s", text);
	free(text);
}

static void
add(struct compare *c, const char *what, const json_t *baseline, const json_t *run, bool comparable)
{
	struct compare_differs *d;
	bool absent_a = baseline == NULL || json_is_null(baseline);
	bool absent_b = run == NULL || json_is_null(run);

	if (c->n_differs == COMPARE_DIFFERS || (absent_a && absent_b) ||
		baseline_alike(baseline, run))
		return;
	d = &c->differs[c->n_differs++];
	snprintf(d->what, sizeof(d->what), "%s", what);
	show(baseline, what, d->baseline);
	show(run, what, d->run);
	utf8_tidy(d->what);
	utf8_tidy(d->baseline);
	utf8_tidy(d->run);
	d->comparable = comparable;
}

/* Every key of either object. */
static void
add_keys(struct compare *c, const char *kind, json_t *baseline, json_t *run, bool comparable)
{
	const char *key;
	json_t *value;
	char what[96];

	json_object_foreach(baseline, key, value)
	{
		snprintf(what, sizeof(what), "%s %s", kind, key);
		add(c, what, value, json_object_get(run, key), comparable);
	}
	json_object_foreach(run, key, value)
	{
		if (json_object_get(baseline, key) != NULL)
			continue;
		snprintf(what, sizeof(what), "%s %s", kind, key);
		add(c, what, NULL, value, comparable);
	}
}

static json_t *
hash_of(json_t *layers, const char *name)
{
	json_t *layer;
	size_t i;

	json_array_foreach(layers, i, layer)
	{
		const char *have = json_string_value(json_object_get(layer, "name"));

		if (have != NULL && strcmp(have, name) == 0)
			return json_object_get(layer, "sha256");
	}
	return NULL;
}

static void
add_layers(struct compare *c, json_t *baseline, json_t *run)
{
	json_t *lists[2] = {baseline, run}, *layer;
	char what[96];
	size_t i;

	for (int side = 0; side < 2; side++)
		json_array_foreach(lists[side], i, layer)
		{
			const char *name = json_string_value(json_object_get(layer, "name"));

			if (name == NULL || (side == 1 && hash_of(baseline, name) != NULL))
				continue;
			snprintf(what, sizeof(what), "layer %s", name);
			add(c, what, hash_of(baseline, name), hash_of(run, name), true);
		}
}

static void
add_key(struct compare *c, const char *what, json_t *baseline, json_t *run, const char *key,
	bool comparable)
{
	add(c, what, json_object_get(baseline, key), json_object_get(run, key), comparable);
}

/*
 * What makes times differ that nobody changed on purpose.
 *
 *      so_far  what the run lacks is not known yet: passed over
 */
static void
find_conditions(struct compare *c, json_t *baseline, json_t *run, bool so_far)
{
	static const struct {
		const char *key, *what;
		bool of_many;
	} conditions[] = {{"machine", "machine", true}, {"link_engine", "link engine", false},
		{"packages", "package", true}, {"gap_ms", "gap between queries, ms", false},
		{"streams", "streams", false}, {"timeline", "timeline", false},
		{"last_mile", "last mile", false}};

	for (size_t i = 0; i < sizeof(conditions) / sizeof(conditions[0]); i++) {
		const char *key = conditions[i].key, *what = conditions[i].what;
		json_t *was = json_object_get(baseline, key), *is = json_object_get(run, key);

		if (so_far && is == NULL)
			continue;
		if (conditions[i].of_many)
			add_keys(c, what, was, is, false);
		else
			add(c, what, was, is, false);
	}
}

int
compare_foresee(
	const struct baseline *baseline, enum gate_phase phase, json_t *known, struct err *e)
{
	struct compare c = {.verdict = GATE_NOT_COMPARABLE};
	json_t *was = json_string(gate_phase_name(baseline->phase));
	json_t *is = json_string(gate_phase_name(phase));

	find_conditions(&c, json_object_get(baseline->json, "conditions"), known, true);
	add(&c, "fault phase", was, is, false);
	json_decref(was);
	json_decref(is);
	if (c.n_differs == 0 && (baseline_ever_came(baseline) || !baseline_is_gated(baseline)))
		return 0;
	compare_explain(&c);
	return err_set(e, EXDEV, "%s: %s", baseline->name, c.why);
}

void
compare_find_differences(
	struct compare *c, const struct baseline *baseline, const struct baseline *run)
{
	json_t *a, *b;

	find_conditions(c, json_object_get(baseline->json, "conditions"),
		json_object_get(run->json, "conditions"), false);
	if (baseline->phase != run->phase)
		add_key(c, "fault phase", baseline->json, run->json, "phase", false);
	/* What is tested, perhaps. */
	add_key(c, "variant", baseline->json, run->json, "variant", true);
	a = json_object_get(baseline->json, "configuration");
	b = json_object_get(run->json, "configuration");
	add_layers(c, json_object_get(a, "layers"), json_object_get(b, "layers"));
	add_key(c, "topology", a, b, "topology_sha256", true);
	add_key(c, "scenario file", a, b, "scenario_sha256", true);
	add_key(c, "kernel", a, b, "kernel", true);
	add_key(c, "catchment", a, b, "catchment", true);
	add_key(c, "commit", a, b, "commit", true);
}
