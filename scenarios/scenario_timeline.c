/* scenario_timeline.c - the timeline of a scenario: which steps there are, and what each may say. */
#include "scenarios/scenario_parts.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/mono.h"
#include "scenarios/scenario_exec.h"
#include "scenarios/scenario_links.h"

static const struct {
	const char *name;
	bool restores, link;
} kinds[] = {
	[ACTION_KILL] = {"kill", false, false},
	[ACTION_STOP] = {"stop", false, false},
	[ACTION_HANG] = {"hang", false, false},
	[ACTION_RESUME] = {"resume", true, false},
	[ACTION_START] = {"start", true, false},
	[ACTION_BLACKHOLE] = {"blackhole", false, true},
	[ACTION_BLACKHOLE_DATA] = {"blackhole-data", false, true},
	[ACTION_LINK_DOWN] = {"link-down", false, true},
	[ACTION_IMPAIR] = {"impair", false, true},
	[ACTION_LINK_UP] = {"link-up", true, true},
	[ACTION_EXEC] = {"exec", false, false},
	[ACTION_CHECK] = {"check", false, false},
};
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static const char *const step_keys[] = {"at", "kill", "stop", "hang", "resume", "start",
	"blackhole", "blackhole-data", "link-down", "impair", "link-up", "exec", "check", "dir",
	"for", "delay", "jitter", "spread", "reorder", "loss", "burst", "rate", "queue",
	"duplicate", "corrupt", NULL};

const char *
action_name(enum action_kind kind)
{
	return kinds[kind].name;
}

bool
action_is_link(enum action_kind kind)
{
	return kinds[kind].link;
}

const char *
scenario_fault_node(const struct scenario *s)
{
	for (size_t i = 0; i < s->actions_len; i++)
		if (!s->actions[i].restores && !action_is_link(s->actions[i].kind) &&
			s->actions[i].kind != ACTION_CHECK)
			return s->actions[i].node;
	return NULL;
}

int64_t
scenario_last_ns(const struct scenario *s)
{
	int64_t last_ns = 0;

	for (size_t i = 0; i < s->actions_len; i++)
		if (s->actions[i].at_ns + s->actions[i].for_ns > last_ns)
			last_ns = s->actions[i].at_ns + s->actions[i].for_ns;
	return last_ns;
}

static bool
runs_service(const struct topology *t, const struct topo_node *node, const char *service)
{
	const struct topo_role *role = &t->roles[node->role];

	for (size_t i = 0; i < role->services_len; i++)
		if (strcmp(t->services[role->services[i]].name, service) == 0)
			return true;
	return false;
}

/* One more step like the last, about this node's service. */
static void
add_service_action(
	struct scenario *s, const struct action *like, const char *node, const char *service)
{
	struct action *grown = realloc(s->actions, (s->actions_len + 2) * sizeof(*grown)), *action;

	if (grown == NULL)
		abort();
	s->actions = grown;
	action = &s->actions[s->actions_len++];
	*action = *like;
	snprintf(action->node, sizeof(action->node), "%s", node);
	snprintf(action->service, sizeof(action->service), "%s", service);
	if (asprintf(&action->owned_target, "%s/%s", node, service) < 0)
		abort();
	action->target = action->owned_target;
}

/* NODE/SERVICE, the node a pattern: a step for each that is meant. */
static void
add_services(struct scenario *s, const struct topology *t, const struct conf_node *at,
	const struct action *like)
{
	const char *slash = strchr(like->target, '/');
	char pattern[sizeof(like->node)];
	size_t nodes = 0, before = s->actions_len;

	if (slash == NULL || (size_t)(slash - like->target) >= sizeof(like->node) ||
		strlen(slash + 1) >= sizeof(like->service)) {
		conf_complain(s->conf, at, "'%s' is not NODE/SERVICE", like->target);
		return;
	}
	snprintf(pattern, sizeof(pattern), "%.*s", (int)(slash - like->target), like->target);
	for (size_t i = 0; i < t->nodes_len; i++) {
		if (fnmatch(pattern, t->nodes[i].name, 0) != 0)
			continue;
		nodes++;
		if (runs_service(t, &t->nodes[i], slash + 1))
			add_service_action(s, like, t->nodes[i].name, slash + 1);
	}
	if (nodes == 0)
		conf_complain(s->conf, at, "the network has no node '%s'", pattern);
	else if (s->actions_len == before)
		conf_complain(s->conf, at, "node '%s' runs no '%s'", pattern, slash + 1);
}

/* What is broken first is at 0; looking breaks nothing. A step with a mistake has been told already. */
static void
check_first(struct scenario *s, const struct conf_node *list)
{
	const struct action *first = s->actions, *end = s->actions + s->actions_len;
	const struct conf_node *entry = NULL;
	size_t i = 0;

	while (first < end && first->kind == ACTION_CHECK)
		first++;
	do
		entry = conf_at(s->conf, list, i++);
	while (i < conf_len(s->conf, list) && conf_kind(entry) == CONF_MAP &&
		conf_get(s->conf, entry, "check") != NULL);
	if (first < end && first->line == conf_line(s->conf, entry) &&
		(first->at_ns != 0 || first->restores))
		conf_complain(s->conf, entry, "the first step is the fault and is at 0s");
}

static void
read_action(struct scenario *s, const struct topology *t, const struct conf_node *entry)
{
	struct action action = {.line = conf_line(s->conf, entry)};
	int found = 0;

	if (!conf_is_map(s->conf, entry, "a step of the timeline"))
		return;
	conf_known(s->conf, entry, step_keys);
	if (conf_need(s->conf, entry, "at") != NULL)
		action.at_ns = conf_duration_ns(s->conf, entry, "at", 0);
	for (int k = 0; k < KINDS; k++) {
		if (conf_get(s->conf, entry, kinds[k].name) == NULL)
			continue;
		found++;
		action.kind = (enum action_kind)k;
		action.restores = kinds[k].restores;
		if (k == ACTION_EXEC || k == ACTION_CHECK)
			action_read_exec(s, t, conf_get(s->conf, entry, kinds[k].name), &action);
		else
			action.target = conf_str(s->conf, entry, kinds[k].name, NULL);
	}
	if (found != 1)
		conf_complain(s->conf, entry,
			"a step does exactly one of kill, stop, hang, resume, "
			"start, blackhole, blackhole-data, link-down, impair, link-up, exec, "
			"check");
	if (found != 1 || action.target == NULL) {
		action_done(&action);
		return;
	}
	action_read_links(s, t, entry, &action);
	if (s->actions_len > 0 && action.at_ns < s->actions[s->actions_len - 1].at_ns)
		conf_complain(s->conf, entry, "the steps are not in the order of their time");
	if (kinds[action.kind].link || action.kind == ACTION_EXEC || action.kind == ACTION_CHECK) {
		s->actions = realloc(s->actions, (s->actions_len + 2) * sizeof(action));
		if (s->actions == NULL)
			abort();
		s->actions[s->actions_len++] = action;
	} else {
		add_services(s, t, entry, &action);
	}
}

void
scenario_read_timeline(struct scenario *s, const struct topology *t, const struct conf_node *root)
{
	const struct conf_node *list = conf_need(s->conf, root, "timeline");

	if (list == NULL || !conf_is_list(s->conf, list, "timeline"))
		return;
	for (size_t i = 0; i < conf_len(s->conf, list); i++)
		read_action(s, t, conf_at(s->conf, list, i));
	/* Without a step nothing breaks: what there is to see is the steady state. */
	if (conf_len(s->conf, list) > 0)
		check_first(s, list);
	if (scenario_last_ns(s) > 3600 * NS_PER_S)
		conf_complain(s->conf, list, "a timeline of more than an hour");
}
