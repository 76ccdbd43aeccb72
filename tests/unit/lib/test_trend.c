/* test_trend.c - the robust slope: exact on a line, deaf to outliers and to noise, and not said of too few. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/rng.h"
#include "lib/trend.h"

static void
a_line_with_outliers_and_holes(void **state)
{
	double y[100];
	struct trend t;

	(void)state;
	for (int i = 0; i < 100; i++)
		y[i] = i % 10 == 3 ? 5000 : i % 10 == 7 ? (double)NAN : 20 + 0.5 * i;
	assert_int_equal(trend_of(y, 100, &t), 0);
	assert_true(fabs(t.slope - 0.5) < 1e-9);
	assert_true(t.low <= 0.5 && t.high >= 0.5 && t.low > 0);
}

/* The interval contains 0 in about 95 of 100 series of pure noise. */
static void
noise_has_no_trend(void **state)
{
	struct rng rng;
	int outside = 0;

	(void)state;
	rng_init(&rng, 7);
	for (int k = 0; k < 200; k++) {
		double y[60];
		struct trend t;

		for (int i = 0; i < 60; i++)
			y[i] = (double)rng_below(&rng, 1000000) / 1e4;
		assert_int_equal(trend_of(y, 60, &t), 0);
		outside += t.low > 0 || t.high < 0;
	}
	assert_in_range(outside, 1, 24);
}

static void
ties_and_too_few(void **state)
{
	double y[TREND_MAX + 1];
	struct trend t = {.slope = 7};

	(void)state;
	for (int i = 0; i <= TREND_MAX; i++)
		y[i] = 3;
	assert_int_equal(trend_of(y, 9, &t), -ERANGE);
	assert_int_equal(trend_of(y, TREND_MAX + 1, &t), -ERANGE);
	assert_true(fabs(t.slope - 7) < 1e-9);
	assert_int_equal(trend_of(y, 10, &t), 0);
	assert_true(fabs(t.slope) < 1e-9 && fabs(t.low) < 1e-9 && fabs(t.high) < 1e-9);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_with_outliers_and_holes),
		cmocka_unit_test(noise_has_no_trend),
		cmocka_unit_test(ties_and_too_few),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
