/* digest.c - a run directory read for the history: its verdict, its metrics, and what it was measured with. */
#include "reports/history/run.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/mono.h"
#include "lib/utf8.h"
#include "reports/gated.h"
#include "reports/result.h"
#include "reports/verdict.h"

enum { FACT_BYTES = 200, FOUND_BYTES = 1200 };

static int
keep(char **ret, const char *text)
{
	free(*ret);
	*ret = strdup(text != NULL ? text : "");
	if (*ret == NULL)
		return -ENOMEM;
	utf8_tidy(*ret);
	return 0;
}

/* A number, a flag or a text of run.json as a text. False: nothing of the kind. */
static bool
as_text(const json_t *v, char out[static FACT_BYTES])
{
	if (json_is_string(v)) {
		snprintf(out, FACT_BYTES, "%s", json_string_value(v));
		utf8_tidy(out);
	} else if (json_is_integer(v))
		snprintf(out, FACT_BYTES, "%lld", (long long)json_integer_value(v));
	else if (json_is_real(v))
		snprintf(out, FACT_BYTES, "%.9g", json_real_value(v));
	else if (json_is_boolean(v))
		snprintf(out, FACT_BYTES, "%s", json_is_true(v) ? "yes" : "no");
	else
		return false;
	return true;
}

static int
add_fact(struct history_run *r, const char *what, const json_t *v)
{
	char text[FACT_BYTES];

	return as_text(v, text) ? history_add_fact(r, what, text) : 0;
}

/* The first digits of a hash are enough to see that it is another. */
static int
add_hash(struct history_run *r, const char *what, const json_t *v)
{
	char text[FACT_BYTES];

	if (!as_text(v, text))
		return 0;
	text[12] = '\0';
	return history_add_fact(r, what, text);
}

/* A layer is called by its folder's name: where a checkout lies is no difference. */
static int
add_layers(struct history_run *r, const json_t *layers)
{
	char what[FACT_BYTES], order[FACT_BYTES] = "";
	size_t i, used = 0;
	const json_t *layer;
	int rc = 0;

	json_array_foreach(layers, i, layer)
	{
		const char *path = json_string_value(json_object_get(layer, "path"));
		const char *name = path != NULL ? strrchr(path, '/') : NULL;

		name = name != NULL ? name + 1 : path != NULL ? path : "?";
		snprintf(what, sizeof(what), "layer %.100s", name);
		if (rc == 0 && history_fact(r, what) == NULL)
			rc = add_hash(r, what, json_object_get(layer, "sha256"));
		if (used < sizeof(order))
			used += (size_t)snprintf(order + used, sizeof(order) - used, "%s%s",
				i > 0 ? ", " : "", name);
	}
	return rc < 0 || i == 0 ? rc : history_add_fact(r, "layers", order);
}

/* What could explain that a figure is another: the program, the daemons, the files, the machine, how it was asked. */
static int
add_facts(struct history_run *r, const json_t *run, const json_t *provenance)
{
	static const struct {
		const char *key, *what;
	} kept[] = {{"catchment", "catchment"}, {"commit", "commit"}, {"kernel", "kernel"},
		{"cpu", "processor"}, {"cpus", "processors"}, {"rootless", "without root"},
		{"backend", "link backend"}, {"suite", "suite"}},
	  asked[] = {{"rate_qps", "rate"}, {"streams", "streams"}, {"fault_phase", "fault phase"}};
	const json_t *packages = json_object_get(provenance, "packages"), *v;
	const char *key;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(kept) / sizeof(kept[0]); i++)
		rc = add_fact(r, kept[i].what, json_object_get(provenance, kept[i].key));
	for (size_t i = 0; rc == 0 && i < sizeof(asked) / sizeof(asked[0]); i++)
		rc = add_fact(r, asked[i].what, json_object_get(run, asked[i].key));
	json_object_foreach((json_t *)(uintptr_t)packages, key, v)
	{
		if (rc == 0)
			rc = add_fact(r, key, v);
	}
	if (rc == 0)
		rc = add_hash(r, "topology", json_object_get(provenance, "topology_sha256"));
	if (rc == 0)
		rc = add_hash(r, "scenario file", json_object_get(provenance, "scenario_sha256"));
	return rc < 0 ? rc : add_layers(r, json_object_get(provenance, "layers"));
}

static double
or_never(double value, bool is_never)
{
	return is_never ? (double)INFINITY : value;
}

/* A missing sample weighs as later than all others: the median is "never" when half of them are. */
static int
add_metrics(struct history_run *r, const struct result *result)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < result->n_metrics; i++) {
		const struct metric *m = &result->metrics[i];
		struct history_metric one = {.name = (char *)(uintptr_t)m->name,
			.unit = (char *)(uintptr_t)m->unit,
			.n = m->stats.n,
			.missing = isnan(m->missing) ? 0 : m->missing,
			.min = m->stats.min};

		one.p50 = or_never(m->stats.p50,
			isnan(m->stats.p50) && one.missing > 0 && 2 * one.missing >= one.n);
		one.max = or_never(m->stats.max, one.missing > 0);
		rc = history_add_metric(r, &one);
	}
	return rc;
}

static enum history_state
state_of(const struct result *result, enum verdict_kind kind)
{
	static const enum history_state states[] = {
		[VERDICT_GOOD] = HISTORY_GOOD,
		[VERDICT_MISSED] = HISTORY_MISSED,
		[VERDICT_BROKEN] = HISTORY_BROKEN,
		[VERDICT_INCONCLUSIVE] = HISTORY_INCONCLUSIVE,
		[VERDICT_NONE] =
			HISTORY_GOOD, /* nothing was asked of it: it is a run like others */
	};

	return result->interrupted  ? HISTORY_INTERRUPTED
		: !result->complete ? HISTORY_UNFINISHED
				    : states[kind];
}

static int
from_result(struct history_run *r, const struct result *result)
{
	struct verdict v;
	const json_t *began = json_object_get(result->provenance, "started_wall_ns");

	verdict_of(result, &v);
	r->state = state_of(result, v.kind);
	r->trials = isnan(result->trials) ? 0 : (int64_t)result->trials;
	r->valid = (int64_t)result_valid_trials(result);
	r->swept = json_object_get(result->run_root, "knobs") != NULL;
	if (json_is_integer(began))
		r->began_ns = json_integer_value(began);
	if (keep(&r->id, result->run_id) < 0 || keep(&r->scenario, result->scenario) < 0 ||
		keep(&r->title, result->title) < 0 || keep(&r->variant, result->variant) < 0 ||
		keep(&r->found, v.text) < 0 ||
		add_facts(r, result->run_root != NULL ? result->run_root : result->root,
			result->provenance) < 0)
		return -ENOMEM;
	return add_metrics(r, result);
}

/* Without a result: what run.json says, if there is one. */
static int
from_run(struct history_run *r, const char *run_dir, const char *why)
{
	char path[PATH_MAX];
	json_t *run = NULL, *provenance;
	struct err e = {0};
	bool interrupted, has_result;
	int rc;

	snprintf(path, sizeof(path), "%.4000s/result.json", run_dir);
	has_result = access(path, F_OK) == 0;
	rc = result_json_file(run_dir, "run.json", path, &run, &e);
	provenance = json_object_get(run, "provenance");
	interrupted = json_is_true(json_object_get(run, "interrupted"));
	r->state = has_result || rc < 0 ? HISTORY_UNREADABLE
		: interrupted		? HISTORY_INTERRUPTED
					: HISTORY_UNFINISHED;
	r->trials = (int64_t)json_array_size(json_object_get(run, "trial_dirs"));
	r->swept = json_object_get(run, "knobs") != NULL;
	r->began_ns = json_integer_value(json_object_get(provenance, "started_wall_ns"));
	rc = 0;
	if (keep(&r->id, json_string_value(json_object_get(run, "id"))) < 0 ||
		keep(&r->scenario, json_string_value(json_object_get(run, "scenario"))) < 0 ||
		keep(&r->title, json_string_value(json_object_get(run, "title"))) < 0 ||
		keep(&r->variant, json_string_value(json_object_get(run, "variant"))) < 0)
		rc = -ENOMEM;
	if (rc == 0)
		rc = keep(&r->found,
			has_result || run == NULL ? (run == NULL && !has_result ? e.text : why)
				: interrupted	  ? "Interrupted before a trial was analysed"
					      : "No result: it runs, or it was ended from outside");
	json_decref(run);
	return rc;
}

/* Where the gate failed it has the first word, as on the run's page. */
static int
lead_with_gate(struct history_run *r, struct result *result, struct compare *c)
{
	char found[FOUND_BYTES], *before = r->found;
	struct verdict v;

	result->gated = c;
	verdict_of(result, &v);
	result->gated = NULL;
	snprintf(found, sizeof(found), "%.590s. %.590s", v.text, before);
	return keep(&r->found, found);
}

/* The gate's verdict, where the run was compared with a baseline. `result` NULL: the run has none. */
static int
add_gate(struct history_run *r, const char *run_dir, struct result *result)
{
	struct compare *c = NULL;
	struct err e;
	int rc;

	if (gated_read(run_dir, r->id, &c, &e) < 0)
		return keep(&r->gate, "unreadable");
	rc = c == NULL ? 0 : keep(&r->gate, gate_verdict_name(c->verdict));
	if (rc == 0 && c != NULL && c->verdict == GATE_FAIL && result != NULL)
		rc = lead_with_gate(r, result, c);
	compare_free(c);
	return rc;
}

int
history_digest(const char *base, const char *dir, const char *stamp, struct history_run *ret)
{
	struct history_run r = {.dir = strdup(dir), .stamp = strdup(stamp)};
	char path[PATH_MAX];
	struct result *result = NULL;
	struct err e = {0};
	int rc = r.dir == NULL || r.stamp == NULL ? -ENOMEM : 0;

	if (snprintf(path, sizeof(path), "%s/%s", base, dir) >= PATH_MAX)
		rc = rc < 0 ? rc : -ENAMETOOLONG;
	if (rc == 0)
		rc = result_load_brief(path, &result, &e) == 0 ? from_result(&r, result)
							       : from_run(&r, path, e.text);
	if (rc == 0)
		rc = add_gate(&r, path, result);
	result_free(result);
	if (rc < 0)
		history_run_done(&r);
	else
		*ret = r;
	return rc;
}
