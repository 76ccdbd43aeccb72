/*
 * throttle.h - give a process a share of a processor at most, on any host and by anybody who may signal it.
 *
 * What the kernel's cpu.max does, without control groups: in each period of 20 ms it may use its share of it, then it is
 * stopped until the next. One that has nothing to do is never stopped. A difference to remember: such a process is seen
 * as stopped (T), where one that waits for a processor is seen as running (R).
 */
#ifndef LAB_THROTTLE_H
#define LAB_THROTTLE_H

#include <sys/types.h>

#include "lib/err.h"

struct throttle;

/*
 * Begin, in a thread of its own that ends when the process does, and in any case after an hour.
 *
 *      pidfd   of the process; duplicated
 *      pid     the same, as the caller's /proc knows it
 *      share   of one processor, above 0
 *
 * Returns 0 or -errno with `e` filled.
 */
int throttle_begin(int pidfd, pid_t pid, double share, struct throttle **ret, struct err *e);

/* The process goes on, and is left alone. Waits for at most a period. NULL is fine. */
void throttle_end(struct throttle *t);

#endif
