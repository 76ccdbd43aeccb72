/* fibwalk.h - follow a packet from node to node by asking each FIB, as the kernel would forward it. */
#ifndef LAB_FIBWALK_H
#define LAB_FIBWALK_H

#include "lab/survey.h"

/*
 * From a city's access network to a service address and back.
 *
 *      dst     a service address; the source is the first probe address of that family
 *      ret     out: filled in also when the way ends early (reached, returned say how far)
 *
 * Returns 0, or -errno with `e` filled when a node could not be asked.
 */
int fibwalk_round_trip(struct lab *lab, size_t city, const struct inet *dst,
	struct survey_path *ret, struct err *e);

/* The sockets it keeps per node, for lab_close(). */
struct fibwalk_cache;
void fibwalk_cache_free(struct fibwalk_cache *c);
struct fibwalk_cache **lab_fibwalk_cache(struct lab *lab);

#endif
