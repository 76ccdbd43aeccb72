/* scenario.c - read a scenario file and check it against the network it is for. */
#include "scenarios/scenario.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/analyze/analyze.h"
#include "lib/mono.h"
#include "lib/num.h"
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
	[ACTION_LINK_DOWN] = {"link-down", false, true},
	[ACTION_IMPAIR] = {"impair", false, true},
	[ACTION_LINK_UP] = {"link-up", true, true},
	[ACTION_EXEC] = {"exec", false, false},
};
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]), TITLE_MAX_BYTES = 200 };

static const char *const step_keys[] = {"at", "kill", "stop", "hang", "resume", "start",
	"blackhole", "link-down", "impair", "link-up", "exec", "dir", "for", "delay", "jitter",
	"spread", "reorder", "loss", "burst", "rate", "queue", "duplicate", "corrupt", NULL};

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
		if (!s->actions[i].restores && !action_is_link(s->actions[i].kind))
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
		if (k == ACTION_EXEC)
			action_read_exec(s, t, conf_get(s->conf, entry, "exec"), &action);
		else
			action.target = conf_str(s->conf, entry, kinds[k].name, NULL);
	}
	if (found != 1)
		conf_complain(s->conf, entry,
			"a step does exactly one of kill, stop, hang, resume, "
			"start, blackhole, link-down, impair, link-up, exec");
	if (found != 1 || action.target == NULL) {
		action_done(&action);
		return;
	}
	action_read_links(s, t, entry, &action);
	if (s->actions_len > 0 && action.at_ns < s->actions[s->actions_len - 1].at_ns)
		conf_complain(s->conf, entry, "the steps are not in the order of their time");
	if (kinds[action.kind].link || action.kind == ACTION_EXEC) {
		s->actions = realloc(s->actions, (s->actions_len + 2) * sizeof(action));
		if (s->actions == NULL)
			abort();
		s->actions[s->actions_len++] = action;
	} else {
		add_services(s, t, entry, &action);
	}
}

static void
read_timeline(struct scenario *s, const struct topology *t, const struct conf_node *root)
{
	const struct conf_node *list = conf_need(s->conf, root, "timeline");

	if (list == NULL || !conf_is_list(s->conf, list, "timeline"))
		return;
	for (size_t i = 0; i < conf_len(s->conf, list); i++)
		read_action(s, t, conf_at(s->conf, list, i));
	if (conf_len(s->conf, list) == 0)
		conf_complain(s->conf, list, "the timeline has no step");
	else if (s->actions_len > 0 &&
		s->actions[0].line == conf_line(s->conf, conf_at(s->conf, list, 0)) &&
		(s->actions[0].at_ns != 0 || s->actions[0].restores))
		conf_complain(s->conf, conf_at(s->conf, list, 0),
			"the first step is the fault and is at 0s");
	if (scenario_last_ns(s) > 3600 * NS_PER_S)
		conf_complain(s->conf, list, "a timeline of more than an hour");
}

/* "< 5s", "<= 0", "> 12": a comparison and a number; durations are put into milliseconds. */
static bool
read_bound(struct scenario *s, const struct conf_node *at, const char *text, struct expect *x)
{
	size_t sign = strspn(text, "<>=");
	const char *number = text + sign + strspn(text + sign, " ");
	bool is_ms = strlen(x->metric) > 3 && strcmp(x->metric + strlen(x->metric) - 3, "_ms") == 0;
	int64_t ns;

	snprintf(x->comparison, sizeof(x->comparison), "%.*s", (int)sign, text);
	if (sign == 0 || sign > 2 ||
		(strcmp(x->comparison, "<") != 0 && strcmp(x->comparison, "<=") != 0 &&
			strcmp(x->comparison, ">") != 0 && strcmp(x->comparison, ">=") != 0)) {
		conf_complain(s->conf, at, "'%s' does not start with <, <=, > or >=", text);
		return false;
	}
	if (is_ms && num_duration_ns(number, &ns) == 0) {
		x->value = (double)ns / (double)NS_PER_MS;
		return true;
	}
	if (!is_ms && num_double(number, -1e15, 1e15, &x->value) == 0)
		return true;
	conf_complain(s->conf, at, "'%s' is not %s", number,
		is_ms ? "a duration, and the metric is one" : "a number");
	return false;
}

static void
read_expect_metric(struct scenario *s, const struct conf_node *entry, struct expect *x)
{
	static const char *const keys[] = {
		"metric", "min", "p1", "p50", "p90", "p99", "max", "variant", NULL};
	const char *bound = NULL;
	int found = 0;

	conf_known(s->conf, entry, keys);
	x->kind = EXPECT_METRIC;
	x->metric = conf_str(s->conf, entry, "metric", "");
	if (x->metric[0] != '\0' && !analyze_has_metric(x->metric))
		conf_complain(s->conf, conf_get(s->conf, entry, "metric"),
			"there is no metric '%s'; catchment-scenario(5) lists them", x->metric);
	for (int k = 1; strcmp(keys[k], "variant") != 0; k++) {
		const char *text = conf_str(s->conf, entry, keys[k], NULL);

		if (text == NULL)
			continue;
		found++;
		bound = text;
		snprintf(x->statistic, sizeof(x->statistic), "%s", keys[k]);
	}
	if (found != 1)
		conf_complain(s->conf, entry,
			"a metric is bound by exactly one of min, p1, p50, "
			"p90, p99, max");
	else if (read_bound(s, entry, bound, x))
		snprintf(x->text, sizeof(x->text), "%s of %s %s", x->statistic, x->metric, bound);
}

static void
read_during(struct scenario *s, const struct conf_node *entry, struct expect *x)
{
	const struct conf_node *during = conf_need(s->conf, entry, "during");
	const char *text[2];

	if (during == NULL || !conf_is_list(s->conf, during, "during"))
		return;
	if (conf_len(s->conf, during) != 2) {
		conf_complain(s->conf, during, "during is [from, to]");
		return;
	}
	text[0] = conf_text(s->conf, conf_at(s->conf, during, 0), "during");
	text[1] = conf_text(s->conf, conf_at(s->conf, during, 1), "during");
	if (text[0] == NULL || text[1] == NULL)
		return;
	if (num_duration_ns(text[0], &x->from_ns) < 0 || num_duration_ns(text[1], &x->to_ns) < 0)
		conf_complain(s->conf, during, "during: durations like 10s");
	else if (x->from_ns >= x->to_ns)
		conf_complain(s->conf, during, "during ends before it starts");
	else if (x->to_ns > scenario_last_ns(s) + s->after_ns)
		conf_complain(s->conf, during, "during ends after the trial does (%g s)",
			(double)(scenario_last_ns(s) + s->after_ns) / 1e9);
}

static void
read_expect_served(struct scenario *s, const struct topology *t, const struct conf_node *entry,
	struct expect *x)
{
	static const char *const keys[] = {"during", "clients", "served_by", "variant", NULL};
	char from[24], to[24];

	conf_known(s->conf, entry, keys);
	x->kind = EXPECT_SERVED_BY;
	read_during(s, entry, x);
	x->city =
		conf_need(s->conf, entry, "clients") ? conf_str(s->conf, entry, "clients", "") : "";
	x->site = conf_need(s->conf, entry, "served_by") ? conf_str(s->conf, entry, "served_by", "")
							 : "";
	if (x->city[0] != '\0' && topology_city(t, x->city) < 0)
		conf_complain(s->conf, conf_get(s->conf, entry, "clients"),
			"the network has no city '%s'", x->city);
	if (x->site[0] != '\0' && topology_site(t, x->site) < 0)
		conf_complain(s->conf, conf_get(s->conf, entry, "served_by"),
			"the network has no site '%s'", x->site);
	snprintf(x->text, sizeof(x->text), "clients in %s served by %s from %s to %s", x->city,
		x->site, num_show_ns(x->from_ns, from), num_show_ns(x->to_ns, to));
}

/* Is what is said for one variant said of this one? A topology on its own is the documented one's. */
static bool
is_for(const struct topology *t, const char *variant)
{
	return variant == NULL || strcmp(variant, t->variant ? t->variant : "documented") == 0;
}

static void
read_variants(struct scenario *s, const struct topology *t, const struct conf_node *root)
{
	const struct conf_node *list = conf_get(s->conf, root, "variants");

	s->fits = list == NULL;
	if (list == NULL || !conf_is_list(s->conf, list, "variants"))
		return;
	if (conf_len(s->conf, list) == 0)
		conf_complain(s->conf, list, "variants names none");
	for (size_t i = 0; i < conf_len(s->conf, list); i++) {
		const char *name = conf_text(s->conf, conf_at(s->conf, list, i), "variants");

		s->variants = s->variants ? s->variants : name;
		s->fits |= name != NULL && is_for(t, name);
	}
}

static void
read_expects(struct scenario *s, const struct topology *t, const struct conf_node *root)
{
	const struct conf_node *list = conf_get(s->conf, root, "expect");

	if (list == NULL || !conf_is_list(s->conf, list, "expect"))
		return;
	s->expects = calloc(conf_len(s->conf, list) + 1, sizeof(*s->expects));
	for (size_t i = 0; i < conf_len(s->conf, list); i++) {
		const struct conf_node *entry = conf_at(s->conf, list, i);
		struct expect *x = &s->expects[s->expects_len];

		if (!conf_is_map(s->conf, entry, "an expectation"))
			continue;
		x->line = conf_line(s->conf, entry);
		if (conf_get(s->conf, entry, "metric") != NULL)
			read_expect_metric(s, entry, x);
		else
			read_expect_served(s, t, entry, x);
		s->expects_len += is_for(t, conf_str(s->conf, entry, "variant", NULL));
	}
}

/* How long something of a trial lasts: of more than an hour no figure would be seen. */
static int64_t
read_span(struct scenario *s, const struct conf_node *root, const char *key, int64_t otherwise_ns)
{
	int64_t ns = conf_duration_ns(s->conf, root, key, otherwise_ns);

	if (ns <= 3600 * NS_PER_S)
		return ns;
	conf_complain(s->conf, conf_get(s->conf, root, key), "'%s' is more than an hour", key);
	return otherwise_ns;
}

static void
read_head(struct scenario *s, const struct conf_node *root)
{
	static const char *const probe_keys[] = {"count", "rate", "timeout", "resolvers", NULL};
	const struct conf_node *probes = conf_get(s->conf, root, "probes");
	const struct conf_node *judges = conf_get(s->conf, root, "judges");

	s->name = conf_need(s->conf, root, "name") ? conf_str(s->conf, root, "name", "") : "";
	s->title = conf_need(s->conf, root, "title") ? conf_str(s->conf, root, "title", "") : "";
	if (strlen(s->title) > TITLE_MAX_BYTES)
		conf_complain(s->conf, conf_get(s->conf, root, "title"),
			"a title of more than %d characters", TITLE_MAX_BYTES);
	s->summary = conf_str(s->conf, root, "summary", s->title);
	if (strlen(s->name) > 40 ||
		strspn(s->name, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(s->name))
		conf_complain(s->conf, conf_get(s->conf, root, "name"),
			"name '%s': at most 40 of a-z, 0-9 and '-'", s->name);
	s->before_ns = read_span(s, root, "before", 5 * NS_PER_S);
	s->after_ns = read_span(s, root, "after", 10 * NS_PER_S);
	s->phase_window_ns = read_span(s, root, "phase", 0);
	s->probes = 350;
	s->rate_qps = 10;
	s->resolver_qps = 5;
	s->timeout_ns = 5 * NS_PER_S;
	if (probes != NULL && conf_is_map(s->conf, probes, "probes")) {
		conf_known(s->conf, probes, probe_keys);
		s->probes = (unsigned int)conf_u64(s->conf, probes, "count", 1, 2000, s->probes);
		s->rate_qps = conf_qps(s->conf, probes, "rate", s->rate_qps);
		s->timeout_ns = conf_duration_ns(s->conf, probes, "timeout", s->timeout_ns);
		s->resolver_qps =
			conf_double(s->conf, probes, "resolvers", 0, 1000, s->resolver_qps);
		if (s->rate_qps < 1 || s->rate_qps > 1000)
			conf_complain(s->conf, probes,
				"rate: 1 to 1000 queries a second and probe: fewer see no outage "
				"of seconds");
		if (s->timeout_ns < 100 * NS_PER_MS || s->timeout_ns > 60 * NS_PER_S)
			conf_complain(s->conf, probes, "timeout: 100ms to 60s");
	}
	if (judges == NULL || !conf_is_list(s->conf, judges, "judges"))
		return;
	s->judges = calloc(conf_len(s->conf, judges) + 1, sizeof(*s->judges));
	for (size_t i = 0; i < conf_len(s->conf, judges); i++) {
		s->judges[s->judges_len] =
			conf_text(s->conf, conf_at(s->conf, judges, i), "judges");
		s->judges_len += s->judges[s->judges_len] != NULL;
	}
}

int
scenario_load(const char *path, const struct topology *t, struct scenario **ret, struct err *e)
{
	static const char *const keys[] = {"name", "title", "summary", "judges", "probes", "before",
		"after", "phase", "timeline", "expect", "rollback", "variants", NULL};
	struct scenario *s = calloc(1, sizeof(*s));
	const struct conf_node *root;
	const char *rollback;
	int rc;

	if (s == NULL)
		abort();
	rc = conf_load(path, &s->conf, e);
	if (rc < 0) {
		free(s);
		return rc;
	}
	*ret = s;
	root = conf_root(s->conf);
	if (!conf_is_map(s->conf, root, "a scenario"))
		return 0;
	conf_known(s->conf, root, keys);
	read_head(s, root);
	read_variants(s, t, root);
	read_timeline(s, t, root);
	read_expects(s, t, root);
	rollback = conf_str(s->conf, root, "rollback", "always");
	if (strcmp(rollback, "always") != 0)
		conf_complain(s->conf, conf_get(s->conf, root, "rollback"),
			"rollback: faults are undone always, there is no '%s'", rollback);
	return 0;
}

void
scenario_free(struct scenario *s)
{
	if (s == NULL)
		return;
	free(s->judges);
	for (size_t i = 0; i < s->actions_len; i++)
		action_done(&s->actions[i]);
	free(s->actions);
	free(s->expects);
	conf_free(s->conf);
	free(s);
}
