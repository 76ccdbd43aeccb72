/*
 * test_rank.c - Mann and Whitney, Hodges and Lehmann, against two oracles: every assignment of ranks counted out one by
 * one, and the GNU Scientific Library's normal distribution and medians.
 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_combination.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>

#include "lib/rank.h"
#include "lib/rng.h"

static bool
close_to(double a, double b, double share)
{
	return fabs(a - b) <= share * fmax(1e-12, fabs(b));
}

/* Pairs in which b is the greater, by looking at each. */
static double
count_u(const double *a, size_t na, const double *b, size_t nb)
{
	double u = 0;

	for (size_t i = 0; i < na; i++)
		for (size_t k = 0; k < nb; k++)
			u += b[k] > a[i] ? 1 : b[k] < a[i] ? 0 : 0.5;
	return u;
}

/* The share of all ways to choose who is of b that come to at least the u there is. */
static double
permuted_p(const double *a, size_t na, const double *b, size_t nb)
{
	gsl_combination *c = gsl_combination_calloc(na + nb, nb);
	double all[32], seen = count_u(a, na, b, nb), ways = 0, at_least = 0;

	memcpy(all, a, na * sizeof(*a));
	memcpy(all + na, b, nb * sizeof(*b));
	do {
		double x[32], y[32];
		size_t nx = 0, ny = 0;

		for (size_t i = 0; i < na + nb; i++) {
			if (ny < nb && gsl_combination_get(c, ny) == i)
				y[ny++] = all[i];
			else
				x[nx++] = all[i];
		}
		ways++;
		at_least += count_u(x, nx, y, ny) >= seen - 1e-9;
	} while (gsl_combination_next(c) == GSL_SUCCESS);
	gsl_combination_free(c);
	return at_least / ways;
}

/* Few distinct values make ties. */
static void
draw(struct rng *rng, double *v, size_t n, uint64_t distinct)
{
	for (size_t i = 0; i < n; i++)
		v[i] = distinct > 0 ? (double)rng_below(rng, distinct) : rng_unit(rng);
}

static void
as_every_permutation_says(void **state)
{
	struct rng rng;

	(void)state;
	rng_init(&rng, 11);
	for (int k = 0; k < 300; k++) {
		double a[8], b[6];
		size_t na = 1 + rng_below(&rng, 8), nb = 1 + rng_below(&rng, 6);
		uint64_t distinct = k % 3 == 0 ? 0 : 1 + rng_below(&rng, 6);
		struct rank_test t;

		draw(&rng, a, na, distinct);
		draw(&rng, b, nb, distinct);
		if (k % 10 == 0)
			b[0] = INFINITY;
		assert_int_equal(rank_test(a, na, b, nb, &t), 0);
		assert_true(t.exact);
		assert_true(close_to(t.u, count_u(a, na, b, nb), 1e-12));
		assert_true(close_to(t.p_value, permuted_p(a, na, b, nb), 1e-9));
	}
}

/* The shift alone is that of the whole, and has no bound. */
static void
shift_alone(void **state)
{
	static double a[3000], b[3];
	struct rank_shift whole;
	struct rng rng;
	double shift;

	(void)state;
	rng_init(&rng, 9);
	for (int k = 0; k < 100; k++) {
		size_t na = 1 + rng_below(&rng, 20), nb = 1 + rng_below(&rng, 3);

		draw(&rng, a, na, k % 2 ? 5 : 0);
		draw(&rng, b, nb, k % 2 ? 6 : 0);
		if (k % 5 == 0)
			b[0] = INFINITY;
		assert_int_equal(rank_shift(a, na, b, nb, 0.95, &whole), 0);
		assert_int_equal(rank_median_shift(a, na, b, nb, &shift), 0);
		assert_true(shift == whole.shift);
	}
	for (int i = 0; i < 3000; i++)
		a[i] = i < 1500 ? 0 : 1;
	b[0] = b[1] = b[2] = 7;
	assert_int_equal(rank_median_shift(a, 3000, b, 3, &shift), 0);
	assert_true(shift == 6.5);
	assert_int_equal(rank_median_shift(a, 0, b, 3, &shift), -ERANGE);
	b[1] = NAN;
	assert_int_equal(rank_median_shift(a, 3000, b, 3, &shift), -EINVAL);
}

/* Beyond what is counted out: the normal distribution as GSL has it, with the ties' correction. */
static void
large_samples_as_the_normal_distribution(void **state)
{
	static double a[300], b[150];
	struct rng rng;

	(void)state;
	rng_init(&rng, 5);
	for (int k = 0; k < 20; k++) {
		double ties = 0, n = 450, mean = 300 * 150 / 2.0, sd;
		struct rank_test t;

		draw(&rng, a, 300, k % 2 ? 10 : 0);
		draw(&rng, b, 150, k % 2 ? 11 : 0);
		for (int v = 0; k % 2 && v < 11; v++) {
			double g = 0;

			for (int i = 0; i < 300; i++)
				g += fabs(a[i] - v) < 0.1;
			for (int i = 0; i < 150; i++)
				g += fabs(b[i] - v) < 0.1;
			ties += g * g * g - g;
		}
		sd = sqrt(300 * 150 / 12.0 * (n + 1 - ties / (n * (n - 1))));
		assert_int_equal(rank_test(a, 300, b, 150, &t), 0);
		assert_false(t.exact);
		assert_true(close_to(t.p_value,
			gsl_cdf_ugaussian_Q((count_u(a, 300, b, 150) - 0.5 - mean) / sd), 1e-9));
	}
}

/* At the seam the two ways of reckoning agree: what is counted out for 50 and 50 values is nearly normal already. */
static void
exact_and_normal_meet(void **state)
{
	double a[50], b[50];
	struct rng rng;

	(void)state;
	rng_init(&rng, 3);
	for (int k = 0; k < 30; k++) {
		struct rank_test t;
		double z;

		draw(&rng, a, 50, 0);
		draw(&rng, b, 50, 0);
		assert_int_equal(rank_test(a, 50, b, 50, &t), 0);
		assert_true(t.exact);
		z = (t.u - 0.5 - 1250) / sqrt(50 * 50 * 101 / 12.0);
		assert_true(fabs(t.p_value - gsl_cdf_ugaussian_Q(z)) < 0.001);
	}
}

static void
shift_is_the_median_difference(void **state)
{
	struct rng rng;

	(void)state;
	rng_init(&rng, 8);
	for (int k = 0; k < 100; k++) {
		double a[30], b[20], d[600];
		size_t na = 1 + rng_below(&rng, 30), nb = 1 + rng_below(&rng, 20), n = 0;
		struct rank_shift s;

		draw(&rng, a, na, 0);
		draw(&rng, b, nb, 0);
		for (size_t i = 0; i < na; i++)
			for (size_t j = 0; j < nb; j++)
				d[n++] = b[j] - a[i];
		gsl_sort(d, 1, n);
		assert_int_equal(rank_shift(a, na, b, nb, 0.95, &s), 0);
		assert_true(fabs(s.shift - gsl_stats_median_from_sorted_data(d, 1, n)) < 1e-12);
		assert_true(s.low <= s.shift && s.shift <= s.high);
	}
}

/*
 * The interval's ends are where the test turns: b moved back by less than `low` is still greater at 2.5 %, by a little more
 * it is not. Found by the permutations, which know nothing of critical values.
 */
static void
interval_is_where_the_test_turns(void **state)
{
	struct rng rng;

	(void)state;
	rng_init(&rng, 21);
	for (int k = 0; k < 30; k++) {
		double a[7], b[6], moved[6];
		struct rank_shift s;

		draw(&rng, a, 7, 0);
		draw(&rng, b, 6, 0);
		assert_int_equal(rank_shift(a, 7, b, 6, 0.95, &s), 0);
		assert_true(isfinite(s.low) && isfinite(s.high));
		for (int i = 0; i < 6; i++)
			moved[i] = b[i] - s.low + 1e-9;
		assert_true(permuted_p(a, 7, moved, 6) <= 0.025);
		for (int i = 0; i < 6; i++)
			moved[i] = b[i] - s.low - 1e-9;
		assert_true(permuted_p(a, 7, moved, 6) > 0.025);
		for (int i = 0; i < 6; i++)
			moved[i] = b[i] - s.high - 1e-9;
		assert_true(permuted_p(moved, 6, a, 7) <= 0.025);
	}
}

/* ... and covers a true shift as often as it says. */
static void
interval_covers(void **state)
{
	struct rng rng;
	int covered = 0;

	(void)state;
	rng_init(&rng, 2);
	for (int k = 0; k < 1000; k++) {
		double a[30], b[10];
		struct rank_shift s;

		draw(&rng, a, 30, 0);
		draw(&rng, b, 10, 0);
		for (int i = 0; i < 10; i++)
			b[i] += 0.4;
		assert_int_equal(rank_shift(a, 30, b, 10, 0.95, &s), 0);
		covered += s.low <= 0.4 && 0.4 <= s.high;
	}
	assert_in_range(covered, 930, 985);
}

static void
ends_of_what_can_be_said(void **state)
{
	static const double a[] = {1, 2, 3}, b[] = {4, 5}, same[] = {7, 7, 7, 7};
	static const double never[] = {INFINITY, INFINITY, INFINITY}, broken[] = {1, NAN};
	static double many[RANK_MAX + 1];
	struct rank_test t = {.u = 77};
	struct rank_shift s = {.shift = 77};

	(void)state;
	assert_int_equal(rank_test(a, 0, b, 2, &t), -ERANGE);
	assert_int_equal(rank_test(a, 3, b, 0, &t), -ERANGE);
	assert_int_equal(rank_test(many, RANK_MAX, b, 1, &t), -ERANGE);
	assert_int_equal(rank_test(a, 3, broken, 2, &t), -EINVAL);
	assert_int_equal(rank_shift(broken, 2, b, 2, 0.95, &s), -EINVAL);
	assert_true(t.u > 76 && s.shift > 76);

	assert_int_equal(rank_test(a, 3, b, 2, &t), 0);
	assert_true(close_to(t.p_value, 0.1, 1e-12) && close_to(rank_least_p(3, 2), 0.1, 1e-12));
	assert_int_equal(rank_test(a, 1, b, 1, &t), 0);
	assert_true(close_to(t.p_value, 0.5, 1e-12));
	assert_true(close_to(rank_least_p(30, 5), 1 / 324632.0, 1e-9));
	assert_true(close_to(rank_least_p(0, 5), 1, 1e-12));

	/* All alike: nothing speaks for a shift. */
	assert_int_equal(rank_test(same, 4, same, 4, &t), 0);
	assert_true(close_to(t.p_value, 1, 1e-12));
	for (int i = 0; i < RANK_MAX; i++)
		many[i] = 7;
	assert_int_equal(rank_test(many, 500, many, 500, &t), 0);
	assert_true(!t.exact && close_to(t.p_value, 1, 1e-12));

	/* What never came is later than all that came, and no shift of what never came either. */
	assert_int_equal(rank_test(a, 3, never, 3, &t), 0);
	assert_true(close_to(t.p_value, 0.05, 1e-12));
	assert_int_equal(rank_shift(a, 3, never, 3, 0.95, &s), 0);
	assert_true(isinf(s.shift) && s.shift > 0);
	assert_int_equal(rank_shift(never, 3, never, 3, 0.95, &s), 0);
	assert_true(fabs(s.shift) < 1e-12);

	/* So few that no interval of 95 % can be had. */
	assert_int_equal(rank_shift(a, 3, b, 2, 0.95, &s), 0);
	assert_true(isinf(s.low) && isinf(s.high) && close_to(s.shift, 2.5, 1e-12));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_every_permutation_says),
		cmocka_unit_test(shift_alone),
		cmocka_unit_test(large_samples_as_the_normal_distribution),
		cmocka_unit_test(exact_and_normal_meet),
		cmocka_unit_test(shift_is_the_median_difference),
		cmocka_unit_test(interval_is_where_the_test_turns),
		cmocka_unit_test(interval_covers),
		cmocka_unit_test(ends_of_what_can_be_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
