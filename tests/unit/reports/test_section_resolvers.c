/* test_section_resolvers.c - what the report says of resolvers' users: its title is the finding, in each kind of run. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "tests/unit/reports/text.h"

static struct lookups
seen(double lookups, double servfail, double unanswered, double over_1s, double over_100ms)
{
	struct stats s = {.n = lookups, .min = 1, .p50 = 5, .p99 = 80, .max = 1900};

	return (struct lookups){.lookups = lookups,
		.good = lookups - servfail - unanswered,
		.servfail = servfail,
		.unanswered = unanswered,
		.over_1s = over_1s,
		.over_100ms = over_100ms,
		.latency_ms = s,
		.added_ms = s};
}

/* The section of these resolvers, in `text`. */
static void
section(struct resolver *list, size_t n, char *text, size_t text_bytes)
{
	struct result r = {.resolvers = list, .n_resolvers = n};
	struct buf b = {0};

	section_resolvers(&b, &r);
	assert_false(b.failed);
	snprintf(text, text_bytes, "%s", b.len == 0 ? "" : b.data);
	buf_done(&b);
}

static void
findings(void **state)
{
	struct resolver list[] = {
		{.city = "hkg",
			.title = "Hong Kong",
			.label = "unbound",
			.software = "Unbound",
			.version = "1.2",
			.family = "v4",
			.affected = true,
			.seen = {seen(20, 0, 0, 0, 0), seen(100, 0, 7, 3, 9),
				seen(50, 0, 0, 0, 0)}},
		{.city = "hkg",
			.title = "Hong <b>Kong",
			.label = "bind",
			.software = "BIND",
			.family = "v6",
			.affected = true,
			.seen = {seen(20, 0, 0, 0, 0), seen(100, 5, 0, 1, 2),
				seen(50, 1, 0, 0, 0)}},
		{.city = "gru",
			.title = "São Paulo",
			.label = "bind",
			.software = "BIND",
			.family = "v4",
			.seen = {seen(20, 0, 0, 0, 0), seen(100, 0, 0, 0, 0),
				seen(50, 0, 0, 0, 0)}},
	};
	char text[16384];

	(void)state;
	section(list, 3, text, sizeof(text));
	/* Of the affected cities' users alone. */
	assert_has(text,
		"<h2>Users of real resolvers: 12 of 200 lookups failed, 4 took more than 1 s "
		"longer than usual</h2>");
	assert_has(text,
		"Unbound 1.2: 7 of 100 lookups failed, 7 for want of an answer in time; 3 took "
		"more than 1 s longer than usual. ");
	assert_has(text, "BIND: 5 of 100 lookups failed, 5 with SERVFAIL; 1 took");
	assert_has(text,
		"In the cities that were not affected, none of 100 lookups failed and none took "
		"100 ms longer than usual.");
	assert_has(text, "After the return, 1 of 150 lookups failed.");
	assert_has(text, "Before the fault, none of 60 lookups failed.");
	assert_has(text, "BIND in Hong &lt;b&gt;Kong");
	assert_null(strstr(text, "Paulo")); /* nothing happened there: no row */

	/* None failed: the next worst thing is the title. */
	list[0].seen[WHEN_DURING] = seen(100, 0, 0, 0, 9);
	list[1].seen[WHEN_DURING] = seen(100, 0, 0, 0, 0);
	section(list, 2, text, sizeof(text));
	assert_has(text,
		"none of 200 lookups failed, 9 took more than 100 ms longer than usual, none 1 "
		"s</h2>");
}

/* Without a fault all is before; without resolvers there is no section. */
static void
nothing_broken(void **state)
{
	struct resolver one = {.city = "hkg",
		.title = "Hong Kong",
		.label = "bind",
		.family = "v4",
		.seen = {seen(30, 0, 0, 0, 0), seen(0, 0, 0, 0, 0), seen(0, 0, 0, 0, 0)}};
	char text[16384];

	(void)state;
	section(&one, 1, text, sizeof(text));
	assert_has(text, "none of 30 lookups failed, none took 100 ms longer than usual</h2>");
	assert_null(strstr(text, "<table"));
	section(NULL, 0, text, sizeof(text));
	assert_string_equal(text, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(findings),
		cmocka_unit_test(nothing_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
