/* result.c - result.json as C: everything the report shows, NaN and NULL standing for what is missing. */
#include "reports/result.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/fs.h"
#include "lib/jtrim.h"
#include "reports/reader.h"

#define SCHEMA	    "catchment.result/1"
#define FILE_MAX    (256U << 20)
#define ENTRIES_MAX 10000

double
family_worst(struct family_ms f)
{
	return fmax(f.v4, f.v6); /* fmax ignores a NaN when the other is a number */
}

static enum target_verdict
verdict_read(struct reader *r, json_t *o, const char *at)
{
	static const char *const names[] = {"not judged", "met", "missed", "refuted", "modelled"};
	const char *text = reader_str(r, o, at, "verdict");

	for (size_t i = 0; text != NULL && i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(text, names[i]) == 0)
			return (enum target_verdict)i;
	if (text != NULL)
		reader_complain(
			r, at, "verdict", "met, missed, refuted, modelled or not judged is wanted");
	return TARGET_NOT_JUDGED;
}

static void
shown_read(struct reader *r, json_t *o, const char *at, struct target *t)
{
	json_t *list = reader_list(r, o, at, "shown", ENTRIES_MAX), *verdict;
	char where[READER_AT_BYTES];

	verdict = json_object_get(o, "verdict");
	if (list == NULL)
		return;
	t->shown = reader_alloc(r, json_array_size(list), sizeof(*t->shown));
	for (size_t i = 0; t->shown != NULL && i < json_array_size(list) && r->rc == 0; i++) {
		json_t *one = reader_entry(r, list, i, at, "shown", where);
		struct shown *x = &t->shown[t->n_shown++];

		x->what = reader_str(r, one, where, "what");
		x->said = reader_str(r, one, where, "said");
		x->outcome = reader_str(r, one, where, "outcome");
		x->file = reader_str(r, one, where, "file");
		if (t->said == NULL && x->outcome != NULL && json_is_string(verdict) &&
			strcmp(x->outcome, json_string_value(verdict)) == 0) {
			t->said_of = x->what;
			t->said = x->said;
		}
	}
}

static void
targets_read(struct reader *r, struct result *res)
{
	json_t *list = reader_list(r, res->root, "", "targets", ENTRIES_MAX);
	char at[READER_AT_BYTES];

	res->targets = reader_alloc(r, json_array_size(list), sizeof(*res->targets));
	for (size_t i = 0; res->targets != NULL && i < json_array_size(list) && r->rc == 0; i++) {
		json_t *o = reader_entry(r, list, i, "", "targets", at);
		struct target *t = &res->targets[res->n_targets++];

		t->id = reader_str(r, o, at, "id");
		t->family = reader_str(r, o, at, "family");
		t->documented = reader_str(r, o, at, "documented");
		t->metric = reader_str(r, o, at, "metric");
		t->statistic = reader_str(r, o, at, "statistic");
		t->comparison = reader_str(r, o, at, "comparison");
		t->unit = reader_str(r, o, at, "unit");
		t->why = reader_str(r, o, at, "why");
		t->figure = reader_str(r, o, at, "figure");
		t->beside = reader_str(r, o, at, "beside");
		t->beside_measured = t->beside_n = NAN;
		t->verdict = verdict_read(r, o, at);
		if (t->verdict == TARGET_MODELLED && !reader_bool(r, o, at, "holds", true))
			t->verdict = TARGET_MODELLED_NOT;
		t->measured = reader_num(r, o, at, "measured");
		t->target = reader_num(r, o, at, "target");
		t->close = reader_bool(r, o, at, "close", false);
		t->n = reader_num(r, o, at, "n");
		t->trials = reader_num(r, o, at, "trials");
		if (isnan(t->trials))
			t->trials = t->n;
		t->share_over_ratio = reader_num(r, o, at, "share_over");
		t->miss_bound_ratio = reader_num(r, o, at, "miss_bound_ratio");
		t->evidence = result_strings_read(r, o, at, "evidence", &t->n_evidence);
		shown_read(r, o, at, t);
		if (t->id == NULL)
			t->id = "(no id)";
	}
}

static void
expectations_read(struct reader *r, struct result *res)
{
	json_t *list = reader_list(r, res->root, "", "expectations", ENTRIES_MAX);
	char at[READER_AT_BYTES];

	res->expectations = reader_alloc(r, json_array_size(list), sizeof(*res->expectations));
	for (size_t i = 0; res->expectations != NULL && i < json_array_size(list) && r->rc == 0;
		i++) {
		json_t *o = reader_entry(r, list, i, "", "expectations", at);

		res->expectations[res->n_expectations++] = (struct expectation){
			.text = reader_str(r, o, at, "text"),
			.measured = reader_str(r, o, at, "measured"),
			.line = reader_num(r, o, at, "line"),
			.held = reader_bool(r, o, at, "held", false),
		};
	}
}

static void
shares_read(struct reader *r, json_t *o, const char *at, const char *key, struct shares *s)
{
	json_t *map = reader_object(r, o, at, key), *value;
	char path[READER_AT_BYTES];
	const char *site;

	reader_join(path, at, key);
	json_object_foreach(map, site, value)
	{
		double ratio = reader_num(r, map, path, site);

		if (s->n == SHARES_MAX)
			return;
		if (!isnan(ratio)) {
			s->site[s->n] = site;
			s->ratio[s->n++] = ratio;
		}
	}
}

static void
moved_read(struct reader *r, json_t *o, const char *at, struct moved *m)
{
	json_t *moved = reader_object(r, o, at, "moved");
	char path[READER_AT_BYTES];

	reader_join(path, at, "moved");
	m->says = reader_str(r, moved, path, "says");
	m->to = reader_str(r, moved, path, "to");
	m->node = reader_str(r, moved, path, "node");
	m->from = reader_str(r, moved, path, "from");
	m->next = reader_str(r, moved, path, "next");
	m->prefix = reader_str(r, moved, path, "prefix");
	m->after_ms = reader_num(r, moved, path, "after_ms");
}

static void
catchment_read(struct reader *r, struct result *res)
{
	static const char *const when[] = {"before", "during", "after"};
	json_t *list = reader_list(r, res->root, "", "catchment", ENTRIES_MAX);
	char at[READER_AT_BYTES], rtt_at[READER_AT_BYTES];

	res->catchment = reader_alloc(r, json_array_size(list), sizeof(*res->catchment));
	for (size_t i = 0; res->catchment != NULL && i < json_array_size(list) && r->rc == 0; i++) {
		json_t *o = reader_entry(r, list, i, "", "catchment", at);
		json_t *rtt = reader_object(r, o, at, "rtt_ms");
		struct catchment *c = &res->catchment[res->n_catchment++];

		reader_join(rtt_at, at, "rtt_ms");
		c->city = reader_str(r, o, at, "city");
		c->title = reader_str(r, o, at, "title");
		c->family = reader_str(r, o, at, "family");
		c->expected = reader_str(r, o, at, "expected");
		c->reason = reader_str(r, o, at, "reason");
		moved_read(r, o, at, &c->moved);
		c->path_rtt_ms = reader_num(r, o, at, "path_rtt_ms");
		for (size_t w = 0; w < WHEN_COUNT; w++) {
			shares_read(r, o, at, when[w], &c->shares[w]);
			c->rtt_ms[w] = result_stats_read(r, rtt, rtt_at, when[w]);
		}
	}
}

static void
cities_read(struct reader *r, struct result *res)
{
	json_t *list = reader_list(r, res->root, "", "cities", ENTRIES_MAX);
	char at[READER_AT_BYTES];

	res->cities = reader_alloc(r, json_array_size(list), sizeof(*res->cities));
	for (size_t i = 0; res->cities != NULL && i < json_array_size(list) && r->rc == 0; i++) {
		json_t *o = reader_entry(r, list, i, "", "cities", at);

		res->cities[res->n_cities++] = (struct city){
			.city = reader_str(r, o, at, "city"),
			.title = reader_str(r, o, at, "title"),
			.affected = reader_bool(r, o, at, "affected", false),
			.streams = reader_num(r, o, at, "streams"),
			.sent = reader_num(r, o, at, "sent"),
			.unanswered = reader_num(r, o, at, "unanswered"),
			.icmp_unreachable = reader_num(r, o, at, "icmp_unreachable"),
			.restore_unanswered = reader_num(r, o, at, "restore_unanswered"),
			.loss_ms = result_stats_read(r, o, at, "loss_of_connectivity_ms"),
			.first_good_ms = result_stats_read(r, o, at, "first_good_answer_ms"),
		};
	}
}

static void
metrics_read(struct reader *r, struct result *res)
{
	json_t *map = reader_object(r, res->root, "", "metrics"), *value;
	char at[READER_AT_BYTES];
	const char *name;

	res->metrics = reader_alloc(r, json_object_size(map), sizeof(*res->metrics));
	if (res->metrics == NULL)
		return;
	json_object_foreach(map, name, value)
	{
		json_t *o = reader_object(r, map, "metrics", name);

		if (o == NULL)
			continue;
		reader_join(at, "metrics", name);
		res->metrics[res->n_metrics++] = (struct metric){
			.name = name,
			.unit = reader_str(r, o, at, "unit"),
			.family = reader_str(r, o, at, "family"),
			.over = reader_str(r, o, at, "over"),
			.missing = reader_num(r, o, at, "missing"),
			.accuracy_ms = reader_num(r, o, at, "accuracy_ms"),
			.rfc = reader_str(r, o, at, "rfc"),
			.stats = result_stats_read(r, o, at, NULL),
		};
	}
}

static void
trials_read(struct reader *r, struct result *res)
{
	json_t *list = reader_list(r, res->root, "", "per_trial", ENTRIES_MAX);
	char at[READER_AT_BYTES];

	res->trial = reader_alloc(r, json_array_size(list), sizeof(*res->trial));
	for (size_t i = 0; res->trial != NULL && i < json_array_size(list) && r->rc == 0; i++) {
		json_t *o = reader_entry(r, list, i, "", "per_trial", at);

		result_trial_read(r, o, at, &res->trial[res->n_trials++]);
	}
}

static void
top_read(struct reader *r, struct result *res)
{
	json_t *o = res->root;

	res->scenario = reader_str(r, o, "", "scenario");
	res->title = reader_str(r, o, "", "title");
	res->summary = reader_str(r, o, "", "summary");
	res->variant = reader_str(r, o, "", "variant");
	res->run_id = reader_str(r, o, "", "run_id");
	res->trials = reader_num(r, o, "", "trials");
	res->invalid_trials = reader_num(r, o, "", "invalid_trials");
	res->complete = reader_bool(r, o, "", "complete", true);
	res->interrupted = reader_bool(r, o, "", "interrupted", false);
	res->gap_ms = reader_num(r, o, "", "gap_ms");
	res->streams_count = reader_num(r, o, "", "streams");
	res->rate_qps = reader_num(r, o, "", "rate_qps");
	res->noise = result_noise_read(r, o, "", "noise");
	res->provenance = reader_object(r, o, "", "provenance");
	res->command = reader_list(r, o, "", "command", ENTRIES_MAX);
	res->fault_phase = reader_str(r, o, "", "fault_phase");
	res->calibration = reader_object(r, o, "", "calibration");
	if (res->scenario == NULL)
		res->scenario = "(unnamed scenario)";
}

static void
limits_read(struct reader *r, json_t *o, struct limits *ret)
{
	json_t *limits = reader_object(r, o, "", "limits");

	ret->send_lateness_p99_us = reader_num(r, limits, "limits", "send_lateness_p99_us");
	ret->wire_lateness_p99_us = reader_num(r, limits, "limits", "wire_lateness_p99_us");
	ret->capture_drops = reader_num(r, limits, "limits", "capture_drops");
	ret->clock_step_us = reader_num(r, limits, "limits", "clock_step_us");
	ret->cpu_pressure_ratio = reader_num(r, limits, "limits", "cpu_pressure_ratio");
	ret->before_unanswered = reader_num(r, limits, "limits", "before_unanswered");
	ret->rtt_excess_ms = reader_num(r, limits, "limits", "rtt_excess_ms");
	ret->udp_receive_drops = reader_num(r, limits, "limits", "udp_receive_drops");
}

/* What run.json adds; the run may not have one any more. */
static void
run_read(struct reader *r, struct result *res)
{
	json_t *o = res->run_root;

	limits_read(r, json_object_get(res->root, "limits") != NULL ? res->root : o, &res->limits);
	res->trials_planned = reader_num(r, o, "", "trials_planned");
	res->interrupted |= reader_bool(r, o, "", "interrupted", false);
	res->seed = reader_num(r, o, "", "seed");
	if (res->fault_phase == NULL)
		res->fault_phase = reader_str(r, o, "", "fault_phase");
	if (res->provenance == NULL)
		res->provenance = reader_object(r, o, "", "provenance");
	if (res->command == NULL)
		res->command = reader_list(r, o, "", "command", ENTRIES_MAX);
}

static int
json_file(const char *run_dir, const char *name, const char *const trimmed[],
	char path[static PATH_MAX], json_t **ret, struct err *e)
{
	json_error_t je;
	char *data;
	size_t len;
	int rc;

	if (snprintf(path, PATH_MAX, "%s/%s", run_dir, name) >= PATH_MAX)
		return err_set(e, ENAMETOOLONG, "%s: path too long", run_dir);
	rc = fs_read(path, FILE_MAX, &data, &len, e);
	if (rc < 0)
		return rc;
	if (trimmed != NULL)
		len = jtrim(data, len, trimmed);
	*ret = json_loadb(data, len, JSON_REJECT_DUPLICATES, &je);
	free(data);
	if (*ret == NULL)
		return err_set(e, EINVAL, "%s:%d: not JSON: %s", path, je.line, je.text);
	if (!json_is_object(*ret))
		return err_set(e, EINVAL, "%s: an object is wanted", path);
	return 0;
}

int
result_json_file(const char *run_dir, const char *name, char path[static PATH_MAX], json_t **ret,
	struct err *e)
{
	return json_file(run_dir, name, NULL, path, ret, e);
}

static int
everything_read(struct result *res, const char *result_path, const char *run_path, struct err *e)
{
	struct reader r = {result_path, e, 0};
	const char *schema = reader_str(&r, res->root, "", "schema");

	if (r.rc == 0 && (schema == NULL || strcmp(schema, SCHEMA) != 0))
		return err_set(e, EINVAL, "%s: schema: \"" SCHEMA "\" is wanted%s%.40s%s",
			result_path, schema == NULL ? "" : ", not \"", schema == NULL ? "" : schema,
			schema == NULL ? "" : "\"");
	top_read(&r, res);
	metrics_read(&r, res);
	targets_read(&r, res);
	expectations_read(&r, res);
	budget_read(&r, res);
	bgp_read(&r, res);
	catchment_read(&r, res);
	cities_read(&r, res);
	result_resolvers_read(&r, res);
	trials_read(&r, res);
	r.file = json_object_get(res->root, "limits") != NULL ? result_path : run_path;
	run_read(&r, res);
	if (isnan(res->trials))
		res->trials = (double)res->n_trials;
	if (r.rc == 0 && json_object_get(res->root, "metrics") == NULL)
		return err_set(e, EINVAL, "%s: metrics: is missing: there is nothing to report",
			result_path);
	return r.rc;
}

static int
load(const char *run_dir, const char *const trimmed[], struct result **ret, struct err *e)
{
	char result_path[PATH_MAX], run_path[PATH_MAX];
	struct result *res = calloc(1, sizeof(*res));
	int rc;

	if (res == NULL)
		return err_sys(e, ENOMEM, "%s", run_dir);
	snprintf(res->dir, sizeof(res->dir), "%s", run_dir);
	rc = json_file(run_dir, "result.json", trimmed, result_path, &res->root, e);
	if (rc == -ENOENT)
		err_set(e, ENOENT, "%s: no such file; 'catchment analyze %s' writes it",
			result_path, run_dir);
	if (rc == 0) {
		rc = json_file(run_dir, "run.json", trimmed, run_path, &res->run_root, e);
		rc = rc == -ENOENT ? 0 : rc;
	}
	if (rc == 0)
		rc = everything_read(res, result_path, run_path, e);
	if (rc == 0 && trimmed == NULL)
		rc = budget_trials_read(run_dir, res, e);
	if (rc == 0 && trimmed == NULL)
		rc = gated_read(run_dir, res->run_id, &res->gated, e);
	if (rc < 0)
		result_free(res);
	else
		*ret = res;
	return rc;
}

int
result_load(const char *run_dir, struct result **ret, struct err *e)
{
	return load(run_dir, NULL, ret, e);
}

int
result_load_brief(const char *run_dir, struct result **ret, struct err *e)
{
	/* By far the most of a result; no sentence of a verdict is made of it. */
	static const char *const trimmed[] = {"timeline", "city_timeline", "streams", "resolvers",
		"unicast", "bgp", "budget", "catchment", "phases", "phases_by_city", "slow_lookups",
		"withdraw_messages", "announce_messages", "session_closes", "strays", "steady",
		"links", "sites", "soak", NULL};

	return load(run_dir, trimmed, ret, e);
}

void
result_free(struct result *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->n_trials; i++)
		result_trial_done(&r->trial[i]);
	for (size_t i = 0; i < r->n_targets; i++) {
		free(r->targets[i].evidence);
		free(r->targets[i].shown);
		free(r->targets[i].beside_why);
	}
	free(r->metrics);
	free(r->targets);
	free(r->expectations);
	free(r->phases);
	budget_done(&r->budget);
	bgp_done(&r->bgp);
	compare_free(r->gated);
	free(r->catchment);
	free(r->cities);
	free(r->resolvers);
	free(r->trial);
	json_decref(r->root);
	json_decref(r->run_root);
	free(r);
}
