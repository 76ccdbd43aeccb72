/* compare_json.c - catchment.compare/1, written and read. */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/fs.h"
#include "lib/jread.h"
#include "lib/utf8.h"
#include "reports/compare_internal.h"

enum { FILE_BYTES = 4 << 20 };

static json_t *
number(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

static json_t *
metric_json(const struct compare_metric *m)
{
	const struct gate_judged *j = &m->judged;

	return json_pack(
		"{s:s, s:s, s:s, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:s}",
		"name", m->name, "unit", m->unit, "statistic", m->statistic, "baseline_n",
		(json_int_t)m->baseline_n, "n", (json_int_t)m->n, "baseline_p50",
		number(j->baseline_p50), "p50", number(j->p50), "shift", number(j->shift),
		"shift_low", number(j->shift_low), "shift_high", number(j->shift_high), "p_value",
		number(j->p_value), "alpha", number(j->alpha), "limit", number(j->limit), "verdict",
		gate_verdict_name(j->verdict), "why", j->why);
}

static json_t *
look_json(const struct compare *c)
{
	if (c->look < 0)
		return json_null();
	return json_pack("{s:I, s:f, s:I}", "trials", (json_int_t)gate_looks[c->look].trials,
		"alpha", gate_looks[c->look].alpha, "scenarios", (json_int_t)c->scenarios);
}

json_t *
compare_json(const struct compare *c)
{
	json_t *differs = json_array(), *metrics = json_array(), *o;

	for (size_t i = 0; i < c->n_differs; i++)
		json_array_append_new(differs,
			json_pack("{s:s, s:s, s:s, s:b}", "what", c->differs[i].what, "baseline",
				c->differs[i].baseline, "run", c->differs[i].run, "comparable",
				c->differs[i].comparable));
	for (size_t i = 0; i < c->n_metrics; i++)
		json_array_append_new(metrics, metric_json(&c->metrics[i]));
	o = json_pack("{s:s, s:s, s:s, s:s, s:{s:s, s:I, s:I, s:O?}, s:I, s:I, s:s, s:o, s:s, s:s, "
		      "s:o, s:o}",
		"schema", "catchment.compare/1", "scenario", c->scenario, "variant", c->variant,
		"run", c->run, "baseline", "name", c->baseline, "trials",
		(json_int_t)c->baseline_trials, "labs", (json_int_t)c->baseline_labs, "provenance",
		c->provenance, "trials", (json_int_t)c->trials, "invalid_trials",
		(json_int_t)c->invalid_trials, "phase", gate_phase_name(c->phase), "look",
		look_json(c), "verdict", gate_verdict_name(c->verdict), "why", c->why, "differs",
		differs, "metrics", metrics);
	if (o != NULL && c->rerun[0] != '\0')
		json_object_set_new(o, "rerun",
			json_pack("{s:s, s:s}", "run", c->rerun, "verdict",
				gate_verdict_name(c->rerun_verdict)));
	if (o != NULL && c->confirms[0] != '\0')
		json_object_set_new(o, "confirms", json_string(c->confirms));
	return o;
}

int
compare_write(const struct compare *c, const char *run_dir, struct err *e)
{
	char path[PATH_MAX], *text = NULL;
	json_t *json = compare_json(c);
	int rc;

	snprintf(path, sizeof(path), "%s/compare.json", run_dir);
	if (json != NULL)
		text = json_dumps(json, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
	json_decref(json);
	if (text == NULL)
		return err_set(e, ENOMEM, "%s: out of memory, or a name is not UTF-8", path);
	rc = fs_write(path, text, strlen(text), e);
	free(text);
	return rc;
}

/* null and a key that is not there: NAN; but for the ends of an interval, which are open then. */
static double
read_number(struct jread *r, const json_t *o, const char *in, const char *key, double otherwise)
{
	json_t *v = json_object_get(o, key);

	if (v == NULL || json_is_null(v))
		return otherwise;
	return jread_number(r, o, in, key, -1e15, 1e15);
}

static void
read_text(struct jread *r, const json_t *o, const char *in, const char *key, const char *otherwise,
	char *ret, size_t ret_bytes)
{
	snprintf(ret, ret_bytes, "%s", jread_str(r, o, in, key, otherwise));
	utf8_tidy(ret);
}

static enum gate_verdict
read_verdict(struct jread *r, const json_t *o, const char *in)
{
	const char *name = jread_str(r, o, in, "verdict", NULL);
	enum gate_verdict v = GATE_INCONCLUSIVE;

	if (name[0] != '\0' && gate_verdict_of(name, &v) < 0)
		jread_complain(r, in[0] != '\0' ? in : "verdict", "'%s' is no verdict", name);
	return v;
}

static size_t
read_count(struct jread *r, const json_t *o, const char *in, const char *key)
{
	return (size_t)jread_int(r, o, in, key, 0, 1000000, 0);
}

static void
read_metrics(struct jread *r, struct compare *c)
{
	json_t *list = jread_array(r, r->root, "", "metrics"), *o;
	size_t i;

	json_array_foreach(list, i, o)
	{
		struct compare_metric *m = &c->metrics[c->n_metrics];
		struct gate_judged *j = &m->judged;
		char in[32];

		if (c->n_metrics == GATE_METRICS) {
			jread_complain(r, "metrics", "more than %d", GATE_METRICS);
			return;
		}
		c->n_metrics++;
		snprintf(in, sizeof(in), "metrics[%zu]", i);
		read_text(r, o, in, "name", NULL, m->name, sizeof(m->name));
		read_text(r, o, in, "unit", "", m->unit, sizeof(m->unit));
		read_text(r, o, in, "statistic", "", m->statistic, sizeof(m->statistic));
		read_text(r, o, in, "why", "", j->why, sizeof(j->why));
		m->baseline_n = read_count(r, o, in, "baseline_n");
		m->n = read_count(r, o, in, "n");
		j->verdict = read_verdict(r, o, in);
		j->baseline_p50 = read_number(r, o, in, "baseline_p50", NAN);
		j->p50 = read_number(r, o, in, "p50", NAN);
		j->shift = read_number(r, o, in, "shift", NAN);
		j->shift_low = read_number(r, o, in, "shift_low", -(double)INFINITY);
		j->shift_high = read_number(r, o, in, "shift_high", INFINITY);
		j->p_value = read_number(r, o, in, "p_value", NAN);
		j->alpha = read_number(r, o, in, "alpha", NAN);
		j->limit = read_number(r, o, in, "limit", NAN);
	}
}

static void
read_differs(struct jread *r, struct compare *c)
{
	json_t *list = jread_array(r, r->root, "", "differs"), *o;
	size_t i;

	json_array_foreach(list, i, o)
	{
		struct compare_differs *d = &c->differs[c->n_differs];
		char in[32];

		if (c->n_differs == COMPARE_DIFFERS) {
			jread_complain(r, "differs", "more than %d", COMPARE_DIFFERS);
			return;
		}
		c->n_differs++;
		snprintf(in, sizeof(in), "differs[%zu]", i);
		read_text(r, o, in, "what", NULL, d->what, sizeof(d->what));
		read_text(r, o, in, "baseline", "", d->baseline, sizeof(d->baseline));
		read_text(r, o, in, "run", "", d->run, sizeof(d->run));
		d->comparable = json_is_true(json_object_get(o, "comparable"));
	}
}

static void
read_head(struct jread *r, struct compare *c)
{
	const json_t *baseline = json_object_get(r->root, "baseline");
	const json_t *look = json_object_get(r->root, "look");
	const json_t *rerun = json_object_get(r->root, "rerun");
	const char *phase = jread_str(r, r->root, "", "phase", "none");

	read_text(r, r->root, "", "scenario", NULL, c->scenario, sizeof(c->scenario));
	read_text(r, r->root, "", "variant", NULL, c->variant, sizeof(c->variant));
	read_text(r, r->root, "", "run", NULL, c->run, sizeof(c->run));
	read_text(r, r->root, "", "why", NULL, c->why, sizeof(c->why));
	read_text(r, r->root, "", "confirms", "", c->confirms, sizeof(c->confirms));
	read_text(r, baseline, "baseline", "name", NULL, c->baseline, sizeof(c->baseline));
	c->baseline_trials = read_count(r, baseline, "baseline", "trials");
	c->baseline_labs = read_count(r, baseline, "baseline", "labs");
	c->provenance = json_incref(json_object_get(baseline, "provenance"));
	c->trials = read_count(r, r->root, "", "trials");
	c->invalid_trials = read_count(r, r->root, "", "invalid_trials");
	c->verdict = read_verdict(r, r->root, "");
	if (gate_phase_of(phase, &c->phase) < 0)
		jread_complain(r, "phase", "'%s' is no phase", phase);
	c->look = json_is_object(look) ? gate_look_at(read_count(r, look, "look", "trials")) : -1;
	c->scenarios = json_is_object(look) ? read_count(r, look, "look", "scenarios") : 1;
	if (json_is_object(rerun)) {
		read_text(r, rerun, "rerun", "run", NULL, c->rerun, sizeof(c->rerun));
		c->rerun_verdict = read_verdict(r, rerun, "rerun");
	}
}

int
compare_read(const char *run_dir, struct compare **ret, struct err *e)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/compare.json", run_dir);
	return compare_read_file(path, ret, e);
}

int
compare_read_file(const char *path, struct compare **ret, struct err *e)
{
	struct jread r;
	struct compare *c;
	int rc = jread_open(&r, path, FILE_BYTES, "catchment.compare/1", e);

	if (rc < 0)
		return rc;
	c = calloc(1, sizeof(*c));
	if (c == NULL) {
		(void)jread_end(&r);
		return err_set(e, ENOMEM, "%s: out of memory", path);
	}
	read_head(&r, c);
	read_metrics(&r, c);
	read_differs(&r, c);
	rc = jread_end(&r);
	if (rc < 0)
		compare_free(c);
	else
		*ret = c;
	return rc;
}
