/* test_rng.c - the same numbers as the authors of the algorithms give, evenly spread. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "lib/rng.h"

/* Computed apart from this program, from the published definitions of splitmix64 and xoshiro256**. */
static void
vectors(void **state)
{
	static const struct {
		uint64_t seed, filled[4], out[4];
	} rows[] = {
		{0,
			{0xe220a8397b1dcdaf, 0x6e789e6aa1b965f4, 0x06c45d188009454f,
				0xf88bb8a8724c81ec},
			{0x99ec5f36cb75f2b4, 0xbf6e1f784956452a, 0x1a5f849d4933e6e0,
				0x6aa594f1262d2d2c}},
		{42,
			{0xbdd732262feb6e95, 0x28efe333b266f103, 0x47526757130f9f52,
				0x581ce1ff0e4ae394},
			{0x15780b2e0c2ec716, 0x6104d9866d113a7e, 0xae17533239e499a1,
				0xecb8ad4703b360a1}},
		{UINT64_MAX,
			{0xe4d971771b652c20, 0xe99ff867dbf682c9, 0x382ff84cb27281e9,
				0x6d1db36ccba982d2},
			{0x8f5520d52a7ead08, 0xc476a018caa1802d, 0x81de31c0d260469e,
				0xbf658d7e065f3c2f}},
	};
	struct rng r = {{1, 2, 3, 4}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rng s;

		rng_init(&s, rows[i].seed);
		assert_memory_equal(s.state, rows[i].filled, sizeof(s.state));
		for (int k = 0; k < 4; k++)
			assert_true(rng_u64(&s) == rows[i].out[k]);
	}
	/* The vector that other implementations test themselves with. */
	assert_true(rng_u64(&r) == 11520);
	assert_true(rng_u64(&r) == 0);
	assert_true(rng_u64(&r) == 1509978240);
	assert_true(rng_u64(&r) == 1215971899390074240);
}

enum { DRAWS = 100000, BINS = 10 };

static double
chi_square(const unsigned int counts[static BINS], unsigned int bins)
{
	double expected = (double)DRAWS / bins, sum = 0;

	for (unsigned int i = 0; i < bins; i++)
		sum += (counts[i] - expected) * (counts[i] - expected) / expected;
	return sum;
}

/* Limits: the 0.999 quantile of chi-square at 9 and at 2 degrees of freedom. */
static void
uniform(void **state)
{
	const uint64_t wide = (uint64_t)3 << 62;
	unsigned int small[BINS] = {0}, thirds[BINS] = {0}, units[BINS] = {0};
	struct rng r;

	(void)state;
	rng_init(&r, 20261122);
	for (int i = 0; i < DRAWS; i++) {
		uint64_t x = rng_below(&r, BINS);
		double u = rng_unit(&r);

		assert_true(x < BINS);
		assert_true(u >= 0 && u < 1);
		small[x]++;
		units[(size_t)(u * BINS)]++;
		/* A plain modulo would hit the lowest third twice as often. */
		thirds[rng_below(&r, wide) / ((uint64_t)1 << 62)]++;
	}
	assert_true(chi_square(small, BINS) < 27.88);
	assert_true(chi_square(units, BINS) < 27.88);
	assert_true(chi_square(thirds, 3) < 13.82);
}

static void
bounds(void **state)
{
	struct rng r;

	(void)state;
	rng_init(&r, 1);
	assert_true(rng_below(&r, 0) == 0);
	for (int i = 0; i < 1000; i++) {
		assert_true(rng_below(&r, 1) == 0);
		assert_true(rng_below(&r, UINT64_MAX) < UINT64_MAX);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors),
		cmocka_unit_test(uniform),
		cmocka_unit_test(bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
