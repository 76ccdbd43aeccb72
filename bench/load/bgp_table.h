/*
 * bgp_table.h - a routing table to feed: prefixes, and the path attributes that many of them share.
 *
 * A set of attributes is kept as it goes onto the wire (RFC 4271 4.3), less what depends on the session:
 * NEXT_HOP, MP_REACH_NLRI, LOCAL_PREF and our own AS are put in by bench/load/bgp_write.h. Equal sets are kept once.
 */
#ifndef BENCH_LOAD_BGP_TABLE_H
#define BENCH_LOAD_BGP_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/bgp.h"
#include "lib/err.h"
#include "lib/inet.h"

/* With all that a session adds, a set this long still leaves room for a prefix in a message. */
enum { BGP_ATTRS_MAX_BYTES = 3900, BGP_TABLE_MAX_ROUTES = 8000000 };

struct bgp_route {
	uint8_t family; /* 4 or 6 */
	uint8_t bits;
	uint8_t addr[16]; /* bits behind the prefix are zero */
	uint32_t attrs;	  /* number of the set */
};

struct bgp_attrs {
	const uint8_t *bytes; /* valid until the next set is added */
	size_t len;
};

struct bgp_table;

int bgp_table_new(struct bgp_table **ret);
void bgp_table_free(struct bgp_table *t);

/*
 * The number of a set of attributes, new or known already.
 *
 *      bytes, len      TLVs in order of type, at most BGP_ATTRS_MAX_BYTES; AS_PATH with 4-octet numbers
 *
 * Returns 0, -ENOMEM or -E2BIG.
 */
int bgp_table_intern(struct bgp_table *t, const uint8_t *bytes, size_t len, uint32_t *ret);

/* Returns 0, -EEXIST where that prefix is there already, -ENOMEM, or -E2BIG at BGP_TABLE_MAX_ROUTES. */
int bgp_table_add(struct bgp_table *t, const struct bgp_route *route);

/*
 * Put the routes in the order in which they are told: IPv4 first, those with the same attributes together, by prefix
 * within and by their least prefix among each other, as a router walks its table. Numbers of routes change.
 * Returns 0 or -ENOMEM.
 */
int bgp_table_order(struct bgp_table *t);

size_t bgp_table_len(const struct bgp_table *t);
size_t bgp_table_len_of(const struct bgp_table *t, uint8_t family);
const struct bgp_route *bgp_table_at(const struct bgp_table *t, size_t i);
size_t bgp_table_sets(const struct bgp_table *t);
struct bgp_attrs bgp_table_attrs(const struct bgp_table *t, uint32_t set);

/* The number of the route of this prefix, or -1. */
int64_t bgp_table_find(
	const struct bgp_table *t, uint8_t family, const uint8_t addr[static 16], uint8_t bits);

/*
 * May this prefix be told? Not the default, nothing that is or covers private, special or reserved space (RFC 6890 and its
 * registries, so all documentation and benchmarking ranges), nor what overlaps one of `avoid`.
 */
bool bgp_prefix_tellable(uint8_t family, const uint8_t addr[static 16], uint8_t bits,
	const struct inet *avoid, size_t avoid_len);

#endif
