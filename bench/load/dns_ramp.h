/*
 * dns_ramp.h - the knee: the highest rate at which a service still loses next to nothing and answers soon enough.
 *
 * Doubling from the first rate until one does not hold, then between the highest that held and the lowest that did
 * not, at their geometric mean, until these are within a ratio. A rate that did not hold is tried once more before
 * it counts: one hiccup of the machine must not end the search far below the knee.
 */
#ifndef BENCH_LOAD_DNS_RAMP_H
#define BENCH_LOAD_DNS_RAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RAMP_TRIES_MAX = 64 };

enum ramp_why {
	RAMP_HELD,
	RAMP_LOSS,	/* more queries without an answer than the bound */
	RAMP_SLOW,	/* p99 above the bound */
	RAMP_GENERATOR, /* the generator itself could not: says nothing about the service */
};

struct ramp_try {
	double rate_qps;
	double sent_qps;
	double loss_ratio;
	int64_t p50_ns, p99_ns;
	enum ramp_why why;
};

struct ramp {
	double from_qps, to_qps;
	double within_ratio;   /* 0.05: the knee to 5 % */
	double loss_max_ratio; /* 0.001 */
	int64_t p99_max_ns;
	int64_t try_ns; /* how long each rate is kept */

	double held_qps, failed_qps; /* so far; 0: none */
	double again_qps;	     /* did not hold once; 0: none */
	struct ramp_try tries[RAMP_TRIES_MAX];
	size_t tries_len;
};

/* The rate to try next; 0 when the search is over. */
double ramp_next(const struct ramp *r);

/* Take note of a try at that rate; `why` of it is found here unless it is RAMP_GENERATOR. */
void ramp_note(struct ramp *r, struct ramp_try t);

/* What the figure is: "held", "the generator's limit, not the service's", ... */
const char *ramp_outcome(const struct ramp *r);
const char *ramp_why_name(enum ramp_why why); /* "held", "loss", "slow", "generator late" */

#endif
