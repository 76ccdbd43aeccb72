/* test_sweep_page.c - a sweep's page: what nothing beats, what is said, holes that are told, markup that stays text. */
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

#include "reports/sweep.h"
#include "reports/sweep_page.h"
#include "tests/unit/top.h"

static void
pareto(void **state)
{
	const double x[] = {1, 2, 3, 3, 2, NAN, 0.5}, y[] = {9, 5, 5, 1, 5, 0, INFINITY};
	const bool wanted[] = {true, true, false, true, true, false, false};
	bool front[7];

	(void)state;
	sweep_pareto(x, y, 7, front);
	for (size_t i = 0; i < 7; i++)
		assert_int_equal(front[i], wanted[i]);
}

/* `items` are combinations of a sweep of two knobs, fall 1, 2 and rise 1, 2. */
static void
write_doc(const char *items)
{
	struct buf b = {0};
	char path[64];
	struct err e;

	buf_add(&b,
		"{\"schema\": \"catchment.sweep/1\", \"scenario\": \"dns-crash\", \"title\": \"It "
		"<dies>\","
		"\"variant\": \"documented\", \"complete\": true, \"asked\": {\"trials\": 1, "
		"\"idle_s\": 30},"
		"\"knobs\": [{\"name\": \"fall\", \"about\": \"<b>\", \"unit\": \"\", \"now\": "
		"\"2\","
		"\"declared\": \"v.yaml:1\", \"values\": [1, 2]},"
		"{\"name\": \"rise\", \"about\": \"x\", \"unit\": \"s\", \"now\": \"1\","
		"\"declared\": \"v.yaml:2\", \"values\": [1, 2]}], \"combinations\": [");
	buf_add(&b, items);
	buf_add(&b, "]}");
	snprintf(path, sizeof(path), "%s/sweep.json", top);
	assert_int_equal(fs_write(path, b.data, b.len, &e), 0);
	buf_done(&b);
}

static char *
page(void)
{
	char path[64], *text;
	struct err e = {0};

	if (report_sweep(top, &e) < 0)
		fail_msg("%s", e.text);
	snprintf(path, sizeof(path), "%s/sweep.html", top);
	assert_int_equal(fs_read(path, 1 << 20, &text, NULL, &e), 0);
	return text;
}

#define GOOD(F, R, WORST, CPU)                                                                     \
	"{\"values\": {\"fall\": " #F ", \"rise\": " #R                                            \
	"}, \"done\": true, \"trials\": 1, \"valid_trials\": 1,"                                   \
	"\"metrics\": {\"first_good_answer_ms\": {\"n\": 9, \"missing\": 0, \"p50\": 10, "         \
	"\"max\": " #WORST "}}, \"idle\": {\"observed_s\": 30, \"cpu_ratio\": {\"sites\": " #CPU   \
	"}, \"false_alarms\": 0,"                                                                  \
	"\"per_hour\": 0, \"per_hour_bound\": 359.5}}"

static void
holes_are_told(void **state)
{
	char *text;

	(void)state;
	write_doc(GOOD(1, 1, 1000, 0.2) "," GOOD(
		2, 1, 2000, 0.1) ","
				 "{\"values\": {\"fall\": 1, \"rise\": 2}, \"done\": true, "
				 "\"trials\": 2, \"valid_trials\": 0,"
				 " \"invalid_because\": [\"clock: stepped\"], \"metrics\": {}},"
				 "{\"values\": {\"fall\": 2, \"rise\": 2}, \"done\": true, "
				 "\"failed\": \"no lab <x>\"}");
	text = page();
	assert_non_null(strstr(text,
		"The worst outage of dns-crash goes from 1.00 s (fall 1, rise 1 s) to "
		"2.00 s (fall 2, rise 1 s); what the sites use when left alone, from "
		"20.0 % to 10.0 % of a core"));
	assert_non_null(strstr(text, "no valid trial"));
	assert_non_null(strstr(text, "Invalid: clock. "));
	assert_non_null(strstr(text, "failed: no lab &lt;x&gt;. "));
	assert_non_null(strstr(text, "0 (&lt; 360/h)"));
	assert_non_null(strstr(text, "2 of 2 settings are not beaten"));
	assert_non_null(strstr(text, "It &lt;dies&gt;"));
	assert_null(strstr(text, "<b>; today"));
	free(text);
}

/* A client that never came back is worse than any that did. */
static void
never_is_the_worst(void **state)
{
	char *text;

	(void)state;
	write_doc(GOOD(1, 1, 1000, 0.2) ","
					"{\"values\": {\"fall\": 2, \"rise\": 1}, \"done\": true, "
					"\"trials\": 1, \"valid_trials\": 1,"
					"\"metrics\": {\"first_good_answer_ms\": {\"n\": 9, "
					"\"missing\": 3, \"p50\": 10, \"max\": 500}}}");
	text = page();
	assert_non_null(strstr(text, "to no return at all (fall 2, rise 1 s)"));
	assert_non_null(strstr(text, "never back"));
	free(text);
}

#define SERVED(F, R, SITE)                                                                         \
	"{\"values\": {\"fall\": " #F ", \"rise\": " #R                                            \
	"}, \"done\": true, \"trials\": 1, \"valid_trials\": 1, \"metrics\": {},"                  \
	"\"catchment\": [{\"city\": \"syd\", \"title\": \"Sydney\", \"family\": \"v4\", "          \
	"\"site\": \"" SITE "\", \"rtt_p50_ms\": 118},"                                            \
	"{\"city\": \"hkg\", \"title\": \"Hong Kong\", \"family\": \"v4\", \"site\": \"hkg\", "    \
	"\"rtt_p50_ms\": null}]}"

static void
movers_are_named(void **state)
{
	char *text;

	(void)state;
	write_doc(SERVED(1, 1, "hkg") "," SERVED(2, 1, "tyo"));
	text = page();
	assert_non_null(strstr(
		text, "Turning fall and rise moves Sydney; 1 of 2 cities stay where they are"));
	assert_non_null(strstr(text, "class=\"share moved\""));
	free(text);
	write_doc(SERVED(1, 1, "hkg") "," SERVED(2, 1, "hkg"));
	text = page();
	assert_non_null(strstr(text, "Who serves whom is the same at every setting"));
	free(text);
}

static void
mistakes_have_a_place(void **state)
{
	static const struct {
		const char *items, *says;
	} rows[] = {
		{"{\"values\": {\"fall\": 7, \"rise\": 1}}",
			"combinations[0].fall: is none of the knob's values"},
		{"{\"values\": 3}", "combinations[0].values"},
		{"3", "combinations[0]"},
		{"{\"values\": {\"fall\": 1, \"rise\": 1}, \"metrics\": {\"first_good_answer_ms\": "
		 "{\"max\": \"x\"}}}",
			NULL}, /* not the metric: nobody has one */
		{"{\"values\": {\"fall\": 1, \"rise\": 1}, \"catchment\": [1]}", "catchment[0]"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct err e = {0};

		write_doc(rows[i].items);
		assert_int_equal(report_sweep(top, &e), rows[i].says == NULL ? 0 : -EINVAL);
		if (rows[i].says != NULL && strstr(e.text, rows[i].says) == NULL)
			fail_msg("'%s' does not say '%s'", e.text, rows[i].says);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(pareto),
		cmocka_unit_test(holes_are_told), cmocka_unit_test(never_is_the_worst),
		cmocka_unit_test(movers_are_named), cmocka_unit_test(mistakes_have_a_place)};

	return cmocka_run_group_tests_name("sweep page", tests, make_top, remove_top);
}
