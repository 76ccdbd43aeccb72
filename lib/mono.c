/* mono.c - instants on CLOCK_MONOTONIC and CLOCK_REALTIME, kept apart from each other and from durations. */
#include "lib/mono.h"

#include <limits.h>

static int64_t
read_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

struct mono
mono_now(void)
{
	return (struct mono){read_ns(CLOCK_MONOTONIC)};
}

struct wall
wall_now(void)
{
	return (struct wall){read_ns(CLOCK_REALTIME)};
}

struct mono
mono_add(struct mono t, int64_t ns)
{
	return (struct mono){t.ns + ns};
}

struct timespec
mono_timespec(struct mono t)
{
	return (struct timespec){.tv_sec = t.ns / NS_PER_S, .tv_nsec = t.ns % NS_PER_S};
}

int
mono_left_ms(struct mono deadline)
{
	int64_t left_ns = deadline.ns - mono_now().ns;
	int64_t left_ms;

	if (left_ns <= 0)
		return 0;
	left_ms = (left_ns + NS_PER_MS - 1) / NS_PER_MS;
	return left_ms > INT_MAX ? INT_MAX : (int)left_ms;
}

int64_t
clock_offset_ns(int64_t *ret_error_ns)
{
	int64_t best_ns = INT64_MAX, offset_ns = 0;

	for (int i = 0; i < 8; i++) {
		int64_t before = read_ns(CLOCK_MONOTONIC);
		int64_t real = read_ns(CLOCK_REALTIME);
		int64_t after = read_ns(CLOCK_MONOTONIC);

		if (after - before < best_ns) {
			best_ns = after - before;
			offset_ns = real - (before + (after - before) / 2);
		}
	}
	if (ret_error_ns != NULL)
		*ret_error_ns = (best_ns + 1) / 2;
	return offset_ns;
}

void
wall_stamp(struct wall t, char out[static 17])
{
	time_t s = (time_t)(t.ns / NS_PER_S);
	struct tm tm;

	gmtime_r(&s, &tm);
	strftime(out, 17, "%Y%m%dT%H%M%SZ", &tm);
}
