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
#include "scenarios/child.h"
#include "scenarios/drops.h"
#include "scenarios/logs.h"
#include "scenarios/plans.h"

enum {
	STEADY_MS = 30000, /* for the lab to be healthy before a trial */
	HEAL_MS = 60000,   /* and after one */
	READY_MS = 15000,  /* for captures and probes to be ready */
	DRAIN_MS = 15000,  /* for captures and probes to write what they have */
	SURVEY_MS = 250,
	PATH_BYTES = 1024
};

/* What one trial holds while it runs. */
struct trial {
	const struct trial_plan *plan;
	struct events *events;
	struct child capture, probe;
	struct logs *logs;
	json_int_t events_seen; /* of the lab's own */
	struct mono next_beat;
	struct drops before;
};

static const char *
in_dir(const struct trial_plan *plan, const char *name, char out[static PATH_BYTES])
{
	snprintf(out, PATH_BYTES, "%s/%s", plan->dir, name);
	return out;
}

static int
write_json(const struct trial_plan *plan, const char *name, json_t *value, struct err *e)
{
	char path[PATH_BYTES], *text = value == NULL ? NULL : json_dumps(value, JSON_INDENT(1));
	int rc;

	json_decref(value);
	if (text == NULL)
		return err_set(e, ENOMEM, "%s: out of memory", name);
	rc = fs_write(in_dir(plan, name, path), text, strlen(text), e);
	free(text);
	return rc;
}

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
			events_add(t->events, "service", json_deep_copy(event));
		t->events_seen = json_integer_value(json_object_get(reply, "next"));
		json_decref(reply);
	} while (n > 0);
}

static int
wire_stats(const struct trial_plan *plan, bool reset, json_t **ret, struct err *e)
{
	return lab_wire(
		plan->lab, json_pack("{s:s, s:b}", "op", "stats", "reset", reset), ret, NULL, e);
}

static int
start_watching(struct trial *t, struct err *e)
{
	const struct trial_plan *plan = t->plan;
	const struct scenario *s = plan->scenario;
	int64_t span_ns = s->before_ns + s->phase_window_ns + scenario_last_ns(s) + s->after_ns;
	char path[PATH_BYTES];
	int rc = fs_mkdirs(in_dir(plan, "captures", path), e);

	if (rc == 0)
		rc = write_json(plan, "capture-plan.json", plan_captures(plan->lab), e);
	/* The probes would end by themselves should nobody tell them to. */
	if (rc == 0)
		rc = write_json(plan, "probe-plan.json",
			plan_probes(plan->lab, s, plan->seed, span_ns + 60 * NS_PER_S), e);
	if (rc == 0)
		rc = child_start(&t->capture, "capture", in_dir(plan, "capture-plan.json", path),
			mono_add(mono_now(), READY_MS * NS_PER_MS), e);
	if (rc < 0)
		return rc;
	events_add(t->events, "capture_start", NULL);
	rc = wire_stats(plan, true, NULL, e);
	if (rc == 0)
		rc = child_start(&t->probe, "probe", in_dir(plan, "probe-plan.json", path),
			mono_add(mono_now(), READY_MS * NS_PER_MS), e);
	if (rc == 0)
		events_add(t->events, "probe_start", NULL);
	t->before = drops_read(plan->lab);
	return rc;
}

/* Wait until an instant, beating once a second. Returns 0, -EINTR, or why the trial is lost. */
static int
wait_until(struct trial *t, struct mono until, const char *phase, struct err *e)
{
	for (;;) {
		struct mono next = t->next_beat.ns < until.ns ? t->next_beat : until;
		int64_t left_ns = mono_diff_ns(next, mono_now());
		struct timespec left = {left_ns / NS_PER_S, left_ns % NS_PER_S};

		if (left_ns > 0)
			ppoll(NULL, 0, &left, NULL); /* a signal ends it early */
		if (stop_requested())
			return err_set(e, EINTR, "interrupted");
		if (mono_diff_ns(t->next_beat, mono_now()) <= 0) {
			t->next_beat = mono_add(t->next_beat, NS_PER_S);
			events_add_host(t->events);
			if (!child_alive(&t->probe) || !child_alive(&t->capture))
				return err_set(e, EIO, "%s ended before its time: %s",
					child_alive(&t->probe) ? "the capture" : "the probes",
					child_alive(&t->probe) ? t->capture.words : t->probe.words);
			talk_live("trial %d/%d: %s, %lld s left", t->plan->number, t->plan->of,
				phase, (long long)(mono_diff_ns(until, mono_now()) / NS_PER_S));
		}
		if (mono_diff_ns(until, mono_now()) <= 0)
			return 0;
	}
}

static int
play(struct trial *t, struct err *e)
{
	const struct scenario *s = t->plan->scenario;
	int64_t phase_ns = (int64_t)rng_below(t->plan->rng, (uint64_t)s->phase_window_ns);
	struct mono fault = mono_add(mono_now(), s->before_ns + phase_ns);
	int rc;

	t->next_beat = mono_now();
	rc = wait_until(t, fault, "steady", e);
	for (size_t i = 0; rc == 0 && i < s->actions_len; i++) {
		const struct action *a = &s->actions[i];

		rc = wait_until(
			t, mono_add(fault, a->at_ns), i ? action_name(a->kind) : "steady", e);
		if (rc == 0)
			rc = act(t->plan->lab, a, t->events, e);
		talk_live("trial %d/%d: %s %s", t->plan->number, t->plan->of, action_name(a->kind),
			a->target);
	}
	if (rc == 0)
		rc = wait_until(t, mono_add(fault, scenario_last_ns(s) + s->after_ns), "after", e);
	return rc;
}

static void
note_drops(struct trial *t)
{
	struct drops now = drops_read(t->plan->lab);

	events_add(t->events, "drops",
		json_pack("{s:I, s:I}", "udp_receive",
			(json_int_t)(now.udp_receive - t->before.udp_receive), "interface",
			(json_int_t)(now.interface - t->before.interface)));
}

static int
stop_watching(struct trial *t, struct err *e)
{
	struct mono deadline = mono_add(mono_now(), DRAIN_MS * NS_PER_MS);
	json_t *stats = NULL;
	struct err ignored;
	int rc = 0, one;

	if (t->probe.pid > 0) {
		talk_live("trial %d/%d: last answers", t->plan->number, t->plan->of);
		rc = child_stop(&t->probe, deadline, e);
		events_add(t->events, "probe_end", NULL);
		note_drops(t);
	}
	if (t->capture.pid > 0) {
		one = child_stop(&t->capture, mono_add(mono_now(), DRAIN_MS * NS_PER_MS),
			rc < 0 ? &ignored : e);
		rc = rc < 0 ? rc : one;
		events_add(t->events, "capture_end", NULL);
	}
	if (wire_stats(t->plan, false, &stats, &ignored) == 0) {
		one = write_json(t->plan, "wire-stats.json", stats, rc < 0 ? &ignored : e);
		rc = rc < 0 ? rc : one;
	}
	return rc;
}

/* Undo the faults, then see that all is as it was. -EHOSTDOWN when it does not become so. */
static int
mend(struct trial *t, struct err *e)
{
	struct survey *s = NULL;
	struct err why = {0};
	int rc = act_rollback(t->plan->lab, t->plan->scenario, t->events, &why);

	if (rc == 0)
		rc = await_healthy(t->plan, HEAL_MS, false, &s, &why);
	events_add(t->events, "heal",
		json_pack("{s:b, s:s}", "ok", rc == 0, "wanted", rc == 0 ? "healthy" : why.text));
	survey_free(s);
	if (rc < 0)
		return err_set(e, EHOSTDOWN, "the lab did not heal: %s", why.text);
	return 0;
}

int
trial_run(const struct trial_plan *plan, struct err *e)
{
	struct trial t = {.plan = plan};
	struct survey *s = NULL;
	struct err later = {0};
	char path[PATH_BYTES];
	int rc = fs_mkdirs(plan->dir, e), healed;

	if (rc == 0)
		rc = events_open(in_dir(plan, "events.jsonl", path), &t.events, e);
	if (rc < 0)
		return rc;
	events_add(t.events, "trial_start", json_pack("{s:i}", "trial", plan->number));
	copy_lab_events(&t, true);
	t.logs = logs_mark(lab_dir(plan->lab));
	rc = await_healthy(plan, STEADY_MS, true, &s, e);
	if (rc == 0) {
		events_add(t.events, "steady",
			json_pack("{s:o}", "catchment", catchment_of(plan->lab, s)));
		survey_free(s);
		rc = start_watching(&t, e);
	}
	if (rc == 0)
		rc = play(&t, e);
	healed = stop_watching(&t, &later);
	if (rc == 0 && healed < 0) {
		*e = later;
		rc = healed;
	}
	healed = mend(&t, &later);
	copy_lab_events(&t, false);
	logs_copy(t.logs, in_dir(plan, "log", path));
	events_add(t.events, "trial_end", json_pack("{s:i}", "trial", plan->number));
	if (rc == 0 && healed < 0) {
		*e = later;
		rc = healed;
	}
	healed = events_close(t.events, rc < 0 ? &later : e);
	return rc < 0 ? rc : healed;
}
