/* budget_cause.h - why a router changed its mind about a prefix: the latest thing that can have made it. */
#ifndef BENCH_ANALYZE_BUDGET_CAUSE_H
#define BENCH_ANALYZE_BUDGET_CAUSE_H

#include "bench/analyze/budget.h"
#include "bench/analyze/verdicts_log.h"

enum cause_kind {
	CAUSE_NONE,
	CAUSE_UPDATE, /* received */
	CAUSE_UNSEEN, /* an UPDATE sent to the router, whose arrival no capture has */
	CAUSE_LOCAL,  /* an UPDATE over the node's loopback */
	CAUSE_BFD,    /* its own BFD gave the neighbour up */
	CAUSE_LOG,    /* it said in its log that a session of the family ran out of its hold time */
	CAUSE_CARRIER,	/* an interface lost its carrier */
	CAUSE_ENDED,	/* it ended the session itself: hold timer and the like */
	CAUSE_END_HEARD /* the other side ended the session */
};

struct cause {
	enum cause_kind kind;
	int64_t at_ns;
	const struct bgplog_entry *entry; /* NULL for CAUSE_CARRIER, CAUSE_NONE */
	const struct fibdb_link *link;	  /* CAUSE_CARRIER */
	const struct verdict *said;	  /* CAUSE_LOG */
};

/*
 * The latest cause after the fault and not after `until_ns`, at `node`, for what it does with `prefix`.
 *
 * An UPDATE counts if it is about this very prefix and came by an interface that the router's table pointed
 * to for it between the fault and shortly after `until_ns`, or tells of a next hop that the table then
 * pointed to. BFD and ends of sessions count by their interface. A router whose table is not known, or that
 * forwards nothing (a route server), takes everything; and where nothing else is found, any UPDATE about the
 * prefix is taken. At the node at fault only what its health check told it counts (CAUSE_LOCAL).
 *
 * `effect` is the UPDATE that the node then sent, or NULL (its table changed). What makes a router withdraw
 * is a loss, not somebody else's announcement: such a one counts only if it is the addressee's own, who is
 * not told its own route, or if there is nothing else.
 */
struct cause cause_find(const struct budget_basis *b, int node, const struct bgp_prefix *prefix,
	const struct bgplog_entry *effect, int64_t until_ns);

#endif
