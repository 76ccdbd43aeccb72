/*
 * wait.h - sleep until a file is ready or an instant is near, then poll: punctual and mostly asleep.
 *
 * A sleeping thread wakes late, by how much depends on the machine. So the sleep ends earlier than
 * the instant by the lateness that nine of ten past sleeps stayed under, and the rest is polled
 * away, never more than spin_max_ns.
 *
 * The alarm is a timerfd that stays set while files wake us: on a virtual machine setting a timer
 * costs several microseconds, and epoll_pwait2 does it in every call (54 against 40 % of a core at
 * 10,000 frames a second). It is edge-triggered, so that it need not be read.
 */
#ifndef LAB_WIRE_WAIT_H
#define LAB_WIRE_WAIT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>

#include "lib/err.h"
#include "lib/mono.h"

struct wire_wait {
	int epfd;
	int timer_fd;
	struct mono alarm; /* what the timer is set to; 0: it went off */
	int64_t spin_max_ns;
	int64_t margin_ns; /* how much earlier to wake, learnt */
};

#define WIRE_WAIT_TIMER UINT32_MAX /* an id of ours: never handed out */

int wire_wait_init(struct wire_wait *w, int64_t spin_max_ns, struct err *e);
void wire_wait_done(struct wire_wait *w);

/* Watch a file for reading; events carry `id`. Returns 0 or -errno. */
int wire_wait_add(struct wire_wait *w, int fd, uint32_t id);
int wire_wait_change(struct wire_wait *w, int fd, uint32_t id, uint32_t events);
void wire_wait_drop(struct wire_wait *w, int fd);

/*
 * Wait for files until shortly before `until` (NULL: for ever). Near it, does not wait at all: the
 * caller's loop polls by calling again.
 *
 * Returns the number of events, perhaps 0, or -errno (never -EINTR).
 */
int wire_wait_for(struct wire_wait *w, const struct mono *until, struct epoll_event *ret_events,
	int max_events);

#endif
