/* targets.c - a verdict for each judged target: IPv4 and IPv6 apart, from the valid trials' figures. */
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/analyze/loads.h"
#include "bench/analyze/metrics.h"
#include "bench/analyze/proofs.h"
#include "bench/analyze/rfc_metrics.h"
#include "bench/analyze/soak.h"
#include "bench/analyze/targets_rtt.h"
#include "bench/analyze/verdicts.h"
#include "lib/stat.h"

enum { PUBLISHED_TRIALS = 20 };

/* What run.json says of a judged target. */
struct target {
	const char *id;
	const char *documented;
	const char *figure; /* as it is documented, where that is more than the number */
	const char *metric;
	const char *statistic;
	const char *comparison;
	const char *unit;
	const char *family; /* the only one that this run judges; NULL: both */
	const char *beside; /* the scenario whose figure this one's is compared with; NULL: none */
	double value;
	bool has_value;
};

static const char *
text_of(const json_t *o, const char *key, const char *otherwise)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s == NULL ? otherwise : s;
}

static struct target
read_target(const json_t *o)
{
	const json_t *value = json_object_get(o, "target");

	return (struct target){.id = text_of(o, "id", "?"),
		.documented = text_of(o, "documented", NULL),
		.figure = text_of(o, "figure", ""),
		.metric = text_of(o, "metric", NULL),
		.statistic = text_of(o, "statistic", "max"),
		.comparison = text_of(o, "comparison", "<="),
		.unit = text_of(o, "unit", NULL),
		.family = text_of(o, "family", NULL),
		.beside = text_of(o, "beside", NULL),
		.value = json_number_value(value),
		.has_value = json_is_number(value)};
}

static size_t
valid_trials(const struct run *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->trials; i++)
		n += r->trial[i].valid;
	return n;
}

static json_t *
entry(const struct target *x, metric_family f, const char *verdict)
{
	json_t *o = json_object();

	json_object_set_new(o, "id", json_string(x->id));
	json_object_set_new(o, "family", f == FAMILIES ? json_null() : json_string(family_name[f]));
	json_object_set_new(o, "verdict", json_string(verdict));
	json_object_set_new(
		o, "documented", x->documented == NULL ? json_null() : json_string(x->documented));
	if (x->figure[0] != '\0')
		json_object_set_new(o, "figure", json_string(x->figure));
	json_object_set_new(o, "metric", x->metric == NULL ? json_null() : json_string(x->metric));
	json_object_set_new(o, "statistic", json_string(x->statistic));
	json_object_set_new(o, "comparison", json_string(x->comparison));
	json_object_set_new(o, "target", x->has_value ? json_real(x->value) : json_null());
	if (x->beside != NULL)
		json_object_set_new(o, "beside", json_string(x->beside));
	json_object_set_new(o, "unit", x->unit == NULL ? json_null() : json_string(x->unit));
	json_object_set_new(o, "measured", json_null());
	json_object_set_new(o, "n", json_integer(0));
	json_object_set_new(o, "share_over", json_null());
	json_object_set_new(o, "miss_bound_ratio", json_null());
	json_object_set_new(o, "why", json_null());
	json_object_set_new(o, "evidence", json_array());
	return o;
}

__attribute__((format(printf, 3, 4))) static json_t *
not_judged(const struct target *x, metric_family f, const char *fmt, ...)
{
	json_t *o = entry(x, f, "not judged");
	char why[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	json_object_set_new(o, "why", json_string(why));
	return o;
}

static double
statistic_of_trial(const struct samples *s, int trial, const char *statistic)
{
	struct samples one = {0};
	double value;

	for (size_t i = 0; i < s->n; i++)
		if (s->trial[i] == trial && samples_add(&one, s->value[i], trial) < 0)
			break;
	value = metric_statistic(&one, statistic);
	free(one.value);
	free(one.trial);
	return value;
}

/* Trials whose own statistic misses the target; the worst of them, or of all, in *ret_worst. */
static size_t
missing_trials(const struct run *r, const struct target *x, const struct metric *m,
	size_t *ret_with, const struct trial **ret_worst)
{
	bool less = x->comparison[0] == '<' || x->comparison[0] == '=';
	double worst = 0;
	size_t misses = 0;

	*ret_with = 0;
	*ret_worst = NULL;
	for (size_t i = 0; i < r->trials; i++) {
		const struct trial *t = &r->trial[i];
		double value;

		if (!t->valid)
			continue;
		value = statistic_of_trial(m->samples, t->number, x->statistic);
		if (isnan(value))
			continue;
		(*ret_with)++;
		misses += isinf(value) || !metric_compare(value, x->comparison, x->value);
		if (*ret_worst == NULL || (less ? value > worst : value < worst)) {
			*ret_worst = t;
			worst = value;
		}
	}
	return misses;
}

/* Files that show the worst trial's figure: the capture of the withdraw, or the answers. */
static json_t *
evidence(const struct target *x, metric_family f, const struct trial *t)
{
	json_t *list = json_array();
	char path[160];

	if (t == NULL)
		return list;
	if (strcmp(x->metric, "withdraw_ms") != 0) {
		snprintf(path, sizeof(path), "%s/answers", t->dir);
		json_array_append_new(list, json_string(path));
		return list;
	}
	for (size_t i = t->wires; i-- > 0;) {
		const struct wire_event *w = &t->wire[i];

		if (w->kind != WIRE_WITHDRAW || (f != FAMILIES && w->family != (enum family)f) ||
			w->at_ns < t->fault_ns || w->at_ns >= t->restore_ns ||
			(t->withdraw[w->family].first_ns != NEVER &&
				w->at_ns > t->withdraw[w->family].first_ns))
			continue;
		json_array_append_new(list, json_string(w->capture));
		break;
	}
	if (json_array_size(list) == 0) {
		snprintf(path, sizeof(path), "%s/captures", t->dir);
		json_array_append_new(list, json_string(path));
	}
	return list;
}

/* Of a withdraw: that it was not of all sessions, or did not last. */
static void
say_withdraw(const struct run *r, metric_family f, char *out, size_t out_bytes)
{
	unsigned flaps = 0, most = 0, sessions = 0;

	for (size_t i = 0; i < r->trials; i++)
		for (int k = 0; k < FAMILIES && r->trial[i].valid; k++) {
			const struct withdraw *w = &r->trial[i].withdraw[k];

			if (f != FAMILIES && f != (metric_family)k)
				continue;
			flaps = w->flaps > flaps ? w->flaps : flaps;
			if (w->first_ns == NEVER && w->most > most) {
				most = w->most;
				sessions = w->sessions;
			}
		}
	out[0] = '\0';
	if (most > 0)
		snprintf(out, out_bytes, "at most %u of %u sessions withdrew it at one time; ",
			most, sessions);
	else if (flaps > 0)
		snprintf(out, out_bytes, "it came back %s%u time%s before the restore; ",
			r->trials > 1 ? "up to " : "", flaps, flaps == 1 ? "" : "s");
}

/* Another run could as well fall on the other side: the figure is no more exact than it is far from the documented one. */
static bool
is_close(const struct run *r, const struct target *x, double measured)
{
	return fabs(measured - x->value) < rfc_metric_accuracy_ms(r, x->metric);
}

static void
say_why(json_t *o, const struct run *r, const struct target *x, metric_family f,
	const struct metric *m, size_t misses, size_t trials)
{
	const char *nothing = strcmp(x->metric, "withdraw_ms") == 0
		? "no withdraw was seen before the restore"
		: "not seen before the restore";
	char why[512], more[128] = "";
	int n = 0;

	if (strcmp(x->metric, "withdraw_ms") == 0)
		say_withdraw(r, f, more, sizeof(more));
	if (m->missing > 0)
		n = snprintf(why, sizeof(why), "%s in %zu of %zu samples; ", nothing, m->missing,
			m->samples->n);
	n += snprintf(why + n, sizeof(why) - (size_t)n, "%s%zu of %zu trials miss the target", more,
		misses, trials);
	if (trials < PUBLISHED_TRIALS)
		snprintf(why + n, sizeof(why) - (size_t)n,
			"; a quick look: %zu trial%s, a published figure has %d", trials,
			trials == 1 ? "" : "s", PUBLISHED_TRIALS);
	json_object_set_new(o, "why", json_string(why));
}

static json_t *
judge(const struct run *r, const struct target *x, metric_family f, const struct metric *m)
{
	double measured = metric_statistic(m->samples, x->statistic);
	const struct trial *worst;
	size_t trials, misses = missing_trials(r, x, m, &trials, &worst);
	bool met = isfinite(measured) && metric_compare(measured, x->comparison, x->value);
	json_t *o;

	if (isnan(measured))
		return not_judged(x, f, "no statistic is called '%s'", x->statistic);
	o = entry(x, f, met ? "met" : "missed");
	json_object_set_new(o, "measured", json_number(measured));
	json_object_set_new(o, "n", json_integer((json_int_t)m->samples->n));
	json_object_set_new(o, "trials", json_integer((json_int_t)trials));
	if (trials > 0) {
		json_object_set_new(o, "share_over", json_real((double)misses / (double)trials));
		json_object_set_new(
			o, "miss_bound_ratio", json_real(stat_miss_bound(misses, trials)));
	}
	if (is_close(r, x, measured))
		json_object_set_new(o, "close", json_true());
	if (x->unit == NULL)
		json_object_set_new(o, "unit", json_string(m->unit));
	say_why(o, r, x, f, m, misses, trials);
	json_object_set_new(o, "evidence", evidence(x, f, worst));
	return o;
}

/* One run alone does not judge it: the figure is told, and who compares it. */
static json_t *
measure(const struct run *r, const struct target *x, metric_family f, const struct metric *m)
{
	double measured = metric_statistic(m->samples, x->statistic);
	const struct trial *worst;
	size_t trials;
	json_t *o;

	if (isnan(measured))
		return not_judged(x, f, "no statistic is called '%s'", x->statistic);
	o = not_judged(x, f, "compared with %s by report --summary", x->beside);
	missing_trials(r, x, m, &trials, &worst);
	json_object_set_new(o, "measured", json_number(measured));
	json_object_set_new(o, "n", json_integer((json_int_t)m->samples->n));
	json_object_set_new(o, "trials", json_integer((json_int_t)trials));
	if (x->unit == NULL)
		json_object_set_new(o, "unit", json_string(m->unit));
	json_object_set_new(o, "evidence", evidence(x, f, worst));
	return o;
}

/* Why a metric that exists has no sample in this run. */
static json_t *
without_samples(const struct run *r, const struct target *x, metric_family f)
{
	if (valid_trials(r) == 0)
		return not_judged(x, f, "no trial was valid");
	if (strcmp(x->metric, "withdraw_ms") == 0 && r->fault_node == NULL)
		return not_judged(x, f, "this scenario puts no node at fault");
	if (strcmp(x->metric, "first_good_answer_ms") == 0)
		return not_judged(x, f, "no stream was affected");
	if (strcmp(x->metric, "soak_failures") == 0 && soak_planned(r) < SOAK_ROUNDS)
		return not_judged(x, f, "%u of at least %d rounds", soak_planned(r), SOAK_ROUNDS);
	return not_judged(x, f, "this run has no sample of %s%s%s", x->metric,
		f == FAMILIES ? "" : " over IP", f == FAMILIES ? "" : family_name[f]);
}

static int
judge_family(const struct run *r, const struct target *x, metric_family f, json_t *list)
{
	struct metric m;
	int rc;

	if (f != FAMILIES && x->family != NULL && strcmp(x->family, family_name[f]) != 0) {
		json_array_append_new(
			list, not_judged(x, f, "this scenario judges it for IP%s only", x->family));
		return 0;
	}
	rc = metric_collect(r, x->metric, f, &m);
	if (rc < 0)
		return rc;
	json_array_append_new(list,
		m.samples->n == 0	    ? without_samples(r, x, f)
			: x->beside != NULL ? measure(r, x, f, &m)
					    : judge(r, x, f, &m));
	metric_done(&m);
	return 0;
}

static void
add_proof(const struct target *x, metric_family f, const struct proof *p, json_t *list)
{
	json_t *o = entry(x, f, p->verdict);

	json_object_set_new(o, "why", json_string(p->why));
	json_object_set_new(o, "n", json_integer((json_int_t)p->n));
	json_object_set_new(o, "shown", p->shown);
	json_object_set_new(o, "evidence", p->evidence);
	/* A figure that was not measured is not compared with the documented one. */
	json_object_set_new(o, "metric", json_null());
	json_object_set_new(o, "statistic", json_null());
	json_object_set_new(o, "target", json_null());
	json_array_append_new(list, o);
}

/* Is it judged without a metric in this scenario? Then the entries are added. */
static bool
judge_by_proof(const struct run *r, const struct target *x, const json_t *held, json_t *list)
{
	struct proof p;
	bool apart;

	if (proof_has_checks(r, x->id, &apart)) {
		for (int f = apart ? V4 : FAMILIES; f <= (apart ? V6 : FAMILIES); f++) {
			proof_by_checks(r, x->id, (enum family)f, &p);
			add_proof(x, (metric_family)f, &p, list);
		}
		return true;
	}
	if (!proof_has_expectations(r, x->id))
		return false;
	proof_by_expectations(r, x->id, held, &p);
	add_proof(x, FAMILIES, &p, list);
	return true;
}

static int
judge_target(const struct run *r, const struct target *x, const json_t *held, json_t *list)
{
	struct metric both;
	bool apart;
	int rc;

	if (judge_by_proof(r, x, held, list))
		return 0;

	if (x->metric == NULL || (!x->has_value && x->beside == NULL)) {
		json_array_append_new(list,
			not_judged(x, FAMILIES, "run.json gives no metric or no target for it"));
		return 0;
	}
	rc = metric_collect(r, x->metric, FAMILIES, &both);
	if (rc == -ENOENT) {
		json_array_append_new(
			list, not_judged(x, FAMILIES, "no metric is called '%s'", x->metric));
		return 0;
	}
	if (rc < 0)
		return rc;
	apart = both.samples->n > 0 && strcmp(x->metric, "full_convergence_ms") != 0 &&
		!loads_is_metric(x->metric, NULL);
	metric_done(&both);
	if (!apart)
		return judge_family(r, x, FAMILIES, list);
	rc = judge_family(r, x, V4, list);
	return rc < 0 ? rc : judge_family(r, x, V6, list);
}

json_t *
targets_json(const struct run *r, const json_t *held)
{
	json_t *list = json_array(), *item;
	size_t i;

	json_array_foreach(json_object_get(r->json, "judges"), i, item)
	{
		struct target x = read_target(item);
		int rc = json_is_true(json_object_get(item, "modelled"))
			? targets_rtt_judge(r, item, list)
			: judge_target(r, &x, held, list);

		if (rc < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}
