/*
 * herald.h - a thread beside the forwarding one that makes the kernel announce carrier changes.
 *
 * Asking for a link's state flushes its notice, but waits for the kernel's RTNL lock and often an
 * RCU grace period: 0.1 to 2 ms for each TAP. That is too long for the thread that forwards, above
 * all in the instant of a fault.
 */
#ifndef LAB_WIRE_HERALD_H
#define LAB_WIRE_HERALD_H

#include <pthread.h>
#include <stdint.h>

#include "lab/wire/tap.h"
#include "lib/err.h"

struct wire_herald {
	pthread_t thread;
	int pipe_fd[2]; /* [0] is the thread's */
	const struct wire_tap *taps;
};

/* `taps` is borrowed until wire_herald_done. Returns 0 or -errno with `e` filled. */
int wire_herald_init(struct wire_herald *h, const struct wire_tap *taps, struct err *e);

/* Ends when what was asked for is done. */
void wire_herald_done(struct wire_herald *h);

/* Have taps[i] announced soon. Never waits: with 16,000 outstanding the kernel's own pace must do. */
void wire_herald_announce(const struct wire_herald *h, uint32_t i);

#endif
