/* trial.c - one trial: steady state, capture, probe, break, mend, and a folder full of evidence. */
#include "scenarios/trial.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/survey.h"
#include "lib/fs.h"
#include "lib/stop.h"
#include "lib/talk.h"
#include "scenarios/act.h"
#include "scenarios/load.h"
#include "scenarios/logs.h"
#include "scenarios/lastmile.h"
#include "scenarios/phase.h"
#include "scenarios/plans.h"
#include "scenarios/scenario_load.h"
#include "scenarios/watch.h"

enum {
	STEADY_MS = 30000, /* for the lab to be healthy before a trial */
	HEAL_MS = 60000,   /* and after one */
	SURVEY_MS = 250,
	ROUND_MS = 15000, /* for the command of a round's step, before the next step */
	LOOK_MS = 500,	  /* between looks whether the lab is healed already */
	LAST_MS = 1000,	  /* for the last answers, once it is */
	LATE_MS = 20
};

/* What one trial holds while it runs. */
struct trial {
	const struct trial_plan *plan;
	struct watch watch;
	struct logs *logs;
	struct exec_jobs jobs;
	struct load_jobs loads;
	char folder[WATCH_PATH_BYTES]; /* of the scenario's file */
	json_int_t events_seen;	       /* of the lab's own */
	uint64_t first_change;	       /* of links, in this trial */
	struct tick *ticks; /* of the health check; NULL: the fault is not locked to it */
};

/* Poll the lab until it is healthy. Returns 0, -ETIMEDOUT with what is wrong, -EINTR, -errno. */
static int
await_healthy(const struct trial_plan *plan, int timeout_ms, bool heed_stop, struct survey **ret,
	struct err *e)
{
	struct mono deadline = mono_add(mono_now(), timeout_ms * NS_PER_MS);
	char text[512];

	for (;;) {
		struct survey *s;
		int rc = survey_take(plan->lab, &s, e);

		if (rc < 0)
			return rc;
		if (survey_healthy(s, !plan->any_catchment)) {
			*ret = s;
			return 0;
		}
		survey_explain(plan->lab, s, !plan->any_catchment, text, sizeof(text));
		survey_free(s);
		if (heed_stop && stop_requested())
			return err_set(e, EINTR, "interrupted");
		if (mono_left_ms(deadline) == 0)
			return err_set(e, ETIMEDOUT, "%s", text);
		talk_live("trial %d/%d: waiting: %s", plan->number, plan->of, text);
		poll(NULL, 0, SURVEY_MS);
	}
}

static json_t *
catchment_of(const struct lab *lab, const struct survey *s)
{
	const struct topology *t = lab_topology(lab);
	json_t *all = json_object();

	for (size_t i = 0; i < s->paths_len; i++) {
		const struct survey_path *p = &s->paths[i];
		const char *city = t->cities[p->city].name;
		json_t *one = json_object_get(all, city);

		if (one == NULL) {
			one = json_object();
			json_object_set_new(all, city, one);
		}
		json_object_set_new(one, p->family == AF_INET ? "v4" : "v6",
			json_string(p->site < 0 ? "none" : t->nodes[p->site].site));
	}
	return all;
}

/* Take over what the lab's supervisor saw of its services since the last look. */
static void
copy_lab_events(struct trial *t, bool discard)
{
	json_t *reply, *event;
	size_t i, n;

	do {
		if (lab_request(t->plan->lab,
			    json_pack("{s:s, s:I}", "op", "events", "since", t->events_seen),
			    &reply, NULL) < 0)
			return;
		n = json_array_size(json_object_get(reply, "events"));
		json_array_foreach(json_object_get(reply, "events"), i, event) if (!discard)
			events_add(t->watch.events, "service", json_deep_copy(event));
		t->events_seen = json_integer_value(json_object_get(reply, "next"));
		json_decref(reply);
	} while (n > 0);
}

static int
start_watching(struct trial *t, struct err *e)
{
	const struct trial_plan *plan = t->plan;
	const struct scenario *s = plan->scenario;
	int64_t span_ns = s->before_ns + s->phase_window_ns + scenario_last_ns(s) + s->after_ns;
	/* The probes would end by themselves should nobody tell them to. */
	json_t *probes = plan_probes(plan->lab, s, plan->seed, span_ns + 60 * NS_PER_S);

	last_mile_plan(probes, lab_topology(plan->lab), plan->last_mile, plan->run_seed);
	return watch_start(&t->watch, plan_captures(plan->lab), plan_record(plan->lab), probes, e);
}

/* A check at the same time, before what breaks or mends: it is about how things were until then. */
static bool
follows_check(const struct scenario *s, size_t i)
{
	const struct action *a = &s->actions[i];

	return i > 0 && a->kind != ACTION_CHECK && a[-1].kind == ACTION_CHECK &&
		a[-1].at_ns == a->at_ns;
}

/*
 * The steps of rounds keep their distance: one waits for the command of the one before, and what comes late moves all
 * that follow. On a busy host rounds would else run into each other. What follows a check waits for its answer as well.
 */
static void
keep_distance(struct trial *t, size_t i, struct mono *fault)
{
	const struct action *a = &t->plan->scenario->actions[i];
	int64_t late_ns;

	if (a->round == 0 && !follows_check(t->plan->scenario, i))
		return;
	exec_settle(&t->jobs, mono_add(mono_now(), ROUND_MS * NS_PER_MS));
	late_ns = mono_diff_ns(mono_now(), mono_add(*fault, a->at_ns));
	if (late_ns > LATE_MS * NS_PER_MS)
		*fault = mono_add(*fault, late_ns);
}

/* Is all as before, and has every command ended? */
static bool
is_over(struct trial *t)
{
	struct survey *s = NULL;
	struct err ignored;
	bool over = exec_settle(&t->jobs, mono_now()) &&
		survey_take(t->plan->lab, &s, &ignored) == 0 &&
		survey_healthy(s, !t->plan->any_catchment);

	survey_free(s);
	return over;
}

/* After the last step: as long as the scenario says; for a quick look only until the lab is healed. */
static int
watch_after(struct trial *t, struct mono last, struct err *e)
{
	const struct scenario *s = t->plan->scenario;
	struct mono end = mono_add(last, s->after_ns), look = mono_add(last, s->least_after_ns);
	int rc = 0;

	while (rc == 0 && s->least_after_ns > 0 && look.ns < end.ns) {
		rc = watch_until(&t->watch, look, "after", e);
		if (rc == 0 && is_over(t)) {
			struct mono soon = mono_add(mono_now(), LAST_MS * NS_PER_MS);

			end = soon.ns < end.ns ? soon : end;
			break;
		}
		look = mono_add(mono_now(), LOOK_MS * NS_PER_MS);
	}
	return rc < 0 ? rc : watch_until(&t->watch, end, "after", e);
}

static int
play(struct trial *t, struct err *e)
{
	const struct scenario *s = t->plan->scenario;
	struct mono fault;
	int64_t first_ns = s->actions_len > 0 && s->actions[0].at_ns < 0 ? s->actions[0].at_ns : 0;
	struct err later;
	int rc, one;

	rc = phase_choose(&t->watch, s, t->ticks, t->plan->rng, &fault, e);
	/* A load may begin ahead of the fault. */
	if (rc == 0)
		rc = watch_until(&t->watch, mono_add(fault, first_ns), "steady", e);
	for (size_t i = 0; rc == 0 && i < s->actions_len; i++) {
		const struct action *a = &s->actions[i];

		rc = watch_until(&t->watch, mono_add(fault, a->at_ns),
			i ? action_name(a->kind) : "steady", e);
		if (rc == 0)
			keep_distance(t, i, &fault);
		if (rc == 0)
			rc = act(t->plan->lab, a, t->watch.events, &t->jobs, &t->loads,
				&t->first_change, e);
		talk_live("%s: %s %s", t->watch.title, action_name(a->kind), a->target);
	}
	if (rc == 0)
		rc = watch_after(t, mono_add(fault, scenario_last_ns(s)), e);
	/* What has not ended by now does not belong to this trial; after a failure nothing is waited for. */
	one = load_finish(&t->loads, rc == 0 ? e : &later);
	rc = rc == 0 ? one : rc;
	if (exec_finish(&t->jobs, mono_now(), rc == 0 ? e : &later) < 0 && rc == 0)
		rc = -EIO;
	return rc;
}

/* Undo the faults, then see that all is as it was. -EHOSTDOWN when it does not become so. */
static int
mend(struct trial *t, struct err *e)
{
	struct survey *s = NULL;
	struct err why = {0};
	int noted = act_note_changes(t->plan->lab, t->watch.events, t->first_change, &why);
	int rc = act_rollback(t->plan->lab, t->plan->scenario, t->watch.events, &why);

	if (rc == 0)
		rc = noted;
	if (rc == 0)
		rc = await_healthy(t->plan, HEAL_MS, false, &s, &why);
	events_add(t->watch.events, "heal",
		json_pack("{s:b, s:s}", "ok", rc == 0, "wanted", rc == 0 ? "healthy" : why.text));
	survey_free(s);
	if (rc < 0)
		return err_set(e, EHOSTDOWN, "the lab did not heal: %s", why.text);
	return 0;
}

int
trial_run(const struct trial_plan *plan, struct err *e)
{
	char title[48], path[WATCH_PATH_BYTES];
	struct trial t = {.plan = plan,
		.watch = {.lab = plan->lab,
			.dir = plan->dir,
			.title = title,
			.broken = scenario_fault_node(plan->scenario)},
		.jobs = {.dir = plan->dir, .scenario = plan->scenario},
		.loads = {.dir = plan->dir}};
	struct survey *s = NULL;
	struct err later = {0};
	int rc = fs_mkdirs(plan->dir, e), healed;

	snprintf(title, sizeof(title), "trial %d/%d", plan->number, plan->of);
	if (rc == 0)
		rc = events_open(watch_path(&t.watch, "events.jsonl", path), &t.watch.events, e);
	if (rc < 0)
		return rc;
	scenario_folder(plan->scenario, t.folder, sizeof(t.folder));
	t.loads.folder = t.folder;
	t.loads.events = t.watch.events;
	t.watch.loads = &t.loads;
	t.watch.flooded = scenario_load_is_fault(plan->scenario);
	events_add(t.watch.events, "trial_start", json_pack("{s:i}", "trial", plan->number));
	copy_lab_events(&t, true);
	t.logs = logs_mark(lab_dir(plan->lab));
	t.ticks = plan->locked ? phase_listen(plan->lab, plan->scenario) : NULL;
	rc = await_healthy(plan, STEADY_MS, true, &s, e);
	if (rc == 0) {
		events_add(t.watch.events, "steady",
			json_pack("{s:o}", "catchment", catchment_of(plan->lab, s)));
		survey_free(s);
		rc = start_watching(&t, e);
	}
	if (rc == 0)
		rc = play(&t, e);
	tick_close(t.ticks);
	healed = watch_stop(&t.watch, &later);
	if (rc == 0 && healed < 0) {
		*e = later;
		rc = healed;
	}
	healed = mend(&t, &later);
	copy_lab_events(&t, false);
	(void)logs_copy(t.logs, watch_path(&t.watch, "log", path));
	events_add(t.watch.events, "trial_end", json_pack("{s:i}", "trial", plan->number));
	if (rc == 0 && healed < 0) {
		*e = later;
		rc = healed;
	}
	healed = events_close(t.watch.events, rc < 0 ? &later : e);
	return rc < 0 ? rc : healed;
}
