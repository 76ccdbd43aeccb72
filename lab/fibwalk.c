/* fibwalk.c - follow a packet from node to node by asking each FIB, as the kernel would forward it. */
#include "lab/fibwalk.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/rtnl.h"

/* Per node a socket in its namespace and the ifindex of each of its interfaces. */
struct fibwalk_cache {
	size_t len;
	struct fibwalk_node {
		struct rtnl *rtnl;
		int *ifindex; /* parallel to topo_node.ifaces, then one per bridge of the role */
	} nodes[];
};

void
fibwalk_cache_free(struct fibwalk_cache *c)
{
	for (size_t i = 0; c != NULL && i < c->len; i++) {
		rtnl_close(c->nodes[i].rtnl);
		free(c->nodes[i].ifindex);
	}
	free(c);
}

static void
ask_ifindexes(const struct topo_node *topo, struct fibwalk_node *n)
{
	for (size_t i = 0; i < topo->ifaces_len; i++)
		n->ifindex[i] = rtnl_ifindex(n->rtnl, topo->ifaces[i].name, NULL);
}

/*
 * Which of the node's interfaces a route leaves by, -1 for none that the topology knows. Who has looked since before the
 * link was there asks again: a lab that is still coming up is looked at too.
 */
static int
iface_of(const struct topo_node *topo, struct fibwalk_node *n, int oif)
{
	for (int attempt = 0; attempt < 2; attempt++) {
		for (size_t i = 0; i < topo->ifaces_len; i++)
			if (n->ifindex[i] == oif)
				return (int)i;
		ask_ifindexes(topo, n);
	}
	return -1;
}

static int
get_node(struct lab *lab, size_t node, struct fibwalk_node **ret, struct err *e)
{
	const struct topology *t = lab_topology(lab);
	struct fibwalk_cache **cache = lab_fibwalk_cache(lab);
	const struct topo_node *topo = &t->nodes[node];
	struct fibwalk_node *n;
	char path[64];
	int rc;

	if (*cache == NULL) {
		*cache = calloc(1, sizeof(**cache) + t->nodes_len * sizeof(**ret));
		if (*cache == NULL)
			return err_set(e, ENOMEM, "out of memory");
		(*cache)->len = t->nodes_len;
	}
	*ret = n = &(*cache)->nodes[node];
	if (n->rtnl != NULL)
		return 0;
	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)lab_node_pid(lab, node));
	rc = rtnl_open_in(path, &n->rtnl, e);
	if (rc < 0)
		return rc;
	n->ifindex = calloc(topo->ifaces_len + 1, sizeof(*n->ifindex));
	if (n->ifindex == NULL)
		return err_set(e, ENOMEM, "out of memory");
	ask_ifindexes(topo, n);
	return 0;
}

static bool
is_switch(const struct topology *t, size_t node)
{
	const struct topo_role *role = &t->roles[t->nodes[node].role];

	for (size_t i = 0; i < role->bridges_len; i++)
		if (role->bridges[i].all_links)
			return true;
	return false;
}

static bool
iface_has(const struct topo_iface *iface, const struct inet *a)
{
	struct inet link_local;

	for (size_t i = 0; i < iface->addrs_len; i++)
		if (inet_same(&iface->addrs[i], a))
			return true;
	inet_link_local(iface->mac, &link_local);
	return inet_same(&link_local, a);
}

/* Delays of the links passed so far. */
struct way {
	int64_t delay_ns, stretched_ns;
};

static void
pass(struct way *way, const struct topo_link *link)
{
	way->delay_ns += link->delay_ns;
	way->stretched_ns += link->stretched ? link->delay_ns : 0;
}

/*
 * The node at the other end of `link`, seen from `node`. Through a switch it is the member that
 * has the address which was resolved. Adds the delays passed. Returns a node index or -1.
 */
static int
next_node(const struct topology *t, size_t link_index, size_t node, const struct inet *resolved,
	struct way *way)
{
	const struct topo_link *link = &t->links[link_index];
	size_t peer = link->node[link->node[0] == node ? 1 : 0];

	pass(way, link);
	if (!is_switch(t, peer))
		return (int)peer;
	for (size_t i = 0; i < t->nodes[peer].ifaces_len; i++) {
		size_t out = t->nodes[peer].ifaces[i].link;
		const struct topo_link *port = &t->links[out];
		int far = port->node[0] == peer ? 1 : 0;

		if (out == link_index ||
			!iface_has(&t->nodes[port->node[far]].ifaces[port->iface[far]], resolved))
			continue;
		pass(way, port);
		return (int)port->node[far];
	}
	return -1;
}

/* Hops from `from` until a node takes `dst` as its own. Returns 1 if one does, 0 if not. */
static int
walk(struct lab *lab, size_t from, const struct inet *dst, size_t *hops, size_t *ret_len,
	struct way *way, struct err *e)
{
	const struct topology *t = lab_topology(lab);
	size_t at = from;

	for (*ret_len = 0; *ret_len < SURVEY_HOPS;) {
		struct fibwalk_node *node = NULL;
		struct rtnl_route route = {0};
		int next = -1, iface, rc = get_node(lab, at, &node, e);

		hops[(*ret_len)++] = at;
		if (rc == 0)
			rc = rtnl_route_get(node->rtnl, dst, &route, e);
		if (rc == -ENETUNREACH || rc == -EHOSTUNREACH || rc == -EINVAL || rc == -EACCES)
			return 0; /* no route, or one that refuses */
		if (rc < 0)
			return rc;
		if (route.local)
			return 1;
		iface = iface_of(&t->nodes[at], node, route.oif);
		if (iface >= 0)
			next = next_node(t, t->nodes[at].ifaces[iface].link, at,
				route.has_gateway ? &route.gateway : dst, way);
		if (next < 0)
			return 0;
		at = (size_t)next;
	}
	return 0; /* a loop */
}

int
fibwalk_round_trip(struct lab *lab, size_t city, const struct inet *dst, struct survey_path *ret,
	struct err *e)
{
	const struct topology *t = lab_topology(lab);
	int access = topology_access(t, city), rc;
	struct inet source = {0};
	struct way way = {0};

	*ret = (struct survey_path){.city = city, .family = dst->family, .site = -1};
	for (size_t i = 0; access >= 0 && i < t->nodes[access].local_len; i++)
		if (t->nodes[access].local[i].family == dst->family)
			inet_host(&t->nodes[access].local[i], 10, &source);
	if (source.family == 0)
		return 0;
	rc = walk(lab, (size_t)access, dst, ret->hops, &ret->hops_len, &way, e);
	if (rc < 0)
		return rc;
	ret->reached = rc == 1;
	if (!ret->reached)
		return 0;
	ret->site = (int)ret->hops[ret->hops_len - 1];
	rc = walk(lab, (size_t)ret->site, &source, ret->back, &ret->back_len, &way, e);
	if (rc < 0)
		return rc;
	ret->returned = rc == 1 && ret->back[ret->back_len - 1] == (size_t)access;
	if (ret->returned) {
		ret->rtt_ns = way.delay_ns;
		ret->stretched_ns = way.stretched_ns;
	}
	return 0;
}
