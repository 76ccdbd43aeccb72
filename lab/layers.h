/* layers.h - which folders lie over the root file system of a node, lowest first. */
#ifndef LAB_LAYERS_H
#define LAB_LAYERS_H

#include <stddef.h>

#include "lab/topology.h"
#include "lib/err.h"

/*
 * The folders that exist, of: each role layer and then the node itself, in the network's own
 * nodes/ first, then in each further stack (a variant, a user's --layer) in order.
 *
 *      stacks          folders that hold LAYER/ and NODE/ folders; NULL-terminated
 *      ret             out: NULL-terminated array of absolute paths; layers_free() it
 *
 * Returns 0, or -ENOMEM.
 */
int layers_of(const struct topology *t, size_t node, const char *const stacks[], char ***ret);
void layers_free(char **layers);

/*
 * A stack holds files for nodes, and only such as a node would have: a folder that no node uses, one
 * that root file systems do not have at their top (ect for etc), or nothing at all is a slip that
 * would silently do nothing.
 *
 * Returns 0, or -EINVAL naming the place.
 */
int layers_check(const struct topology *t, const char *stack, struct err *e);

/*
 * How many files and folders of a stack the daemons' own users cannot read, as after a checkout
 * with a strict umask: not wrong in itself, but the likely reason when a daemon does not start.
 *
 *      first   out: the path of one of them, cut to `size`
 */
size_t layers_unreadable(const char *stack, char *first, size_t size);

#endif
