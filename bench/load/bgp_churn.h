/* bgp_churn.h - a table that does not rest: routes change their path, go and come back, at a rate, from a seed. */
#ifndef BENCH_LOAD_BGP_CHURN_H
#define BENCH_LOAD_BGP_CHURN_H

#include <stdbool.h>
#include <stdint.h>

#include "bench/load/bgp_step.h"
#include "bench/load/bgp_table.h"

struct bgp_churn_options {
	uint64_t seed;
	double rate_qps; /* steps, that is UPDATE messages, a second */
	bool constant;	 /* gaps all alike, else those of a Poisson process */
	double withdraw_ratio;
};

struct bgp_churn;

/*
 * `t` is borrowed, not empty, in order and left as it is. A step touches one route, or as one link's fate does, up to 16 that
 * share their attributes. Half of the steps fall on one route in a hundred: few prefixes cause most of what a
 * real router hears.
 */
int bgp_churn_new(
	struct bgp_churn **ret, const struct bgp_table *t, const struct bgp_churn_options *options);
void bgp_churn_free(struct bgp_churn *c);

/* The next step; there is always one. What it points to lives until the next call. */
void bgp_churn_next(struct bgp_churn *c, struct bgp_step *ret);

/*
 * The routes that are not told as the table has them now, from number `*at` on, which moves on. With `original` a step
 * takes them back there, else it tells them as they are now (after a route refresh). False when there are no more.
 */
bool bgp_churn_differing(struct bgp_churn *c, size_t *at, bool original, struct bgp_step *ret);

#endif
