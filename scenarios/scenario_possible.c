/* scenario_possible.c - what a scenario names must be able to be there: variants, sites that announce, figures of what it asks. */
#include "scenarios/scenario_parts.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench/analyze/analyze.h"
#include "scenarios/scenario_load.h"

void
scenario_check_variant(struct scenario *s, const struct topology *t, const struct conf_node *at,
	const char *variant)
{
	const char *path = conf_path(t->conf), *slash = strrchr(path, '/');
	int folder = slash != NULL ? (int)(slash - path) + 1 : 0;
	char dir[PATH_MAX];

	/* The bench's own are known to its scenarios also where somebody's network has others. */
	if (variant == NULL || scenario_is_for(t, variant) || strcmp(variant, "documented") == 0 ||
		strcmp(variant, "hardened") == 0)
		return;
	/* A network without variants beside it is somebody's own: any name may be one. */
	if ((size_t)snprintf(dir, sizeof(dir), "%.*svariants", folder, path) >= sizeof(dir) ||
		access(dir, F_OK) < 0)
		return;
	if (variant[0] != '\0' && variant[0] != '.' && strchr(variant, '/') == NULL &&
		(size_t)snprintf(dir, sizeof(dir), "%.*svariants/%s", folder, path, variant) <
			sizeof(dir) &&
		access(dir, F_OK) == 0)
		return;
	conf_complain(s->conf, at, "there is no variant '%s'", variant);
}

void
scenario_check_withdraws(struct scenario *s, const struct topology *t, const struct conf_node *root)
{
	const struct conf_node *at = conf_get(s->conf, root, "withdraws");
	int node = s->withdraws != NULL ? topology_node(t, s->withdraws) : -1;

	if (s->withdraws != NULL && node < 0)
		conf_complain(s->conf, at, "the network has no node '%s'", s->withdraws);
	else if (node >= 0 && !t->nodes[node].anycast)
		conf_complain(s->conf, at,
			"node '%s' does not announce the anycast prefixes: it has nothing to "
			"withdraw",
			s->withdraws);
}

void
scenario_check_site(
	struct scenario *s, const struct topology *t, const struct conf_node *at, const char *site)
{
	int node = topology_site(t, site);

	if (node < 0)
		conf_complain(s->conf, at, "the network has no site '%s'", site);
	else if (!t->nodes[node].anycast)
		conf_complain(s->conf, at,
			"site '%s' does not announce the anycast prefixes: it serves no client",
			site);
}

static bool
has_repeat(const struct scenario *s, const struct conf_node *root)
{
	const struct conf_node *list = conf_get(s->conf, root, "timeline");

	if (list == NULL || conf_kind(list) != CONF_LIST)
		return false;
	for (size_t i = 0; i < conf_len(s->conf, list); i++) {
		const struct conf_node *entry = conf_at(s->conf, list, i);

		if (conf_kind(entry) == CONF_MAP && conf_get(s->conf, entry, "repeat") != NULL)
			return true;
	}
	return false;
}

void
scenario_check_metric(struct scenario *s, const struct conf_node *root, const struct conf_node *at,
	const char *metric)
{
	const struct {
		const char *start, *asks;
		double qps;
	} rows[] = {{"tcp_", "tcp", s->tcp_qps}, {"large_", "large", s->large_qps},
		{"unicast_", "unicast", s->unicast_qps}};
	char load[64] = "";

	if (analyze_load_of_metric(metric, load, sizeof(load)) &&
		scenario_load_named(s, load) == NULL)
		conf_complain(s->conf, at, "'%s' is of a load '%s', and the timeline has none",
			metric, load);

	if (strncmp(metric, "soak_", 5) == 0 && !has_repeat(s, root))
		conf_complain(
			s->conf, at, "'%s' is of rounds, and the timeline has no repeat", metric);
	if (strstr(metric, "resolver_") != NULL && s->resolver_qps <= 0)
		conf_complain(s->conf, at,
			"'%s' is of lookups that probes: {resolvers: 0} turns off", metric);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strncmp(metric, rows[i].start, strlen(rows[i].start)) == 0 && rows[i].qps <= 0)
			conf_complain(s->conf, at,
				"'%s' is of queries that probes: {%s: 0} turns off", metric,
				rows[i].asks);
}
