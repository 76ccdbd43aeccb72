/* budget_chain.h - the boundaries of one stream's budget while they are found, the last one first. */
#ifndef BENCH_ANALYZE_BUDGET_CHAIN_H
#define BENCH_ANALYZE_BUDGET_CHAIN_H

#include "bench/analyze/budget.h"

struct chain {
	const struct budget_basis *b;
	const struct stream *s;
	struct budget_boundary boundary[BUDGET_STEPS]; /* the last one first */
	size_t n;
	bool unchanged; /* no table on the way changed */
	struct budget_disorder disorder[8];
	size_t disorders;
};

/* The next earlier boundary. What does not fit is dropped: then the chain ends unexplained. */
struct budget_boundary *chain_add(
	struct chain *c, enum budget_phase phase, int64_t at_ns, int node);

/* A boundary that evidence does not give, and why not. */
void chain_add_unknown(struct chain *c, enum budget_phase phase, int node, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

void chain_evidence(struct budget_boundary *x, const char *kind, const char *file, uint64_t number,
	const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* A file of the trial, relative to the run's folder, as evidence has it. */
const char *chain_file(const struct chain *c, const char *name, char out[static 128]);

/* A BGP or BFD entry as evidence. */
void chain_entry(struct chain *c, struct budget_boundary *x, const struct bgplog_entry *entry);

/* From the change of a table, or from wherever the chain stands, back to the fault (budget_trace.c). */
void chain_trace(struct chain *c, int node, const struct bgp_prefix *prefix, int64_t until_ns);

/* The first part, from the fault to the withdraw of the node at fault, up to `until_ns` (budget_head.c). */
void chain_head(struct chain *c, int64_t until_ns, bool has_withdraw);

/* The last good answer of the old PoP. */
void chain_serving(struct chain *c);

/* Turn it round: steps from the fault to the last boundary. */
void chain_steps(struct chain *c, struct budget_stream *ret);

#endif
