/* calm.h - make a thread punctual while it forwards, and leave it as it was found. */
#ifndef LAB_WIRE_CALM_H
#define LAB_WIRE_CALM_H

#include <sched.h>
#include <stdbool.h>

struct wire_calm {
	int policy;
	struct sched_param param;
	unsigned long timer_slack_ns;
	bool realtime; /* got it */
};

/*
 * Ask for SCHED_FIFO at its lowest priority, the least timer slack, and memory that stays. What is
 * not allowed is left. The kernel's throttling of real-time threads is the net under a thread that
 * never sleeps; where an administrator took that away, no real-time class is asked for.
 */
void wire_calm_begin(struct wire_calm *c);
void wire_calm_end(const struct wire_calm *c);

#endif
