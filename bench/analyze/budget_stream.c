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

struct passage {
	const struct query *q;
	int access, site;   /* nodes, -1 */
	int64_t left_ns;    /* on the wire at the access network */
	int64_t reached_ns; /* the PoP, or the answer's sending less all that is not known */
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
add_reached(struct chain *c, struct passage *p)
{
	const struct bgplog_dns *d = packet_at(c, p->q, p->site);

	p->reached_ns = p->q->received_ns;
	if (d == NULL) {
		chain_add_unknown(
			c, BUDGET_QUERY, p->site, "no capture of the PoP has query %u", p->q->seq);
		return;
	}
	p->reached_ns = d->at_ns;
	chain_evidence(chain_add(c, BUDGET_QUERY, d->at_ns, p->site), "capture",
		c->b->log->point[d->point].file, d->packet, "query %u reaches %s", p->q->seq,
		c->b->log->node[p->site].name);
}

static void
add_left(struct chain *c, struct passage *p)
{
	const struct bgplog_dns *d = packet_at(c, p->q, p->access);
	char file[128];

	p->left_ns = d != NULL ? d->at_ns : p->q->sent_ns + c->s->last_mile_ns / 2;
	if (d != NULL)
		chain_evidence(chain_add(c, BUDGET_SAMPLING, p->left_ns, p->access), "capture",
			c->b->log->point[d->point].file, d->packet, "query %u leaves %s", p->q->seq,
			c->b->log->node[p->access].name);
	else
		chain_evidence(chain_add(c, BUDGET_SAMPLING, p->left_ns, p->access), "answers",
			chain_file(c, "answers", file), 0, "query %u sent", p->q->seq);
}

/* ---- the route ---- */

static bool
read_address(const char *text, struct inet *ret)
{
	return inet_parse(text, ret) == 0;
}

struct turn {
	bool found;
	int node;
	bool back; /* on the answer's way */
	struct fibdb_change change;
};

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
		*latest = (struct turn){true, h->node, back, change};
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

static bool
find_turn(struct chain *c, const struct passage *p, struct turn *ret)
{
	struct inet source, target;
	struct fibdb_path there, back;
	const struct budget_basis *b = c->b;
	char text[160];

	*ret = (struct turn){.found = false};
	if (b->fib == NULL) {
		chain_add_unknown(c, BUDGET_FIB, -1, "%s", b->fib_why);
		return false;
	}
	if (p->access < 0 || p->site < 0 || !read_address(c->s->source, &source) ||
		!read_address(c->s->target, &target)) {
		chain_add_unknown(c, BUDGET_FIB, -1, "the stream's ends are not known");
		return false;
	}
	walk(c, p->access, p->site, &target, p->left_ns, &there);
	walk(c, p->site, p->access, &source, p->reached_ns, &back);
	if (!there.arrived || !back.arrived) {
		chain_add_unknown(c, BUDGET_FIB, -1, "the recorded tables do not lead %s: %.150s",
			there.arrived ? "the answer back" : "the query there",
			fibdb_path_text(
				b->fib, there.arrived ? &back : &there, text, sizeof(text)));
		return false;
	}
	look_along(c, &there, &target, false, ret);
	look_along(c, &back, &source, true, ret);
	if (!ret->found)
		chain_add_unknown(c, BUDGET_FIB, -1,
			"it came back without any change of a table on its way (%.120s)",
			fibdb_path_text(b->fib, &there, text, sizeof(text)));
	return ret->found;
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
	add_answer(c, &p);
	add_reached(c, &p);
	add_left(c, &p);
	if (find_turn(c, &p, &t)) {
		add_turn(c, &t);
		prefix = bgp_prefix_of(&t.change.prefix);
		chain_trace(c, t.node, &prefix, t.change.at_ns);
	} else {
		chain_head(c, p.left_ns, false);
	}
	ret->total_ns = s->first_good_ns - b->t->fault_ns;
	chain_steps(c, ret);
	free(c);
}
