/*
 * generate.h - networks of 1 to 64 PoPs, written as a data directory: topology.yaml, nodes/, variants/, scenarios/.
 *
 * The network: the first N cities of a table, in each a PoP of the operator and an access network. They are customers of
 * the city's regional carrier. A regional carrier has at most 8 cities that lie together, so that its full iBGP mesh
 * stays small: sessions grow with the number of cities, not with its square. Each regional carrier buys from one
 * backbone carrier, which has at most 8 routers, in hub cities; there the PoP and the access network are its
 * customers too.
 */
#ifndef LAB_GENERATE_H
#define LAB_GENERATE_H

#include <stdint.h>

#include "lib/err.h"

enum { GENERATE_POPS_MAX = 64 };

struct generate_options {
	unsigned int pops; /* 1 to GENERATE_POPS_MAX */
	uint64_t seed;	   /* local loops and detours of the fibre follow from it */
	const char *dir;   /* does not exist, or is an empty folder */
	const char *data;  /* the bench's data: shared layers and services are copied from there */
};

struct generate_counts {
	unsigned int cities, carriers, nodes, links, sessions; /* sessions: BGP session ends */
};

/*
 * Write a network. The same options give the same bytes. It is written beside `dir` and moved there when whole: on any
 * failure `dir` is as it was.
 *
 *      ret             out; may be NULL
 *
 * Returns 0; -EINVAL (pops), -ENOTEMPTY (`dir` is not an empty folder), other -errno, with `e` filled.
 */
int generate_network(const struct generate_options *o, struct generate_counts *ret, struct err *e);

#endif
