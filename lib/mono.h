/* mono.h - instants on CLOCK_MONOTONIC and CLOCK_REALTIME, kept apart from each other and from durations. */
#ifndef LIB_MONO_H
#define LIB_MONO_H

#include <stdint.h>
#include <time.h>

#define NS_PER_US 1000LL
#define NS_PER_MS 1000000LL
#define NS_PER_S  1000000000LL

/* Schedules and deadlines. */
struct mono {
	int64_t ns;
};

/* What captures and kernel receive timestamps carry. */
struct wall {
	int64_t ns;
};

struct mono mono_now(void);
struct wall wall_now(void);

/* Nanoseconds from a to b; negative when b is earlier. */
static inline int64_t
mono_diff_ns(struct mono b, struct mono a)
{
	return b.ns - a.ns;
}

static inline int64_t
wall_diff_ns(struct wall b, struct wall a)
{
	return b.ns - a.ns;
}

struct mono mono_add(struct mono t, int64_t ns);
struct timespec mono_timespec(struct mono t);

/*
 * Milliseconds left until a deadline, for poll(2): rounded up, never negative, so that a wait
 * neither spins in the last millisecond nor blocks past the deadline.
 */
int mono_left_ms(struct mono deadline);

/*
 * CLOCK_REALTIME minus CLOCK_MONOTONIC in nanoseconds: the tightest of a few bracketed readings.
 *
 *      ret_error_ns    out, may be NULL: half the bracket, the most this reading can be off
 */
int64_t clock_offset_ns(int64_t *ret_error_ns);

/* UTC as 20261122T150405Z into `out` (17 bytes with the terminator). */
void wall_stamp(struct wall t, char out[static 17]);

#endif
