/* plan_resolvers.c - whom real users ask: streams of lookups at each access network's resolvers. */
#include "scenarios/plan_resolvers.h"

#include <stdio.h>
#include <string.h>

enum { FIRST_USER = 4 }; /* below the probes', above the resolvers' own */

static const int families[] = {AF_INET, AF_INET6};

enum { FAMILIES = sizeof(families) / sizeof(families[0]) };

/* The address of the network's n-th user in a family. */
static bool
user_of(const struct topo_node *node, int family, uint32_t n, struct inet *ret)
{
	for (size_t i = 0; i < node->local_len; i++)
		if (node->local[i].family == family)
			return inet_host(&node->local[i], FIRST_USER + n, ret) == 0;
	return false;
}

static size_t
asked_families(const struct topo_resolver *r)
{
	size_t n = 0;

	for (size_t f = 0; f < FAMILIES; f++)
		n += topology_resolver_addr(r, families[f]) != NULL;
	return n;
}

static void
add_stream(struct lab *lab, size_t n, size_t k, int family, double rate_qps, json_t *streams)
{
	const struct topology *t = lab_topology(lab);
	const struct topo_node *node = &t->nodes[n];
	const struct topo_resolver *r = &node->resolvers[k];
	const struct inet *target = topology_resolver_addr(r, family);
	char netns[64], from[INET_TEXT_BYTES], to[INET_TEXT_BYTES];
	int id = (int)json_array_size(streams);
	struct inet user;

	if (target == NULL || !user_of(node, family, (uint32_t)k, &user))
		return;
	snprintf(netns, sizeof(netns), "/proc/%d/ns/net", (int)lab_node_pid(lab, n));
	json_array_append_new(streams,
		json_pack("{s:i, s:i, s:s, s:s, s:s, s:s, s:s, s:i, s:s, s:s, s:f, s:b}", "id", id,
			"probe", id, "city", t->cities[node->city].name, "node", node->name,
			"netns", netns, "source", inet_show(&user, from), "target",
			inet_show(target, to), "port", 53, "service", "resolver", "label",
			t->services[r->service].name, "rate_qps", rate_qps, "recurse", 1));
}

void
plan_add_resolvers(struct lab *lab, double rate_qps, json_t *streams)
{
	const struct topology *t = lab_topology(lab);

	for (size_t n = 0; rate_qps > 0 && n < t->nodes_len; n++)
		for (size_t k = 0; k < t->nodes[n].resolvers_len; k++) {
			const struct topo_resolver *r = &t->nodes[n].resolvers[k];

			if (!topology_runs(t, &t->nodes[n], r->service))
				continue;
			for (size_t f = 0; f < FAMILIES; f++)
				add_stream(lab, n, k, families[f],
					rate_qps / (double)asked_families(r), streams);
		}
}

/* "1:9.20.30-1~deb13u1": the version in the middle is the software's own, the rest is the distribution's. */
static json_t *
own_version(const char *version)
{
	const char *from = version == NULL ? NULL : strchr(version, ':'), *to;

	if (version == NULL)
		return json_null();
	from = from == NULL ? version : from + 1;
	to = strrchr(from, '-');
	return json_stringn(from, to == NULL ? strlen(from) : (size_t)(to - from));
}

json_t *
plan_resolvers_json(const struct topology *t, double rate_qps, const json_t *packages)
{
	static const struct {
		const char *service, *software, *package;
	} known[] = {{"unbound", "Unbound", "unbound"}, {"bind", "BIND", "bind9"}};
	json_t *list = json_array();

	for (size_t n = 0; rate_qps > 0 && n < t->nodes_len; n++)
		for (size_t k = 0; k < t->nodes[n].resolvers_len; k++) {
			const struct topo_node *node = &t->nodes[n];
			size_t service = node->resolvers[k].service;
			const char *name = t->services[service].name, *software = name;
			const char *package = name;

			for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
				if (strcmp(known[i].service, name) == 0) {
					software = known[i].software;
					package = known[i].package;
				}
			if (topology_runs(t, node, service))
				json_array_append_new(list,
					json_pack("{s:s, s:s, s:s, s:s, s:o, s:f}", "city",
						t->cities[node->city].name, "node", node->name,
						"label", name, "software", software, "version",
						own_version(json_string_value(
							json_object_get(packages, package))),
						"rate_qps", rate_qps));
		}
	return list;
}
