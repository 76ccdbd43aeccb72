/* topology_unicast.c - the service as it was before anycast: sites that are asked by addresses of their own. */
#include "lab/topology_internal.h"

static bool
is_anycast(const struct topology *t, const struct inet *a)
{
	for (size_t i = 0; i < t->anycast_addrs_len; i++)
		if (inet_same(&t->anycast_addrs[i], a))
			return true;
	return false;
}

const struct inet *
topology_own_addr(const struct topology *t, size_t node, int family)
{
	const struct topo_node *n = &t->nodes[node];

	for (size_t i = 0; i < n->loopback_len; i++)
		if (n->loopback[i].family == family && !is_anycast(t, &n->loopback[i]))
			return &n->loopback[i];
	return NULL;
}

/* In each family of the service it must have an address to be asked by. */
static void
check_addresses(struct topology *t, const struct conf_node *at, size_t node)
{
	for (size_t i = 0; i < t->anycast_addrs_len; i++)
		if (topology_own_addr(t, node, t->anycast_addrs[i].family) == NULL) {
			conf_complain(t->conf, at,
				"unicast: site '%s' has no %s address of its own on its loopback",
				t->nodes[node].site,
				t->anycast_addrs[i].family == AF_INET ? "IPv4" : "IPv6");
			return;
		}
}

static void
read_site(struct topology *t, const struct conf_node *at)
{
	const char *name = conf_text(t->conf, at, "sites");
	int node = topology_site(t, name);

	if (name == NULL)
		return;
	if (node < 0) {
		conf_complain(t->conf, at, "unicast: no node has site '%s'", name);
		return;
	}
	for (size_t i = 0; i < t->unicast_len; i++)
		if (t->unicast[i] == (size_t)node) {
			conf_complain(t->conf, at, "unicast: site '%s' is named twice", name);
			return;
		}
	check_addresses(t, at, (size_t)node);
	t->unicast[t->unicast_len++] = (size_t)node;
}

void
topo_read_unicast(struct topology *t, const struct conf_node *root)
{
	static const char *const keys[] = {"sites", NULL};
	const struct conf_node *map = conf_get(t->conf, root, "unicast"), *list;

	if (map == NULL || !conf_is_map(t->conf, map, "unicast"))
		return;
	conf_known(t->conf, map, keys);
	list = conf_need(t->conf, map, "sites");
	if (list == NULL || !conf_is_list(t->conf, list, "sites"))
		return;
	if (conf_len(t->conf, list) == 0)
		conf_complain(t->conf, list, "'sites' names none");
	t->unicast = topo_alloc(conf_len(t->conf, list), sizeof(*t->unicast));
	for (size_t i = 0; i < conf_len(t->conf, list); i++)
		read_site(t, conf_at(t->conf, list, i));
}
