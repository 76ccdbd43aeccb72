/* budget_stream.c - one stream's budget: from its first good answer back to the table that let its query through. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/analyze/budget_chain.h"
#include "lib/answers.h"

const struct query *
budget_first_good(const struct stream *s)
{
	for (size_t i = 0; i < s->queries; i++)
		if (s->query[i].status == ANSWERS_GOOD && s->first_good_ns != NEVER &&
			s->query[i].received_ns == s->first_good_ns)
			return &s->query[i];
	return NULL;
}

const struct query *
budget_last_good(const struct stream *s)
{
	const struct query *first = budget_first_good(s), *last = NULL;

	for (size_t i = 0; i < s->queries && (first == NULL || s->query[i].seq < first->seq); i++)
		if (s->query[i].status == ANSWERS_GOOD && s->query[i].site == s->site_before)
			last = &s->query[i];
	return last;
}

/* ---- what is to be kept of the queries' packets ---- */

struct mark {
	uint32_t last, first;
	bool has_last, has_first;
};

struct budget_marks {
	size_t n; /* by the streams' ids */
	struct mark mark[];
};

int
budget_marks_new(const struct trial *t, struct budget_marks **ret)
{
	struct budget_marks *m;
	size_t n = 0;

	for (size_t i = 0; i < t->streams; i++)
		if (t->stream[i].id >= n)
			n = t->stream[i].id + 1;
	m = calloc(1, sizeof(*m) + n * sizeof(m->mark[0]));
	if (m == NULL)
		return -ENOMEM;
	m->n = n;
	for (size_t i = 0; i < t->streams; i++) {
		const struct stream *s = &t->stream[i];
		const struct query *first = s->affected ? budget_first_good(s) : NULL;
		const struct query *last = s->affected ? budget_last_good(s) : NULL;

		if (first != NULL)
			m->mark[s->id].first = first->seq;
		if (last != NULL)
			m->mark[s->id].last = last->seq;
		m->mark[s->id].has_first = first != NULL;
		m->mark[s->id].has_last = last != NULL;
	}
	*ret = m;
	return 0;
}

void
budget_marks_free(struct budget_marks *m)
{
	free(m);
}

bool
budget_marks_want(void *marks, uint32_t stream, uint32_t seq)
{
	const struct budget_marks *m = marks;
	const struct mark *k = stream < m->n ? &m->mark[stream] : NULL;

	return k != NULL && ((k->has_last && k->last == seq) || (k->has_first && k->first == seq));
}

/* ---- the last part: the query and its answer ---- */

struct turn {
	bool found;
	bool unchanged; /* none: the tables are known, and none of them changed */
	int node;
	bool back; /* on the answer's way */
	struct fibdb_change change;
};

struct passage {
	const struct query *q;
	int access, site;   /* nodes, -1 */
	int64_t left_ns;    /* on the wire at the access network */
	int64_t reached_ns; /* the PoP; where no capture tells, when the answer was back */
	const struct bgplog_dns *left, *reached;
};

static const struct bgplog_dns *
packet_at(const struct chain *c, const struct query *q, int node)
{
	const struct bgplog *log = c->b->log;

	for (size_t i = 0; i < log->dnss && node >= 0; i++) {
		const struct bgplog_dns *d = &log->dns[i];

		if (d->stream == c->s->id && d->seq == q->seq && !d->answer &&
			log->point[d->point].node == node)
			return d;
	}
	return NULL;
}

static void
add_answer(struct chain *c, const struct passage *p)
{
	const struct run *r = c->b->r;
	struct budget_boundary *x = chain_add(c, BUDGET_ANSWER, c->s->first_good_ns, p->access);
	char file[128];

	chain_evidence(x, "answers", chain_file(c, "answers", file), 0, "query %u answered by %s%s",
		p->q->seq, p->q->site < 0 ? "?" : r->site[p->q->site].name,
		c->s->last_mile_ns > 0 ? ", half the modelled last mile behind the wire" : "");
}

static void
find_packets(const struct chain *c, struct passage *p)
{
	p->left = packet_at(c, p->q, p->access);
	p->reached = packet_at(c, p->q, p->site);
	p->left_ns = p->left != NULL ? p->left->at_ns : p->q->sent_ns + c->s->last_mile_ns / 2;
	p->reached_ns =
		p->reached != NULL ? p->reached->at_ns : p->q->received_ns - c->s->last_mile_ns / 2;
}

static void
add_reached(struct chain *c, const struct passage *p)
{
	if (p->reached == NULL) {
		chain_add_unknown(
			c, BUDGET_QUERY, p->site, "no capture of the PoP has query %u", p->q->seq);
		return;
	}
	chain_evidence(chain_add(c, BUDGET_QUERY, p->reached_ns, p->site), "capture",
		c->b->log->point[p->reached->point].file, p->reached->packet, "query %u reaches %s",
		p->q->seq, c->b->log->node[p->site].name);
}

static void
add_left(struct chain *c, const struct passage *p)
{
	struct budget_boundary *x = chain_add(c, BUDGET_SAMPLING, p->left_ns, p->access);
	char file[128];

	if (p->left != NULL)
		chain_evidence(x, "capture", c->b->log->point[p->left->point].file, p->left->packet,
			"query %u leaves %s", p->q->seq, c->b->log->node[p->access].name);
	else
		chain_evidence(x, "answers", chain_file(c, "answers", file), 0, "query %u sent",
			p->q->seq);
}

/*
 * A query that was on its way when the table changed waited for no sampling, and one that waited at the
 * PoP for a way back for its answer was there before: those boundaries are no steps then. The router
 * that the query leaves by is asked as it leaves: there it is an error of reading, and is reported.
 */
static void
add_passage(struct chain *c, const struct passage *p, const struct turn *t)
{
	bool leaving = t->node == p->access && !t->back;

	add_answer(c, p);
	if (!t->found || !t->back || p->reached_ns >= t->change.at_ns)
		add_reached(c, p);
	if (!t->unchanged && (!t->found || leaving || p->left_ns >= t->change.at_ns))
		add_left(c, p);
}

/* ---- the route ---- */

static bool
read_address(const char *text, struct inet *ret)
{
	return inet_parse(text, ret) == 0;
}

static void
look_along(const struct chain *c, const struct fibdb_path *p, const struct inet *dst, bool back,
	struct turn *latest)
{
	const struct budget_basis *b = c->b;

	for (size_t i = 0; i < p->hops; i++) {
		const struct fibdb_hop *h = &p->hop[i];
		struct fibdb_change change;

		if (i + 1 == p->hops && p->arrived)
			break;
		if (!fibdb_last_change(b->fib, h->node, dst, b->t->fault_ns, h->at_ns, &change) ||
			(latest->found && change.at_ns <= latest->change.at_ns))
			continue;
		*latest = (struct turn){true, false, h->node, back, change};
	}
}

/*
 * The way at the instant of the packet; where it does not lead there, the table that let it through was
 * read a little later than it changed.
 */
static void
walk(const struct chain *c, int from, int to, const struct inet *dst, int64_t at_ns,
	struct fibdb_path *ret)
{
	fibdb_walk(c->b->fib, from, to, dst, at_ns, ret);
	if (!ret->arrived)
		fibdb_walk(c->b->fib, from, to, dst, at_ns + BUDGET_READING_NS, ret);
}

/* The last table that changed on the way there or back; not found: `why` says why not. */
static void
find_turn(const struct chain *c, const struct passage *p, struct turn *ret, char *why,
	size_t why_bytes)
{
	struct inet source, target;
	struct fibdb_path there, back;
	const struct budget_basis *b = c->b;
	char text[160];

	*ret = (struct turn){.found = false};
	if (b->fib == NULL) {
		snprintf(why, why_bytes, "%.200s", b->fib_why);
		return;
	}
	if (p->access < 0 || p->site < 0 || !read_address(c->s->source, &source) ||
		!read_address(c->s->target, &target)) {
		snprintf(why, why_bytes, "the stream's ends are not known");
		return;
	}
	walk(c, p->access, p->site, &target, p->left_ns, &there);
	walk(c, p->site, p->access, &source, p->reached_ns, &back);
	if (!there.arrived || !back.arrived) {
		snprintf(why, why_bytes, "the recorded tables do not lead %s: %.150s",
			there.arrived ? "the answer back" : "the query there",
			fibdb_path_text(
				b->fib, there.arrived ? &back : &there, text, sizeof(text)));
		return;
	}
	look_along(c, &there, &target, false, ret);
	look_along(c, &back, &source, true, ret);
	ret->unchanged = !ret->found;
	if (!ret->found)
		snprintf(why, why_bytes,
			"it came back without any change of a table on its way (%.120s)",
			fibdb_path_text(b->fib, &there, text, sizeof(text)));
}

static struct bgp_prefix
bgp_prefix_of(const struct inet *a)
{
	struct bgp_prefix p = {.family = a->family == AF_INET ? 4 : 6, .bits = a->len};

	memcpy(p.addr, a->addr, sizeof(p.addr));
	return p;
}

static void
add_turn(struct chain *c, const struct turn *t)
{
	struct budget_boundary *x = chain_add(c, BUDGET_FIB, t->change.at_ns, t->node);
	char file[128], prefix[INET_TEXT_BYTES], from[64], to[64];

	chain_evidence(x, "route", chain_file(c, "routes.jsonl", file), t->change.line,
		"%s: %s %s, before %s%s", c->b->log->node[t->node].name,
		inet_show_prefix(&t->change.prefix, prefix),
		fibdb_entry_text(&t->change.to, to, sizeof(to)),
		fibdb_entry_text(&t->change.from, from, sizeof(from)),
		t->back ? " (the answer's way)" : "");
}

void
budget_of_stream(const struct budget_basis *b, const struct stream *s, struct budget_stream *ret)
{
	struct chain *c = calloc(1, sizeof(*c));
	struct passage p = {.q = budget_first_good(s), .access = -1, .site = -1};
	const char *access =
		json_string_value(json_object_get(b->r->city[s->city].json, "access_node"));
	struct bgp_prefix prefix;
	char why[BUDGET_SAYS_BYTES];
	struct turn t;

	*ret = (struct budget_stream){.stream = (int)(s - b->t->stream)};
	if (c == NULL || p.q == NULL) {
		snprintf(ret->why, sizeof(ret->why), "%s",
			c == NULL ? "out of memory" : "no good answer before the restore");
		free(c);
		return;
	}
	c->b = b;
	c->s = s;
	p.access = bgplog_node(b->log, access);
	p.site = p.q->site < 0 ? -1 : bgplog_node(b->log, b->r->site[p.q->site].node);
	find_packets(c, &p);
	find_turn(c, &p, &t, why, sizeof(why));
	c->unchanged = t.unchanged;
	add_passage(c, &p, &t);
	if (t.found) {
		add_turn(c, &t);
		prefix = bgp_prefix_of(&t.change.prefix);
		chain_trace(c, t.node, &prefix, t.change.at_ns);
	} else {
		chain_add_unknown(c, BUDGET_FIB, -1, "%s", why);
		/* What came back by itself did not wait for the node at fault. */
		if (t.unchanged)
			chain_serving(c);
		else
			chain_head(c, p.left_ns, false);
	}
	ret->total_ns = s->first_good_ns - b->t->fault_ns;
	chain_steps(c, ret);
	free(c);
}
