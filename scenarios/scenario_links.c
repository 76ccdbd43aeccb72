/* scenario_links.c - the steps of a timeline that are about links: which, which way, how long, how badly. */
#include "scenarios/scenario_links.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/mono.h"
#include "lib/num.h"

enum { END_BYTES = 64 };

size_t
action_links(const struct topology *t, const char *pattern, struct link_match *ret)
{
	const char *between = strstr(pattern, "--");
	size_t len = between != NULL ? (size_t)(between - pattern) : strlen(pattern);
	char left[END_BYTES];

	if (len >= sizeof(left))
		return 0;
	snprintf(left, sizeof(left), "%.*s", (int)len, pattern);
	return link_matches(t, left, between != NULL ? between + 2 : "*", ret);
}

/* What a step sets, as knobs. */
static void
implied(struct action *action)
{
	struct impairment *m = &action->what;

	if (action->kind == ACTION_BLACKHOLE) {
		m->value.blackhole = true;
		m->mask = 1U << WIRE_BLACKHOLE;
	} else if (action->kind == ACTION_BLACKHOLE_DATA) {
		m->value.blackhole_data = true;
		m->mask = 1U << WIRE_BLACKHOLE_DATA;
	} else if (action->kind == ACTION_LINK_DOWN) {
		m->value.down = true;
		m->mask = 1U << WIRE_DOWN;
	}
}

void
action_request(const struct action *action, json_t *request)
{
	if (action->kind == ACTION_LINK_UP) {
		json_object_set_new(request, "reset", json_true());
		return;
	}
	impairment_request(&action->what, request);
	if (action->for_ns > 0)
		json_object_set_new(request, "for_ns", json_integer(action->for_ns));
}

/* Keys that this kind of step does not have. */
static void
refuse_keys(struct scenario *s, const struct conf_node *entry, const struct action *action)
{
	const char *name = action_name(action->kind);
	const struct conf_node *at;

	for (size_t i = 0; action->kind != ACTION_IMPAIR && impairment_words[i] != NULL; i++)
		if ((at = conf_get(s->conf, entry, impairment_words[i])) != NULL)
			conf_complain(s->conf, at, "'%s' goes with impair, not with %s",
				impairment_words[i], name);
	if ((at = conf_get(s->conf, entry, "for")) != NULL && action->kind != ACTION_LOAD &&
		action->kind != ACTION_LOAD_STOP &&
		(!action_is_link(action->kind) || action->restores))
		conf_complain(s->conf, at,
			"'for' goes with blackhole, link-down, impair and load, not with %s", name);
	if ((at = conf_get(s->conf, entry, "dir")) != NULL && action->kind != ACTION_IMPAIR &&
		action->kind != ACTION_BLACKHOLE && action->kind != ACTION_BLACKHOLE_DATA)
		conf_complain(
			s->conf, at, "'dir' goes with blackhole and impair, not with %s", name);
}

static void
read_way_and_time(struct scenario *s, const struct conf_node *entry, struct action *action)
{
	const struct conf_node *length = conf_get(s->conf, entry, "for");
	const char *way = conf_str(s->conf, entry, "dir", "both");

	if (link_way_read(way, &action->way) < 0)
		conf_complain(s->conf, conf_get(s->conf, entry, "dir"),
			"dir: '%s' is not both, ab or ba", way);
	action->for_ns = conf_duration_ns(s->conf, entry, "for", 0);
	if (length != NULL && (action->for_ns < 1 || action->for_ns > 3600 * NS_PER_S)) {
		conf_complain(s->conf, length, "for: a time up to an hour, like 5s");
		action->for_ns = 0;
	}
}

static bool
says_how(const struct scenario *s, const struct conf_node *entry)
{
	for (size_t i = 0; impairment_words[i] != NULL; i++)
		if (conf_get(s->conf, entry, impairment_words[i]) != NULL)
			return true;
	return false;
}

/* Could the link do that, as it is in the topology? */
static void
check_possible(struct scenario *s, const struct conf_node *entry, const struct action *action,
	const struct topo_link *link)
{
	struct wire_impair after = link->impair;
	struct err e;

	after.delay_ns = link->delay_ns;
	wire_impair_copy(&after, &action->what.value, action->what.mask);
	if (wire_impair_check(&after, &e) < 0)
		conf_complain(s->conf, entry, "link %s: %s", link->name, e.text);
}

static bool
shares_way(const struct action *a, const struct link_match *m, const struct action *b,
	const struct link_match *n)
{
	bool a_to = (a->way == LINK_AB) != m->reversed, b_to = (b->way == LINK_AB) != n->reversed;

	return a->way == LINK_BOTH || b->way == LINK_BOTH || a_to == b_to;
}

/* The emulator takes no second change for a time of what one still owns. */
static void
check_overlap(struct scenario *s, const struct topology *t, const struct conf_node *entry,
	const struct action *action, const struct link_match *m, size_t n)
{
	struct link_match *earlier = calloc(t->links_len + 1, sizeof(*earlier));

	for (size_t i = 0; earlier != NULL && i < s->actions_len; i++) {
		const struct action *b = &s->actions[i];
		/* One with a mistake of its own may have no target. */
		bool lasts = b->for_ns > 0 && b->target != NULL && action_is_link(b->kind);
		size_t len = lasts ? action_links(t, b->target, earlier) : 0;
		bool both = (b->what.mask & action->what.mask) != 0 &&
			action->at_ns <= b->at_ns + b->for_ns && action->for_ns > 0;

		for (size_t k = 0; both && k < len * n; k++) {
			if (earlier[k / n].link != m[k % n].link ||
				!shares_way(b, &earlier[k / n], action, &m[k % n]))
				continue;
			conf_complain(s->conf, entry,
				"link %s: the step of line %d still lasts then, and sets the same",
				t->links[m[k % n].link].name, b->line);
			both = false;
		}
	}
	free(earlier);
}

void
action_read_links(struct scenario *s, const struct topology *t, const struct conf_node *entry,
	struct action *action)
{
	struct link_match *m;
	size_t n;

	refuse_keys(s, entry, action);
	if (!action_is_link(action->kind))
		return;
	m = calloc(t->links_len + 1, sizeof(*m));
	if (m == NULL)
		abort();
	read_way_and_time(s, entry, action);
	if (action->kind == ACTION_IMPAIR) {
		impairment_conf(s->conf, entry, impairment_words, &action->what);
		if (!says_how(s, entry))
			conf_complain(s->conf, entry, "impair: how? loss, delay, jitter, rate...");
	}
	implied(action);
	n = action_links(t, action->target, m);
	if (n == 0)
		conf_complain(
			s->conf, entry, "no link of the network matches '%s'", action->target);
	for (size_t i = 0; i < n && conf_complaints(s->conf) == 0; i++)
		check_possible(s, entry, action, &t->links[m[i].link]);
	check_overlap(s, t, entry, action, m, n);
	free(m);
}
