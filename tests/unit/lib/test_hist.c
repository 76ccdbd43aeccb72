/* test_hist.c - the histogram against exact quantiles of the same values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <math.h>
#include <cmocka.h>

#include "lib/hist.h"
#include "lib/hist_json.h"
#include "lib/rng.h"

enum { VALUES = 20000 };

static int
by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int64_t
exact_ns(const int64_t *sorted, size_t n, double q)
{
	size_t rank = (size_t)ceil(q * (double)n);

	return sorted[rank == 0 ? 0 : rank - 1];
}

static void
compare(const struct hist *h, int64_t *values, size_t n)
{
	static const double qs[] = {0, 0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1};

	qsort(values, n, sizeof(*values), by_size);
	assert_int_equal(h->count, n);
	assert_int_equal(h->min_ns, values[0]);
	assert_int_equal(h->max_ns, values[n - 1]);
	for (size_t i = 0; i < sizeof(qs) / sizeof(qs[0]); i++) {
		int64_t want = exact_ns(values, n, qs[i]), got = hist_quantile_ns(h, qs[i]);

		assert_true(llabs(got - want) * 64 <= want);
	}
	assert_int_equal(hist_quantile_ns(h, 0), values[0]);
	assert_int_equal(hist_quantile_ns(h, 1), values[n - 1]);
}

static void
quantiles(void **state)
{
	int64_t *values = malloc(VALUES * sizeof(*values));
	struct rng r;

	(void)state;
	assert_non_null(values);
	rng_init(&r, 7);
	for (int shape = 0; shape < 3; shape++) {
		struct hist h;

		hist_reset(&h);
		for (size_t i = 0; i < VALUES; i++) {
			if (shape == 0) /* even over a small range */
				values[i] = (int64_t)rng_below(&r, 100000);
			else if (shape == 1) /* every octave alike */
				values[i] = (int64_t)exp2(rng_unit(&r) * 35.9);
			else /* two lumps with a hole between: a quantile must not fall in it */
				values[i] = rng_below(&r, 2) ? 1000 : 5000000;
			hist_add(&h, values[i]);
		}
		compare(&h, values, VALUES);
	}
	free(values);
}

static void
every_edge(void **state)
{
	(void)state;
	for (int bit = 0; bit <= 36; bit++) {
		for (int64_t off = -1; off <= 1; off++) {
			int64_t v = ((int64_t)1 << bit) + off;
			struct hist h;

			hist_reset(&h);
			hist_add(&h, 0);
			hist_add(&h, v);
			hist_add(&h, INT64_MAX);
			if (v < (int64_t)63 << 30)
				assert_true(llabs(hist_quantile_ns(&h, 0.5) - v) <= v / 64);
			else
				assert_int_equal(hist_quantile_ns(&h, 0.5), INT64_MAX);
			assert_int_equal(hist_quantile_ns(&h, 1), INT64_MAX);
		}
	}
}

static void
small_values_are_exact(void **state)
{
	struct hist h;

	(void)state;
	hist_reset(&h);
	for (int64_t v = 0; v < 64; v++)
		hist_add(&h, v);
	for (int64_t v = 0; v < 64; v++)
		assert_int_equal(hist_quantile_ns(&h, (double)(v + 1) / 64), v);
}

static void
empty_and_negative(void **state)
{
	struct hist h;

	(void)state;
	hist_reset(&h);
	assert_int_equal(hist_quantile_ns(&h, 0.5), 0);
	hist_add(&h, -5);
	assert_int_equal(h.count, 1);
	assert_int_equal(h.max_ns, 0);
	assert_int_equal(hist_quantile_ns(&h, 0.5), 0);
	assert_int_equal(hist_quantile_ns(&h, NAN), 0);
}

static void
merging_is_adding(void **state)
{
	struct hist all, odd, even;
	struct rng r;

	(void)state;
	rng_init(&r, 3);
	hist_reset(&all);
	hist_reset(&odd);
	hist_reset(&even);
	hist_merge(&all, &odd);
	assert_int_equal(all.count, 0);
	for (int i = 0; i < 1000; i++) {
		int64_t v = (int64_t)rng_below(&r, 1000000);

		hist_add(&all, v);
		hist_add(i % 2 ? &odd : &even, v);
	}
	hist_merge(&odd, &even);
	assert_memory_equal(&odd, &all, sizeof(all));
}

static void
as_json(void **state)
{
	struct hist h;
	json_t *j;

	(void)state;
	hist_reset(&h);
	hist_add(&h, 1500);
	j = hist_json_us(&h);
	assert_non_null(j);
	assert_int_equal(json_integer_value(json_object_get(j, "n")), 1);
	assert_true(fabs(json_real_value(json_object_get(j, "p999")) - 1.5) < 1e-9);
	assert_true(fabs(json_real_value(json_object_get(j, "max")) - 1.5) < 1e-9);
	json_decref(j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(quantiles),
		cmocka_unit_test(every_edge), cmocka_unit_test(small_values_are_exact),
		cmocka_unit_test(empty_and_negative), cmocka_unit_test(merging_is_adding),
		cmocka_unit_test(as_json)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
