/* scenario_timeline.c - the timeline of a scenario: which steps there are, and what each may say. */
#include "scenarios/scenario_parts.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/mono.h"
#include "lib/num.h"
#include "scenarios/scenario_exec.h"
#include "scenarios/scenario_links.h"
#include "scenarios/scenario_load.h"

static const struct {
	const char *name;
	bool restores, link;
} kinds[] = {
	[ACTION_KILL] = {"kill", false, false},
	[ACTION_STOP] = {"stop", false, false},
	[ACTION_HANG] = {"hang", false, false},
	[ACTION_THROTTLE] = {"throttle", false, false},
	[ACTION_RESUME] = {"resume", true, false},
	[ACTION_START] = {"start", true, false},
	[ACTION_BLACKHOLE] = {"blackhole", false, true},
	[ACTION_BLACKHOLE_DATA] = {"blackhole-data", false, true},
	[ACTION_LINK_DOWN] = {"link-down", false, true},
	[ACTION_IMPAIR] = {"impair", false, true},
	[ACTION_LINK_UP] = {"link-up", true, true},
	[ACTION_EXEC] = {"exec", false, false},
	[ACTION_CHECK] = {"check", false, false},
	[ACTION_LOAD] = {"load", false, false},
	[ACTION_LOAD_STOP] = {"load-stop", false, false},
};
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static const char *const step_keys[] = {"at", "kill", "stop", "hang", "throttle", "to", "resume",
	"start", "blackhole", "blackhole-data", "link-down", "impair", "link-up", "exec", "check",
	"load", "load-stop", "dir", "for", "delay", "jitter", "spread", "reorder", "loss", "burst",
	"rate", "queue", "duplicate", "corrupt", "lose", NULL};

#define LEAST_SHARE 0.001

enum { ROUNDS_MAX = 1000, STEPS_MAX = 5000 };

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

bool
action_is_beside(const struct action *a)
{
	return a->kind == ACTION_CHECK || a->prepares ||
		((a->kind == ACTION_LOAD || a->kind == ACTION_LOAD_STOP) && !a->load.fault);
}

/* Of a load it is told by `withdraws`: where it comes from is not where it hurts. */
const char *
scenario_fault_node(const struct scenario *s)
{
	for (size_t i = 0; s->withdraws == NULL && i < s->actions_len; i++)
		if (!s->actions[i].restores && !action_is_link(s->actions[i].kind) &&
			!action_is_beside(&s->actions[i]) && s->actions[i].kind != ACTION_LOAD)
			return s->actions[i].node;
	return s->withdraws;
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

static bool
is_left_out(const struct topology *t, const char *service)
{
	int index = topology_service(t, service);

	return index >= 0 && t->services[index].left_out;
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
	else if (s->actions_len == before && is_left_out(t, slash + 1))
		conf_complain(s->conf, at,
			"%s is left out of this lab: the root file system has no such program",
			slash + 1);
	else if (s->actions_len == before)
		conf_complain(s->conf, at, "node '%s' runs no '%s'", pattern, slash + 1);
}

/* The first step of a round; what is no `repeat` is a step itself. */
static const struct conf_node *
first_of_round(const struct scenario *s, const struct conf_node *entry)
{
	const struct conf_node *map, *steps;

	map = conf_kind(entry) == CONF_MAP ? conf_get(s->conf, entry, "repeat") : NULL;
	steps = map != NULL && conf_kind(map) == CONF_MAP ? conf_get(s->conf, map, "steps") : NULL;
	return steps != NULL && conf_kind(steps) == CONF_LIST && conf_len(s->conf, steps) > 0
		? conf_at(s->conf, steps, 0)
		: entry;
}

/* A check, what prepares, or a load that is not the fault: what is broken first may come after it. */
static bool
is_beside(const struct scenario *s, const struct conf_node *entry)
{
	const struct conf_node *load, *exec;

	if (conf_kind(entry) != CONF_MAP)
		return false;
	load = conf_get(s->conf, entry, "load");
	exec = conf_get(s->conf, entry, "exec");
	if (exec != NULL && conf_kind(exec) == CONF_MAP &&
		conf_bool(s->conf, exec, "prepares", false))
		return true;
	return conf_get(s->conf, entry, "check") != NULL ||
		conf_get(s->conf, entry, "load-stop") != NULL ||
		(load != NULL && conf_kind(load) == CONF_MAP &&
			!conf_bool(s->conf, load, "fault", false));
}

/* What is broken first is at 0; looking breaks nothing. A step with a mistake has been told already. */
static void
check_first(struct scenario *s, const struct conf_node *list)
{
	const struct action *first = s->actions, *end;
	const struct conf_node *entry = NULL;
	size_t i = 0;

	if (s->actions_len == 0)
		return;
	end = first + s->actions_len;
	while (first < end && action_is_beside(first))
		first++;
	do {
		entry = conf_at(s->conf, list, i++);
		entry = first_of_round(s, entry);
	} while (i < conf_len(s->conf, list) && is_beside(s, entry));
	if (first == end || first->line != conf_line(s->conf, entry))
		return;
	if (first->restores)
		conf_complain(s->conf, entry, "%s breaks nothing: what undoes cannot come first",
			action_name(first->kind));
	else if (first->at_ns != 0 && first > s->actions && first[-1].kind == ACTION_LOAD)
		conf_complain(s->conf, entry,
			"the first step is the fault and is at 0s; if the load of line %d is the "
			"fault, it says fault: true",
			first[-1].line);
	else if (first->at_ns != 0)
		conf_complain(s->conf, entry, "the first step is the fault and is at 0s");
}

/* `throttle: NODE/SERVICE, to: 1%`. */
static void
read_share(struct scenario *s, const struct conf_node *entry, struct action *action)
{
	const struct conf_node *to = conf_get(s->conf, entry, "to");
	const char *text = conf_str(s->conf, entry, "to", "");

	if (action->kind != ACTION_THROTTLE && to != NULL)
		conf_complain(s->conf, to, "'to' goes with throttle, not with %s",
			action_name(action->kind));
	if (action->kind == ACTION_THROTTLE &&
		(num_ratio(text, &action->share) < 0 || action->share < LEAST_SHARE))
		conf_complain(s->conf, entry,
			"throttle: to which share of a processor? to: 0.1%% to 100%%");
}

/* A step; its time counts from `from_ns`. */
static void
read_action(struct scenario *s, const struct topology *t, const struct conf_node *entry,
	int64_t from_ns)
{
	struct action action = {.line = conf_line(s->conf, entry)};
	int found = 0;

	if (!conf_is_map(s->conf, entry, "a step of the timeline"))
		return;
	conf_known(s->conf, entry, step_keys);
	if (conf_need(s->conf, entry, "at") != NULL)
		action.at_ns = from_ns + conf_duration_ns(s->conf, entry, "at", 0);
	for (int k = 0; k < KINDS; k++) {
		if (conf_get(s->conf, entry, kinds[k].name) == NULL)
			continue;
		found++;
		action.kind = (enum action_kind)k;
		action.restores = kinds[k].restores;
		if (k == ACTION_EXEC || k == ACTION_CHECK)
			action_read_exec(s, t, conf_get(s->conf, entry, kinds[k].name), &action);
		else if (k == ACTION_LOAD)
			action_read_load(s, t, entry, &action);
		else if (k == ACTION_LOAD_STOP)
			action_read_load_stop(s, entry, &action);
		else
			action.target = conf_str(s->conf, entry, kinds[k].name, NULL);
	}
	if (found != 1)
		conf_complain(s->conf, entry,
			"a step does exactly one of kill, stop, hang, throttle, resume, "
			"start, blackhole, blackhole-data, link-down, impair, link-up, exec, "
			"check, load, load-stop");
	if (found != 1 || action.target == NULL) {
		action_done(&action);
		return;
	}
	read_share(s, entry, &action);
	action_read_links(s, t, entry, &action);
	if (s->actions_len > 0 && action.at_ns < s->actions[s->actions_len - 1].at_ns)
		conf_complain(s->conf, entry, "the steps are not in the order of their time");
	if (kinds[action.kind].link || action.kind >= ACTION_EXEC) {
		s->actions = realloc(s->actions, (s->actions_len + 2) * sizeof(action));
		if (s->actions == NULL)
			abort();
		s->actions[s->actions_len++] = action;
	} else {
		add_services(s, t, entry, &action);
	}
}

/* What a round may be: over before the next, and of steps that can be done again. */
static void
check_round(struct scenario *s, const struct conf_node *entry, const struct rounds *r, size_t first)
{
	const struct action *last;

	if (r->every_ns <= 0 || s->actions == NULL)
		return;
	last = s->actions + s->actions_len;
	for (const struct action *a = s->actions + first; a < last; a++)
		if (a->at_ns + a->for_ns - r->at_ns >= r->every_ns) {
			conf_complain(s->conf, entry,
				"repeat: a round is over before the next begins: its steps end "
				"before "
				"'every'");
			break;
		}
	for (const struct action *a = s->actions + first; a < last; a++)
		if (a->kind == ACTION_CHECK) {
			conf_complain(s->conf, entry, "repeat: a check is made once");
			break;
		} else if (a->kind == ACTION_LOAD || a->kind == ACTION_LOAD_STOP) {
			conf_complain(s->conf, entry, "repeat: a load is begun once");
			break;
		} else if (a->prepares) {
			conf_complain(s->conf, entry, "repeat: what prepares is done once, before");
			break;
		}
	if (r->every_ns > 3600 * NS_PER_S)
		conf_complain(s->conf, entry, "repeat: 'every' is more than an hour");
	if (r->times * (s->actions_len - first) > STEPS_MAX)
		conf_complain(s->conf, entry, "repeat: more than %d steps in all", STEPS_MAX);
}

/* The same steps again, later; what they point to stays that of the first round. */
static void
add_rounds(struct scenario *s, const struct rounds *r, size_t first)
{
	size_t steps = s->actions_len - first;
	struct action *grown =
		realloc(s->actions, (s->actions_len + steps * r->times + 1) * sizeof(*grown));

	if (grown == NULL)
		abort();
	s->actions = grown;
	for (unsigned int k = 0; k < r->times; k++)
		for (size_t i = 0; i < steps; i++) {
			struct action *a = &s->actions[first + k * steps + i];

			*a = s->actions[first + i];
			a->round = k + 1;
			a->at_ns += k * r->every_ns;
		}
	s->actions_len = first + steps * r->times;
}

/* Returns 0 after a complaint. */
static int64_t
read_every(struct scenario *s, const struct conf_node *map)
{
	size_t mistakes = conf_complaints(s->conf);
	int64_t ns = conf_duration_ns(s->conf, map, "every", 0);

	if (ns <= 0 && conf_complaints(s->conf) == mistakes)
		conf_complain(s->conf, conf_get(s->conf, map, "every"),
			"repeat: 'every' is more than 0s");
	return ns;
}

static void
read_repeat(struct scenario *s, const struct topology *t, const struct conf_node *entry)
{
	static const char *const entry_keys[] = {"at", "repeat", NULL},
				 *const keys[] = {"times", "every", "steps", NULL};
	const struct conf_node *map = conf_get(s->conf, entry, "repeat"), *steps;
	size_t first = s->actions_len, mistakes = conf_complaints(s->conf);
	struct rounds r = {0};

	conf_known(s->conf, entry, entry_keys);
	if (!conf_is_map(s->conf, map, "repeat"))
		return;
	conf_known(s->conf, map, keys);
	if (conf_need(s->conf, entry, "at") != NULL)
		r.at_ns = conf_duration_ns(s->conf, entry, "at", 0);
	if (conf_need(s->conf, map, "times") != NULL)
		r.times = (unsigned int)conf_u64(s->conf, map, "times", 2, ROUNDS_MAX, 2);
	if (conf_need(s->conf, map, "every") != NULL)
		r.every_ns = read_every(s, map);
	steps = conf_need(s->conf, map, "steps");
	if (steps == NULL || !conf_is_list(s->conf, steps, "steps"))
		return;
	if (conf_len(s->conf, steps) == 0)
		conf_complain(s->conf, steps, "repeat: no steps");
	for (size_t i = 0; i < conf_len(s->conf, steps); i++)
		read_action(s, t, conf_at(s->conf, steps, i), r.at_ns);
	check_round(s, entry, &r, first);
	if (conf_complaints(s->conf) > mistakes)
		return;
	add_rounds(s, &r, first);
	if (s->rounds.times == 0)
		s->rounds = r;
}

void
scenario_read_timeline(struct scenario *s, const struct topology *t, const struct conf_node *root)
{
	const struct conf_node *list = conf_need(s->conf, root, "timeline");

	if (list == NULL || !conf_is_list(s->conf, list, "timeline"))
		return;
	for (size_t i = 0; i < conf_len(s->conf, list); i++) {
		const struct conf_node *entry = conf_at(s->conf, list, i);

		if (conf_kind(entry) == CONF_MAP && conf_get(s->conf, entry, "repeat") != NULL)
			read_repeat(s, t, entry);
		else
			read_action(s, t, entry, 0);
	}
	/* Without a step nothing breaks: what there is to see is the steady state. */
	if (conf_len(s->conf, list) > 0)
		check_first(s, list);
	if (scenario_last_ns(s) > 3600 * NS_PER_S)
		conf_complain(s->conf, list, "a timeline of more than an hour");
}
