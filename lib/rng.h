/* rng.h - repeatable random numbers: the same seed gives the same schedule on every machine. */
#ifndef LIB_RNG_H
#define LIB_RNG_H

#include <stdint.h>

struct rng {
	uint64_t state[4];
};

/* xoshiro256** seeded through splitmix64 (Blackman and Vigna, public domain algorithms). */
void rng_init(struct rng *r, uint64_t seed);
uint64_t rng_u64(struct rng *r);

/* Uniform in [0, bound), without modulo bias; 0 when bound is 0. */
uint64_t rng_below(struct rng *r, uint64_t bound);

/* Uniform in [0, 1). */
double rng_unit(struct rng *r);

#endif
