/* stopfd.h - one descriptor that says when a command that works for the runner has to end. */
#ifndef LIB_STOPFD_H
#define LIB_STOPFD_H

#include "lib/err.h"

/*
 * Turn SIGTERM into readability of a descriptor, ask for SIGTERM when our parent dies, and leave ^C
 * to whoever runs us: SIGINT is ignored, unless we are a terminal's only job (leader of our process
 * group, with a terminal as stdin); then it says the same as SIGTERM. SIGPIPE and SIGXFSZ are
 * ignored, so that a write that fails says why.
 *
 *      ret_fd          out: non-blocking; close() it
 *
 * Call before any thread is started. Returns 0 or -errno with `e` filled.
 */
int stopfd_open(int *ret_fd, struct err *e);

/* How many times it was said since the last call: 0 when the descriptor is not readable. */
unsigned int stopfd_asked(int fd);

#endif
