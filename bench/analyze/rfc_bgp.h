/*
 * rfc_bgp.h - what each router did with the change: RFC 7747's figures, path exploration, messages and bytes per hop.
 *
 * Everything is counted between fault and restore, over the valid trials, and from the router's own captures:
 * when an UPDATE about an anycast prefix came in, when the router told its peers, when its FIB changed.
 *
 * An *exchange* begins with an UPDATE in about one prefix and ends before the next one, or before the
 * router learns something else: a session or its carrier is gone, BFD says so. Its samples are from that
 * UPDATE to the last UPDATE out about the prefix (rib: RFC 7747's RIB-OUT convergence) and to the last
 * change of the prefix's route in the kernel (fib: control plane to data plane). Where several UPDATEs
 * came in, the latest one counts: what a router held back for an earlier one makes a sample too short, never
 * too long. What came without an UPDATE before is no sample.
 *
 * *Path exploration steps* of a router and prefix: the most states that it told any one peer before
 * the last one; 0 where each peer heard of one change only.
 */
#ifndef BENCH_ANALYZE_RFC_BGP_H
#define BENCH_ANALYZE_RFC_BGP_H

#include "bench/analyze/bgplog.h"
#include "bench/analyze/run.h"

/* Sums over the valid trials; samples carry their trial. */
struct rfc_router {
	char name[BGPLOG_NODE_BYTES], role[32], city[32];
	uint64_t updates_in, updates_out; /* about an anycast prefix */
	uint64_t withdraws_out;		  /* of these, those that withdraw one */
	uint64_t messages_out, bytes_out; /* all of BGP */
	uint64_t unasked_out;		  /* UPDATEs out that no UPDATE in preceded */
	struct samples *first_in_ms, *first_out_ms, *last_out_ms; /* from the fault, one a trial */
	struct samples *rib_ms[FAMILIES], *fib_ms[FAMILIES], *steps[FAMILIES];
};

/* What one router sent to another. */
struct rfc_hop {
	char from[BGPLOG_NODE_BYTES], to[BGPLOG_NODE_BYTES];
	uint64_t messages, bytes, updates, withdraws; /* updates: about an anycast prefix */
};

struct rfc_bgp {
	struct rfc_router *router; /* by name */
	size_t routers;
	struct rfc_hop *hop;
	size_t hops;
	size_t trials, fib_trials; /* added; those of them with routes.jsonl */
	double fib_error_ms;	   /* the worst trial's reading error, p99; NAN: not known */
	struct samples *messages, *bytes, *updates, *withdraws; /* one a trial, all routers */
	struct samples *sessions_lost;				/* one a trial */
};

/* Add a valid trial with a fault. Returns 0 or -ENOMEM. */
int rfc_bgp_add(struct run *r, const struct trial *t, const struct bgplog *log);

/*
 * How many BGP sessions were lost between fault and restore. A session is that of two addresses, one per family where
 * there are two. Its first sign after the fault decides: an end of it (NOTIFICATION, FIN, RST) before the restore, or a new
 * OPEN at any time. A port without carrier shows an end only when it is back: one after the restore counts if the
 * session was silent for the second half of the time up to it; else the return ended it, which is not counted.
 *
 * Returns 0 or -ENOMEM, *ret_lost untouched.
 */
int rfc_sessions_lost(
	const struct bgplog *log, int64_t fault_ns, int64_t restore_ns, size_t *ret_lost);

struct rfc_bgp *rfc_bgp_new(void);    /* NULL when out of memory */
void rfc_bgp_free(struct rfc_bgp *b); /* NULL is fine */

/*
 * The router of a node's name, and what it sends to another: made if they are new, which moves the
 * others. NULL when out of memory.
 */
struct rfc_router *rfc_router(struct rfc_bgp *b, const struct bgplog_node *n);
struct rfc_hop *rfc_hop(struct rfc_bgp *b, const char *from, const char *to);

/* The `bgp` of result.json; null when no trial was added. NULL when out of memory. */
json_t *rfc_bgp_json(const struct run *r);

/*
 * How exact an instant on the wire is: the p99 by which the run's calibration saw a packet at the other
 * end of a link later than its delay; NAN without one. And one of the kernel's: the reading error more.
 */
void rfc_accuracy_read(struct run *r); /* once, before the others */
double rfc_wire_accuracy_ms(const struct run *r);
double rfc_fib_accuracy_ms(const struct run *r);

#endif
