/* topology_check.c - what no single entry of topology.yaml shows: it has to fit together. */
#include "lab/topology_internal.h"

#include <string.h>

static const struct conf_node *
entry_of(struct topology *t, const struct conf_node *root, const char *section, size_t index)
{
	return conf_at(t->conf, conf_get(t->conf, root, section), index);
}

static const struct topo_iface *
link_iface(const struct topology *t, size_t link, int end)
{
	return &t->nodes[t->links[link].node[end]].ifaces[t->links[link].iface[end]];
}

/* A switch has ports instead of addresses. */
static bool
is_switch(const struct topology *t, size_t n)
{
	const struct topo_role *role = &t->roles[t->nodes[n].role];

	for (size_t i = 0; i < role->bridges_len; i++)
		if (role->bridges[i].all_links)
			return true;
	return false;
}

static bool
shares_subnet(const struct inet *a, const struct topo_iface *with)
{
	for (size_t i = 0; i < with->addrs_len; i++)
		if (a->len == with->addrs[i].len && inet_covers(a, &with->addrs[i]))
			return true;
	return false;
}

/* Every address of one end needs an address of the same subnet at the other. */
static void
check_subnets(struct topology *t, const struct conf_node *root, size_t link)
{
	const struct conf_node *at = entry_of(t, root, "links", link);
	char text[INET_TEXT_BYTES];

	for (int end = 0; end < 2; end++) {
		const struct topo_iface *here = link_iface(t, link, end);
		const struct topo_iface *there = link_iface(t, link, !end);

		/* The members of a switch's LAN are compared by check_lan(). */
		if (is_switch(t, t->links[link].node[0]) || is_switch(t, t->links[link].node[1]))
			continue;
		if (there->addrs_len == 0 && here->addrs_len > 0)
			conf_complain(t->conf, at, "%s: one end has addresses, the other none",
				t->links[link].name);
		for (size_t i = 0; there->addrs_len > 0 && i < here->addrs_len; i++)
			if (!shares_subnet(&here->addrs[i], there))
				conf_complain(t->conf, at,
					"%s: the other end has no address in the subnet of %s",
					t->links[link].name,
					inet_show_prefix(&here->addrs[i], text));
	}
}

/* Whether another member of a switch than the one at port `not_port` is in the subnet of `a`. */
static bool
has_fellow(const struct topology *t, const struct topo_node *hub, size_t not_port,
	const struct inet *a)
{
	for (size_t p = 0; p < hub->ifaces_len; p++) {
		size_t link = hub->ifaces[p].link;
		int end = !hub->ifaces[p].end;

		/* What is behind another switch is not looked for. */
		if (p != not_port &&
			(is_switch(t, t->links[link].node[end]) ||
				shares_subnet(a, link_iface(t, link, end))))
			return true;
	}
	return false;
}

/* On a switch every address needs another member in its subnet. */
static void
check_lan(struct topology *t, const struct conf_node *root, size_t n)
{
	const struct topo_node *hub = &t->nodes[n];
	char text[INET_TEXT_BYTES];

	if (!is_switch(t, n) || hub->ifaces_len < 2)
		return;
	for (size_t p = 0; p < hub->ifaces_len; p++) {
		size_t link = hub->ifaces[p].link;
		const struct topo_iface *member = link_iface(t, link, !hub->ifaces[p].end);

		for (size_t i = 0; i < member->addrs_len; i++)
			if (!has_fellow(t, hub, p, &member->addrs[i]))
				conf_complain(t->conf, entry_of(t, root, "links", link),
					"nobody else at '%s' has an address in the subnet of %s",
					hub->name, inet_show_prefix(&member->addrs[i], text));
	}
}

static bool
is_service_address(const struct topology *t, const struct inet *a)
{
	for (size_t i = 0; i < t->anycast_addrs_len; i++)
		if (inet_same(&t->anycast_addrs[i], a))
			return true;
	return false;
}

/* Where an address was seen first: (node, interface), interface SIZE_MAX for the loopback. */
static const char *
find_owner(const struct topology *t, const struct inet *a, size_t not_node, size_t not_iface)
{
	for (size_t n = 0; n < t->nodes_len; n++) {
		const struct topo_node *node = &t->nodes[n];

		for (size_t i = 0; i < node->loopback_len; i++)
			if (!(n == not_node && not_iface == SIZE_MAX) &&
				inet_same(&node->loopback[i], a))
				return node->name;
		for (size_t f = 0; f < node->ifaces_len; f++)
			for (size_t i = 0; i < node->ifaces[f].addrs_len; i++)
				if (!(n == not_node && f == not_iface) &&
					inet_same(&node->ifaces[f].addrs[i], a))
					return node->name;
	}
	return NULL;
}

/* The i-th of a list was there before. */
static bool
is_repeated(const struct inet *list, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (inet_same(&list[k], &list[i]))
			return true;
	return false;
}

static void
check_unique(struct topology *t, const struct conf_node *root, size_t n)
{
	const struct topo_node *node = &t->nodes[n];
	char text[INET_TEXT_BYTES];
	const char *owner;

	for (size_t i = 0; i < node->loopback_len; i++) {
		if (is_repeated(node->loopback, i))
			conf_complain(t->conf, entry_of(t, root, "nodes", n),
				"address %s of %s is given twice",
				inet_show(&node->loopback[i], text), node->name);
		if (is_service_address(t, &node->loopback[i]))
			continue;
		owner = find_owner(t, &node->loopback[i], n, SIZE_MAX);
		if (owner != NULL)
			conf_complain(t->conf, entry_of(t, root, "nodes", n),
				"address %s of %s is also at %s",
				inet_show(&node->loopback[i], text), node->name, owner);
	}
	for (size_t f = 0; f < node->ifaces_len; f++)
		for (size_t i = 0; i < node->ifaces[f].addrs_len; i++) {
			owner = is_repeated(node->ifaces[f].addrs, i)
				? node->name
				: find_owner(t, &node->ifaces[f].addrs[i], n, f);
			if (owner != NULL)
				conf_complain(t->conf,
					entry_of(t, root, "links", node->ifaces[f].link),
					"address %s of %s is also at %s",
					inet_show(&node->ifaces[f].addrs[i], text), node->name,
					owner);
		}
}

/* An anycast site has every service address on its loopback, or its server cannot bind them. */
static void
check_site(struct topology *t, const struct conf_node *root, size_t n)
{
	const struct topo_node *node = &t->nodes[n];
	char text[INET_TEXT_BYTES];

	if (node->ifaces_len == 0)
		conf_complain(t->conf, entry_of(t, root, "nodes", n), "node '%s' has no link",
			node->name);
	for (size_t i = 0; node->anycast && i < t->anycast_addrs_len; i++) {
		bool found = false;

		for (size_t k = 0; k < node->loopback_len; k++)
			found |= inet_same(&node->loopback[k], &t->anycast_addrs[i]);
		if (!found)
			conf_complain(t->conf, entry_of(t, root, "nodes", n),
				"anycast site '%s' lacks %s on its loopback", node->name,
				inet_show(&t->anycast_addrs[i], text));
	}
}

/* Probes sit in both families of an access network from its tenth address upward. */
static void
check_access(struct topology *t, const struct conf_node *root)
{
	for (size_t c = 0; c < t->cities_len; c++) {
		const struct conf_node *at =
			conf_get(t->conf, conf_get(t->conf, root, "expect"), t->cities[c].name);
		int access = topology_access(t, c);

		if (t->cities[c].expect_site != NULL && access < 0)
			conf_complain(t->conf, at,
				"expect: no node in '%s' has local prefixes to ask from",
				t->cities[c].name);
	}
}

void
topo_cross_check(struct topology *t, const struct conf_node *root)
{
	/* Indices of nodes and links are those of the file only while every entry was understood. */
	if (conf_complaints(t->conf) > 0)
		return;
	for (size_t i = 0; i < t->links_len; i++)
		check_subnets(t, root, i);
	for (size_t i = 0; i < t->nodes_len; i++) {
		check_lan(t, root, i);
		check_unique(t, root, i);
		check_site(t, root, i);
		topo_check_resolvers(t, entry_of(t, root, "nodes", i), &t->nodes[i]);
	}
	check_access(t, root);
}
