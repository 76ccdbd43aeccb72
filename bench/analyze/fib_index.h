/* fib_index.h - where among the routes of a table a prefix is: routers may have hundreds of thousands. */
#ifndef BENCH_ANALYZE_FIB_INDEX_H
#define BENCH_ANALYZE_FIB_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "lib/inet.h"

struct fib_route;

/* A hash with open addressing, at most half full; {0} is an empty one. */
struct fib_index {
	size_t *slot; /* 1 + the place of a route; 0: free */
	size_t slots; /* a power of two, or 0 */
	size_t used;
};

/* The place of the route of exactly this prefix among `route`, or SIZE_MAX. */
size_t fib_index_find(
	const struct fib_index *x, const struct fib_route *route, const struct inet *prefix);

/* There is a route at the place `at` now, of a prefix that was not there. Returns 0 or -ENOMEM, the index as it was. */
int fib_index_add(struct fib_index *x, const struct fib_route *route, size_t at);

void fib_index_done(struct fib_index *x);

#endif
