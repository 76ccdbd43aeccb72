/* topology_net.c - read topology.yaml: nodes and the links between their interfaces. */
#include "lab/topology_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/geo.h"
#include "lab/impairment.h"

static void
read_node(struct topology *t, const struct conf_node *entry, struct topo_node *node)
{
	static const char *const keys[] = {
		"role", "city", "site", "anycast", "loopback", "local", "resolvers", NULL};
	const char *role = NULL, *city = NULL;
	int city_index;

	conf_known(t->conf, entry, keys);
	if (conf_need(t->conf, entry, "role") != NULL)
		role = conf_str(t->conf, entry, "role", NULL);
	if (conf_need(t->conf, entry, "city") != NULL)
		city = conf_str(t->conf, entry, "city", NULL);
	for (node->role = 0; role != NULL && node->role < t->roles_len; node->role++)
		if (strcmp(t->roles[node->role].name, role) == 0)
			break;
	if (role != NULL && node->role == t->roles_len)
		conf_complain(t->conf, conf_get(t->conf, entry, "role"),
			"no role '%s' under roles:", role);
	if (role == NULL || node->role == t->roles_len)
		node->role = 0;
	city_index = topology_city(t, city);
	if (city != NULL && city_index < 0)
		conf_complain(t->conf, conf_get(t->conf, entry, "city"),
			"no city '%s' under cities:", city);
	node->city = city_index < 0 ? t->cities_len : (size_t)city_index; /* told already */
	node->site = conf_str(t->conf, entry, "site", NULL);
	if (node->site != NULL) {
		const struct conf_node *at = conf_get(t->conf, entry, "site");

		topo_check_name(t, at, node->site, "site");
		/* This node is not yet counted: whoever is found has the name already. */
		if (topology_site(t, node->site) >= 0)
			conf_complain(t->conf, at, "two nodes have the site '%s'", node->site);
	}
	node->anycast = conf_bool(t->conf, entry, "anycast", node->site != NULL);
	node->loopback_len = topo_read_inets(t, entry, "loopback", &node->loopback);
	node->local_len = topo_read_inets(t, entry, "local", &node->local);
	for (size_t i = 0; i < node->local_len; i++)
		if (inet_host_bits_set(&node->local[i]))
			conf_complain(t->conf, conf_get(t->conf, entry, "local"),
				"local prefix %zu has host bits set", i + 1);
	topo_read_resolvers(t, entry, node);
}

void
topo_read_nodes(struct topology *t, const struct conf_node *root)
{
	const struct conf_node *map = conf_need(t->conf, root, "nodes");
	size_t n = conf_is_map(t->conf, map, "nodes") ? conf_len(t->conf, map) : 0;

	t->nodes = topo_alloc(n, sizeof(*t->nodes));
	for (size_t i = 0; i < n; i++) {
		const struct conf_node *entry = conf_at(t->conf, map, i);
		const struct conf_node *at = conf_key_node_at(t->conf, map, i);
		struct topo_node *node = &t->nodes[i];

		node->name = conf_key_at(t->conf, map, i);
		topo_check_name(t, at, node->name, "node");
		for (size_t r = 0; r < t->roles_len; r++)
			for (size_t l = 0; l < t->roles[r].layers_len; l++)
				if (strcmp(t->roles[r].layers[l], node->name) == 0)
					conf_complain(t->conf, at,
						"node '%s' has the name of a layer of role '%s'",
						node->name, t->roles[r].name);
		if (conf_is_map(t->conf, entry, node->name))
			read_node(t, entry, node);
		t->nodes_len++;
	}
	if (map != NULL && n == 0)
		conf_complain(t->conf, map, "there are no nodes");
}

/* Every node has lo; its role may give it bridges. */
static bool
is_taken(const struct topology *t, const struct topo_node *node, const char *ifname)
{
	bool taken = strcmp(ifname, "lo") == 0;

	for (size_t i = 0; i < node->ifaces_len; i++)
		taken |= strcmp(node->ifaces[i].name, ifname) == 0;
	for (size_t i = 0; t->roles_len > 0 && i < t->roles[node->role].bridges_len; i++)
		taken |= strcmp(t->roles[node->role].bridges[i].name, ifname) == 0;
	return taken;
}

/* Split "NODE:IFACE" and add the interface to its node. Returns whether that worked. */
static bool
read_end(struct topology *t, const struct conf_node *entry, const char *key, const char *addr_key,
	struct topo_link *link, int end)
{
	const struct conf_node *at = conf_need(t->conf, entry, key);
	const char *text = conf_text(t->conf, at, key), *colon;
	char node_name[32];
	struct topo_iface *grown;
	struct topo_node *node;
	int index;

	if (text == NULL)
		return false;
	colon = strchr(text, ':');
	if (colon == NULL || (size_t)(colon - text) >= sizeof(node_name) ||
		!topo_is_ifname(colon + 1)) {
		conf_complain(t->conf, at,
			"'%s' is not NODE:INTERFACE (an interface: 1 to 15 of A-Z, a-z, 0-9, '.', "
			"'_' and '-')",
			text);
		return false;
	}
	snprintf(node_name, sizeof(node_name), "%.*s", (int)(colon - text), text);
	index = topology_node(t, node_name);
	if (index < 0) {
		conf_complain(t->conf, at, "no node '%s' under nodes:", node_name);
		return false;
	}
	node = &t->nodes[index];
	if (is_taken(t, node, colon + 1)) {
		conf_complain(t->conf, at, "interface '%s' is there already", text);
		return false;
	}
	grown = realloc(node->ifaces, (node->ifaces_len + 1) * sizeof(*grown));
	if (grown == NULL)
		abort();
	node->ifaces = grown;
	grown += node->ifaces_len;
	*grown = (struct topo_iface){.link = t->links_len, .end = end};
	snprintf(grown->name, sizeof(grown->name), "%s", colon + 1);
	/* Locally administered, and the same in every boot. */
	memcpy(grown->mac,
		(uint8_t[6]){0x02, 0xca, (uint8_t)(t->links_len >> 8), (uint8_t)t->links_len, 0,
			(uint8_t)(end + 1)},
		6);
	grown->addrs_len = topo_read_inets(t, entry, addr_key, &grown->addrs);
	link->node[end] = (size_t)index;
	link->iface[end] = node->ifaces_len++;
	return true;
}

static void
read_delay(struct topology *t, const struct conf_node *entry, struct topo_link *link)
{
	size_t city_a = t->nodes[link->node[0]].city, city_b = t->nodes[link->node[1]].city;
	const struct topo_city *a = &t->cities[city_a], *b = &t->cities[city_b];
	double stretch = conf_double(t->conf, entry, "stretch", 1, 10, t->stretch);
	const struct conf_node *delay = conf_get(t->conf, entry, "delay");

	link->delay_ns = conf_duration_ns(t->conf, entry, "delay", 0);
	if (link->delay_ns > 10000000000)
		conf_complain(t->conf, delay, "a delay of more than 10 s is surely a mistake");
	if (delay != NULL && conf_get(t->conf, entry, "stretch") != NULL)
		conf_complain(t->conf, delay, "a link has a delay or a stretch, not both");
	if (city_a == t->cities_len || city_b == t->cities_len)
		return; /* nothing can be said of a node in no city */
	if (delay == NULL && a == b)
		conf_complain(t->conf, entry,
			"both ends are in %s: such a link needs an explicit delay", a->name);
	link->stretched = delay == NULL;
	if (delay == NULL)
		link->delay_ns =
			geo_delay_ns(geo_distance_km(a->lat, a->lon, b->lat, b->lon), stretch);
}

/* What a link does besides its delay, in both directions. */
static void
read_impairment(struct topology *t, const struct conf_node *entry, struct topo_link *link)
{
	struct impairment m = {0};
	struct wire_impair whole;
	struct err e;

	impairment_conf(t->conf, entry, impairment_words + 1, &m);
	wire_impair_copy(&link->impair, &m.value, m.mask);
	whole = link->impair;
	whole.delay_ns = link->delay_ns;
	if (m.mask != 0 && conf_complaints(t->conf) == 0 && wire_impair_check(&whole, &e) < 0)
		conf_complain(t->conf, entry, "%s", e.text);
}

static void
name_link(struct topology *t, const struct conf_node *entry, struct topo_link *link)
{
	const struct topo_node *a = &t->nodes[link->node[0]], *b = &t->nodes[link->node[1]];
	char name[2 * (32 + TOPO_IFNAME_BYTES) + 8];

	snprintf(name, sizeof(name), "%.31s:%s--%.31s:%s", a->name, a->ifaces[link->iface[0]].name,
		b->name, b->ifaces[link->iface[1]].name);
	if (strlen(name) >= sizeof(link->name))
		conf_complain(t->conf, entry, "the link's name '%s' is longer than %zu characters",
			name, sizeof(link->name) - 1);
	else
		memcpy(link->name, name, strlen(name) + 1);
}

void
topo_read_links(struct topology *t, const struct conf_node *root)
{
	static const char *const keys[] = {"a", "b", "a_addr", "b_addr", "delay", "stretch",
		"jitter", "spread", "reorder", "loss", "burst", "rate", "queue", "duplicate",
		"corrupt", "lose", NULL};
	const struct conf_node *list = conf_need(t->conf, root, "links");
	size_t n = conf_is_list(t->conf, list, "links") ? conf_len(t->conf, list) : 0;

	t->links = topo_alloc(n, sizeof(*t->links));
	for (size_t i = 0; i < n; i++) {
		const struct conf_node *entry = conf_at(t->conf, list, i);
		struct topo_link *link = &t->links[t->links_len];
		bool good_a, good_b;

		if (!conf_is_map(t->conf, entry, "a link"))
			continue;
		conf_known(t->conf, entry, keys);
		good_a = read_end(t, entry, "a", "a_addr", link, 0);
		good_b = read_end(t, entry, "b", "b_addr", link, 1);
		t->links_len++;
		if (!good_a || !good_b)
			continue;
		read_delay(t, entry, link);
		read_impairment(t, entry, link);
		name_link(t, entry, link);
	}
}
