/* test_change.c - changes of level: found where they are, with their size; rarely in what has none; never in too few. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/change.h"

enum { MAX = 8 };
static const struct change_least times = {100, 0.05};

static double
noise(struct rng *rng)
{
	double sum = 0;

	for (int i = 0; i < 12; i++)
		sum += rng_unit(rng);
	return sum - 6;
}

static size_t
find(const double *y, size_t n, struct change *c)
{
	struct rng rng;
	size_t found;

	rng_init(&rng, 1);
	assert_int_equal(change_points(y, n, &times, &rng, c, MAX, &found), 0);
	return found;
}

static void
two_steps_are_found_in_order(void **state)
{
	struct change c[MAX];
	struct rng rng;
	double y[40];

	(void)state;
	rng_init(&rng, 7);
	for (size_t i = 0; i < 40; i++)
		y[i] = 3650 + 40 * noise(&rng) + (i >= 12 ? -600 : 0) + (i >= 25 ? 1000 : 0);
	assert_int_equal(find(y, 40, c), 2);
	assert_int_equal(c[0].at, 12);
	assert_int_equal(c[1].at, 25);
	assert_true(fabs(c[0].shift + 600) < 60);
	assert_true(fabs(c[1].shift - 1000) < 60);
	assert_true(fabs(c[1].before - 3050) < 60 && fabs(c[1].after - 4050) < 60);
	assert_true(c[0].p_value <= CHANGE_ALPHA && c[0].p_value > 0);
}

/*
 * What `make gate-proof` measured: thirteen runs of one build, then three with a check that is 0.5 s later. A scan of rank sums
 * put the split before the tenth, where three of the first build happened to be a little later, and told nothing.
 */
static void
three_runs_far_off_are_enough(void **state)
{
	static const double y[] = {3080, 3092, 3090, 3081, 3076, 3076, 3085, 3080, 3074, 3093, 3095,
		3113, 3086, 3588, 3568, 3566};
	static const double alone[] = {3080, 3092, 3090, 3081, 3076, 3076, 3085, 3080, 3074, 3093,
		3095, 3113, 3086, 3588, 3068, 3966};
	struct change c[MAX];

	(void)state;
	assert_int_equal(find(y, 16, c), 1);
	assert_int_equal(c[0].at, 13);
	assert_true(fabs(c[0].shift - 483) < 10);
	assert_int_equal(find(alone, 16, c), 0);
}

/* A permutation test holds its level whatever the distribution: here one with a long tail. */
static void
without_a_change_one_in_a_hundred(void **state)
{
	const struct change_least any = {0, 0};
	struct change c[MAX];
	struct rng rng, order;
	size_t alarms = 0, found;
	double y[30];

	(void)state;
	rng_init(&rng, 3);
	rng_init(&order, 4);
	for (size_t k = 0; k < 400; k++) {
		for (size_t i = 0; i < 30; i++)
			y[i] = 1000 * exp(noise(&rng));
		assert_int_equal(change_points(y, 30, &any, &order, c, MAX, &found), 0);
		alarms += found > 0;
	}
	assert_true(alarms >= 1); /* 4 are expected; none would mean that it never speaks */
	assert_true(alarms <= 12);
}

static void
what_is_small_is_not_told(void **state)
{
	struct change c[MAX];
	double y[20];

	(void)state;
	for (size_t i = 0; i < 20; i++)
		y[i] = 3000 + (double)i + (i >= 10 ? 80 : 0);
	assert_int_equal(find(y, 20, c), 0);
	for (size_t i = 10; i < 20; i++)
		y[i] += 200;
	assert_int_equal(find(y, 20, c), 1);
}

static void
too_few_and_constant(void **state)
{
	struct change c[MAX];
	double y[10] = {1000, 1000, 5000, 5000, 5000};

	(void)state;
	assert_int_equal(find(y, 0, c), 0);
	assert_int_equal(find(y, 5, c), 0);
	for (size_t i = 0; i < 10; i++)
		y[i] = 1000;
	assert_int_equal(find(y, 10, c), 0);
}

/* What never came is later than all that came. */
static void
from_some_time_to_never(void **state)
{
	struct change c[MAX];
	double y[12];

	(void)state;
	for (size_t i = 0; i < 12; i++)
		y[i] = i < 6 ? 1000 + (double)i : (double)INFINITY;
	assert_int_equal(find(y, 12, c), 1);
	assert_int_equal(c[0].at, 6);
	assert_true(isinf(c[0].shift) && c[0].shift > 0 && isinf(c[0].after));
	assert_true(fabs(c[0].before - 1002.5) < 1e-9);
}

static void
more_changes_than_there_is_room_for(void **state)
{
	struct change c[1];
	struct rng rng;
	size_t found;
	double y[45];

	(void)state;
	rng_init(&rng, 1);
	for (size_t i = 0; i < 45; i++)
		y[i] = 1000 * (double)(1 + i / 15);
	assert_int_equal(change_points(y, 45, &times, &rng, c, 1, &found), -EOVERFLOW);
	assert_int_equal(found, 1);
	assert_int_equal(change_points(y, CHANGE_MAX + 1, &times, &rng, c, 1, &found), -ERANGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_steps_are_found_in_order),
		cmocka_unit_test(three_runs_far_off_are_enough),
		cmocka_unit_test(without_a_change_one_in_a_hundred),
		cmocka_unit_test(what_is_small_is_not_told),
		cmocka_unit_test(too_few_and_constant),
		cmocka_unit_test(from_some_time_to_never),
		cmocka_unit_test(more_changes_than_there_is_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
