/* test_lastmile.c - last miles: what is understood, and that the same seed draws the same. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "scenarios/lastmile.h"

static void
test_parse(void **state)
{
	static const char *const bad[] = {"", "5ms", "spread=2", "median=5",
		"median=5ms,spread=0.5", "median=5ms,spread=6", "median=5ms,max=4ms", "median=2s",
		"median=5ms,wide=1", "median=-5ms"};
	struct topo_last_mile m;
	struct err e;

	(void)state;
	assert_int_equal(last_mile_parse("median=5ms,spread=1.5,max=30ms", &m, &e), 0);
	assert_int_equal(m.median_ns, 5000000);
	assert_true(m.spread == 1.5);
	assert_int_equal(m.max_ns, 30000000);
	assert_int_equal(last_mile_parse("median=5ms", &m, &e), 0);
	assert_true(m.spread == 2);
	assert_int_equal(m.max_ns, 50000000);
	assert_int_equal(last_mile_parse("none", &m, &e), 0);
	assert_int_equal(m.median_ns, 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (last_mile_parse(bad[i], &m, &e) != -EINVAL)
			fail_msg("'%s' was taken", bad[i]);
}

static int
by_value(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* 2000 clients: a fixed seed, so the quantiles are facts and not chances. */
static void
test_draw(void **state)
{
	enum { N = 2000 };
	const struct topo_last_mile m = {5000000, 2, 40000000}, flat = {5000000, 1, 50000000};
	static int64_t ns[N];
	char source[32];
	double median, p84;

	(void)state;
	for (int i = 0; i < N; i++) {
		snprintf(source, sizeof(source), "198.18.%d.%d", i / 256, i % 256);
		ns[i] = last_mile_draw_ns(&m, 7, source);
		assert_int_equal(ns[i], last_mile_draw_ns(&m, 7, source));
		assert_int_equal(last_mile_draw_ns(&flat, 7, source), 5000000);
		assert_true(ns[i] > 0 && ns[i] <= m.max_ns);
	}
	assert_int_not_equal(
		last_mile_draw_ns(&m, 7, "198.18.0.1"), last_mile_draw_ns(&m, 8, "198.18.0.1"));
	qsort(ns, N, sizeof(ns[0]), by_value);
	median = (double)ns[N / 2] / 1e6;
	p84 = (double)ns[N * 84 / 100] / 1e6;
	assert_true(fabs(median - 5) < 0.3);
	assert_true(
		fabs(p84 / median - 2) < 0.15); /* one standard deviation up: times the spread */
	assert_int_equal(ns[N - 1], m.max_ns);
}

static json_t *
plan(void)
{
	return json_loads("{\"streams\": [{\"city\": \"c\", \"source\": \"10.0.0.1\"},"
			  "{\"city\": \"d\", \"source\": \"10.0.0.2\"}]}",
		0, NULL);
}

static void
test_plan(void **state)
{
	static const char text[] =
		"name: x\nlast_mile: {median: 4ms, spread: 1}\n"
		"anycast: {prefixes: [10.0.0.0/24], addresses: [10.0.0.1], zone: z.}\n"
		"cities: {c: {lat: 0, lon: 0}, d: {lat: 0, lon: 0, last_mile: {median: 0s}}}\n"
		"roles: {r: {}}\nnodes: {n1: {role: r, city: c}, n2: {role: r, city: d}}\n"
		"links: [{a: \"n1:x\", b: \"n2:x\", delay: 1ms}]\n";
	const struct topo_last_mile every = {9000000, 1, 90000000}, none = {0, 1, 0};
	struct topology *t;
	json_t *p = plan(), *streams = json_object_get(p, "streams");

	(void)state;
	assert_int_equal(topology_parse("t", text, sizeof(text) - 1, &t), 0);
	assert_int_equal(conf_report(t->conf), 0);
	last_mile_plan(p, t, NULL, 1);
	assert_int_equal(
		json_integer_value(json_object_get(json_array_get(streams, 0), "last_mile_ns")),
		4000000);
	assert_null(json_object_get(json_array_get(streams, 1), "last_mile_ns"));
	assert_int_equal(
		json_object_size(json_object_get(json_object_get(p, "last_mile"), "cities")), 1);
	last_mile_plan(p, t, &every, 1);
	assert_int_equal(
		json_integer_value(json_object_get(json_array_get(streams, 1), "last_mile_ns")),
		9000000);
	json_decref(p);
	p = plan();
	last_mile_plan(p, t, &none, 1);
	assert_null(json_object_get(p, "last_mile"));
	json_decref(p);
	topology_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_draw),
		cmocka_unit_test(test_plan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
