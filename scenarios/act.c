/* act.c - carry out the steps of a timeline, note their instants, and undo whatever was broken. */
#include "scenarios/act.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/scenario_links.h"

static json_t *
instant_json(const struct lab_instant *at)
{
	int64_t wall = at->before_wall.ns + (at->after_wall.ns - at->before_wall.ns) / 2;
	int64_t mono = at->before_mono.ns + (at->after_mono.ns - at->before_mono.ns) / 2;

	return json_pack("{s:I, s:I, s:I, s:I}", "wall_ns", (json_int_t)wall, "mono_ns",
		(json_int_t)mono, "before_wall_ns", (json_int_t)at->before_wall.ns, "after_wall_ns",
		(json_int_t)at->after_wall.ns);
}

static void
note(struct events *ev, const char *event, const struct action *action, json_int_t change,
	const struct lab_instant *at)
{
	json_t *fields = instant_json(at);
	char text[200];

	json_object_set_new(fields, "action", json_string(action_name(action->kind)));
	json_object_set_new(fields, "target", json_string(action->target));
	if (change != 0)
		json_object_set_new(fields, "change", json_integer(change));
	if (action->kind == ACTION_IMPAIR)
		json_object_set_new(fields, "what",
			json_string(impairment_show(&action->what.value, action->what.mask, text)));
	if (action->kind == ACTION_THROTTLE)
		json_object_set_new(fields, "share", json_real(action->share));
	if (action->load.name != NULL)
		json_object_set_new(fields, "name", json_string(action->load.name));
	if (action->for_ns > 0)
		json_object_set_new(fields, "for_ms", json_real((double)action->for_ns / 1e6));
	events_add(ev, event, fields);
}

/* `ret_change`: out, the emulator's number of it. */
static int
set_links(struct lab *lab, const struct action *action, json_int_t *ret_change,
	struct lab_instant *at, struct err *e)
{
	const struct topology *t = lab_topology(lab);
	struct link_match *m = calloc(t->links_len + 1, sizeof(*m));
	json_t *request, *reply;
	int rc;

	if (m == NULL)
		return err_set(e, ENOMEM, "out of memory");
	request = link_request(t, m, action_links(t, action->target, m), action->way);
	action_request(action, request);
	free(m);
	rc = lab_wire(lab, request, &reply, at, e);
	if (rc < 0)
		return rc;
	*ret_change = json_integer_value(json_object_get(reply, "id"));
	json_decref(reply);
	return 0;
}

static int
perform(struct lab *lab, struct exec_jobs *jobs, struct load_jobs *loads, const struct action *a,
	json_int_t *ret_change, struct lab_instant *at, struct err *e)
{
	switch (a->kind) {
	case ACTION_KILL:
		return lab_signal(lab, a->node, a->service, SIGKILL, at, e);
	case ACTION_STOP:
		return lab_signal(lab, a->node, a->service, SIGTERM, at, e);
	case ACTION_HANG:
		return lab_signal(lab, a->node, a->service, SIGSTOP, at, e);
	case ACTION_THROTTLE:
		return lab_throttle(lab, a->node, a->service, a->share, at, e);
	case ACTION_RESUME:
		return lab_signal(lab, a->node, a->service, SIGCONT, at, e);
	case ACTION_START:
		return lab_start(lab, a->node, a->service, at, e);
	case ACTION_BLACKHOLE:
	case ACTION_BLACKHOLE_DATA:
	case ACTION_LINK_DOWN:
	case ACTION_IMPAIR:
	case ACTION_LINK_UP:
		return set_links(lab, a, ret_change, at, e);
	case ACTION_EXEC:
	case ACTION_CHECK:
		return exec_start(jobs, lab, a, at, e);
	case ACTION_LOAD:
		return load_start(loads, lab, a, at, e);
	case ACTION_LOAD_STOP:
		load_stop(loads, a->load.name, at);
		return 0;
	}
	return err_set(e, EINVAL, "no such action");
}

/* Which kind of event a step is: what is beside the matter is called what it is. */
static const char *
event_of(const struct action *action)
{
	if (action_is_beside(action))
		return action->kind == ACTION_LOAD_STOP ? "load_stop" : action_name(action->kind);
	return action->restores ? "restore" : "fault";
}

int
act(struct lab *lab, const struct action *action, struct events *ev, struct exec_jobs *jobs,
	struct load_jobs *loads, uint64_t *first_change, struct err *e)
{
	json_int_t change = 0;
	struct lab_instant at = {0};
	struct err why = {0};

	if (perform(lab, jobs, loads, action, &change, &at, &why) < 0)
		return err_set(
			e, EIO, "%s %s: %s", action_name(action->kind), action->target, why.text);
	note(ev, event_of(action), action, change, &at);
	if (*first_change == 0)
		*first_change = (uint64_t)change;
	return 0;
}

/* "ready", "starting", "exited" or NULL. */
static const char *
service_state(json_t *status, const struct action *a)
{
	json_t *node, *service;
	size_t i, k;

	json_array_foreach(json_object_get(status, "nodes"), i, node)
	{
		if (strcmp(json_string_value(json_object_get(node, "name")), a->node) != 0)
			continue;
		json_array_foreach(json_object_get(node, "services"), k,
			service) if (strcmp(json_string_value(json_object_get(service, "name")),
					     a->service) ==
			0) return json_string_value(json_object_get(service, "state"));
	}
	return NULL;
}

/* Is an earlier step of the timeline about the same links, or the same service? */
static bool
is_repeated(const struct scenario *s, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (!s->actions[i].restores &&
			strcmp(s->actions[i].target, s->actions[index].target) == 0)
			return true;
	return false;
}

/* Was the target hung or throttled by any step? Then it may still be stopped. */
static bool
is_hung(const struct scenario *s, const char *target)
{
	for (size_t i = 0; i < s->actions_len; i++)
		if ((s->actions[i].kind == ACTION_HANG || s->actions[i].kind == ACTION_THROTTLE) &&
			strcmp(s->actions[i].target, target) == 0)
			return true;
	return false;
}

static int
undo(struct lab *lab, const struct scenario *s, const struct action *broken, json_t *status,
	struct events *ev, struct err *e)
{
	struct action mend = *broken;
	const char *state;
	struct lab_instant at = {0};
	json_int_t change = 0;
	int rc;

	if (broken->kind == ACTION_EXEC) {
		if (broken->undo == NULL)
			return 0;
		rc = exec_undo(lab, broken, &at, e);
		if (rc == 0)
			note(ev, "rollback", &mend, 0, &at);
		return rc;
	}
	mend.for_ns = 0;
	if (action_is_link(broken->kind)) {
		mend.kind = ACTION_LINK_UP;
		mend.way = LINK_BOTH;
	} else {
		state = service_state(status, broken);
		if (state != NULL && strcmp(state, "exited") == 0)
			mend.kind = ACTION_START;
		else if (is_hung(s, broken->target))
			mend.kind = ACTION_RESUME; /* to one that runs, nothing happens */
		else
			return 0;
	}
	rc = perform(lab, NULL, NULL, &mend, &change, &at, e);
	if (rc == 0)
		note(ev, "rollback", &mend, change, &at);
	return rc;
}

static struct lab_instant
instant_of(const json_t *bracket)
{
	struct lab_instant at = {0};

	at.before_wall.ns = json_integer_value(json_object_get(bracket, "before_wall_ns"));
	at.after_wall.ns = json_integer_value(json_object_get(bracket, "after_wall_ns"));
	at.before_mono.ns = json_integer_value(json_object_get(bracket, "before_mono_ns"));
	at.after_mono.ns = json_integer_value(json_object_get(bracket, "after_mono_ns"));
	return at;
}

int
act_note_changes(struct lab *lab, struct events *ev, uint64_t first_change, struct err *e)
{
	struct lab_instant at;
	json_t *list, *change;
	size_t i;
	int rc;

	if (first_change == 0)
		return 0;
	rc = lab_wire_changes(lab, first_change, &list, NULL, e);
	if (rc < 0)
		return rc;
	json_array_foreach(list, i, change)
	{
		json_t *end = json_object_get(change, "end"), *fields;

		at = instant_of(json_object_get(change, "begin"));
		fields = instant_json(&at);
		json_object_set(fields, "change", change);
		events_add(ev, "link_change", fields);
		if (end == NULL || json_object_get(change, "ended_by") != NULL)
			continue;
		at = instant_of(end);
		fields = instant_json(&at);
		json_object_set_new(fields, "action", json_string("end"));
		json_object_set(fields, "change", json_object_get(change, "id"));
		events_add(ev, "restore", fields);
	}
	json_decref(list);
	return 0;
}

int
act_rollback(struct lab *lab, const struct scenario *s, struct events *ev, struct err *e)
{
	json_t *status;
	int rc = lab_request(lab, json_pack("{s:s}", "op", "status"), &status, e);

	if (rc < 0)
		return rc;
	/* Each is tried even if one before it failed. */
	for (size_t i = 0; i < s->actions_len; i++)
		if (!s->actions[i].restores && s->actions[i].kind != ACTION_CHECK &&
			s->actions[i].kind != ACTION_LOAD &&
			s->actions[i].kind != ACTION_LOAD_STOP && !is_repeated(s, i)) {
			int one = undo(lab, s, &s->actions[i], status, ev, e);

			rc = rc < 0 ? rc : one;
		}
	json_decref(status);
	return rc;
}
