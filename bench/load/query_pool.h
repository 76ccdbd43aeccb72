/*
 * query_pool.h - names and types before they are dressed, and how often each of them is asked.
 *
 * A source of queries fills a pool; query_pool_dress makes of it the sequence of wire messages.
 */
#ifndef BENCH_LOAD_QUERY_POOL_H
#define BENCH_LOAD_QUERY_POOL_H

#include "bench/load/queries.h"
#include "lib/dns.h"

enum { QUERY_POOL_SEQUENCE = 1000000 }; /* the longest that is made longer than its pool */

struct query_ask {
	uint64_t name_at;
	double weight;
	uint16_t qtype;
	uint8_t name_bytes;
	bool random; /* a fresh label in front of this one, whatever the form says */
};

struct query_pool {
	uint8_t *names; /* wire form, one behind another */
	size_t names_bytes, names_room;
	struct query_ask *ask;
	size_t n, room;
};

void query_pool_done(struct query_pool *p);

/* Returns 0 or -ENOMEM. */
int query_pool_add(struct query_pool *p, const uint8_t *name, size_t name_bytes, uint16_t qtype,
	double weight, bool random);

/* Has a name of so many bytes room for a fresh label in front? */
bool query_pool_takes_label(size_t name_bytes);

/*
 * In the order of the pool, each once; where client subnets are taken in turn, as often as it takes for
 * each query to have had each of them (up to QUERY_POOL_SEQUENCE).
 *
 * Returns 0 or -ENOMEM with `e` filled.
 */
int query_pool_dress(const struct query_pool *p, const struct query_form *form,
	struct queries **ret, struct err *e);

/*
 * A sequence of `length` in which each stands as often as its weight says, within one, and those that
 * lie beside each other in the pool together within one too; shuffled from the seed.
 *
 *      length          at least 1; at most QUERY_POOL_SEQUENCE, or the pool's length
 */
int query_pool_mix(const struct query_pool *p, const struct query_form *form, size_t length,
	uint64_t seed, struct queries **ret, struct err *e);

#endif
