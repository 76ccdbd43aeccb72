/* budget_cause.c - why a router changed its mind about a prefix: the latest thing that can have made it. */
#include "bench/analyze/budget_cause.h"

#include <string.h>

#include "lib/bfd.h"

enum { MAX_NEIGHBOURS = 16 };
/* A router may tell the others before its own table has changed. */
#define TABLE_LAGS_NS (NS_PER_S / 2)
/* Between a neighbour given up by BFD and the end of the session that follows from it. */
#define BFD_TO_END_NS (NS_PER_S / 2)

/* The nodes that the router's table pointed to for a prefix. */
struct neighbours {
	bool known;
	int node[MAX_NEIGHBOURS];
	char interface[MAX_NEIGHBOURS][16];
	size_t n;
};

static struct inet
inet_of(const struct bgp_prefix *p)
{
	struct inet a = {.family = p->family == 4 ? AF_INET : AF_INET6, .len = p->bits};

	memcpy(a.addr, p->addr, sizeof(a.addr));
	return a;
}

static void
add_neighbour(
	const struct budget_basis *b, int node, const struct fibdb_entry *x, struct neighbours *n)
{
	int next = fibdb_next_node(b->fib, node, x);

	if (next < 0 || n->n == MAX_NEIGHBOURS)
		return;
	n->node[n->n] = next;
	memcpy(n->interface[n->n], x->interface, sizeof(n->interface[0]));
	n->n++;
}

static void
find_neighbours(const struct budget_basis *b, int node, const struct bgp_prefix *prefix,
	int64_t until_ns, struct neighbours *ret)
{
	struct inet dst = inet_of(prefix);
	struct fibdb_change c;
	struct fibdb_entry x;
	int64_t to_ns = until_ns + TABLE_LAGS_NS;

	*ret = (struct neighbours){.known = b->fib != NULL && fibdb_knows(b->fib, node)};
	if (!ret->known)
		return;
	x = fibdb_lookup(b->fib, node, &dst, b->t->fault_ns);
	add_neighbour(b, node, &x, ret);
	while (fibdb_last_change(b->fib, node, &dst, b->t->fault_ns, to_ns, &c)) {
		add_neighbour(b, node, &c.to, ret);
		to_ns = c.at_ns - 1;
	}
	/* A router without a route at any time forwards nothing: a route server. */
	ret->known = ret->n > 0;
}

static bool
is_neighbour(const struct neighbours *n, int node)
{
	for (size_t i = 0; i < n->n; i++)
		if (n->node[i] == node)
			return true;
	return false;
}

static int
next_hop_node(const struct bgplog *log, const struct bgplog_entry *x, int family)
{
	uint8_t addr[16] = {0};

	if (family == 4)
		memcpy(addr, x->next_hop, 4);
	if (family == 4 && x->next_hop[0] != 0)
		return bgplog_node_of(log, 4, addr);
	if (x->mp_next_hop_bytes < 16)
		return -1;
	memcpy(addr, x->mp_next_hop, 16);
	return bgplog_node_of(log, 6, addr);
}

/*
 * It came, or went, by an interface that the table pointed to, or it tells of a next hop there: a
 * neighbour's word, a route server's on the LAN, or that of a far router of the same network, which is
 * heard the way that its routes lead.
 */
static bool
matters(const struct budget_basis *b, const struct neighbours *n, const struct bgplog_entry *x,
	int family)
{
	const char *interface = b->log->point[x->point].interface;

	if (!n->known)
		return true;
	for (size_t i = 0; i < n->n; i++)
		if (strcmp(n->interface[i], interface) == 0)
			return true;
	return x->what == BGPLOG_UPDATE && is_neighbour(n, next_hop_node(b->log, x, family));
}

/* An UPDATE that was sent to the node and whose arrival was not captured: the node that it was sent to. */
static bool
was_sent_to(const struct bgplog_entry *x, int node)
{
	return x->way == BGPLOG_SENT && x->twin < 0 && x->peer == node;
}

static enum cause_kind
kind_of(const struct budget_basis *b, const struct bgplog_entry *x, int node,
	const struct bgp_prefix *prefix)
{
	bool here = b->log->point[x->point].node == node;

	switch (x->what) {
	case BGPLOG_UPDATE:
		if (bgplog_about(b->log, x, prefix) == NULL)
			return CAUSE_NONE;
		if (here && x->way == BGPLOG_LOCAL)
			return CAUSE_LOCAL;
		if (here && x->way == BGPLOG_RECEIVED)
			return CAUSE_UPDATE;
		return was_sent_to(x, node) ? CAUSE_UNSEEN : CAUSE_NONE;
	case BGPLOG_BFD:
		return here && x->way == BGPLOG_SENT && x->state_from == BFD_UP &&
				x->state_to != BFD_UP
			? CAUSE_BFD
			: CAUSE_NONE;
	case BGPLOG_NOTIFICATION:
	case BGPLOG_FIN:
	case BGPLOG_RESET:
		if (!here)
			return CAUSE_NONE;
		return x->way == BGPLOG_SENT	    ? CAUSE_ENDED
			: x->way == BGPLOG_RECEIVED ? CAUSE_END_HEARD
						    : CAUSE_NONE;
	case BGPLOG_OPEN:
	case BGPLOG_KEEPALIVE:
	case BGPLOG_REFRESH:
	case BGPLOG_MALFORMED:
		break;
	}
	return CAUSE_NONE;
}

/* Which neighbour an end of session or of BFD is about decides whether it is the same event. */
static bool
follows(const struct bgplog_entry *later, const struct bgplog_entry *x)
{
	return later->peer == x->peer && later->at_ns - x->at_ns < BFD_TO_END_NS;
}

/* A session's end that follows from BFD, or a FIN from a NOTIFICATION, is no cause of its own. */
static const struct bgplog_entry *
root_of(const struct budget_basis *b, const struct bgplog_entry *end, int node)
{
	const struct bgplog_entry *root = end;

	for (const struct bgplog_entry *x = end; x-- > b->log->entry;) {
		if (end->at_ns - x->at_ns >= BFD_TO_END_NS || x->at_ns <= b->t->fault_ns)
			break;
		if (b->log->point[x->point].node != node || x->way != end->way || !follows(end, x))
			continue;
		if (x->what == BGPLOG_NOTIFICATION || x->what == BGPLOG_FIN ||
			x->what == BGPLOG_RESET ||
			(x->what == BGPLOG_BFD && x->state_from == BFD_UP))
			root = x;
	}
	return root;
}

static void
look_at_links(const struct budget_basis *b, int node, const struct neighbours *n, int64_t until_ns,
	struct cause *c)
{
	const struct fibdb_link *l;
	size_t at = 0;

	while (b->fib != NULL && (l = fibdb_next_link(b->fib, node, &at)) != NULL) {
		bool matters_here = false;

		if (l->at_ns <= b->t->fault_ns || l->at_ns > until_ns || l->at_ns <= c->at_ns ||
			(l->up && l->carrier))
			continue;
		for (size_t i = 0; i < n->n; i++)
			matters_here = matters_here || strcmp(n->interface[i], l->interface) == 0;
		if (matters_here)
			*c = (struct cause){CAUSE_CARRIER, l->at_ns, NULL, l, NULL};
	}
}

static void
look_at_lines(const struct budget_basis *b, int node, int family, int64_t until_ns, struct cause *c)
{
	for (size_t i = 0; b->verdicts != NULL && i < b->verdicts->verdicts; i++) {
		const struct verdict *v = &b->verdicts->verdict[i];

		if (v->lost_family == family && v->at_ns > b->t->fault_ns && v->at_ns <= until_ns &&
			v->at_ns > c->at_ns && strcmp(v->node, b->log->node[node].name) == 0)
			*c = (struct cause){CAUSE_LOG, v->at_ns, NULL, NULL, v};
	}
}

/* Is it an announcement, by another than the one who was then told of a withdraw? */
static bool
gains_for_loss(const struct budget_basis *b, const struct bgplog_entry *x,
	const struct bgplog_entry *effect, const struct bgp_prefix *prefix)
{
	const struct bgplog_change *then = effect == NULL || effect->what != BGPLOG_UPDATE
		? NULL
		: bgplog_about(b->log, effect, prefix);
	const struct bgplog_change *change =
		x->what == BGPLOG_UPDATE ? bgplog_about(b->log, x, prefix) : NULL;

	return then != NULL && bgplog_withdraws(then) && change != NULL &&
		!bgplog_withdraws(change) && x->peer != effect->peer;
}

/*
 * The latest entry that can have been it; with `all`, any UPDATE about the prefix. What the node at fault
 * does comes from its own health check: what others then tell it of the prefix has its own AS in the path.
 */
static struct cause
find_entry(const struct budget_basis *b, int node, const struct bgp_prefix *prefix,
	const struct bgplog_entry *effect, const struct neighbours *n, int64_t until_ns, bool all)
{
	struct cause unlikely = {.kind = CAUSE_NONE, .at_ns = INT64_MIN};

	for (size_t i = bgplog_from(b->log, until_ns + 1); i-- > 0;) {
		const struct bgplog_entry *x = &b->log->entry[i];
		enum cause_kind kind;

		if (x->at_ns <= b->t->fault_ns)
			break;
		kind = kind_of(b, x, node, prefix);
		if (kind == CAUSE_NONE || (node == b->fault_node && kind != CAUSE_LOCAL))
			continue;
		if (all ? x->what != BGPLOG_UPDATE
			: kind != CAUSE_UNSEEN && kind != CAUSE_LOCAL &&
					!matters(b, n, x, prefix->family))
			continue;
		if (kind == CAUSE_ENDED || kind == CAUSE_END_HEARD) {
			x = root_of(b, x, node);
			kind = x->what == BGPLOG_BFD && kind == CAUSE_ENDED ? CAUSE_BFD : kind;
		}
		if (!gains_for_loss(b, x, effect, prefix))
			return (struct cause){kind, x->at_ns, x, NULL, NULL};
		if (unlikely.kind == CAUSE_NONE)
			unlikely = (struct cause){kind, x->at_ns, x, NULL, NULL};
	}
	return unlikely;
}

struct cause
cause_find(const struct budget_basis *b, int node, const struct bgp_prefix *prefix,
	const struct bgplog_entry *effect, int64_t until_ns)
{
	struct neighbours n;
	struct cause c;

	find_neighbours(b, node, prefix, until_ns, &n);
	c = find_entry(b, node, prefix, effect, &n, until_ns, false);
	if (node != b->fault_node)
		look_at_links(b, node, &n, until_ns, &c);
	if (node != b->fault_node)
		look_at_lines(b, node, prefix->family, until_ns, &c);
	if (c.kind == CAUSE_NONE)
		c = find_entry(b, node, prefix, effect, &n, until_ns, true);
	return c;
}
