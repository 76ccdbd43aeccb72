/* scenario_like.h - `like:`: a scenario that takes over what it does not say from another file beside it. */
#ifndef SCENARIOS_SCENARIO_LIKE_H
#define SCENARIOS_SCENARIO_LIKE_H

#include <stdbool.h>

#include "lib/conf.h"

enum { SCENARIO_LIKES_MAX = 4 }; /* files in a row */

/*
 * Read a scenario's file, and those that it is like, into one document. Whatever is wrong with one of them is a complaint
 * with the place where it was written.
 *
 *      ret_whole  out; false when what it is like could not be read: what the document lacks is then no mistake
 *
 * Returns 0, or -errno with `e` filled when the file itself cannot be read or is none.
 */
int scenario_conf_load(const char *path, struct conf **ret, bool *ret_whole, struct err *e);

/* The same of a document that was read already; returns whether it is whole. */
bool scenario_conf_fill(struct conf *c);

/* The path of a file that is named relative to the folder of the scenario's. 0, or -ENAMETOOLONG. */
int scenario_beside(const struct conf *c, const char *file, char *ret, size_t size);

#endif
