/* sweep_run.c - a sweep's combinations one after the other, each in a lab of its own, written down as they come. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/command.h"
#include "lib/fs.h"
#include "lib/stop.h"
#include "lib/talk.h"
#include "scenarios/batch.h"
#include "scenarios/run.h"
#include "scenarios/again.h"
#include "scenarios/sweep.h"
#include "scenarios/sweep_idle.h"

/* As in batch.c; the lab comes up once more for each combination. */
#define BOOT_S 9.0

static bool
is_calibrated(const struct sweep *s)
{
	return !json_is_true(json_object_get(s->asked, "no_calibration"));
}

static double
estimate_s(const struct sweep *s, size_t left)
{
	double each_s =
		BOOT_S + (double)s->idle_ns / 1e9 + batch_estimate_s(s->scenario, s->trials, false);

	return each_s * (double)left + (is_calibrated(s) && left > 0 ? 20 : 0);
}

static void
announce(const struct sweep *s)
{
	size_t done = 0;
	double span_s;

	for (size_t i = 0; i < s->len; i++)
		done += s->items[i].done;
	span_s = estimate_s(s, s->len - done);
	talk_step(
		"%zu combination%s of %zu knob%s, each in a lab of its own: %.0f s left alone, %d "
		"trial%s of %s; about %.0f %s",
		s->len - done, s->len - done == 1 ? "" : "s", s->vary_len,
		s->vary_len == 1 ? "" : "s", (double)s->idle_ns / 1e9, s->trials,
		s->trials == 1 ? "" : "s", s->scenario->name,
		span_s < 90 ? span_s : ceil(span_s / 60), span_s < 90 ? "s" : "min");
	if (done > 0)
		talk_step("%zu of %zu were completed before", done, s->len);
}

/* "settings/07" below the sweep's folder: the combination's own layer, and beside it what its idle lab logged. */
static void
place_of(const struct sweep *s, size_t i, const char *what, char out[static SWEEP_DIR_BYTES + 32])
{
	snprintf(out, SWEEP_DIR_BYTES + 32, "%s/%s/%02zu", s->dir, what, i + 1);
}

static bool
is_varied(const struct sweep *s, const struct knob *knob)
{
	for (size_t k = 0; k < s->vary_len; k++)
		if (strcmp(s->vary[k].knob->name, knob->name) == 0)
			return true;
	return false;
}

size_t
sweep_settings(
	const struct sweep *s, size_t i, struct knob_setting ret[SCENARIO_SETTINGS + SWEEP_KNOBS])
{
	size_t n = 0;

	/* One that is varied is set once: a place with a `set` would keep the line of the first. */
	for (size_t k = 0; k < s->scenario->settings_len; k++)
		if (!is_varied(s, s->scenario->settings[k].knob))
			ret[n++] = s->scenario->settings[k];
	for (size_t k = 0; k < s->vary_len; k++)
		ret[n++] = (struct knob_setting){
			.knob = s->vary[k].knob, .value = s->vary[k].values[s->items[i].value[k]]};
	return n;
}

static int
write_layer(const struct sweep *s, size_t i, const char *dir, struct err *e)
{
	struct knob_setting settings[SCENARIO_SETTINGS + SWEEP_KNOBS];
	size_t n = sweep_settings(s, i, settings);
	int rc = fs_remove_tree(dir, e); /* of an attempt that was interrupted */

	if (rc == 0)
		rc = knob_layer_write(s->topology, s->stacks.list, settings, n, dir, e);
	return rc;
}

/* For the run's own record: each knob, its value and unit. */
static json_t *
values_json(const struct sweep *s, size_t i)
{
	json_t *list = json_array();

	for (size_t k = 0; k < s->vary_len; k++)
		json_array_append_new(list,
			json_pack("{s:s, s:f, s:s, s:s}", "name", s->vary[k].knob->name, "value",
				s->vary[k].values[s->items[i].value[k]], "unit",
				s->vary[k].knob->unit, "now", s->vary[k].now));
	return list;
}

static int
watch_idle(const struct sweep *s, size_t i, struct session *session, json_t *found, struct err *e)
{
	char dir[SWEEP_DIR_BYTES + 32];
	json_t *idle = NULL;
	int rc;

	if (s->idle_ns == 0)
		return 0;
	place_of(s, i, "idle", dir);
	rc = idle_watch(session->lab, s->idle_ns, dir, &idle, e);
	if (rc < 0)
		return rc;
	talk_step("left alone for %.0f s: %.1f %% of a core at the sites, %lld false alarms",
		json_number_value(json_object_get(idle, "observed_s")),
		100 *
			json_number_value(
				json_object_get(json_object_get(idle, "cpu_ratio"), "sites")),
		(long long)json_integer_value(json_object_get(idle, "false_alarms")));
	json_object_set_new(found, "idle", idle);
	return 0;
}

/* A run that failed before it leaves none: then the next combination's run measures the instrument. */
static bool
has_calibration(const char *run_dir)
{
	char path[RUN_DIR_BYTES + 40];

	snprintf(path, sizeof(path), "%s/calibration/calibration.json", run_dir);
	return run_dir[0] != '\0' && access(path, F_OK) == 0;
}

/* One combination alone, by the layer that was written for it. */
static void
tell_again(const struct sweep *s, size_t i, const struct run_plan *plan)
{
	struct batch alone = {.plan = *plan, .lab = s->lab, .quick = plan->once, .layers_len = 0};
	const struct batch_item item = {.scenario = s->scenario,
		.variant = s->lab.variant != NULL ? s->lab.variant : "documented"};
	char dir[SWEEP_DIR_BYTES + 32];
	struct buf again = {0};
	const json_t *layer;
	size_t k;

	place_of(s, i, "settings", dir);
	json_array_foreach(json_object_get(s->asked, "layers"), k, layer)
	{
		if (alone.layers_len + 1 < BATCH_LAYERS)
			alone.layers[alone.layers_len++] = json_string_value(layer);
	}
	alone.layers[alone.layers_len++] = dir;
	alone.probes = (unsigned int)json_integer_value(json_object_get(s->asked, "probes"));
	alone.rate_qps = json_number_value(json_object_get(s->asked, "rate_qps"));
	again_say(&again, &alone, &item);
	if (again.data != NULL && !again.failed)
		talk_step("%-12s %s", "again:", again.data);
	buf_done(&again);
}

static int
run_trials(struct sweep *s, size_t i, struct session *session, json_t *found, struct err *e)
{
	char dir[RUN_DIR_BYTES];
	json_t *values = values_json(s, i);
	struct run_plan plan = {.scenario = s->scenario,
		.targets = s->targets,
		.session = session,
		.trials = s->trials,
		.seed = (uint64_t)json_integer_value(json_object_get(s->asked, "seed")),
		.out = s->dir,
		/* It is the same instrument each time: once is enough, in the first that comes up. */
		.uncalibrated = !is_calibrated(s) || s->calibrated,
		.once = json_is_true(json_object_get(s->asked, "quick")),
		.knobs = values,
		.untold = true,
		.command = s->command};
	int code = run_scenario(&plan, dir);

	json_decref(values);
	if (code != EXIT_GOOD && code != EXIT_INTERRUPTED && dir[0] != '\0')
		tell_again(s, i, &plan);
	s->calibrated |= has_calibration(dir);
	json_object_set_new(found, "code", json_integer(code));
	if (dir[0] != '\0')
		json_object_set_new(found, "dir", json_string(strrchr(dir, '/') + 1));
	if (code == EXIT_INTERRUPTED)
		return err_set(e, EINTR, "interrupted");
	/* Of a run that failed late there are figures nevertheless. */
	if (dir[0] == '\0' || (sweep_figures(dir, found, e) < 0 && code == EXIT_ENVIRONMENT))
		return err_set(e, EIO, "no trial was completed");
	return json_object_get(found, "trials") != NULL ? 0 : -EINVAL;
}

bool
sweep_is_finding(int lab_up_rc)
{
	return lab_up_rc == -ETIMEDOUT || lab_up_rc == -EIO || lab_up_rc == -EDOM;
}

/*
 * What goes wrong in one combination is its finding: perhaps nothing comes up with such a setting. Returns EXIT_GOOD,
 * EXIT_INTERRUPTED, or EXIT_ENVIRONMENT (told): no lab can be brought up here, whatever is set.
 */
static int
run_item(struct sweep *s, size_t i)
{
	struct sweep_item *item = &s->items[i];
	char dir[SWEEP_DIR_BYTES + 32], name[256];
	const char *layers[SWEEP_LAYERS + SCENARIO_LAYERS + 2] = {NULL};
	struct session session = {.options = s->lab};
	json_t *found = json_object();
	struct err e = {0};
	bool is_hopeless = false;
	size_t n = 0;
	int rc;

	talk_step("%zu of %zu: %s", i + 1, s->len, sweep_show_item(s, i, name));
	talk_subject("%zu of %zu", i + 1, s->len);
	talk_expect(mono_add(mono_now(), (int64_t)(estimate_s(s, s->len - i) * 1e9)));
	place_of(s, i, "settings", dir);
	while (s->layers[n] != NULL) {
		layers[n] = s->layers[n];
		n++;
	}
	layers[n] = dir;
	session.options.layers = layers;
	rc = write_layer(s, i, dir, &e);
	if (rc == 0) {
		rc = session_need(&session, false, &e);
		is_hopeless = rc < 0 && rc != -EINTR && !sweep_is_finding(rc);
	}
	if (rc == 0)
		rc = watch_idle(s, i, &session, found, &e);
	if (rc == 0)
		rc = run_trials(s, i, &session, found, &e);
	session_done(&session);
	if (rc == -EINTR) {
		json_decref(found);
		return EXIT_INTERRUPTED;
	}
	if (is_hopeless) {
		talk_error("%s", e.text);
		talk_note("no lab comes up: the other combinations are not tried; --resume %s goes "
			  "on",
			s->dir);
		json_decref(found);
		return EXIT_ENVIRONMENT;
	}
	snprintf(name, sizeof(name), "settings/%02zu", i + 1);
	json_object_set_new(found, "layer", json_string(name));
	if (rc < 0) {
		talk_error("%s: %s", sweep_show_item(s, i, name), e.text);
		json_object_set_new(found, "failed", json_string(e.text));
	}
	json_decref(item->found);
	item->found = found;
	item->done = true;
	return EXIT_GOOD;
}

static int
worse(int a, int b)
{
	static const int order[] = {
		EXIT_GOOD, EXIT_INCONCLUSIVE, EXIT_USAGE, EXIT_ENVIRONMENT, EXIT_INTERRUPTED};

	for (size_t i = sizeof(order) / sizeof(order[0]); i-- > 0;)
		if (a == order[i] || b == order[i])
			return order[i];
	return a;
}

static int
code_of(const struct sweep_item *item)
{
	if (json_object_get(item->found, "failed") != NULL)
		return EXIT_ENVIRONMENT;
	return json_integer_value(json_object_get(item->found, "valid_trials")) > 0
		? EXIT_GOOD
		: EXIT_INCONCLUSIVE;
}

int
sweep_run(struct sweep *s)
{
	int code = EXIT_GOOD;
	struct err e;

	announce(s);
	/* What is repeated comes after what was never tried. */
	for (size_t n = 0; n < 2 * s->len && code == EXIT_GOOD; n++) {
		struct sweep_item *item = &s->items[n % s->len];

		if (item->done || item->again != (n >= s->len))
			continue;
		code = stop_requested() ? EXIT_INTERRUPTED : run_item(s, n % s->len);
		if (sweep_write(s, &e) < 0) {
			talk_error("%s", e.text);
			return EXIT_ENVIRONMENT;
		}
	}
	if (code != EXIT_GOOD)
		return code;
	for (size_t i = 0; i < s->len; i++)
		code = worse(code, code_of(&s->items[i]));
	return code;
}
