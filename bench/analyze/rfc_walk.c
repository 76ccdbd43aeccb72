/* rfc_walk.c - a trial's BGP walked through once: who heard of the change when, and what it did with it. */
#include "bench/analyze/rfc_bgp.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/analyze/grow.h"
#include "bench/analyze/rfc_fib.h"
#include "lib/bfd.h"

/* A router and a prefix: the exchange under way. */
struct exchange {
	int64_t in_ns; /* NEVER: none is */
	int64_t out_ns, fib_ns;
};

/* What a router told one peer of one prefix. */
struct told {
	int node, session, prefix;
	uint64_t state;
	unsigned changes;
};

struct walk {
	struct run *r;
	const struct trial *t;
	const struct bgplog *log;
	struct rfc_fib fib;
	struct exchange *exchange;		  /* node x prefix */
	int64_t *first_in, *first_out, *last_out; /* by node */
	struct rfc_router **router;		  /* by node, NULL: nothing yet */
	bool *is_fresh;				  /* by session: opened within the window */
	struct told *told;
	size_t tolds;
	uint64_t messages, bytes, updates, withdraws;
};

/* All routers of the log first, since adding one may move the others. */
static int
routers_make(struct walk *w)
{
	const struct bgplog *log = w->log;

	for (size_t i = 0; i < log->entries; i++) {
		int node = log->point[log->entry[i].point].node;

		if (node >= 0 && rfc_router(w->r->bgp, &log->node[node]) == NULL)
			return -ENOMEM;
	}
	for (size_t i = 0; i < log->nodes; i++)
		for (size_t k = 0; k < w->r->bgp->routers; k++)
			if (strcmp(w->r->bgp->router[k].name, log->node[i].name) == 0)
				w->router[i] = &w->r->bgp->router[k];
	return 0;
}

static enum family
family_of(const struct run *r, int prefix)
{
	return r->prefix[prefix].family == 6 ? V6 : V4;
}

static struct exchange *
exchange_of(struct walk *w, int node, int prefix)
{
	return &w->exchange[(size_t)node * MAX_PREFIXES + (size_t)prefix];
}

/* The exchange is over: what it came to is a sample. */
static int
finish(struct walk *w, int node, int prefix)
{
	struct exchange *x = exchange_of(w, node, prefix);
	struct rfc_router *router = w->router[node];
	enum family f = family_of(w->r, prefix);
	int rc = 0;

	if (x->in_ns != NEVER && x->out_ns != NEVER)
		rc = samples_add(
			router->rib_ms[f], (double)(x->out_ns - x->in_ns) / 1e6, w->t->number);
	if (rc == 0 && x->in_ns != NEVER && x->fib_ns != NEVER)
		rc = samples_add(
			router->fib_ms[f], (double)(x->fib_ns - x->in_ns) / 1e6, w->t->number);
	*x = (struct exchange){NEVER, NEVER, NEVER};
	return rc;
}

/* The router has learnt something that no UPDATE said. */
static int
finish_all(struct walk *w, int node)
{
	int rc = 0;

	for (int p = 0; p < w->r->prefixes && rc == 0; p++)
		rc = finish(w, node, p);
	return rc;
}

/* Path and next hop: what the peer is told to use. 1: nothing. */
static uint64_t
state_of(const struct bgplog_entry *x, const struct bgplog_change *c)
{
	uint64_t h = x->path_hash | 2;
	const uint8_t *hop = c->how == BGPLOG_NLRI ? x->next_hop : x->mp_next_hop;
	size_t len = c->how == BGPLOG_NLRI ? sizeof(x->next_hop) : x->mp_next_hop_bytes;

	if (bgplog_withdraws(c))
		return 1;
	for (size_t i = 0; i < len && i < sizeof(x->mp_next_hop); i++)
		h = (h ^ hop[i]) * 0x100000001b3;
	return h | 2;
}

static int
tell(struct walk *w, int node, const struct bgplog_entry *x, int prefix,
	const struct bgplog_change *c)
{
	uint64_t state = state_of(x, c);
	struct told *t = NULL;

	for (size_t i = 0; i < w->tolds && t == NULL; i++)
		if (w->told[i].node == node && w->told[i].session == x->session &&
			w->told[i].prefix == prefix)
			t = &w->told[i];
	if (t == NULL) {
		if (grow(&w->told, w->tolds, sizeof(*t)) < 0)
			return -ENOMEM;
		t = &w->told[w->tolds++];
		*t = (struct told){.node = node, .session = x->session, .prefix = prefix};
	}
	t->changes += t->changes == 0 || t->state != state;
	t->state = state;
	return 0;
}

/* Which prefixes of ours an UPDATE is about. */
struct about {
	const struct bgplog_change *change[MAX_PREFIXES];
	bool any, withdraws;
};

static struct about
about(const struct walk *w, const struct bgplog_entry *x)
{
	struct about a = {.any = false};

	for (int p = 0; p < w->r->prefixes; p++) {
		a.change[p] = bgplog_about(w->log, x, &w->r->prefix[p]);
		if (a.change[p] == NULL)
			continue;
		a.any = true;
		a.withdraws |= bgplog_withdraws(a.change[p]);
	}
	return a;
}

static int
take_in(struct walk *w, int node, const struct bgplog_entry *x)
{
	struct about a = about(w, x);
	int rc = 0;

	if (!a.any)
		return 0;
	w->router[node]->updates_in++;
	if (w->first_in[node] == NEVER)
		w->first_in[node] = x->at_ns;
	for (int p = 0; p < w->r->prefixes && rc == 0; p++) {
		if (a.change[p] == NULL)
			continue;
		rc = finish(w, node, p);
		exchange_of(w, node, p)->in_ns = x->at_ns;
	}
	return rc;
}

static int
take_out(struct walk *w, int node, const struct bgplog_entry *x, struct rfc_hop *hop)
{
	struct about a = about(w, x);
	struct rfc_router *router = w->router[node];
	bool is_unasked = true;
	int rc = 0;

	if (!a.any)
		return 0;
	router->updates_out++;
	router->withdraws_out += a.withdraws;
	hop->updates++;
	hop->withdraws += a.withdraws;
	w->updates++;
	w->withdraws += a.withdraws;
	if (w->first_out[node] == NEVER)
		w->first_out[node] = x->at_ns;
	w->last_out[node] = x->at_ns;
	/* A peer that has just come gets the whole table, whatever came in before. */
	if (x->session >= 0 && w->is_fresh[x->session])
		return 0;
	for (int p = 0; p < w->r->prefixes && rc == 0; p++) {
		struct exchange *e = exchange_of(w, node, p);

		if (a.change[p] == NULL)
			continue;
		if (e->in_ns != NEVER) {
			e->out_ns = x->at_ns;
			is_unasked = false;
		}
		rc = tell(w, node, x, p, a.change[p]);
	}
	router->unasked_out += is_unasked;
	return rc;
}

static int
take_sent(struct walk *w, int node, const struct bgplog_entry *x)
{
	const struct bgplog_point *point = &w->log->point[x->point];
	int peer = x->peer >= 0 ? x->peer : point->peer;
	struct rfc_hop *hop = rfc_hop(
		w->r->bgp, w->log->node[node].name, peer < 0 ? "?" : w->log->node[peer].name);

	if (hop == NULL)
		return -ENOMEM;
	hop->messages++;
	hop->bytes += x->bytes;
	w->router[node]->messages_out++;
	w->router[node]->bytes_out += x->bytes;
	w->messages++;
	w->bytes += x->bytes;
	return x->what == BGPLOG_UPDATE ? take_out(w, node, x, hop) : 0;
}

static int
take_entry(struct walk *w, const struct bgplog_entry *x)
{
	int node = w->log->point[x->point].node, rc = 0;

	if (node < 0 || x->way == BGPLOG_LOCAL)
		return 0;
	switch (x->what) {
	case BGPLOG_OPEN:
	case BGPLOG_UPDATE:
	case BGPLOG_KEEPALIVE:
	case BGPLOG_REFRESH:
	case BGPLOG_MALFORMED:
		if (x->what == BGPLOG_OPEN && x->session >= 0)
			w->is_fresh[x->session] = true;
		if (x->way == BGPLOG_SENT)
			return take_sent(w, node, x);
		return x->what == BGPLOG_UPDATE ? take_in(w, node, x) : 0;
	case BGPLOG_NOTIFICATION:
		rc = finish_all(w, node);
		return rc == 0 && x->way == BGPLOG_SENT ? take_sent(w, node, x) : rc;
	case BGPLOG_FIN:
	case BGPLOG_RESET:
		return finish_all(w, node);
	case BGPLOG_BFD:
		return x->state_to < BFD_UP ? finish_all(w, node) : 0;
	}
	return 0;
}

static int
take_fib(struct walk *w, const struct rfc_fib_event *x)
{
	struct exchange *e;

	if (w->router[x->node] == NULL)
		return 0;
	if (x->prefix < 0)
		return finish_all(w, x->node);
	e = exchange_of(w, x->node, x->prefix);
	if (e->in_ns != NEVER)
		e->fib_ns = x->at_ns;
	return 0;
}

/* Both lists by time; at the same instant what was read of the kernel comes after what was on the wire. */
static int
walk(struct walk *w)
{
	size_t i = bgplog_from(w->log, w->t->fault_ns), k = 0;
	int rc = 0;

	while (k < w->fib.n && w->fib.event[k].at_ns < w->t->fault_ns)
		k++;
	while (rc == 0) {
		int64_t wire = i < w->log->entries ? w->log->entry[i].at_ns : INT64_MAX;
		int64_t fib = k < w->fib.n ? w->fib.event[k].at_ns : INT64_MAX;

		if ((wire < fib ? wire : fib) >= w->t->restore_ns)
			break;
		rc = wire <= fib ? take_entry(w, &w->log->entry[i++])
				 : take_fib(w, &w->fib.event[k++]);
	}
	for (size_t n = 0; n < w->log->nodes && rc == 0; n++)
		if (w->router[n] != NULL)
			rc = finish_all(w, (int)n);
	return rc;
}

static int
add_steps(struct walk *w)
{
	int rc = 0;

	for (size_t n = 0; n < w->log->nodes && rc == 0; n++)
		for (int p = 0; p < w->r->prefixes && rc == 0; p++) {
			unsigned most = 0;

			for (size_t i = 0; i < w->tolds; i++)
				if (w->told[i].node == (int)n && w->told[i].prefix == p &&
					w->told[i].changes > most)
					most = w->told[i].changes;
			if (most > 0)
				rc = samples_add(w->router[n]->steps[family_of(w->r, p)], most - 1,
					w->t->number);
		}
	return rc;
}

static int
add_instant(const struct walk *w, struct samples *s, int64_t at_ns)
{
	return at_ns == NEVER
		? 0
		: samples_add(s, (double)(at_ns - w->t->fault_ns) / 1e6, w->t->number);
}

static int
add_instants(struct walk *w)
{
	int rc = 0;

	for (size_t n = 0; n < w->log->nodes && rc == 0; n++) {
		struct rfc_router *x = w->router[n];

		if (x == NULL)
			continue;
		rc = add_instant(w, x->first_in_ms, w->first_in[n]);
		if (rc == 0)
			rc = add_instant(w, x->first_out_ms, w->first_out[n]);
		if (rc == 0)
			rc = add_instant(w, x->last_out_ms, w->last_out[n]);
	}
	return rc;
}

static int
add_totals(struct walk *w)
{
	struct rfc_bgp *b = w->r->bgp;
	size_t lost = 0;
	int rc = rfc_sessions_lost(w->log, w->t->fault_ns, w->t->restore_ns, &lost);

	if (rc == 0)
		rc = samples_add(b->sessions_lost, (double)lost, w->t->number);
	if (rc == 0)
		rc = samples_add(b->messages, (double)w->messages, w->t->number);
	if (rc == 0)
		rc = samples_add(b->bytes, (double)w->bytes, w->t->number);
	if (rc == 0)
		rc = samples_add(b->updates, (double)w->updates, w->t->number);
	if (rc == 0)
		rc = samples_add(b->withdraws, (double)w->withdraws, w->t->number);
	b->trials++;
	b->fib_trials += w->fib.is_there;
	b->fib_error_ms = fmax(b->fib_error_ms, w->fib.error_ms); /* a NAN loses */
	return rc;
}

static int
walk_init(struct walk *w)
{
	size_t nodes = w->log->nodes;

	w->exchange = calloc(nodes * MAX_PREFIXES + 1, sizeof(*w->exchange));
	w->first_in = calloc(nodes + 1, sizeof(*w->first_in));
	w->first_out = calloc(nodes + 1, sizeof(*w->first_out));
	w->last_out = calloc(nodes + 1, sizeof(*w->last_out));
	w->router = calloc(nodes + 1, sizeof(struct rfc_router *));
	w->is_fresh = calloc(w->log->sessions + 1, sizeof(*w->is_fresh));
	if (w->exchange == NULL || w->first_in == NULL || w->first_out == NULL ||
		w->last_out == NULL || w->router == NULL || w->is_fresh == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < nodes * MAX_PREFIXES; i++)
		w->exchange[i] = (struct exchange){NEVER, NEVER, NEVER};
	for (size_t i = 0; i < nodes; i++)
		w->first_in[i] = w->first_out[i] = w->last_out[i] = NEVER;
	return rfc_fib_read(w->r, w->t, w->log, &w->fib);
}

int
rfc_bgp_add(struct run *r, const struct trial *t, const struct bgplog *log)
{
	struct walk w = {.r = r, .t = t, .log = log};
	int rc;

	if (log == NULL || !t->has_fault)
		return 0;
	if (r->bgp == NULL)
		r->bgp = rfc_bgp_new();
	rc = r->bgp == NULL ? -ENOMEM : walk_init(&w);
	if (rc == 0)
		rc = routers_make(&w);
	if (rc == 0)
		rc = walk(&w);
	if (rc == 0)
		rc = add_steps(&w);
	if (rc == 0)
		rc = add_instants(&w);
	if (rc == 0)
		rc = add_totals(&w);
	rfc_fib_done(&w.fib);
	free(w.exchange);
	free(w.first_in);
	free(w.first_out);
	free(w.last_out);
	free(w.router);
	free(w.is_fresh);
	free(w.told);
	return rc;
}
