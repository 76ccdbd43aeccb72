/* budget_trace.c - from router to router, UPDATE in to UPDATE out, back to who began it. */
#include <string.h>

#include "bench/analyze/budget_cause.h"
#include "bench/analyze/budget_chain.h"
#include "lib/bfd.h"

enum { MAX_ROUTERS = 24 };

/* Where the walk stands. */
struct stand {
	int node;
	const struct bgp_prefix *prefix;
	const struct bgplog_entry *effect; /* what the node sent then; NULL: its table changed */
	int64_t until_ns;
};

static const char *
name_of(const struct chain *c, int node)
{
	return node < 0 ? "?" : c->b->log->node[node].name;
}

/* Nobody began it, as far as evidence goes: what the node at fault did is known on its own. */
static void
give_up(struct chain *c, const struct stand *at)
{
	chain_add_unknown(c, BUDGET_TRANSIT, at->node,
		"no UPDATE about the prefix reached %s after the fault, and nothing at %s itself "
		"gave cause",
		name_of(c, at->node), name_of(c, at->node));
	chain_head(c, at->until_ns, false);
}

/* The sending of a message that `at->node` was seen to get. Where it was not captured, its sender is known. */
static bool
step_to_sender(struct chain *c, struct stand *at, const struct bgplog_entry *in)
{
	const struct bgplog *log = c->b->log;
	const struct bgplog_entry *out = in->twin < 0 ? NULL : &log->entry[in->twin];
	int sender = out != NULL ? log->point[out->point].node : in->peer;
	enum budget_phase phase =
		sender >= 0 && sender == c->b->fault_node ? BUDGET_WITHDRAW : BUDGET_RIB;

	if (sender < 0) {
		chain_add_unknown(c, phase, -1, "nobody is known to have the address %s",
			bgplog_peer_text(log, in));
		return false;
	}
	if (in->what != BGPLOG_UPDATE)
		phase = BUDGET_DETECT;
	if (out != NULL)
		chain_entry(c, chain_add(c, phase, out->at_ns, sender), out);
	else
		chain_add_unknown(
			c, phase, sender, "%s sending it was not captured", name_of(c, sender));
	/* The node at fault closed the session as it failed: no health check had a part in it. */
	if (in->what != BGPLOG_UPDATE && sender == c->b->fault_node) {
		chain_serving(c);
		return false;
	}
	at->node = sender;
	at->effect = out;
	at->until_ns = out != NULL ? out->at_ns : in->at_ns;
	return true;
}

static void
add_local(struct chain *c, const struct cause *why, int node)
{
	struct budget_boundary *x = chain_add(c, BUDGET_DETECT, why->at_ns, node);
	char file[128];

	if (why->kind == CAUSE_CARRIER) {
		chain_evidence(x, "route", chain_file(c, "routes.jsonl", file), why->link->line,
			"interface %s of %s %s", why->link->interface, name_of(c, node),
			why->link->up ? "lost its carrier" : "went down");
		return;
	}
	if (why->kind == CAUSE_LOG) {
		chain_evidence(x, "line", chain_file(c, "lines.jsonl", file), why->said->line,
			"%s: %s", why->said->service, why->said->text);
		return;
	}
	chain_entry(c, x, why->entry);
	if (why->kind == CAUSE_BFD && why->entry->heard_ns != INT64_MIN)
		snprintf(x->evidence.says + strlen(x->evidence.says),
			sizeof(x->evidence.says) - strlen(x->evidence.says),
			", last heard %.1f ms before",
			(double)(why->at_ns - why->entry->heard_ns) / 1e6);
}

/* One router further back. Returns false when the chain is at its end. */
static bool
step_back(struct chain *c, struct stand *at)
{
	struct cause why = cause_find(c->b, at->node, at->prefix, at->effect, at->until_ns);

	switch (why.kind) {
	case CAUSE_NONE:
		if (at->node == c->b->fault_node)
			chain_head(c, at->until_ns, true);
		else
			give_up(c, at);
		return false;
	case CAUSE_LOCAL:
		chain_entry(c, chain_add(c, BUDGET_WITHDRAW, why.at_ns, at->node), why.entry);
		chain_head(c, why.at_ns, true);
		return false;
	case CAUSE_UPDATE:
	case CAUSE_END_HEARD:
		chain_entry(c, chain_add(c, BUDGET_TRANSIT, why.at_ns, at->node), why.entry);
		return step_to_sender(c, at, why.entry);
	case CAUSE_UNSEEN:
		chain_add_unknown(c, BUDGET_TRANSIT, at->node, "%s getting it was not captured",
			name_of(c, at->node));
		at->node = c->b->log->point[why.entry->point].node;
		at->effect = why.entry;
		at->until_ns = why.at_ns;
		chain_entry(c,
			chain_add(c, at->node == c->b->fault_node ? BUDGET_WITHDRAW : BUDGET_RIB,
				why.at_ns, at->node),
			why.entry);
		return true;
	case CAUSE_BFD:
	case CAUSE_LOG:
	case CAUSE_CARRIER:
	case CAUSE_ENDED:
		add_local(c, &why, at->node);
		chain_serving(c);
		return false;
	}
	return false;
}

void
chain_trace(struct chain *c, int node, const struct bgp_prefix *prefix, int64_t until_ns)
{
	struct stand at = {node, prefix, NULL, until_ns};

	for (int i = 0; i < MAX_ROUTERS; i++)
		if (!step_back(c, &at))
			return;
	chain_add_unknown(c, BUDGET_TRANSIT, at.node, "more than %d routers", MAX_ROUTERS);
	chain_head(c, at.until_ns, false);
}
