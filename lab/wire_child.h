/* wire_child.h - the link emulator as a child process of the supervisor. */
#ifndef LAB_WIRE_CHILD_H
#define LAB_WIRE_CHILD_H

#include <sys/types.h>

#include "lab/topology.h"
#include "lib/err.h"

/*
 * Start the process that makes every link's TAPs in the nodes' namespaces and drives them. It dies
 * with the caller.
 *
 *      init_pids       PID 1 of each node, in the topology's order
 *      ret_pid         out: a child of the caller
 *      ret_socket      out: first one message (wire_child_ready), then requests as lab/wire/wire.h
 *
 * Returns 0 or -errno with `e` filled.
 */
int wire_child_spawn(const struct topology *t, const pid_t *init_pids, pid_t *ret_pid,
	int *ret_socket, struct err *e);

/* Read the first message: 0 when every TAP is there, else -EIO and why. */
int wire_child_ready(int socket, struct err *e);

#endif
