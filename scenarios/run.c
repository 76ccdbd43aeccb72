/* run.c - one run: a lab of its own, trials of one scenario in it, analysis, report. */
#include "scenarios/run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/analyze/analyze.h"
#include "lib/command.h"
#include "lib/fs.h"
#include "lib/stop.h"
#include "lib/talk.h"
#include "reports/report.h"
#include "scenarios/calibrate.h"
#include "scenarios/outcome.h"
#include "scenarios/record.h"
#include "scenarios/trial.h"

enum { DIR_BYTES = 640, CALIBRATIONS = 3 };

struct run {
	const struct run_plan *plan;
	char id[128], dir[DIR_BYTES], lab_name[48];
	struct lab *lab;
	struct rng rng;
	json_t *record;
	int done; /* trials whose folder is complete */
	bool failed, interrupted;
};

static int
code_of(int rc)
{
	return rc == -EINTR	? EXIT_INTERRUPTED
		: rc == -EINVAL ? EXIT_USAGE
		: rc == -EDOM	? EXIT_MISSED
				: EXIT_ENVIRONMENT;
}

static int
boot(struct run *r, struct err *e)
{
	struct lab_options options = r->plan->lab;
	struct mono start = mono_now();
	int rc;

	options.name = r->lab_name;
	rc = lab_up(&options, &r->lab, e);
	if (rc == 0)
		talk_step("lab up in %.1f s", (double)mono_diff_ns(mono_now(), start) / 1e9);
	return rc;
}

/* Name the run's folder after what it is; a second run in the same second gets a number. */
static int
make_dir(struct run *r, struct err *e)
{
	const char *variant = r->plan->lab.variant ? r->plan->lab.variant : "documented";
	char stamp[17];

	wall_stamp(wall_now(), stamp);
	for (int n = 1; n < 100; n++) {
		snprintf(r->id, sizeof(r->id), n == 1 ? "%.40s-%.40s-%s" : "%.40s-%.40s-%s-%d",
			r->plan->scenario->name, variant, stamp, n);
		snprintf(r->dir, sizeof(r->dir), "%.480s/%s", r->plan->out, r->id);
		if (access(r->dir, F_OK) < 0)
			return fs_mkdirs(r->dir, e);
	}
	return err_set(e, EEXIST, "%s exists", r->dir);
}

static int
new_record(struct run *r, struct err *e)
{
	const struct run_plan *plan = r->plan;
	const struct record_head head = {.id = r->id,
		.variant = plan->lab.variant ? plan->lab.variant : "documented",
		.trials_planned = plan->trials,
		.seed = plan->seed,
		.command = plan->command};
	int rc = record_new(&head, r->lab, plan->scenario, plan->targets, &r->record, e);

	return rc < 0 ? rc : record_write(r->record, r->dir, false, false, e);
}

/* The instrument itself, before anything is judged by it. A busy moment of the host may spoil one. */
static int
calibrate_first(struct run *r, struct err *e)
{
	const struct calibrate_plan plan = {.lab = r->lab,
		.scenario = r->plan->scenario,
		.run_dir = r->dir,
		.seed = r->plan->seed * 1000};
	char text[300];
	bool good = false;

	for (int i = 0; i < CALIBRATIONS && !good; i++) {
		json_t *result = NULL;
		int rc = calibrate(&plan, &result, e);

		if (rc < 0)
			return rc;
		good = json_is_true(json_object_get(result, "good"));
		calibrate_tell(result, text, sizeof(text));
		talk_step("calibration: %s%s%s", text, good ? "" : ": not good: ",
			good ? ""
			     : json_string_value(
				       json_array_get(json_object_get(result, "why"), 0)));
		json_decref(result);
	}
	return 0;
}

/* One trial; a lab that did not heal is rebuilt for the next. */
static int
one_trial(struct run *r, int number, int of, struct err *e)
{
	char name[24], dir[DIR_BYTES + 24];
	struct trial_plan plan = {.lab = r->lab,
		.scenario = r->plan->scenario,
		.number = number,
		.of = of,
		.dir = dir,
		.rng = &r->rng,
		.seed = r->plan->seed * 1000 + (uint64_t)number,
		.run_seed = r->plan->seed,
		.last_mile = r->plan->last_mile,
		.any_catchment = r->plan->lab.any_catchment};
	struct mono start = mono_now();
	int rc;

	snprintf(name, sizeof(name), "trial-%03d", number);
	snprintf(dir, sizeof(dir), "%s/%s", r->dir, name);
	rc = trial_run(&plan, e);
	if (rc == 0 || rc == -EHOSTDOWN) {
		record_add_trial(r->record, name);
		r->done++;
		talk_step("trial %d/%d done in %.0f s%s%s", number, of,
			(double)mono_diff_ns(mono_now(), start) / 1e9, rc < 0 ? ", but " : "",
			rc < 0 ? e->text : "");
	}
	if (rc == -EHOSTDOWN && !r->plan->keep && number < of) {
		lab_close(r->lab);
		r->lab = NULL;
		rc = boot(r, e);
	}
	return rc;
}

static int
trials(struct run *r, struct err *e)
{
	int of = r->plan->trials, cap = of + (of + 1) / 2, invalid = 0, rc = 0;

	/* What the host spoilt is repeated, up to half as many again. */
	for (int number = 1; rc == 0 && number <= of; number++) {
		rc = one_trial(r, number, of, e);
		if (rc < 0 || number < of || of >= cap)
			continue;
		rc = record_write(r->record, r->dir, false, false, e);
		if (rc == 0)
			rc = analyze_run(r->dir, e);
		if (rc == 0)
			rc = outcome_invalid_trials(r->dir, &invalid, e);
		if (rc == 0 && of - invalid < r->plan->trials && of < cap) {
			of++;
			talk_step("%d of %d trials are invalid: one more", invalid, number);
		}
	}
	return rc;
}

/* End the lab, unless it failed and shall be looked at. */
static void
leave(struct run *r)
{
	struct err e;

	if (r->lab == NULL)
		return;
	if (r->failed && r->plan->keep && lab_detach(r->lab, &e) == 0)
		talk_note("the lab is left standing: 'catchment lab status --name %s', then 'lab "
			  "down'",
			r->lab_name);
	lab_close(r->lab);
	r->lab = NULL;
}

static int
finish(struct run *r)
{
	struct err e = {0};
	int rc = record_write(r->record, r->dir, !r->failed && !r->interrupted, r->interrupted, &e);
	int code = EXIT_GOOD;

	if (r->done == 0) {
		talk_note("no trial was completed; what there is lies in %s", r->dir);
		return rc;
	}
	if (rc == 0)
		rc = analyze_run(r->dir, &e);
	if (rc == 0)
		rc = report_run_strict(r->dir, r->plan->strict, &e);
	if (rc == 0)
		rc = outcome_tell(r->dir, r->plan->strict, &code, &e);
	if (rc < 0) {
		talk_error("%s", e.text);
		return EXIT_ENVIRONMENT;
	}
	printf("%s/report.html\n", r->dir);
	return code;
}

int
run_scenario(const struct run_plan *plan)
{
	struct run *r = calloc(1, sizeof(*r));
	struct err e = {0};
	int rc, code, done_code;

	if (r == NULL)
		abort();
	r->plan = plan;
	rng_init(&r->rng, plan->seed);
	snprintf(r->lab_name, sizeof(r->lab_name), "run-%d", (int)getpid());
	/* The folder first: a place that cannot be written is found out before a lab is built. */
	rc = make_dir(r, &e);
	if (rc == 0 && (rc = boot(r, &e)) < 0)
		rmdir(r->dir);
	if (rc == 0)
		rc = new_record(r, &e);
	if (rc == 0 && !plan->uncalibrated)
		rc = calibrate_first(r, &e);
	if (rc == 0)
		rc = trials(r, &e);
	r->interrupted = rc == -EINTR;
	r->failed = rc < 0 && !r->interrupted;
	code = rc == 0 ? EXIT_GOOD : code_of(rc);
	if (rc < 0)
		talk_error("%s", e.text);
	leave(r);
	if (r->record != NULL) {
		done_code = finish(r);
		code = code == EXIT_GOOD ? done_code : code;
	}
	json_decref(r->record);
	free(r);
	return code;
}
