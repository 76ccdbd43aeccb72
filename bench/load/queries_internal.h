/* queries_internal.h - how the sources of queries put them together. */
#ifndef BENCH_LOAD_QUERIES_INTERNAL_H
#define BENCH_LOAD_QUERIES_INTERNAL_H

#include "bench/load/queries.h"
#include "lib/dns.h"

enum { QUERIES_RANDOM_BYTES = 12 }; /* of a fresh label: 36^12 of them, so none comes twice */

/* What is asked, before it is dressed. */
struct query_ask {
	uint8_t name[DNS_NAME_WIRE_BYTES];
	size_t name_bytes;
	uint16_t qtype;
	bool random_prefix; /* a fresh label in front of this one, whatever the form says */
};

/* Returns 0 or -ENOMEM. */
int queries_new(struct queries **ret, struct err *e);

/*
 * Add a query, dressed: its client subnet is the turn-th of the form's, modulo.
 *
 * Returns 0, -ENAMETOOLONG (no room for the fresh label), -ENOMEM.
 */
int queries_add(
	struct queries *q, const struct query_ask *a, const struct query_form *form, size_t turn);

#endif
