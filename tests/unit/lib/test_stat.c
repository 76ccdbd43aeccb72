/* test_stat.c - quantiles, intervals and bounds against figures worked out elsewhere. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/stat.h"

static void
near(double value, double wanted, double within)
{
	if (!(fabs(value - wanted) <= within))
		fail_msg("%.9f is not %.9f", value, wanted);
}

/* As numpy.quantile(x, q) gives them. */
static void
quantiles(void **state)
{
	double x[] = {7, 1, 3, 10, 2};

	(void)state;
	stat_sort(x, 5);
	near(stat_quantile(x, 5, 0), 1, 0);
	near(stat_quantile(x, 5, 0.5), 3, 0);
	near(stat_quantile(x, 5, 0.25), 2, 0);
	near(stat_quantile(x, 5, 0.9), 8.8, 1e-12);
	near(stat_quantile(x, 5, 0.99), 9.88, 1e-12);
	near(stat_quantile(x, 5, 1), 10, 0);
	near(stat_quantile(x, 1, 0.7), 1, 0);
	assert_true(isnan(stat_quantile(x, 0, 0.5)));
	near(stat_mean(x, 5), 4.6, 1e-12);
	assert_true(isnan(stat_mean(x, 0)));
}

/* An infinite sample stands last and spoils only the quantiles that reach it. */
static void
infinite(void **state)
{
	double x[] = {INFINITY, 1, 2};

	(void)state;
	stat_sort(x, 3);
	near(stat_quantile(x, 3, 0.5), 2, 0);
	assert_true(isinf(stat_quantile(x, 3, 0.6)));
	assert_true(isinf(stat_quantile(x, 3, 1)));
}

static void
intervals(void **state)
{
	double x[5000], low, high, again_low, again_high;
	struct rng rng;

	(void)state;
	for (size_t i = 0; i < 5000; i++)
		x[i] = (double)i;
	rng_init(&rng, 1);
	assert_int_equal(stat_median_interval(x, 101, &rng, &low, &high), 0);
	/* By ranks it would be 50 -+ 9.85. */
	near(low, 40, 4);
	near(high, 60, 4);
	rng_init(&rng, 1);
	assert_int_equal(stat_median_interval(x, 101, &rng, &again_low, &again_high), 0);
	near(low, again_low, 0);
	near(high, again_high, 0);
	assert_int_equal(stat_median_interval(x, 5000, &rng, &low, &high), 0);
	near(low, 2499.5 - 69.3, 1);
	near(high, 2499.5 + 69.3, 1);
	assert_int_equal(stat_median_interval(x, 1, &rng, &low, &high), 0);
	assert_true(isnan(low) && isnan(high));
}

/* No miss: the table of the method. Some: scipy.stats.beta.ppf(0.95, k + 1, n - k). */
static void
miss_bounds(void **state)
{
	(void)state;
	near(stat_miss_bound(0, 5), 0.4507, 1e-4);
	near(stat_miss_bound(0, 10), 0.2589, 1e-4);
	near(stat_miss_bound(0, 20), 0.1391, 1e-4);
	near(stat_miss_bound(0, 30), 0.0950, 1e-4);
	near(stat_miss_bound(0, 59), 0.0495, 1e-4);
	near(stat_miss_bound(1, 10), 0.3942, 1e-4);
	near(stat_miss_bound(2, 20), 0.2826, 1e-4);
	near(stat_miss_bound(5, 5), 1, 0);
	near(stat_miss_bound(0, 0), 1, 0);
}

/* None seen: the rule of three. Some: scipy.stats.chi2.ppf(0.95, 2 * (k + 1)) / 2. */
static void
rate_bounds(void **state)
{
	(void)state;
	near(stat_rate_bound(0, 1), 2.9957, 1e-4);
	near(stat_rate_bound(0, 0.5), 5.9915, 1e-4);
	near(stat_rate_bound(1, 1), 4.7439, 1e-4);
	near(stat_rate_bound(2, 1), 6.2958, 1e-4);
	near(stat_rate_bound(3, 1), 7.7537, 1e-4);
	near(stat_rate_bound(10, 2), 16.9622 / 2, 1e-4);
	near(stat_rate_bound(500, 1), 538.7, 1);
	near(stat_rate_bound(501, 1), 539.7, 1);
	assert_true(isinf(stat_rate_bound(0, 0)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quantiles),
		cmocka_unit_test(infinite),
		cmocka_unit_test(intervals),
		cmocka_unit_test(miss_bounds),
		cmocka_unit_test(rate_bounds),
	};

	return cmocka_run_group_tests_name("stat", tests, NULL, NULL);
}
