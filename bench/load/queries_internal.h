/* queries_internal.h - how the sources of queries put them together. */
#ifndef BENCH_LOAD_QUERIES_INTERNAL_H
#define BENCH_LOAD_QUERIES_INTERNAL_H

#include "bench/load/queries.h"

enum { QUERIES_RANDOM_BYTES = 12 }; /* of a fresh label: 36^12 of them, so none comes twice */

/* What is asked, before it is dressed; the name in wire form, borrowed. */
struct query_name {
	const uint8_t *name;
	size_t name_bytes;
	uint16_t qtype;
	bool random; /* a fresh label in front of this one, whatever the form says */
};

/* Returns 0 or -ENOMEM with `e` filled. */
int queries_new(struct queries **ret, struct err *e);

/*
 * Add a query, dressed: its client subnet is the turn-th of the form's, modulo.
 *
 * Returns 0, -ENAMETOOLONG (no room for the fresh label), -ENOMEM.
 */
int queries_add(
	struct queries *q, const struct query_name *a, const struct query_form *form, size_t turn);

/* Add the i-th once more; it shares its bytes. Returns 0 or -ENOMEM. */
int queries_add_again(struct queries *q, size_t i);

/* Add a message as it was captured, and when. Returns 0 or -ENOMEM. */
int queries_add_wire(
	struct queries *q, const uint8_t *wire, size_t len, uint16_t qtype, int64_t due_ns);

/* A replay is whole: in the order of time, the first one due at 0. Returns 0 or -ENOMEM. */
int queries_by_time(struct queries *q);

/* Room for `more` elements behind `n` of an array that doubles. Returns 0 or -ENOMEM. */
int queries_reserve(void *array, size_t n, size_t more, size_t *room, size_t size);

#endif
