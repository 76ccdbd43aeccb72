/* baseline_run.c - the document of a baseline, from what analysis left of a run. */
#include "reports/baseline_run.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/fs.h"
#include "lib/gate_metrics.h"
#include "lib/jread.h"

enum { RESULT_BYTES = 1 << 30, RUN_BYTES = 16 << 20 };

/* Runs of before the key was there had that engine. */
#define LINK_ENGINE "tap"

/* A layer by what stays the same from one machine to the next: below the bench's lab/ all of it, else its last part. */
static const char *
layer_name(const char *path)
{
	static const char *const ours[] = {"/lab/nodes", "/lab/variants/"};
	const char *slash = strrchr(path, '/');

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
		const char *at = strstr(path, ours[i]);

		if (at != NULL)
			return at + strlen("/lab/");
	}
	return slash == NULL ? path : slash + 1;
}

static json_t *
layers_json(const json_t *provenance)
{
	json_t *list = json_array(), *layer;
	size_t i;

	json_array_foreach(json_object_get(provenance, "layers"), i, layer)
	{
		const char *path = json_string_value(json_object_get(layer, "path"));

		if (path != NULL)
			json_array_append_new(list,
				json_pack("{s:s, s:O?}", "name", layer_name(path), "sha256",
					json_object_get(layer, "sha256")));
	}
	return list;
}

/* The values of `keys` that are there. */
static void
copy_keys(json_t *to, const json_t *from, const char *const keys[])
{
	for (size_t i = 0; keys[i] != NULL; i++)
		if (json_object_get(from, keys[i]) != NULL)
			json_object_set(to, keys[i], json_object_get(from, keys[i]));
}

json_t *
baseline_conditions(const json_t *result, const json_t *provenance)
{
	static const char *const machine_keys[] = {"cpu", "cpus", "rootless", NULL};
	static const char *const result_keys[] = {"gap_ms", "streams", "timeline", NULL};
	json_t *o = json_object(), *machine = json_object();
	const json_t *engine = json_object_get(provenance, "link_engine");
	const json_t *packages = json_object_get(provenance, "packages");
	const json_t *mile = json_object_get(json_object_get(result, "last_mile"), "cities");

	copy_keys(machine, provenance, machine_keys);
	json_object_set_new(o, "machine", machine);
	json_object_set_new(o, "link_engine",
		json_string(json_is_string(engine) ? json_string_value(engine) : LINK_ENGINE));
	json_object_set_new(
		o, "packages", packages == NULL ? json_object() : json_deep_copy(packages));
	copy_keys(o, result, result_keys);
	json_object_set_new(o, "last_mile", mile == NULL ? json_null() : json_deep_copy(mile));
	return o;
}

static json_t *
configuration_json(const json_t *provenance)
{
	static const char *const keys[] = {
		"topology_sha256", "scenario_sha256", "kernel", "catchment", "commit", NULL};
	json_t *o = json_object();

	json_object_set_new(o, "layers", layers_json(provenance));
	copy_keys(o, provenance, keys);
	return o;
}

/* One trial's figures behind those of the trials before it. */
static void
add_trial(struct jread *r, size_t i, const json_t *trial, json_t *metrics)
{
	const json_t *gate = json_object_get(trial, "gate");
	char where[48];

	snprintf(where, sizeof(where), "per_trial[%zu].gate", i);
	if (!json_is_object(gate)) {
		jread_complain(r, where,
			"is not there: it was analyzed by an older version; 'catchment analyze' "
			"on the run again");
		return;
	}
	for (int k = 0; k < GATE_METRICS; k++) {
		const struct gate_metric *g = &gate_metrics[k];
		json_t *value = json_object_get(gate, g->name);
		json_t *metric = json_object_get(metrics, g->name);

		if (value == NULL)
			continue;
		if (!json_is_number(value) && !json_is_null(value)) {
			jread_complain(r, where, "%s is no number", g->name);
			return;
		}
		if (metric == NULL) {
			metric = json_pack("{s:s, s:s, s:[]}", "unit", g->unit, "statistic",
				g->statistic, "values");
			json_object_set_new(metrics, g->name, metric);
		}
		json_array_append(json_object_get(metric, "values"), value);
	}
}

/* Locked is what every trial was locked in; without a word on it from any, what the run says. */
static const char *
phase_of(struct jread *r, const json_t *result)
{
	const char *phase = jread_str(r, result, "", "fault_phase", "random");
	const json_t *trial;
	size_t i;

	if (strcmp(phase, "locked") != 0)
		return phase;
	json_array_foreach(json_object_get(result, "per_trial"), i, trial)
	{
		if (json_is_true(json_object_get(trial, "valid")) &&
			!json_is_true(json_object_get(trial, "phase_locked")))
			return "random";
	}
	return phase;
}

/* Why the instrument that measured the run is not to be trusted; "": it was good, or was not measured. */
static const char *
off_limits(const json_t *result)
{
	const json_t *calibration = json_object_get(result, "calibration");
	const char *why = json_string_value(json_array_get(json_object_get(calibration, "why"), 0));

	if (!json_is_false(json_object_get(calibration, "good")))
		return "";
	return why != NULL ? why : "calibration";
}

static void
note(json_t *noted, const char *id, const char *before, size_t n, const char *what,
	const char *after)
{
	char text[384];

	snprintf(text, sizeof(text), "%.256s: %s%zu %s%s %s", id, before, n, what,
		n == 1 ? "" : "s", after);
	json_array_append_new(noted, json_string(text));
}

/* What is amiss with a run whose figures stand all the same; NULL: nothing. */
static json_t *
noted_json(const json_t *result, const char *run_dir, const char *id)
{
	const json_t *one;
	json_t *noted = json_array(), *run;
	char path[PATH_MAX], *text = NULL;
	struct err ignored = {0};
	size_t i, missed = 0, unhealed;

	json_array_foreach(json_object_get(result, "expectations"), i, one) missed +=
		json_is_false(json_object_get(one, "held"));
	if (missed > 0)
		note(noted, id, "", missed, "expectation", "not held");
	snprintf(path, sizeof(path), "%s/run.json", run_dir);
	if (fs_read(path, RUN_BYTES, &text, NULL, &ignored) == 0) {
		run = json_loads(text, 0, NULL);
		unhealed = json_array_size(json_object_get(run, "unhealed"));
		if (unhealed > 0)
			note(noted, id, "after ", unhealed, "trial", "the lab was not as before");
		json_decref(run);
	}
	free(text);
	if (json_array_size(noted) > 0)
		return noted;
	json_decref(noted);
	return NULL;
}

static json_t *
document(struct jread *r, const char *run_dir)
{
	const json_t *result = r->root, *trial;
	const json_t *provenance = json_object_get(result, "provenance");
	json_t *trials = jread_array(r, result, "", "per_trial"), *metrics = json_object();
	json_int_t valid = 0, invalid = 0;
	const char *scenario = jread_str(r, result, "", "scenario", NULL);
	const char *variant = jread_str(r, result, "", "variant", NULL);
	const char *id = jread_str(r, result, "", "run_id", run_dir);
	size_t i;

	json_array_foreach(trials, i, trial)
	{
		if (!json_is_true(json_object_get(trial, "valid"))) {
			invalid++;
			continue;
		}
		valid++;
		add_trial(r, i, trial, metrics);
		if (r->complaints > 0)
			break;
	}
	if (!json_is_object(provenance))
		jread_complain(r, "provenance", "is not there");
	return json_pack(
		"{s:s, s:s, s:s, s:s, s:I, s:I, s:i, s:[s], s:o, s:o, s:o, s:b, s:s, s:o*}",
		"schema", "catchment.baseline/1", "scenario", scenario, "variant", variant, "phase",
		phase_of(r, result), "trials", valid, "invalid_trials", invalid, "labs", 1, "runs",
		id, "conditions", baseline_conditions(result, provenance), "configuration",
		configuration_json(provenance), "metrics", metrics, "interrupted",
		json_is_true(json_object_get(result, "interrupted")), "off_limits",
		off_limits(result), "noted", noted_json(result, run_dir, id));
}

json_t *
baseline_of_run(const char *run_dir, struct err *e)
{
	char path[PATH_MAX];
	struct jread r;
	json_t *doc;
	int rc;

	snprintf(path, sizeof(path), "%s/result.json", run_dir);
	rc = jread_open(&r, path, RESULT_BYTES, "catchment.result/1", e);
	if (rc < 0) {
		if (rc == -ENOENT)
			err_set(e, ENOENT, "%s: no such file; 'catchment analyze %s' writes it",
				path, run_dir);
		return NULL;
	}
	doc = document(&r, run_dir);
	rc = jread_end(&r);
	if (rc == 0 && doc != NULL)
		return doc;
	json_decref(doc);
	if (rc == 0)
		err_set(e, ENOMEM, "%s: out of memory, or a name is not UTF-8", path);
	return NULL;
}
