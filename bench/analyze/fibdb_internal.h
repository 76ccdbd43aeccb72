/* fibdb_internal.h - how the forwarding tables of a trial are kept. */
#ifndef BENCH_ANALYZE_FIBDB_INTERNAL_H
#define BENCH_ANALYZE_FIBDB_INTERNAL_H

#include "bench/analyze/fib_index.h"
#include "bench/analyze/fibdb.h"
#include "lib/mono.h"

/* From `at_ns` on this is the route of its metric; entry.found false: there is none. */
struct fib_version {
	int64_t at_ns; /* INT64_MIN: from before the recording */
	size_t line;
	struct fibdb_entry entry;
};

struct fib_route {
	struct inet prefix;
	struct fib_version *version; /* in the order of the file */
	size_t versions;
};

struct fib_table {
	int node;
	bool lost_once;
	struct fib_route *route; /* longest prefix first */
	size_t routes;
	struct fib_index index; /* of them, while they are read */
};

struct fib_loss {
	int node;
	int64_t at_ns;
};

struct fibdb {
	const struct bgplog *log;
	struct fib_table *table;
	size_t tables;
	struct fibdb_link *link;
	size_t links;
	struct fib_loss *loss;
	size_t losses;
	size_t bad_lines;
	char bad_why[256];
};

#endif
