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
#include "reports/history/front.h"
#include "reports/report.h"
#include "scenarios/gated.h"
#include "scenarios/outcome.h"
#include "scenarios/record.h"
#include "scenarios/scenario_settings.h"
#include "scenarios/trial.h"

enum { DIR_BYTES = RUN_DIR_BYTES, CALIBRATIONS = 3 };

struct run {
	const struct run_plan *plan;
	struct session *session;
	char id[128], dir[DIR_BYTES];
	int unhealed; /* trials after which the lab was not as before */
	struct rng rng;
	json_t *record;
	int done;    /* trials whose folder is complete */
	int begun;   /* trials, the latest's number */
	int invalid; /* of these, when last analyzed */
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

/* Name the run's folder after what it is; a second run in the same second gets a number. */
static int
make_dir(struct run *r, struct err *e)
{
	const char *variant =
		r->session->options.variant ? r->session->options.variant : "documented";
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

/* The scenario's settings as RUN/settings, for the lab that this run may bring up. A sweep's lab has them in its own layer. */
static int
write_settings(struct run *r, struct err *e)
{
	struct session *s = r->session;

	s->settings[0] = '\0';
	if (r->plan->scenario->settings_len == 0 || r->plan->knobs != NULL)
		return 0;
	snprintf(s->settings, sizeof(s->settings), "%s/settings", r->dir);
	return scenario_write_settings(r->plan->scenario, s->settings, e);
}

static int
new_record(struct run *r, struct err *e)
{
	const struct run_plan *plan = r->plan;
	const struct record_head head = {.id = r->id,
		.variant = plan->session->options.variant ? plan->session->options.variant
							  : "documented",
		.trials_planned = plan->trials,
		.seed = plan->seed,
		.locked = plan->locked,
		.command = plan->command,
		.alone = plan->alone};
	int rc = record_new(&head, r->session->lab, plan->scenario, plan->targets, &r->record, e);

	if (rc == 0 && plan->knobs != NULL)
		json_object_set(r->record, "knobs", plan->knobs);
	return rc < 0 ? rc : record_write(r->record, r->dir, false, false, e);
}

/* One trial; a lab that did not heal is rebuilt for the next. */
static int
one_trial(struct run *r, int number, int of, struct err *e)
{
	char name[24], title[48], dir[DIR_BYTES + 24];
	struct trial_plan plan = {.lab = r->session->lab,
		.scenario = r->plan->scenario,
		.number = number,
		.of = of,
		.dir = dir,
		.rng = &r->rng,
		.seed = r->plan->seed * 1000 + (uint64_t)number,
		.run_seed = r->plan->seed,
		.last_mile = r->plan->last_mile,
		.locked = r->plan->locked,
		.any_catchment = r->session->options.any_catchment};
	struct mono start;
	int rc;

	snprintf(title, sizeof(title), "trial %d/%d", number, of);
	rc = r->plan->once ? 0 : session_rest(r->session, title, e);
	if (rc < 0)
		return rc;
	start = mono_now();
	snprintf(name, sizeof(name), "trial-%03d", number);
	snprintf(dir, sizeof(dir), "%s/%s", r->dir, name);
	rc = trial_run(&plan, e);
	r->session->whole_since = mono_now();
	if (rc == 0 || rc == -EHOSTDOWN) {
		record_add_trial(r->record, name);
		r->done++;
		talk_step("trial %d/%d done in %.0f s%s%s", number, of,
			(double)mono_diff_ns(mono_now(), start) / 1e9, rc < 0 ? ", but " : "",
			rc < 0 ? e->text : "");
	}
	if (rc != -EHOSTDOWN)
		return rc;
	r->unhealed++;
	record_add_unhealed(r->record, name);
	if (!r->plan->keep) {
		session_drop(r->session);
		rc = number < of ? session_need(r->session, false, e) : 0;
	}
	return rc;
}

static int
count_invalid(struct run *r, struct err *e)
{
	int rc = record_write(r->record, r->dir, false, false, e);

	if (rc == 0)
		rc = analyze_run(r->dir, e);
	return rc < 0 ? rc : outcome_invalid_trials(r->dir, &r->invalid, e);
}

/* Of how many the terminal speaks: a gate's first glance is one trial of its first look. */
static int
spoken_of(const struct run *r, int of)
{
	int look = r->plan->gate != NULL ? (int)gate_looks[0].trials : 0;

	return of < look ? look : of;
}

/* Until there are so many valid ones. What the host spoilt is repeated, up to half as many again. */
static int
so_many(struct run *r, int wanted, struct err *e)
{
	int of = wanted + r->invalid, cap = r->plan->once ? of : wanted + (wanted + 1) / 2, rc = 0;

	while (rc == 0 && r->begun < of) {
		/* After a trial that did not heal, the lab is gone. */
		rc = session_need(r->session, false, e);
		if (rc == 0)
			rc = one_trial(r, ++r->begun, spoken_of(r, of), e);
		if (rc < 0 || r->begun < of || (of >= cap && r->plan->gate == NULL))
			continue;
		rc = count_invalid(r, e);
		if (rc == 0 && of - r->invalid < wanted && of < cap) {
			of++;
			talk_step("%d of %d trials are invalid: one more", r->invalid, r->begun);
		}
	}
	return rc;
}

/* What is not comparable shows in one trial; no other is spent on it. */
static int
first_glance(struct run *r, struct err *e)
{
	int rc;

	json_object_set_new(r->record, "trials_planned", json_integer(1));
	rc = so_many(r, 1, e);
	return rc < 0 ? rc : gate_look(r->plan->gate, r->dir, false, e);
}

/* Look after look, until what is seen is enough for a verdict. */
static int
looks(struct run *r, struct err *e)
{
	struct gate *g = r->plan->gate;
	bool last = false;
	int rc = first_glance(r, e);

	if (rc < 0 || g->compare->verdict == GATE_NOT_COMPARABLE)
		return rc;
	for (int look = 0; look < GATE_LOOKS && !last && rc == 0; look++) {
		int wanted = (int)gate_looks[look].trials;

		last = look == GATE_LOOKS - 1 || wanted >= r->plan->trials;
		wanted = wanted > r->plan->trials ? r->plan->trials : wanted;
		json_object_set_new(r->record, "trials_planned", json_integer(wanted));
		rc = so_many(r, wanted, e);
		/* On a host this noisy more trials would be no better. */
		last = last || r->begun - r->invalid < wanted || g->compare->off_limits;
		if (rc == 0)
			rc = gate_look(g, r->dir, last, e);
		if (rc < 0 || g->compare->verdict != GATE_INCONCLUSIVE)
			break;
		if (!last)
			talk_step("%s", g->compare->why);
	}
	return rc;
}

static int
trials(struct run *r, struct err *e)
{
	return r->plan->gate != NULL ? looks(r, e) : so_many(r, r->plan->trials, e);
}

/* What is healthy is there for the next run; a lab that failed shall be looked at, or is of no use. */
static void
leave(struct run *r)
{
	if (r->session->lab == NULL || (!r->failed && !r->interrupted))
		return;
	if (r->failed && r->plan->keep)
		session_leave_standing(r->session);
	else
		session_drop(r->session);
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
	if (rc == 0 && r->plan->gate != NULL && (r->failed || r->interrupted))
		rc = gate_look(r->plan->gate, r->dir, true, &e);
	if (rc == 0)
		rc = report_run_strict(r->dir, r->plan->strict, &e);
	if (rc == 0)
		rc = outcome_tell(r->dir, r->plan->strict, &code, &e);
	if (rc == 0 && !r->plan->untold)
		rc = ci_tell_run(r->plan->ci, r->dir, r->plan->strict, &e);
	if (rc < 0) {
		talk_error("%s", e.text);
		return EXIT_ENVIRONMENT;
	}
	if (!r->plan->untold)
		printf("%s/report.html\n", r->dir);
	return code;
}

int
run_scenario(const struct run_plan *plan, char ret_dir[RUN_DIR_BYTES])
{
	struct run *r = calloc(1, sizeof(*r));
	struct err e = {0};
	bool out_is_new;
	int rc, code, done_code;

	if (r == NULL)
		abort();
	r->plan = plan;
	r->session = plan->session;
	rng_init(&r->rng, plan->seed);
	out_is_new = access(plan->out, F_OK) < 0;
	/* The folder first: a place that cannot be written is found out before a lab is built. */
	rc = make_dir(r, &e);
	if (rc < 0)
		r->dir[0] = '\0';
	if (rc == 0 &&
		((rc = write_settings(r, &e)) < 0 ||
			(rc = session_need(r->session, plan->scenario->own_lab, &e)) < 0)) {
		if (r->session->settings[0] != '\0')
			fs_remove_tree(r->session->settings, NULL);
		rmdir(r->dir);
		if (out_is_new)
			rmdir(plan->out);
		r->dir[0] = '\0';
	}
	if (rc == 0)
		rc = new_record(r, &e);
	if (rc == 0 && !plan->uncalibrated)
		rc = session_calibrate(r->session, plan->scenario, r->dir, r->id, plan->seed * 1000,
			plan->once ? 1 : CALIBRATIONS, &e);
	if (rc == 0)
		rc = trials(r, &e);
	r->interrupted = rc == -EINTR;
	r->failed = rc < 0 && !r->interrupted;
	code = rc == 0 ? EXIT_GOOD : code_of(rc);
	if (rc < 0) {
		talk_error("%s", e.text);
		ci_tell_error(plan->ci, plan->scenario->name, e.text);
		if (plan->why != NULL)
			*plan->why = e;
	}
	leave(r);
	if (r->record != NULL) {
		done_code = finish(r);
		code = code == EXIT_GOOD ? done_code : code;
		/* Of a run that failed more than the page may have gone wrong, and that was said. */
		if (history_note(plan->out, &e) < 0 && !r->failed)
			talk_note("no page of all runs: %s", e.text);
	}
	if (code == EXIT_GOOD && r->unhealed > 0)
		code = EXIT_MISSED; /* a fault that leaves something behind is a finding */
	if (ret_dir != NULL)
		snprintf(ret_dir, RUN_DIR_BYTES, "%s", r->dir);
	json_decref(r->record);
	free(r);
	return code;
}
