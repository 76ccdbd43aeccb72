/* topology.c - read topology.yaml: the head, cities, what is expected; look-ups. */
#include "lab/topology.h"

#include <stdlib.h>
#include <string.h>

#include "lab/topology_internal.h"

void *
topo_alloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size);

	if (p == NULL)
		abort();
	return p;
}

bool
topo_check_name(struct topology *t, const struct conf_node *at, const char *name, const char *what)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

	if (name != NULL && name[0] != '\0' && name[0] != '-' && strlen(name) <= 24 &&
		strspn(name, allowed) == strlen(name))
		return true;
	conf_complain(t->conf, at, "%s '%s': names are 1 to 24 of a-z, 0-9 and '-'", what,
		name ? name : "?");
	return false;
}

bool
topo_is_ifname(const char *name)
{
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	size_t len = strspn(name, allowed);

	return len > 0 && len < TOPO_IFNAME_BYTES && name[len] == '\0' && strcmp(name, ".") != 0 &&
		strcmp(name, "..") != 0;
}

size_t
topo_read_inets(struct topology *t, const struct conf_node *map, const char *key, struct inet **ret)
{
	const struct conf_node *list = conf_get(t->conf, map, key);
	size_t n = 0;

	*ret = topo_alloc(conf_len(t->conf, list), sizeof(**ret));
	if (list == NULL || !conf_is_list(t->conf, list, key))
		return 0;
	for (size_t i = 0; i < conf_len(t->conf, list); i++) {
		const struct conf_node *item = conf_at(t->conf, list, i);
		const char *text = conf_text(t->conf, item, key);

		if (text == NULL)
			continue;
		if (inet_parse(text, &(*ret)[n]) < 0)
			conf_complain(t->conf, item, "'%s' is not an address or prefix", text);
		else
			n++;
	}
	return n;
}

/* A wanted list with at least one address or prefix in it. */
static size_t
need_inets(struct topology *t, const struct conf_node *map, const char *key, struct inet **ret)
{
	const struct conf_node *list = conf_need(t->conf, map, key);

	if (list != NULL && conf_kind(list) == CONF_LIST && conf_len(t->conf, list) == 0)
		conf_complain(t->conf, list, "'%s' names none", key);
	return list == NULL ? 0 : topo_read_inets(t, map, key, ret);
}

static void
read_anycast(struct topology *t, const struct conf_node *root)
{
	static const char *const keys[] = {"prefixes", "addresses", "zone", "answer", NULL};
	const struct conf_node *map = conf_need(t->conf, root, "anycast");

	if (!conf_is_map(t->conf, map, "anycast"))
		return;
	conf_known(t->conf, map, keys);
	t->anycast_prefixes_len = need_inets(t, map, "prefixes", &t->anycast_prefixes);
	t->anycast_addrs_len = need_inets(t, map, "addresses", &t->anycast_addrs);
	if (conf_need(t->conf, map, "zone") != NULL)
		t->zone = conf_str(t->conf, map, "zone", NULL);
	t->answer = conf_str(t->conf, map, "answer", "catchment");
	for (size_t i = 0; i < t->anycast_prefixes_len; i++)
		if (inet_host_bits_set(&t->anycast_prefixes[i]))
			conf_complain(t->conf, conf_get(t->conf, map, "prefixes"),
				"prefix %zu has host bits set", i + 1);
	if (t->zone != NULL && (strlen(t->zone) > 200 || t->zone[strlen(t->zone) - 1] != '.'))
		conf_complain(t->conf, conf_get(t->conf, map, "zone"),
			"zone '%s': a full name ends in a dot and has at most 200 characters",
			t->zone);
	for (size_t i = 0; i < t->anycast_addrs_len; i++) {
		bool covered = false;

		for (size_t k = 0; k < t->anycast_prefixes_len; k++)
			covered |= inet_covers(&t->anycast_prefixes[k], &t->anycast_addrs[i]);
		if (!covered)
			conf_complain(t->conf, conf_get(t->conf, map, "addresses"),
				"address %zu is in none of the anycast prefixes", i + 1);
	}
}

const char *
topo_last_mile_check(struct topo_last_mile *m)
{
	if (m->median_ns < 0 || m->median_ns > 1000000000)
		return "a median of more than 1 s is surely a mistake";
	if (!(m->spread >= 1 && m->spread <= 5))
		return "spread is a geometric standard deviation, 1 to 5";
	if (m->max_ns == 0)
		m->max_ns = 10 * m->median_ns;
	if (m->max_ns < m->median_ns || m->max_ns > 10000000000)
		return "max is from the median to 10 s";
	return NULL;
}

static void
read_last_mile(struct topology *t, const struct conf_node *map, struct topo_last_mile *ret)
{
	static const char *const keys[] = {"median", "spread", "max", NULL};
	const struct conf_node *entry = conf_get(t->conf, map, "last_mile");
	const char *wrong;

	if (entry == NULL || !conf_is_map(t->conf, entry, "last_mile"))
		return;
	conf_known(t->conf, entry, keys);
	if (conf_need(t->conf, entry, "median") == NULL)
		return;
	*ret = (struct topo_last_mile){.median_ns = conf_duration_ns(t->conf, entry, "median", 0),
		.spread = conf_double(t->conf, entry, "spread", 1, 5, 2),
		.max_ns = conf_duration_ns(t->conf, entry, "max", 0)};
	wrong = topo_last_mile_check(ret);
	if (wrong != NULL)
		conf_complain(t->conf, entry, "last_mile: %s", wrong);
}

static void
read_cities(struct topology *t, const struct conf_node *root)
{
	static const char *const keys[] = {"title", "lat", "lon", "last_mile", NULL};
	const struct conf_node *map = conf_need(t->conf, root, "cities");
	size_t n = conf_is_map(t->conf, map, "cities") ? conf_len(t->conf, map) : 0;

	t->cities = topo_alloc(n, sizeof(*t->cities));
	for (size_t i = 0; i < n; i++) {
		const struct conf_node *at = conf_key_node_at(t->conf, map, i);
		const struct conf_node *entry = conf_at(t->conf, map, i);
		struct topo_city *city = &t->cities[t->cities_len++];

		city->name = conf_key_at(t->conf, map, i);
		city->title = city->name;
		city->last_mile = t->last_mile;
		topo_check_name(t, at, city->name, "city");
		if (!conf_is_map(t->conf, entry, city->name))
			continue;
		conf_known(t->conf, entry, keys);
		city->title = conf_str(t->conf, entry, "title", city->name);
		read_last_mile(t, entry, &city->last_mile);
		if (conf_need(t->conf, entry, "lat") != NULL)
			city->lat = conf_double(t->conf, entry, "lat", -90, 90, 0);
		if (conf_need(t->conf, entry, "lon") != NULL)
			city->lon = conf_double(t->conf, entry, "lon", -180, 180, 0);
	}
}

void
topo_read_expect(struct topology *t, const struct conf_node *root)
{
	static const char *const keys[] = {"site", "because", NULL};
	const struct conf_node *map = conf_get(t->conf, root, "expect");

	if (map == NULL || !conf_is_map(t->conf, map, "expect"))
		return;
	for (size_t i = 0; i < conf_len(t->conf, map); i++) {
		const struct conf_node *at = conf_key_node_at(t->conf, map, i);
		const struct conf_node *entry = conf_at(t->conf, map, i);
		int city = topology_city(t, conf_key_at(t->conf, map, i));
		const char *site;

		if (city < 0)
			conf_complain(
				t->conf, at, "expect: no city '%s'", conf_key_at(t->conf, map, i));
		if (!conf_is_map(t->conf, entry, "expect"))
			continue;
		conf_known(t->conf, entry, keys);
		if (conf_need(t->conf, entry, "site") == NULL ||
			conf_need(t->conf, entry, "because") == NULL || city < 0)
			continue;
		site = conf_str(t->conf, entry, "site", "");
		t->cities[city].because = conf_str(t->conf, entry, "because", "");
		t->cities[city].expect_site = site;
		if (topology_site(t, site) < 0)
			conf_complain(t->conf, conf_get(t->conf, entry, "site"),
				"expect: no node has site '%s'", site);
		else if (!t->nodes[topology_site(t, site)].anycast)
			conf_complain(t->conf, conf_get(t->conf, entry, "site"),
				"expect: site '%s' does not announce the service (anycast: false)",
				site);
	}
}

static void
read_topology(struct topology *t)
{
	static const char *const keys[] = {"name", "stretch", "last_mile", "anycast", "cities",
		"unicast", "services", "roles", "nodes", "links", "expect", NULL};
	const struct conf_node *root = conf_root(t->conf);

	if (!conf_is_map(t->conf, root, "a topology"))
		return;
	conf_known(t->conf, root, keys);
	t->name = conf_need(t->conf, root, "name") ? conf_str(t->conf, root, "name", "") : "";
	if (t->name[0] != '\0')
		topo_check_name(t, conf_get(t->conf, root, "name"), t->name, "name");
	t->stretch = conf_double(t->conf, root, "stretch", 1, 10, 1);
	read_last_mile(t, root, &t->last_mile);
	read_anycast(t, root);
	read_cities(t, root);
	topo_read_services(t, root);
	topo_read_roles(t, root);
	topo_read_nodes(t, root);
	topo_read_links(t, root);
	topo_read_expect(t, root);
	topo_read_unicast(t, root);
	topo_cross_check(t, root);
}

int
topology_parse(const char *name, const char *data, size_t len, struct topology **ret)
{
	struct topology *t = topo_alloc(1, sizeof(*t));

	conf_parse(name, data, len, &t->conf);
	read_topology(t);
	*ret = t;
	return 0;
}

int
topology_load(const char *path, struct topology **ret, struct err *e)
{
	struct topology *t = topo_alloc(1, sizeof(*t));
	int rc = conf_load(path, &t->conf, e);

	if (rc < 0) {
		free(t);
		return rc;
	}
	read_topology(t);
	*ret = t;
	return 0;
}

void
topology_free(struct topology *t)
{
	if (t == NULL)
		return;
	topo_free_services(t);
	for (size_t i = 0; i < t->nodes_len; i++) {
		for (size_t k = 0; k < t->nodes[i].ifaces_len; k++)
			free(t->nodes[i].ifaces[k].addrs);
		free(t->nodes[i].ifaces);
		for (size_t k = 0; k < t->nodes[i].resolvers_len; k++)
			free(t->nodes[i].resolvers[k].addrs);
		free(t->nodes[i].resolvers);
		free(t->nodes[i].loopback);
		free(t->nodes[i].local);
	}
	free(t->nodes);
	free(t->links);
	free(t->unicast);
	free(t->cities);
	free(t->anycast_prefixes);
	free(t->anycast_addrs);
	conf_free(t->conf);
	conf_free(t->variant_conf);
	free(t->variant);
	free(t);
}

int
topology_node(const struct topology *t, const char *name)
{
	for (size_t i = 0; name != NULL && i < t->nodes_len; i++)
		if (strcmp(t->nodes[i].name, name) == 0)
			return (int)i;
	return -1;
}

int
topology_city(const struct topology *t, const char *name)
{
	for (size_t i = 0; name != NULL && i < t->cities_len; i++)
		if (strcmp(t->cities[i].name, name) == 0)
			return (int)i;
	return -1;
}

int
topology_service(const struct topology *t, const char *name)
{
	for (size_t i = 0; name != NULL && i < t->services_len; i++)
		if (strcmp(t->services[i].name, name) == 0)
			return (int)i;
	return -1;
}

int
topology_site(const struct topology *t, const char *site)
{
	for (size_t i = 0; site != NULL && i < t->nodes_len; i++)
		if (t->nodes[i].site != NULL && strcmp(t->nodes[i].site, site) == 0)
			return (int)i;
	return -1;
}

int
topology_access(const struct topology *t, size_t city)
{
	for (size_t i = 0; i < t->nodes_len; i++)
		if (t->nodes[i].city == city && t->nodes[i].local_len > 0)
			return (int)i;
	return -1;
}
