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
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "lab/wire/tap.h"
#include "lib/err.h"
#include "lib/mono.h"

/* How far the announcing of a change is. The last one to be announced leaves its instant. */
struct wire_notice {
	uint32_t total;		 /* TAPs; the asking thread's own */
	_Atomic uint64_t left;	 /* number of the change << 32 | TAPs not yet announced */
	_Atomic int64_t wall_ns; /* when the last so far was */
};

struct wire_herald {
	pthread_t thread;
	int pipe_fd[2]; /* [0] is the thread's */
	const struct wire_tap *taps;
};

/* `taps` is borrowed until wire_herald_done. Returns 0 or -errno with `e` filled. */
int wire_herald_init(struct wire_herald *h, const struct wire_tap *taps, struct err *e);

/* Ends when what was asked for is done. */
void wire_herald_done(struct wire_herald *h);

/* Start to count announcements for a change. */
void wire_notice_begin(struct wire_notice *n, uint32_t change, uint32_t taps);

/* When the kernel had told of all of them: true and the instant; false: not yet, or none. */
bool wire_notice_done(const struct wire_notice *n, struct wall *ret);

/*
 * Have taps[i] announced soon, for a notice that stays where it is until wire_herald_done. Never
 * waits: with 4,000 outstanding the kernel's own pace must do, and the notice is never done.
 */
void wire_herald_announce(
	const struct wire_herald *h, uint32_t i, struct wire_notice *n, uint32_t change);

#endif
