/*
 * routes.h - the main routing tables and the interfaces of many namespaces, as rtnetlink tells of them.
 *
 * One socket per namespace listens to changes first and dumps then, so that nothing is missed: both come through the one
 * queue, in which what a dump found and what changed meanwhile are in order. A full queue, and whatever else lets
 * the kernel drop routes without a word, makes a new dump.
 *
 * Source: rtnetlink(7), netlink(7), Linux Documentation/userspace-api/netlink/intro.rst (dumps, NLM_F_DUMP_INTR),
 * net/ipv4/fib_trie.c (fib_table_flush tells nobody).
 */
#ifndef BENCH_RECORD_ROUTES_H
#define BENCH_RECORD_ROUTES_H

#include <stdbool.h>
#include <stdint.h>

#include "bench/record/out.h"
#include "bench/record/plan.h"
#include "lib/err.h"

struct routes_stats {
	uint64_t have, set, gone, link, lost; /* events written, doc/formats.md */
};

struct routes;

/*
 * Open every node's socket and ask for the first dump. Needs CAP_SYS_ADMIN for namespaces other than ours.
 *
 *      p, o            borrowed until routes_free
 *      epoll_fd, key   node i's socket is watched for, with `key + i` as data.u64
 *
 * Returns 0 or -errno with `e` naming the node.
 */
int routes_open(const struct record_plan *p, struct out *o, int epoll_fd, uint64_t key,
	struct routes **ret, struct err *e);

/* Read what node i's socket has, but not without end: it may have more. Returns 0 or -errno with `e` filled. */
int routes_read(struct routes *r, size_t node, struct err *e);

/* Have all dumps that were asked for come to their end? */
bool routes_settled(const struct routes *r);

const struct routes_stats *routes_stats(const struct routes *r);

void routes_free(struct routes *r); /* NULL is fine */

#endif
