/* budget_head.c - what the node at fault did until it withdrew: last answer, failed check, verdict. */
#include <stdio.h>
#include <string.h>

#include "bench/analyze/budget_chain.h"
#include "bench/analyze/verdicts_log.h"

/* A check that is well asks and is answered at least as often. */
#define ALIVE_NS (300 * NS_PER_MS)

static bool
is_served_by(const struct chain *c, const struct bgplog_dns *d, int node)
{
	const struct bgplog_point *p = &c->b->log->point[d->point];

	return p->node == node;
}

static const struct bgplog_dns *
find_packet(const struct chain *c, const struct query *q, int node, bool answer)
{
	const struct bgplog *log = c->b->log;

	for (size_t i = 0; i < log->dnss; i++) {
		const struct bgplog_dns *d = &log->dns[i];

		if (d->stream == c->s->id && d->seq == q->seq && d->answer == answer &&
			is_served_by(c, d, node))
			return d;
	}
	return NULL;
}

/*
 * An old PoP that goes on answering while routes move away (a drain) is no step on the way: the outage's
 * parts overlap then, and the order of the others is kept.
 */
void
chain_serving(struct chain *c)
{
	const struct query *q = budget_last_good(c->s);
	const struct budget_basis *b = c->b;
	const struct budget_boundary *next = NULL;
	const struct bgplog_dns *d;
	struct budget_boundary *x;
	int64_t at_ns;
	int node;

	if (q == NULL)
		return;
	node = q->site < 0 ? -1 : bgplog_node(b->log, b->r->site[q->site].node);
	d = node < 0 ? NULL : find_packet(c, q, node, true);
	if (d == NULL) {
		chain_add_unknown(c, BUDGET_SERVING, node,
			"no capture of the old PoP has its last answer (query %u)", q->seq);
		return;
	}
	for (size_t i = c->n; i-- > 0 && next == NULL;)
		if (c->boundary[i].known)
			next = &c->boundary[i];
	at_ns = d->at_ns > b->t->fault_ns ? d->at_ns : b->t->fault_ns;
	if (next != NULL && at_ns > next->at_ns) {
		struct budget_disorder *o = &c->disorder[0];

		c->disorders = 1;
		o->phase = BUDGET_SERVING;
		o->at_ns = d->at_ns - b->t->fault_ns;
		snprintf(o->says, sizeof(o->says), "%s still answered then (query %u)",
			b->log->node[node].name, q->seq);
		/* The same PoP by the same way: it served all the time, but for what was lost. */
		if (!c->unchanged)
			return;
		at_ns = next->at_ns;
	}
	/* It served up to the fault: the boundary is the fault itself. */
	x = chain_add(c, BUDGET_SERVING, at_ns, node);
	chain_evidence(x, "capture", b->log->point[d->point].file, d->packet,
		"last good answer of %s, query %u, %.3f ms %s the fault", b->log->node[node].name,
		q->seq,
		(double)(d->at_ns > b->t->fault_ns ? d->at_ns - b->t->fault_ns
						   : b->t->fault_ns - d->at_ns) /
			1e6,
		d->at_ns > b->t->fault_ns ? "after" : "before");
}

/* Failed: never answered, answered with an error, or the server's end of a connection while it fails. */
static bool
has_failed(const struct bgplog_check *k)
{
	return k->tcp_end || k->answered_ns == INT64_MIN || k->rcode != 0;
}

/*
 * Servers close idle connections while all is well: such an end is no failure when a good answer comes
 * soon after it.
 */
static bool
is_well_after(const struct bgplog *log, size_t i)
{
	const struct bgplog_check *end = &log->check[i];

	for (size_t k = i + 1; k < log->checks; k++) {
		const struct bgplog_check *x = &log->check[k];

		if (x->at_ns - end->at_ns > ALIVE_NS)
			return false;
		if (x->point == end->point && !has_failed(x))
			return true;
	}
	return false;
}

static const struct bgplog_check *
first_failed(const struct chain *c, int64_t until_ns)
{
	const struct budget_basis *b = c->b;

	for (size_t i = 0; i < b->log->checks; i++) {
		const struct bgplog_check *k = &b->log->check[i];
		bool before = k->at_ns <= b->t->fault_ns;

		if (b->log->point[k->point].node != b->fault_node || !has_failed(k))
			continue;
		if (k->at_ns > until_ns)
			break;
		/* Asked before the fault and never answered: it failed of it. */
		if (before && (k->tcp_end || b->t->fault_ns - k->at_ns > ALIVE_NS))
			continue;
		if (!k->tcp_end || !is_well_after(b->log, i))
			return k;
	}
	return NULL;
}

static void
add_check(struct chain *c, int64_t until_ns)
{
	const struct budget_basis *b = c->b;
	const struct bgplog_check *k = first_failed(c, until_ns);
	struct budget_boundary *x;
	int64_t at_ns;

	if (k == NULL) {
		chain_add_unknown(c, BUDGET_AWAIT_CHECK, b->fault_node,
			"no capture of %s's loopback has a health check that failed",
			b->log->node[b->fault_node].name);
		return;
	}
	at_ns = k->at_ns > b->t->fault_ns ? k->at_ns : b->t->fault_ns;
	x = chain_add(c, BUDGET_AWAIT_CHECK, at_ns, b->fault_node);
	if (k->tcp_end)
		chain_evidence(x, "capture", b->log->point[k->point].file, k->packet,
			"the server %s the check's TCP connection (port %u)",
			k->reset ? "resets" : "ends", k->port);
	else
		chain_evidence(x, "capture", b->log->point[k->point].file, k->packet,
			"check %s (id %u)%s: %s", k->name, k->id,
			k->at_ns < b->t->fault_ns ? ", asked before the fault" : "",
			k->answered_ns == INT64_MIN ? "never answered" : "answered with an error");
}

static const struct verdict *
add_verdict(struct chain *c, int64_t until_ns)
{
	const struct budget_basis *b = c->b;
	const char *node = b->log->node[b->fault_node].name;
	const struct verdict *v = NULL;
	struct budget_boundary *x;
	char file[128];

	if (b->verdicts != NULL)
		v = verdicts_find(b->verdicts, node, b->t->fault_ns, until_ns + BUDGET_READING_NS);
	/* Said afterwards: out of order, and reported as that. */
	if (b->verdicts != NULL && v == NULL)
		v = verdicts_find(b->verdicts, node, until_ns, until_ns + NS_PER_S);
	if (v == NULL) {
		chain_add_unknown(c, BUDGET_VERDICT, b->fault_node, "%s",
			b->verdicts == NULL ? b->verdicts_why
					    : "no health check at the node at fault said anything");
		return NULL;
	}
	x = chain_add(c, BUDGET_VERDICT, v->at_ns, b->fault_node);
	chain_evidence(x, "line", chain_file(c, "lines.jsonl", file), v->line, "%s: %s", v->service,
		v->text);
	return v;
}

/*
 * The last UPDATE about an anycast prefix of the family that the node at fault sent (or, LOCAL, that its health
 * check's own BGP session carried) after the fault and not after `until_ns`; NULL: none.
 */
static const struct bgplog_entry *
last_word(const struct chain *c, enum bgplog_way way, bool withdraws, int64_t until_ns)
{
	const struct budget_basis *b = c->b;

	for (size_t i = bgplog_from(b->log, until_ns + 1); i-- > 0;) {
		const struct bgplog_entry *x = &b->log->entry[i];

		if (x->at_ns <= b->t->fault_ns)
			break;
		if (x->what != BGPLOG_UPDATE || x->way != way ||
			b->log->point[x->point].node != b->fault_node)
			continue;
		for (uint32_t k = 0; k < x->changes; k++) {
			const struct bgplog_change *m = &b->log->change[x->change + k];

			if ((m->prefix.family == 6) == (c->s->family == V6) &&
				run_is_anycast(b->r, &m->prefix) &&
				(!withdraws || bgplog_withdraws(m)))
				return x;
		}
	}
	return NULL;
}

/* The chain does not lead to the node at fault: its last withdraw before that place is known on its own. */
static int64_t
add_withdraw(struct chain *c, int64_t until_ns)
{
	const struct budget_basis *b = c->b;
	const struct bgplog_entry *x = last_word(c, BGPLOG_SENT, true, until_ns);

	if (x == NULL) {
		chain_add_unknown(c, BUDGET_WITHDRAW, b->fault_node,
			"no withdraw of %s was captured before that",
			b->log->node[b->fault_node].name);
		return until_ns;
	}
	chain_entry(c, chain_add(c, BUDGET_WITHDRAW, x->at_ns, b->fault_node), x);
	return x->at_ns;
}

/* What the health check's own BGP session says, where the announcement is one (hardened). */
static int64_t
add_loopback(struct chain *c, int64_t until_ns)
{
	const struct bgplog_entry *x = last_word(c, BGPLOG_LOCAL, false, until_ns);

	if (x == NULL)
		return until_ns;
	chain_entry(c, chain_add(c, BUDGET_WITHDRAW, x->at_ns, c->b->fault_node), x);
	return x->at_ns;
}

void
chain_head(struct chain *c, int64_t until_ns, bool has_withdraw)
{
	const struct verdict *v;

	if (c->b->fault_node < 0) {
		chain_serving(c);
		return;
	}
	if (!has_withdraw) {
		until_ns = add_withdraw(c, until_ns);
		until_ns = add_loopback(c, until_ns);
	}
	v = add_verdict(c, until_ns);
	add_check(c, v == NULL || v->at_ns > until_ns ? until_ns : v->at_ns);
	chain_serving(c);
}
