/* enter.h - run a program inside a node, from outside. */
#ifndef LAB_ENTER_H
#define LAB_ENTER_H

#include <sys/types.h>

#include "lib/err.h"

/*
 * Start a program in all namespaces of the process `init_pid`, with its root as root.
 *
 *      in, out, err    become stdin, stdout, stderr; -1: /dev/null for in, else inherited
 *
 * The program dies with the caller. Returns the pid of a child of the caller whose exit status is
 * the program's (128 + n when a signal ended it), or -errno with `e` filled.
 */
pid_t enter_spawn(pid_t init_pid, char *const argv[], int in, int out, int err, struct err *e);

/*
 * Wait for what enter_spawn() started, as a shell waits: from now on ^C is the program's business,
 * SIGTERM and SIGHUP are passed on to it. Returns its exit status, 128 + n for a signal.
 */
int enter_wait(pid_t pid);

#endif
