/*
 * queries.h - what a load generator asks: ready wire messages, made once, read by every thread.
 *
 * They are asked in their order, from the top again after the last, so that a mix by weights is a
 * sequence in which each query stands as often as its weight says, shuffled from a seed. All bytes
 * lie in one arena; queries that are the same share theirs.
 */
#ifndef BENCH_LOAD_QUERIES_H
#define BENCH_LOAD_QUERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"
#include "lib/inet.h"

struct query {
	const uint8_t
		*wire; /* borrowed, never to be written: wire[0..1], the id, is filled in a copy */
	uint16_t len;
	uint16_t
		random_at; /* where the bytes of a label begin that are to be fresh each time it is asked */
	uint8_t random_len; /* 0: none; letters and digits in lower case, say */
	uint16_t qtype;
	int64_t due_ns; /* a replay's: since its first query, never less than the one before; else -1 */
};

/* How a query is dressed: what goes with name and type. */
struct query_form {
	uint16_t edns_bytes; /* answer size we take, for the OPT; 0: no EDNS */
	bool dnssec_ok;	     /* these three need EDNS */
	bool nsid;
	const struct inet *ecs; /* client subnets (RFC 7871), taken in turn; borrowed */
	size_t ecs_n;
	bool recurse;
	bool random_prefix; /* a fresh label in front of each name */
};

struct queries;

size_t queries_len(const struct queries *q); /* never 0 */
struct query queries_at(const struct queries *q, size_t i);
void queries_free(struct queries *q);

/*
 * One name and type.
 *
 *      name            as in a zone file; the last dot is optional
 *
 * Returns 0, or -errno with `e` filled: a name that is none, or too long.
 */
int queries_from_name(const char *name, uint16_t qtype, const struct query_form *form,
	struct queries **ret, struct err *e);

#endif
