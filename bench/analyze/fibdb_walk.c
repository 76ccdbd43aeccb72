/* fibdb_walk.c - the way of a packet from router to router, each asked when the packet passes it. */
#include <stdio.h>
#include <string.h>

#include "bench/analyze/fibdb_internal.h"

/* On a link between two it is the other one; on a LAN who has the gateway's address. */
int
fibdb_next_node(const struct fibdb *db, int node, const struct fibdb_entry *x)
{
	int point, peer;

	if (!x->found || x->interface[0] == '\0')
		return -1;
	point = bgplog_point(db->log, node, x->interface);
	peer = point < 0 ? -1 : db->log->point[point].peer;
	/* A switch routes nothing: it has no points, so no tables either. */
	if (peer >= 0 && fibdb_knows(db, peer))
		return peer;
	if (x->gateway.family == 0)
		return -1;
	return bgplog_node_of(db->log, x->gateway.family == AF_INET6 ? 6 : 4, x->gateway.addr);
}

/* What the link from `node` to `next` adds; 0 where the plan does not tell. A LAN has a link on each side. */
static int64_t
delay_ns(const struct bgplog *log, int node, const char *interface, int next)
{
	int out = bgplog_point(log, node, interface);
	int64_t ns = out < 0 || log->point[out].delay_ns < 0 ? 0 : log->point[out].delay_ns;

	if (out < 0 || log->point[out].peer == next || log->point[out].peer < 0)
		return ns;
	for (size_t i = 0; i < log->points; i++)
		if (log->point[i].node == next && log->point[i].peer == log->point[out].peer &&
			log->point[i].delay_ns > 0)
			return ns + log->point[i].delay_ns;
	return ns;
}

void
fibdb_walk(const struct fibdb *db, int from, int to, const struct inet *dst, int64_t at_ns,
	struct fibdb_path *ret)
{
	struct fibdb_path p = {0};
	int node = from;

	while (p.hops < FIBDB_HOPS_MAX) {
		struct fibdb_hop *h = &p.hop[p.hops++];
		char text[64];
		int next;

		*h = (struct fibdb_hop){.node = node, .at_ns = at_ns};
		if (node == to) {
			p.arrived = true;
			break;
		}
		h->entry = fibdb_lookup(db, node, dst, at_ns);
		next = fibdb_next_node(db, node, &h->entry);
		if (next < 0) {
			snprintf(p.why, sizeof(p.why), "ends at %.32s: %s",
				db->log->node[node].name,
				!fibdb_knows(db, node)
					? "its routes were not recorded"
					: fibdb_entry_text(&h->entry, text, sizeof(text)));
			break;
		}
		at_ns += delay_ns(db->log, node, h->entry.interface, next);
		node = next;
	}
	if (!p.arrived && p.why[0] == '\0')
		snprintf(p.why, sizeof(p.why), "goes round in circles");
	*ret = p;
}

const char *
fibdb_path_text(const struct fibdb *db, const struct fibdb_path *p, char *out, size_t out_bytes)
{
	size_t at = 0;

	out[0] = '\0';
	for (size_t i = 0; i < p->hops && at < out_bytes; i++)
		at += (size_t)snprintf(out + at, out_bytes - at, "%s%s", i == 0 ? "" : " > ",
			db->log->node[p->hop[i].node].name);
	if (!p->arrived && at < out_bytes)
		snprintf(out + at, out_bytes - at, " (%s)", p->why);
	return out;
}

const char *
fibdb_entry_text(const struct fibdb_entry *x, char *out, size_t out_bytes)
{
	char gateway[INET_TEXT_BYTES] = "";

	if (!x->found)
		snprintf(out, out_bytes, "no route");
	else if (x->interface[0] == '\0')
		snprintf(out, out_bytes, "%s", x->type);
	else if (x->gateway.family == 0)
		snprintf(out, out_bytes, "on %s", x->interface);
	else
		snprintf(
			out, out_bytes, "via %s %s", inet_show(&x->gateway, gateway), x->interface);
	return out;
}
