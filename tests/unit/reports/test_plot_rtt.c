/* test_plot_rtt.c - the distribution of round trips: what is documented of them stands in it, once for both families. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/reports/place.h"

static json_t *
run_with_spread(void)
{
	json_t *root = sample_run(5, 1);
	json_t *spread = json_pack("{s:{s:i,s:[f,f,f],s:[f,f,f]},s:n,s:n}", "before", "n", 900,
		"share_ratio", 0.0, 0.5, 1.0, "rtt_ms", 3.0, 18.0, 60.0, "during", "after");

	assert_non_null(spread);
	json_object_set_new(root, "rtt_spread", spread);
	return root;
}

static void
add_target(json_t *root, const char *id, const char *family, double ms)
{
	json_t *target = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:f,s:s,s:f,s:i}", "id", id,
		"family", family, "verdict", "modelled", "documented", "so much", "metric",
		"anycast_rtt_ms", "statistic", "p50", "comparison", "<=", "target", ms, "unit",
		"ms", "measured", 6.1, "n", 30);

	assert_non_null(target);
	json_array_append_new(json_object_get(root, "targets"), target);
}

static size_t
times(const char *text, const char *what)
{
	size_t n = 0;

	for (; (text = strstr(text, what)) != NULL; text++)
		n++;
	return n;
}

static void
test_documented(void **state)
{
	json_t *root = run_with_spread();
	struct place p;

	(void)state;
	add_target(root, "rtt-tokyo", "v4", 19);
	add_target(root, "rtt-tokyo", "v6", 19);
	add_target(root, "rtt-far", "v4", 400); /* beyond every answer: the axis goes there */
	assert_int_equal(report(&p, "rtt-gates", root, false), 0);
	assert_int_equal(times(p.html, "rtt-tokyo ≤ 19 ms"), 2); /* wide and narrow */
	assert_int_equal(times(p.html, "rtt-far ≤ 400 ms"), 2);
	assert_has(p.html, "Upright lines: what is documented");
	assert_clean(&p);
	place_done(&p);
}

static void
test_none(void **state)
{
	struct place p;

	(void)state;
	assert_int_equal(report(&p, "rtt-no-gates", run_with_spread(), false), 0);
	assert_has(p.html, "Half of all round trips took 18.0 ms or less");
	assert_lacks(p.html, "Upright lines");
	place_done(&p);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_documented),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
