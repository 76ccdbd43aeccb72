/* act.c - carry out the steps of a timeline, note their instants, and undo whatever was broken. */
#include "scenarios/act.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

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
note(struct events *ev, const char *event, const struct action *action,
	const struct lab_instant *at)
{
	json_t *fields = instant_json(at);

	json_object_set_new(fields, "action", json_string(action_name(action->kind)));
	json_object_set_new(fields, "target", json_string(action->target));
	events_add(ev, event, fields);
}

static void
add_link_name(const struct topo_link *link, void *data)
{
	json_array_append_new(data, json_string(link->name));
}

static int
set_links(struct lab *lab, const struct action *action, bool carrier, bool blackhole,
	struct lab_instant *at, struct err *e)
{
	json_t *links = json_array(), *request;

	action_links(lab_topology(lab), action->target, add_link_name, links);
	request = json_pack("{s:s, s:o, s:s, s:b, s:b}", "op", "set", "links", links, "dir", "both",
		"carrier", carrier, "blackhole", blackhole);
	return lab_wire(lab, request, NULL, at, e);
}

static int
perform(struct lab *lab, const struct action *a, struct lab_instant *at, struct err *e)
{
	switch (a->kind) {
	case ACTION_KILL:
		return lab_signal(lab, a->node, a->service, SIGKILL, at, e);
	case ACTION_STOP:
		return lab_signal(lab, a->node, a->service, SIGTERM, at, e);
	case ACTION_HANG:
		return lab_signal(lab, a->node, a->service, SIGSTOP, at, e);
	case ACTION_RESUME:
		return lab_signal(lab, a->node, a->service, SIGCONT, at, e);
	case ACTION_START:
		return lab_start(lab, a->node, a->service, at, e);
	case ACTION_BLACKHOLE:
		return set_links(lab, a, true, true, at, e);
	case ACTION_LINK_DOWN:
		return set_links(lab, a, false, false, at, e);
	case ACTION_LINK_UP:
		return set_links(lab, a, true, false, at, e);
	}
	return err_set(e, EINVAL, "no such action");
}

int
act(struct lab *lab, const struct action *action, struct events *ev, struct err *e)
{
	struct lab_instant at = {0};
	struct err why = {0};

	if (perform(lab, action, &at, &why) < 0)
		return err_set(
			e, EIO, "%s %s: %s", action_name(action->kind), action->target, why.text);
	note(ev, action->restores ? "restore" : "fault", action, &at);
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

/* Was the target hung by any step? Then it may still be stopped. */
static bool
is_hung(const struct scenario *s, const char *target)
{
	for (size_t i = 0; i < s->actions_len; i++)
		if (s->actions[i].kind == ACTION_HANG && strcmp(s->actions[i].target, target) == 0)
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
	int rc;

	if (action_is_link(broken->kind)) {
		mend.kind = ACTION_LINK_UP;
	} else {
		state = service_state(status, broken);
		if (state != NULL && strcmp(state, "exited") == 0)
			mend.kind = ACTION_START;
		else if (is_hung(s, broken->target))
			mend.kind = ACTION_RESUME; /* to one that runs, nothing happens */
		else
			return 0;
	}
	rc = perform(lab, &mend, &at, e);
	if (rc == 0)
		note(ev, "rollback", &mend, &at);
	return rc;
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
		if (!s->actions[i].restores && !is_repeated(s, i)) {
			int one = undo(lab, s, &s->actions[i], status, ev, e);

			rc = rc < 0 ? rc : one;
		}
	json_decref(status);
	return rc;
}
