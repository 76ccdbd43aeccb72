/* netns.h - the calling thread into another network namespace, and back. */
#ifndef LIB_NETNS_H
#define LIB_NETNS_H

#include "lib/err.h"

/*
 * Move the calling thread into a namespace; sockets opened there stay there when it leaves.
 *
 *      path            like /proc/123/ns/net; "" stays where we are (netns_leave still wants its `home`)
 *      ret_home        out: what netns_leave wants
 *
 * Needs CAP_SYS_ADMIN, except for "". Returns 0 or -errno with `e` naming the path.
 */
int netns_enter(const char *path, int *ret_home, struct err *e);

/* Back home. Returns 0 or -errno: then the thread is in the wrong place and must not go on. */
int netns_leave(int home, struct err *e);

#endif
