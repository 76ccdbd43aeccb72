/*
 * fibdb.h - each node's forwarding table at any instant of a trial, and the way a packet then takes.
 *
 * Made from routes.jsonl (lib/routelog.h). An instant is that at which the recorder read the change: later
 * than the change itself by the reading error. A route replaced by deleting and setting it within a
 * millisecond (BIRD does so for IPv6) is one change, and none at all if the same comes back.
 *
 * Where several next hops share a route, the first is taken.
 */
#ifndef BENCH_ANALYZE_FIBDB_H
#define BENCH_ANALYZE_FIBDB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/analyze/bgplog.h"
#include "lib/err.h"
#include "lib/inet.h"

enum { FIBDB_HOPS_MAX = 32, FIBDB_MORE_HOPS_MAX = 8 };

struct fibdb;

/* What a node does with a destination. */
struct fibdb_entry {
	bool found; /* else there is no route: all below is zero */
	struct inet prefix;
	uint32_t metric;
	char type[16];
	struct inet gateway; /* family 0: on the link itself */
	char interface[16];
	size_t hops; /* next hops in all */
};

/* One change of what a node does with a destination. */
struct fibdb_change {
	int64_t at_ns;	    /* wall */
	size_t line;	    /* of routes.jsonl, from 1 */
	struct inet prefix; /* of the entry that changed */
	struct fibdb_entry from, to;
};

/* A change of an interface. */
struct fibdb_link {
	int64_t at_ns;
	size_t line;
	int node;
	char interface[16];
	bool up, carrier;
};

/*
 * Read a trial's routes.jsonl.
 *
 *      log     its nodes name the nodes, its points say who is behind an interface; borrowed until fibdb_free
 *
 * Lines that make no sense are passed over and counted. Returns 0, -ENOENT (no such file), or another
 * -errno; `e` is filled then.
 */
int fibdb_read(const char *path, const struct bgplog *log, struct fibdb **ret, struct err *e);
void fibdb_free(struct fibdb *db); /* NULL is fine */

/* Was anything recorded at this node? */
bool fibdb_knows(const struct fibdb *db, int node);

/* Did the recorder lose events of this node in the interval? */
bool fibdb_lost(const struct fibdb *db, int node, int64_t from_ns, int64_t to_ns);

/* Longest-prefix match at an instant: what had been read up to and including it. */
struct fibdb_entry fibdb_lookup(
	const struct fibdb *db, int node, const struct inet *dst, int64_t at_ns);

/* Same next hop, in the same way? Metric and prefix do not matter. */
bool fibdb_same(const struct fibdb_entry *a, const struct fibdb_entry *b);

/*
 * The last change of what the node does with `dst`, after `from_ns` and not after `to_ns`.
 * Returns false when there is none.
 */
bool fibdb_last_change(const struct fibdb *db, int node, const struct inet *dst, int64_t from_ns,
	int64_t to_ns, struct fibdb_change *ret);

/* The next change of an interface of the node after `*at`, an index that begins at 0. NULL: no more. */
const struct fibdb_link *fibdb_next_link(const struct fibdb *db, int node, size_t *at);

/* The node that an entry hands a packet to; -1: not known. */
int fibdb_next_node(const struct fibdb *db, int node, const struct fibdb_entry *x);

/* One router of a way. */
struct fibdb_hop {
	int node;
	int64_t at_ns; /* when a packet passes: that of the first, and the links' delays between */
	struct fibdb_entry entry; /* at the last one: what it says, mostly nothing */
};

struct fibdb_path {
	struct fibdb_hop hop[FIBDB_HOPS_MAX];
	size_t hops;
	bool arrived; /* at `to` */
	char why[96]; /* it did not */
};

/*
 * The way of a packet that leaves `from` at `at_ns` for `dst`, until it reaches node `to`, each router asked
 * at the instant when the packet passes.
 */
void fibdb_walk(const struct fibdb *db, int from, int to, const struct inet *dst, int64_t at_ns,
	struct fibdb_path *ret);

/* "acc-hkg > a-hkg > tyo". Returns `out`. */
const char *fibdb_path_text(
	const struct fibdb *db, const struct fibdb_path *p, char *out, size_t out_bytes);

/* "via 198.51.100.1 a-hkg", "no route", "blackhole". Returns `out`. */
const char *fibdb_entry_text(const struct fibdb_entry *x, char *out, size_t out_bytes);

/* Lines that were passed over, and why the first was. */
size_t fibdb_bad_lines(const struct fibdb *db, const char **ret_why);

#endif
