/* test_num.c - numbers with units: what is taken, what is refused, and with which error. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/num.h"

static void
durations(void **state)
{
	static const struct {
		const char *text;
		int rc;
		int64_t ns;
	} rows[] = {{"0", 0, 0}, {"300ms", 0, 300000000}, {"1.5s", 0, 1500000000},
		{"85us", 0, 85000}, {"2min", 0, 120000000000}, {"1h", 0, 3600000000000},
		{"", -EINVAL, 0}, {"5", -EINVAL, 0}, {"-5s", -EINVAL, 0}, {" 5s", -EINVAL, 0},
		{"5s ", -EINVAL, 0}, {"5.s", -EINVAL, 0}, {".s", -EINVAL, 0}, {"1e3s", -EINVAL, 0},
		{"0x5s", -EINVAL, 0}, {"nans", -EINVAL, 0}, {"99999999999h", -ERANGE, 0},
		{"5 s", -EINVAL, 0}, {"1.2.3s", -EINVAL, 0}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t ns = -1;

		assert_int_equal(num_duration_ns(rows[i].text, &ns), rows[i].rc);
		assert_int_equal(ns, rows[i].rc == 0 ? rows[i].ns : -1);
	}
}

static void
others(void **state)
{
	double d = -1;
	uint64_t u = 7;

	(void)state;
	assert_int_equal(num_qps("5kqps", &d), 0);
	assert_true(d == 5000);
	assert_int_equal(num_ratio("30%", &d), 0);
	assert_true(d > 0.2999 && d < 0.3001);
	assert_int_equal(num_ratio("130%", &d), -ERANGE);
	assert_int_equal(num_bytes("1MiB", &u), 0);
	assert_int_equal(u, 1048576);
	assert_int_equal(num_bps("10mbit", &u), 0);
	assert_int_equal(u, 10000000);
	assert_int_equal(num_bps("1.5Gbit", &u), 0);
	assert_int_equal(u, 1500000000);
	assert_int_equal(num_u64("18446744073709551616", 0, UINT64_MAX, &u), -ERANGE);
	assert_int_equal(num_u64("12a", 0, 100, &u), -EINVAL);
	assert_int_equal(num_double("-22.9", -90, 90, &d), 0);
	assert_true(d == -22.9);
	assert_int_equal(num_double("91", -90, 90, &d), -ERANGE);
}

static void
shown(void **state)
{
	char s[24];

	(void)state;
	assert_string_equal(num_show_ns(3650000000, s), "3.65 s");
	assert_string_equal(num_show_ns(120400000, s), "120 ms");
	assert_string_equal(num_show_ns(1400000, s), "1.4 ms");
	assert_string_equal(num_show_ns(85000, s), "85 µs");
	assert_string_equal(num_show_ns(0, s), "0 s");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(durations), cmocka_unit_test(others), cmocka_unit_test(shown)};

	return cmocka_run_group_tests_name("num", tests, NULL, NULL);
}
