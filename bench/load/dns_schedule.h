/*
 * dns_schedule.h - when each query is to leave: pure functions of a plan and a seed, no clock.
 *
 * Instants are counted from the beginning of the load and computed anew for each query, never by adding up
 * gaps, so that a schedule does not drift. Threads walk the same schedule side by side: of T threads the
 * t-th takes the queries t, t + T, t + 2 T, ... Poisson arrivals are drawn by each thread for its share of
 * the rate: together they are Poisson again.
 */
#ifndef BENCH_LOAD_DNS_SCHEDULE_H
#define BENCH_LOAD_DNS_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/load/queries.h"
#include "lib/err.h"
#include "lib/rng.h"

enum { SCHEDULE_STEPS_MAX = 64 };

enum schedule_kind {
	SCHEDULE_STEADY, /* equal gaps within a step */
	SCHEDULE_POISSON,
	SCHEDULE_REPLAY, /* as the queries themselves say */
	SCHEDULE_ASAP, /* all at once; something else holds them back, and the steps say for how long */
};

struct schedule_step {
	double rate_qps;
	int64_t duration_ns;
};

struct schedule {
	enum schedule_kind kind;
	struct schedule_step
		steps[SCHEDULE_STEPS_MAX]; /* one after another; one: a constant rate */
	size_t steps_len;
	uint64_t count; /* no more queries than these; 0: as many as there is time for */
	uint64_t seed;
	const struct queries *queries; /* of a replay */
	double speed;		       /* of a replay: 2 is twice as fast */
};

struct schedule_walk {
	const struct schedule *schedule;
	unsigned int threads;
	uint64_t next; /* number of the next query, over all threads */
	size_t step;
	int64_t step_begin_ns;
	uint64_t step_first; /* number of the first query of the step */
	double poisson_ns;
	struct rng rng;
};

/* Read "1000:10s,5k:30s": rates and how long each is kept. Returns 0 or -EINVAL with `e` filled. */
int schedule_read_steps(const char *text, struct schedule *ret, struct err *e);

void schedule_begin(struct schedule_walk *w, const struct schedule *s, unsigned int thread,
	unsigned int threads);

/*
 * The next query of this thread.
 *
 *      ret_number      out: its number over all threads, from 0
 *      ret_due_ns      out: since the beginning
 *
 * Returns false at the end of the schedule.
 */
bool schedule_next(struct schedule_walk *w, uint64_t *ret_number, int64_t *ret_due_ns);

/* How long it takes, by its steps or its last query. */
int64_t schedule_length_ns(const struct schedule *s);

/* How many queries it has, for what is not left to chance; 0 if that is unknown. */
uint64_t schedule_queries(const struct schedule *s);

#endif
