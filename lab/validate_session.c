/*
 * validate_session.c - both ends of every BGP session, held against each other.
 *
 * A neighbour that no node has may be one of a production file's others: a warning. Once the other end
 * is in the topology, what cannot come up is an error.
 */
#include "lab/validate_internal.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_BYTES = 96 };

/* The peer, as a person would say it: address, or the interface it is at. */
static const char *
peer_text(const struct dc_session *s, char out[static TEXT_BYTES])
{
	char text[INET_TEXT_BYTES];

	if (s->peer.family == 0)
		snprintf(out, TEXT_BYTES, "at %s", s->peer_if);
	else
		snprintf(out, TEXT_BYTES, "%s", inet_show(&s->peer, text));
	return out;
}

static size_t
iface_named(const struct topo_node *n, const char *name)
{
	for (size_t i = 0; i < n->ifaces_len; i++)
		if (strcmp(n->ifaces[i].name, name) == 0)
			return i;
	return SIZE_MAX;
}

/* An address of the interface of this family in whose subnet `peer` is. */
static bool
address_towards(const struct topo_iface *iface, const struct inet *peer, struct inet *ret)
{
	for (size_t i = 0; i < iface->addrs_len; i++)
		if (inet_covers(&iface->addrs[i], peer)) {
			*ret = iface->addrs[i];
			return true;
		}
	return false;
}

/* Which address a session leaves from, when that can be said: its own word, or the link's. */
static bool
own_address(const struct validation *v, size_t node, const struct dc_session *s, struct inet *ret)
{
	const struct topo_node *n = &v->t->nodes[node];

	if (s->local.family != 0) {
		*ret = s->local;
		return true;
	}
	if (s->local_if[0] != '\0') {
		size_t i = iface_named(n, s->local_if);

		return i != SIZE_MAX && address_towards(&n->ifaces[i], &s->peer, ret);
	}
	for (size_t i = 0; i < n->ifaces_len; i++)
		if (address_towards(&n->ifaces[i], &s->peer, ret))
			return true;
	return false;
}

/* Does session m of another node name this address, or hold a range that has it? */
static bool
names(const struct dc_session *m, const struct inet *a)
{
	return m->dynamic ? inet_covers(&m->peer, a)
			  : m->peer.family != 0 && inet_same(&m->peer, a);
}

/* Does m name any address of the node in the family that s runs over? */
static bool
names_node(const struct validation *v, const struct dc_session *m, size_t node, uint8_t family)
{
	const struct topo_node *n = &v->t->nodes[node];

	if (m->peer.family != family)
		return false;
	if (!m->dynamic)
		return node_has(v, node, &m->peer);
	for (size_t i = 0; i < n->ifaces_len; i++)
		for (size_t k = 0; k < n->ifaces[i].addrs_len; k++)
			if (inet_covers(&m->peer, &n->ifaces[i].addrs[k]))
				return true;
	for (size_t i = 0; i < n->loopback_len; i++)
		if (inet_covers(&m->peer, &n->loopback[i]))
			return true;
	return false;
}

/* A session by interface at the other end of the link on which this one is. */
static bool
is_at_link(const struct validation *v, const struct dc_session *m, size_t other, size_t node)
{
	size_t i = m->peer_if[0] == '\0' ? SIZE_MAX : iface_named(&v->t->nodes[other], m->peer_if);
	struct owner at = {other, i};

	return i != SIZE_MAX && facing(v, node, &at) != SIZE_MAX;
}

/* The other end's session with us: exactly ours, else one with another address of ours, else none. */
static const struct dc_session *
session_back(const struct validation *v, size_t node, const struct dc_session *s, size_t other,
	const struct inet *own, bool own_known, bool *ret_exact)
{
	const struct daemon_conf *c = &v->nodes[other].conf;
	const struct dc_session *near = NULL;

	*ret_exact = true;
	for (size_t i = 0; i < c->sessions_len; i++) {
		const struct dc_session *m = &c->sessions[i];

		if (own_known && names(m, own))
			return m;
		if (s->peer.family == 0 || is_link_local(&s->peer)
				? is_at_link(v, m, other, node)
				: (near == NULL && names_node(v, m, node, s->peer.family)))
			near = m;
	}
	*ret_exact = near == NULL || !own_known || s->peer.family == 0 || is_link_local(&s->peer);
	return near;
}

static bool
answers_to(const struct dc_session *m, uint32_t as)
{
	return m->local_as == 0 || m->local_as == as || m->other_as == as;
}

static void
check_as(struct validation *v, size_t node, const struct dc_session *s, size_t other,
	const struct dc_session *m)
{
	const char *here = v->t->nodes[node].name, *there = v->t->nodes[other].name;
	const struct daemon_conf *c = &v->nodes[other].conf;
	char peer[TEXT_BYTES];

	peer_text(s, peer);
	if (s->remote_kind == DC_AS_NUMBER && !answers_to(m, s->remote_as))
		complain(v, ERROR, "remote-as-mismatch", node, s->at,
			"%s expects AS %u at %s, but %s is AS %u there (%s:%d)", here, s->remote_as,
			peer, there, m->local_as, c->files[m->at.file], m->at.line);
	else if (s->remote_kind == DC_AS_INTERNAL && s->local_as != 0 &&
		!answers_to(m, s->local_as))
		complain(v, ERROR, "remote-as-mismatch", node, s->at,
			"%s has an internal session with %s, but %s is AS %u and %s AS %u (%s:%d)",
			here, peer, here, s->local_as, there, m->local_as, c->files[m->at.file],
			m->at.line);
	else if (s->remote_kind == DC_AS_EXTERNAL && s->local_as != 0 && m->local_as == s->local_as)
		complain(v, ERROR, "remote-as-mismatch", node, s->at,
			"%s has an external session with %s, but %s is AS %u as well (%s:%d)", here,
			peer, there, m->local_as, c->files[m->at.file], m->at.line);
}

static const char *
families_text(unsigned int families)
{
	switch (families) {
	case DC_V4:
		return "IPv4";
	case DC_V6:
		return "IPv6";
	case DC_V4 | DC_V6:
		return "IPv4 and IPv6";
	default:
		return "neither IPv4 nor IPv6";
	}
}

/* Told once, from the node that comes first. */
static void
check_families(struct validation *v, size_t node, const struct dc_session *s, size_t other,
	const struct dc_session *m)
{
	const struct daemon_conf *c = &v->nodes[other].conf;
	char peer[TEXT_BYTES];

	if (node > other || s->families == m->families)
		return;
	complain(v, (s->families & m->families) == 0 ? ERROR : WARNING, "families-differ", node,
		s->at, "%s carries %s with %s, %s carries %s (%s:%d)", v->t->nodes[node].name,
		families_text(s->families), peer_text(s, peer), v->t->nodes[other].name,
		families_text(m->families), c->files[m->at.file], m->at.line);
}

/* eBGP takes one hop, unless told otherwise. Returns whether the rest is worth looking at. */
static bool
check_adjacent(
	struct validation *v, size_t node, const struct dc_session *s, const struct owner *other)
{
	const struct topo_node *n = &v->t->nodes[node];
	size_t i = facing(v, node, other);
	char peer[TEXT_BYTES];
	struct inet own;

	if (s->multihop)
		return true;
	peer_text(s, peer);
	if (i == SIZE_MAX) {
		complain(v, ERROR, "not-adjacent", node, s->at,
			"%s's neighbour %s is %s, which is not next to it; a session over several "
			"hops says so (multihop)",
			n->name, peer, v->t->nodes[other->node].name);
		return false;
	}
	if (!is_link_local(&s->peer) && !address_towards(&n->ifaces[i], &s->peer, &own)) {
		complain(v, ERROR, "not-in-subnet", node, s->at,
			"%s's neighbour %s is %s, but %s:%s has no address in its subnet", n->name,
			peer, v->t->nodes[other->node].name, n->name, n->ifaces[i].name);
		return false;
	}
	return true;
}

/* The router id of both ends being one, the session is refused (RFC 4271 6.2, RFC 6286). */
static void
check_ids(struct validation *v, size_t node, size_t other)
{
	const struct daemon_conf *a = &v->nodes[node].conf, *b = &v->nodes[other].conf;
	char text[INET_TEXT_BYTES];

	if (node < other && a->router_id.family != 0 && b->router_id.family != 0 &&
		inet_same(&a->router_id, &b->router_id))
		complain(v, ERROR, "router-id-twice", node, a->id_at,
			"%s and its neighbour %s have the same router id %s (%s:%d)",
			v->t->nodes[node].name, v->t->nodes[other].name,
			inet_show(&a->router_id, text), b->files[b->id_at.file], b->id_at.line);
}

static void
check_back(struct validation *v, size_t node, const struct dc_session *s, size_t other)
{
	const char *here = v->t->nodes[node].name, *there = v->t->nodes[other].name;
	const struct daemon_conf *c = &v->nodes[other].conf;
	struct inet own;
	char peer[TEXT_BYTES], from[INET_TEXT_BYTES] = "it", named[TEXT_BYTES];
	bool known = s->peer.family != 0 && own_address(v, node, s, &own), exact;
	const struct dc_session *m;

	peer_text(s, peer);
	if (known)
		inet_show(&own, from);
	if (!v->nodes[other].speaks) {
		complain(v, WARNING, "no-speaker", node, s->at,
			"%s's neighbour %s is %s, where no configuration of a BGP daemon was found",
			here, peer, there);
		return;
	}
	m = session_back(v, node, s, other, &own, known, &exact);
	if (m == NULL)
		complain(v, ERROR, "no-session-back", node, s->at,
			"%s's neighbour %s is %s, which has no session with %s", here, peer, there,
			from);
	else if (!exact)
		complain(v, ERROR, "no-session-back", node, s->at,
			"%s speaks to %s from %s, but %s expects it at %s (%s:%d)", here, there,
			from, there, peer_text(m, named), c->files[m->at.file], m->at.line);
	else if (m->shutdown)
		complain(v, WARNING, "shut-down", node, s->at,
			"%s's session with %s is shut down at %s (%s:%d)", here, peer, there,
			c->files[m->at.file], m->at.line);
	if (m == NULL)
		return;
	check_as(v, node, s, other, m);
	if (exact)
		check_families(v, node, s, other, m);
	check_ids(v, node, other);
}

/* By interface alone: whoever speaks at the other ends of that segment. */
static void
check_by_interface(struct validation *v, size_t node, const struct dc_session *s)
{
	const struct topo_node *n = &v->t->nodes[node];
	size_t i = iface_named(n, s->peer_if);

	if (i == SIZE_MAX) {
		complain(v, WARNING, "no-interface", node, s->at,
			"%s has no interface '%s', where a BGP neighbour should be", n->name,
			s->peer_if);
		return;
	}
	for (size_t o = 0; o < v->t->nodes_len; o++)
		for (size_t k = 0; o != node && k < v->t->nodes[o].ifaces_len; k++)
			if (v->nodes[o].speaks &&
				v->segments[v->t->nodes[o].ifaces[k].link] ==
					v->segments[n->ifaces[i].link])
				check_back(v, node, s, o);
}

static void
check_session(struct validation *v, size_t node, const struct dc_session *s)
{
	const struct topo_node *n = &v->t->nodes[node];
	char text[INET_TEXT_BYTES], peer[TEXT_BYTES], as[32] = "";
	struct owner other;

	if (s->peer.family != 0 && is_loopback(&s->peer))
		return;
	if (s->local.family != 0 && !node_has(v, node, &s->local))
		complain(v, ERROR, "no-local-address", node, s->at,
			"%s is to speak to %s from %s, which it does not have", n->name,
			peer_text(s, peer), inet_show(&s->local, text));
	if (s->local_if[0] != '\0' && !has_interface(v, node, s->local_if))
		complain(v, WARNING, "no-interface", node, s->at,
			"%s is to speak to %s from interface '%s', which it does not have", n->name,
			peer_text(s, peer), s->local_if);
	if (s->dynamic)
		return;
	if (s->peer.family == 0) {
		check_by_interface(v, node, s);
		return;
	}
	if (s->remote_kind == DC_AS_NUMBER)
		snprintf(as, sizeof(as), " (AS %u)", s->remote_as);
	if (node_has(v, node, &s->peer) && !find_owner(v, node, &s->peer, &other))
		complain(v, ERROR, "own-address", node, s->at,
			"%s's neighbour %s is an address of its own", n->name, peer_text(s, peer));
	else if (!find_owner(v, node, &s->peer, &other))
		complain(v, WARNING, "unknown-neighbour", node, s->at,
			"%s's neighbour %s%s is not in the topology", n->name, peer_text(s, peer),
			as);
	else if (check_adjacent(v, node, s, &other))
		check_back(v, node, s, other.node);
}

void
check_sessions(struct validation *v, size_t node)
{
	const struct daemon_conf *c = &v->nodes[node].conf;

	for (size_t i = 0; i < c->sessions_len; i++)
		if (!c->sessions[i].shutdown)
			check_session(v, node, &c->sessions[i]);
}
