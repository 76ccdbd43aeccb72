/* look_links.h - which links do something else than they were made to do, in words. */
#ifndef LAB_LOOK_LINKS_H
#define LAB_LOOK_LINKS_H

#include <stddef.h>

#include "lab/lab.h"

struct look_fault {
	size_t link;	/* index into the topology's links */
	char text[160]; /* "down", "a-hkg to hkg: blackhole", "both ways: loss 2 %, delay 80 ms" */
};

/*
 * Read a reply of the emulator's `stats` and add the links of it that are at fault.
 *
 *      list, len       in and out: a growing array, in the order of the topology's links; free() it
 *
 * Returns 0 or -ENOMEM. Links that the topology does not know are passed over.
 */
int look_faults_read(
	const struct topology *t, json_t *reply, struct look_fault **list, size_t *len);

/* Ask the emulator. Returns 0, or -errno with `e` filled. */
int look_faults_take(struct lab *lab, struct look_fault **ret, size_t *ret_len, struct err *e);

#endif
