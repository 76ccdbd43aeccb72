/* look_names.h - what there is, for who asked for something that is not. */
#ifndef LAB_LOOK_NAMES_H
#define LAB_LOOK_NAMES_H

#include <stddef.h>
#include <sys/types.h>

#include "lab/topology.h"
#include "lib/err.h"

/* The index of a node, or -EINVAL with `e` naming those there are. */
int look_node(const struct topology *t, const char *name, struct err *e);

/*
 * Is there an interface of this name in a node, as its kernel sees it?
 *
 *      init_pid        PID 1 of the node
 *
 * Returns 0, -EINVAL with `e` naming those there are, or another -errno.
 */
int look_interface(pid_t init_pid, const char *node, const char *interface, struct err *e);

/* Append ", NAME" (or "NAME" at first) as far as it fits; what does not becomes ", ...". */
void look_list_add(char *list, size_t size, const char *name);

#endif
