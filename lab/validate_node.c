/* validate_node.c - a node's configuration against what the topology gives it: interfaces, addresses, prefixes. */
#include "lab/validate_internal.h"

#include <fts.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/fs.h"

enum { MAX_SCRIPT_BYTES = 256 << 10 };

static void
check_interfaces(struct validation *v, size_t node)
{
	const struct daemon_conf *c = &v->nodes[node].conf;

	for (size_t i = 0; i < c->names_len; i++)
		if (!has_interface(v, node, c->names[i].name))
			complain(v, WARNING, "no-interface", node, c->names[i].at,
				"%s has no interface '%s', which %s is to use",
				v->t->nodes[node].name, c->names[i].name, c->names[i].what);
}

static bool
is_service_address(const struct topology *t, const struct inet *a)
{
	for (size_t i = 0; i < t->anycast_addrs_len; i++)
		if (inet_same(&t->anycast_addrs[i], a))
			return true;
	return false;
}

/* What the topology gives this address, if it is on one of the node's interfaces. */
static const struct inet *
in_topology(const struct topo_node *n, const struct inet *a)
{
	for (size_t i = 0; i < n->ifaces_len; i++)
		for (size_t k = 0; k < n->ifaces[i].addrs_len; k++)
			if (inet_same(&n->ifaces[i].addrs[k], a))
				return &n->ifaces[i].addrs[k];
	return NULL;
}

/* Addresses that the daemon itself sets. */
static void
check_addresses(struct validation *v, size_t node)
{
	const struct daemon_conf *c = &v->nodes[node].conf;
	const struct topo_node *n = &v->t->nodes[node];
	char text[INET_TEXT_BYTES];
	struct owner other;

	for (size_t i = 0; i < c->addrs_len; i++) {
		const struct dc_address *a = &c->addrs[i];
		const struct inet *same = in_topology(n, &a->addr);

		if (!has_interface(v, node, a->ifname))
			complain(v, WARNING, "no-interface", node, a->at,
				"%s has no interface '%s', which is to have %s", n->name, a->ifname,
				inet_show_prefix(&a->addr, text));
		if (same != NULL && same->len != a->addr.len)
			complain(v, ERROR, "prefix-length", node, a->at,
				"%s:%s is to have %s, in the topology the prefix length is %u",
				n->name, a->ifname, inet_show_prefix(&a->addr, text), same->len);
		if (!is_service_address(v->t, &a->addr) && find_owner(v, node, &a->addr, &other))
			complain(v, ERROR, "address-twice", node, a->at,
				"%s is to have %s, which is %s's", n->name,
				inet_show(&a->addr, text), v->t->nodes[other.node].name);
	}
}

bool
is_loopback(const struct inet *a)
{
	static const uint8_t one[16] = {[15] = 1};

	return (a->family == AF_INET && a->addr[0] == 127) ||
		(a->family == AF_INET6 && memcmp(a->addr, one, sizeof(one)) == 0);
}

static bool
is_connected(const struct validation *v, size_t node, const struct inet *a)
{
	const struct topo_node *n = &v->t->nodes[node];
	const struct daemon_conf *c = &v->nodes[node].conf;

	if (is_link_local(a))
		return true;
	for (size_t i = 0; i < n->ifaces_len; i++)
		for (size_t k = 0; k < n->ifaces[i].addrs_len; k++)
			if (inet_covers(&n->ifaces[i].addrs[k], a))
				return true;
	for (size_t i = 0; i < c->addrs_len; i++)
		if (inet_covers(&c->addrs[i].addr, a))
			return true;
	return false;
}

static void
check_next_hops(struct validation *v, size_t node)
{
	const struct daemon_conf *c = &v->nodes[node].conf;
	char text[INET_TEXT_BYTES];

	for (size_t i = 0; i < c->vias_len; i++)
		if (!is_connected(v, node, &c->vias[i].inet))
			complain(v, WARNING, "next-hop", node, c->vias[i].at,
				"%s has no link to the next hop %s", v->t->nodes[node].name,
				inet_show(&c->vias[i].inet, text));
}

static uint32_t
as_of(const struct daemon_conf *c)
{
	return c->local_as != 0 || c->sessions_len == 0 ? c->local_as : c->sessions[0].local_as;
}

/* Where there is a session, check_sessions() says it as an error. */
static bool
has_session(const struct validation *v, size_t node, size_t with)
{
	const struct daemon_conf *c = &v->nodes[node].conf;

	for (size_t i = 0; i < c->sessions_len; i++)
		if (c->sessions[i].peer.family != 0 && !c->sessions[i].shutdown &&
			node_has(v, with, &c->sessions[i].peer))
			return true;
	return false;
}

/* Unique within an AS (RFC 6286 2.1), sessions between the two or not. */
static void
check_router_id(struct validation *v, size_t node)
{
	const struct daemon_conf *c = &v->nodes[node].conf;
	char text[INET_TEXT_BYTES];

	for (size_t o = node + 1; o < v->t->nodes_len; o++) {
		const struct daemon_conf *d = &v->nodes[o].conf;

		if (c->router_id.family == 0 || d->router_id.family == 0 || as_of(c) == 0 ||
			as_of(c) != as_of(d) || !inet_same(&c->router_id, &d->router_id) ||
			has_session(v, node, o))
			continue;
		complain(v, WARNING, "router-id-twice", node, c->id_at,
			"%s and %s are both AS %u with the router id %s (%s:%d)",
			v->t->nodes[node].name, v->t->nodes[o].name, as_of(c),
			inet_show(&c->router_id, text), d->files[d->id_at.file], d->id_at.line);
	}
}

/* Health checks announce with a script or a program of the node's own: is the prefix in one of those? */
static bool
is_in_scripts(char **layers, const char *prefix)
{
	bool found = false;

	for (size_t i = 0; layers[i] != NULL && !found; i++) {
		char *const roots[] = {layers[i], NULL};
		FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);

		for (FTSENT *f; fts != NULL && !found && (f = fts_read(fts)) != NULL;) {
			char *data;

			if (f->fts_info != FTS_F || (f->fts_statp->st_mode & S_IXUSR) == 0 ||
				fs_read(f->fts_path, MAX_SCRIPT_BYTES, &data, NULL, NULL) < 0)
				continue;
			found = strstr(data, prefix) != NULL;
			free(data);
		}
		if (fts != NULL)
			fts_close(fts);
	}
	return found;
}

/* A speaker on the node itself, as a health check that is a BGP speaker: it announces what it likes. */
static bool
has_local_speaker(const struct daemon_conf *c)
{
	for (size_t i = 0; i < c->sessions_len; i++)
		if (is_loopback(&c->sessions[i].peer) && !c->sessions[i].shutdown)
			return true;
	return false;
}

/* An anycast site that never announces the service serves nobody. */
static void
check_announced(struct validation *v, size_t node)
{
	const struct daemon_conf *c = &v->nodes[node].conf;
	char text[INET_TEXT_BYTES];

	for (size_t p = 0; p < v->t->anycast_prefixes_len; p++) {
		const struct inet *prefix = &v->t->anycast_prefixes[p];
		bool found = false;

		for (size_t i = 0; i < c->origins_len; i++)
			found |= c->origins[i].inet.len == prefix->len &&
				inet_same(&c->origins[i].inet, prefix);
		inet_show_prefix(prefix, text);
		if (!found && !is_in_scripts(v->nodes[node].layers, text))
			complain(v, WARNING, "not-announced", node,
				c->id_at.line > 0 ? c->id_at : (struct dc_place){0, 1},
				"anycast site %s announces %s nowhere: not in its daemons' "
				"configuration, not in a script",
				v->t->nodes[node].name, text);
	}
}

void
check_node(struct validation *v, size_t node)
{
	check_interfaces(v, node);
	check_addresses(v, node);
	check_next_hops(v, node);
	check_router_id(v, node);
	if (v->t->nodes[node].anycast && v->nodes[node].speaks &&
		!has_local_speaker(&v->nodes[node].conf))
		check_announced(v, node);
}
