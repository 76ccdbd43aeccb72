/*
 * tick.h - when the health check of a node asks its DNS server, seen as it happens.
 *
 * The check's queries cross the node's loopback, as bench/analyze/tick.h finds them afterwards in the capture there. Which
 * of the service's addresses they go to is not told beforehand: the one asked most often counts.
 */
#ifndef SCENARIOS_TICK_H
#define SCENARIOS_TICK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"
#include "lib/mono.h"

struct tick;

/*
 * Begin to listen on `lo` of a network namespace ("/proc/PID/ns/net"); tick_close() it, NULL is fine.
 * Returns 0 or -errno with `e` filled.
 */
int tick_open(const char *netns, struct tick **ret, struct err *e);
void tick_close(struct tick *t);

/* Take over what has come since the last time. */
void tick_read(struct tick *t);

/* A frame of the loopback, as tick_read() takes it: what is no query to port 53 over UDP is left alone. */
void tick_take(struct tick *t, const uint8_t *frame, size_t len_bytes, struct mono at);

/* The same without a socket, for tests: tick_take() alone feeds it. */
struct tick *tick_new(void);

struct tick_rhythm {
	int64_t period_ns; /* the median distance */
	struct mono last;
	size_t ticks;
};

/* Returns whether there have been enough ticks, three, to tell. */
bool tick_rhythm(const struct tick *t, struct tick_rhythm *ret);

/* The first instant half-way between two ticks that is not before `earliest`. */
struct mono tick_between(const struct tick_rhythm *r, struct mono earliest);

#endif
