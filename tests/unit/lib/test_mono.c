/* test_mono.c - instants: their sums, what is left until one, how one is written. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <limits.h>

#include "lib/mono.h"

/* Between two readings of the clock the true rest is known to lie; rounding up adds under 1 ms. */
static void
left(void **state)
{
	static const int64_t ahead_ns[] = {
		1, 999999, 1000000, 1000001, 5 * NS_PER_MS, 250 * NS_PER_MS + 1, 3600 * NS_PER_S};

	(void)state;
	for (size_t i = 0; i < sizeof(ahead_ns) / sizeof(ahead_ns[0]); i++) {
		struct mono deadline = mono_add(mono_now(), ahead_ns[i]);
		struct mono before = mono_now();
		int left_ms = mono_left_ms(deadline);
		struct mono after = mono_now();
		int64_t most_ns = mono_diff_ns(deadline, before);
		int64_t least_ns = mono_diff_ns(deadline, after);

		/* Never shorter than what was left, by less than a millisecond longer. */
		assert_true(left_ms >= 0 && left_ms * NS_PER_MS >= least_ns);
		assert_true(left_ms == 0 || left_ms * NS_PER_MS < most_ns + NS_PER_MS);
	}
	assert_int_equal(mono_left_ms(mono_now()), 0);
	assert_int_equal(mono_left_ms(mono_add(mono_now(), -5)), 0);
	assert_int_equal(mono_left_ms((struct mono){0}), 0);
	assert_int_equal(mono_left_ms((struct mono){INT64_MAX}), INT_MAX);
}

static void
sums(void **state)
{
	struct mono a = {2500000001}, b = mono_add(a, -NS_PER_S);
	struct timespec ts = mono_timespec(a);

	(void)state;
	assert_int_equal(mono_diff_ns(b, a), -NS_PER_S);
	assert_int_equal(wall_diff_ns((struct wall){7}, (struct wall){9}), -2);
	assert_int_equal(ts.tv_sec, 2);
	assert_int_equal(ts.tv_nsec, 500000001);
	a = mono_now();
	assert_true(mono_diff_ns(mono_now(), a) >= 0);
}

/* Instants as `date -u -d @S +%Y%m%dT%H%M%SZ` writes them; fractions are cut, not rounded. */
static void
stamps(void **state)
{
	static const struct {
		int64_t ns;
		const char *text;
	} rows[] = {{0, "19700101T000000Z"}, {951782400 * NS_PER_S, "20000229T000000Z"},
		{1795359845 * NS_PER_S + 999999999, "20261122T150405Z"},
		{4102444799 * NS_PER_S, "20991231T235959Z"}};
	char out[17];

	(void)state;
	setenv("TZ", "Asia/Tokyo", 1);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		wall_stamp((struct wall){rows[i].ns}, out);
		assert_string_equal(out, rows[i].text);
	}
}

static void
offset(void **state)
{
	int64_t error_ns = -1, offset_ns = clock_offset_ns(&error_ns);
	int64_t real_ns = wall_now().ns, apart_ns = real_ns - mono_now().ns - offset_ns;

	(void)state;
	assert_true(error_ns >= 0 && error_ns < NS_PER_S);
	/* A second allows for a preempted test; a wrong sign or clock is off by years. */
	assert_true(apart_ns > -NS_PER_S && apart_ns < NS_PER_S);
	clock_offset_ns(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(left),
		cmocka_unit_test(sums),
		cmocka_unit_test(stamps),
		cmocka_unit_test(offset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
