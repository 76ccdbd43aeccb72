/* calibration.c - the calibration read from its folder, measured part by part, judged by its limits. */
#include "bench/analyze/calibration.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/analyze/cal.h"
#include "bench/analyze/metrics.h"

void
cal_complain(struct cal *c, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	json_array_append_new(c->why, json_string(text));
}

void
cal_path(const struct cal *c, const char *name, char out[static CAL_DIR_BYTES])
{
	trial_path(c->run, c->trial, name, out, CAL_DIR_BYTES);
}

static json_t *
us(const struct samples *s, const char *statistic)
{
	return json_number(round(metric_statistic(s, statistic) * 10) / 10);
}

json_t *
cal_summary_us(const struct samples *s)
{
	return json_pack("{s:I, s:o, s:o, s:o, s:o}", "n", (json_int_t)s->n, "min", us(s, "min"),
		"p50", us(s, "median"), "p99", us(s, "p99"), "max", us(s, "max"));
}

double
cal_limit(const struct cal *c, const char *key)
{
	const json_t *limit = json_object_get(json_object_get(c->plan, "limits"), key);

	return json_is_number(limit) ? json_number_value(limit) : INFINITY;
}

static int
read_plan(struct cal *c, struct err *e)
{
	char path[CAL_DIR_BYTES];
	const char *schema;
	double gap_ms;
	int rc;

	cal_path(c, "calibration-plan.json", path);
	rc = json_file(path, &c->plan, e);
	if (rc < 0)
		return rc;
	schema = json_string_value(json_object_get(c->plan, "schema"));
	if (schema == NULL || strcmp(schema, "catchment.calibration-plan/1") != 0)
		return err_set(e, EBADMSG, "%s: schema: '%s' is not catchment.calibration-plan/1",
			path, schema == NULL ? "" : schema);
	/* Scenarios that share a lab are calibrated at the rate of the busiest; until then it was the run's own. */
	gap_ms = json_number_value(json_object_get(c->plan, "gap_ms"));
	if (gap_ms > 0)
		c->run->gap_ms = gap_ms;
	return 0;
}

static int
measure(struct cal *c, struct err *e)
{
	const json_t *why;
	size_t i;
	int rc = trial_load(c->run, c->trial, e);

	if (rc == 0)
		rc = read_plan(c, e);
	if (rc < 0)
		return rc;
	json_array_foreach(c->trial->why, i, why)
		json_array_append(c->why, (json_t *)(uintptr_t)why);
	if (c->trial->streams == 0)
		return 0;
	rc = cal_blackouts(c, e);
	if (rc == 0)
		rc = cal_delay(c, e);
	if (rc == 0)
		rc = cal_rtt(c, e);
	return rc;
}

int
analyze_calibration(const char *run_dir, json_t **ret, struct err *e)
{
	struct run *run = malloc(sizeof(*run));
	struct trial trial = {.valid = true, .why = json_array(), .noise = NULL};
	struct cal c = {.run = run, .trial = &trial, .result = json_object(), .why = json_array()};
	int rc;

	if (run == NULL || trial.why == NULL || c.result == NULL || c.why == NULL) {
		rc = err_sys(e, ENOMEM, "%s", run_dir);
		goto out;
	}
	rc = run_open(run, run_dir, e);
	if (rc < 0)
		goto out;
	/* What the run plans to break is still whole here. */
	run->fault_planned = run->restore_planned = false;
	/* How busy the host is shows in the figures themselves. */
	json_object_del(json_object_get(run->json, "limits"), "cpu_pressure_ratio");
	snprintf(trial.dir, sizeof(trial.dir), "calibration");
	rc = measure(&c, e);
	if (rc == 0) {
		json_object_set_new(c.result, "schema", json_string("catchment.calibration/1"));
		json_object_set_new(c.result, "good", json_boolean(json_array_size(c.why) == 0));
		json_object_set(c.result, "why", c.why);
		json_object_set(c.result, "limits", json_object_get(c.plan, "limits"));
		*ret = json_incref(c.result);
	}
	run_done(run);
out:
	trial_done(&trial);
	json_decref(c.plan);
	json_decref(c.result);
	json_decref(c.why);
	free(run);
	return rc;
}
