/* topology_resolvers.c - which services of a node resolve names for its network's users, and at which addresses. */
#include "lab/topology_internal.h"

#include <stdlib.h>

/* What is asked there is at home there: the addresses are the node's own. */
static void
add_loopbacks(struct topo_node *node, const struct topo_resolver *r)
{
	struct inet *grown =
		realloc(node->loopback, (node->loopback_len + r->addrs_len + 1) * sizeof(*grown));

	if (grown == NULL)
		abort();
	node->loopback = grown;
	for (size_t i = 0; i < r->addrs_len; i++)
		node->loopback[node->loopback_len++] = r->addrs[i];
}

void
topo_read_resolvers(struct topology *t, const struct conf_node *entry, struct topo_node *node)
{
	const struct conf_node *map = conf_get(t->conf, entry, "resolvers");
	size_t n;

	if (map == NULL || !conf_is_map(t->conf, map, "resolvers"))
		return;
	n = conf_len(t->conf, map);
	node->resolvers = topo_alloc(n, sizeof(*node->resolvers));
	for (size_t i = 0; i < n; i++) {
		const char *name = conf_key_at(t->conf, map, i);
		struct topo_resolver *r = &node->resolvers[node->resolvers_len];
		int service = topology_service(t, name);

		if (service < 0) {
			conf_complain(t->conf, conf_key_node_at(t->conf, map, i),
				"no service '%s' under services:", name);
			continue;
		}
		r->service = (size_t)service;
		r->addrs_len = topo_read_inets(t, map, name, &r->addrs);
		node->resolvers_len++;
		add_loopbacks(node, r);
		if (r->addrs_len == 0)
			conf_complain(t->conf, conf_key_node_at(t->conf, map, i),
				"resolver '%s' has no address to ask it at", name);
	}
}

bool
topology_runs(const struct topology *t, const struct topo_node *node, size_t service)
{
	const struct topo_role *role = &t->roles[node->role];

	for (size_t i = 0; i < role->services_len; i++)
		if (role->services[i] == service)
			return true;
	return false;
}

static bool
is_local(const struct topo_node *node, const struct inet *a)
{
	for (size_t i = 0; i < node->local_len; i++)
		if (inet_covers(&node->local[i], a))
			return true;
	return false;
}

void
topo_check_resolvers(struct topology *t, const struct conf_node *at, const struct topo_node *node)
{
	char text[INET_TEXT_BYTES];

	for (size_t i = 0; i < node->resolvers_len; i++) {
		const struct topo_resolver *r = &node->resolvers[i];

		if (!topology_runs(t, node, r->service))
			conf_complain(t->conf, at, "resolver '%s': the role of %s does not run it",
				t->services[r->service].name, node->name);
		for (size_t k = 0; k < r->addrs_len; k++)
			if (!is_local(node, &r->addrs[k]))
				conf_complain(t->conf, at,
					"resolver '%s': %s is in no local prefix of %s",
					t->services[r->service].name, inet_show(&r->addrs[k], text),
					node->name);
	}
}

const struct inet *
topology_resolver_addr(const struct topo_resolver *r, int family)
{
	for (size_t i = 0; i < r->addrs_len; i++)
		if (r->addrs[i].family == family)
			return &r->addrs[i];
	return NULL;
}
