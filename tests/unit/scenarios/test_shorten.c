/* test_shorten.c - what a quick look leaves out of a scenario, and what it must not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "lib/mono.h"
#include "scenarios/scenario.h"

static struct topology *t;

static int
setup(void **state)
{
	(void)state;
	return topology_load("lab/topology.yaml", &t, NULL);
}

static int
teardown(void **state)
{
	(void)state;
	topology_free(t);
	return 0;
}

/* A scenario of 20 s with these lines besides; `ret` is to be freed. Returns the first complaint, "" if there is none. */
static const char *
load(const char *more, struct scenario **ret)
{
	static const char head[] = "name: tiny\n"
				   "title: A tiny one\n"
				   "before: 5s\n"
				   "after: 15s\n"
				   "timeline:\n"
				   "  - {at: 0s, kill: hkg/knotd}\n"
				   "  - {at: 5s, link-down: \"tyo--a-tyo\", for: 1s}\n"
				   "  - {at: 20s, start: hkg/knotd}\n";
	static char text[2000];

	snprintf(text, sizeof(text), "%s%s", head, more);
	assert_int_equal(scenario_parse("tiny.yaml", text, strlen(text), t, ret), 0);
	if (conf_complaints((*ret)->conf) == 0)
		return "";
	snprintf(text, sizeof(text), "%s", conf_complaint((*ret)->conf, 0));
	return text;
}

/* What is left out is left out of every instant; what lies before stays where it is. */
static void
left_out(void **state)
{
	struct scenario *s;

	(void)state;
	assert_string_equal(load("expect:\n"
				 "  - {during: [7s, 19s], clients: hkg, served_by: tyo}\n"
				 "  - {during: [30s, 34s], clients: hkg, served_by: hkg}\n"
				 "skip: [10s, 18s]\n",
				    &s),
		"");
	assert_int_equal(s->skip_from_ns, 10 * NS_PER_S);
	assert_int_equal(scenario_last_ns(s), 20 * NS_PER_S);
	scenario_shorten(s, true);
	assert_int_equal(s->before_ns, 2 * NS_PER_S);
	assert_int_equal(s->actions[0].at_ns, 0);
	assert_int_equal(s->actions[1].at_ns, 5 * NS_PER_S);
	assert_int_equal(scenario_last_ns(s), 12 * NS_PER_S);
	assert_int_equal(s->expects[0].from_ns, 7 * NS_PER_S);
	assert_int_equal(s->expects[0].to_ns, 11 * NS_PER_S);
	assert_string_equal(
		s->expects[0].text, "clients in hkg served by tyo from 7.00 s to 11.00 s");
	assert_int_equal(s->expects[1].to_ns, 26 * NS_PER_S);
	assert_int_equal(s->least_after_ns, 14 * NS_PER_S);
	assert_int_equal(s->after_ns, 15 * NS_PER_S);
	scenario_shorten(s, true); /* once is enough */
	assert_int_equal(scenario_last_ns(s), 12 * NS_PER_S);
	scenario_free(s);
}

/* Each variant its own; one that is not named leaves nothing out. */
static void
by_variant(void **state)
{
	struct scenario *s;

	(void)state;
	assert_string_equal(load("skip: {documented: [10s, 18s], hardened: [7s, 8s]}\n", &s), "");
	assert_int_equal(s->skip_from_ns, 10 * NS_PER_S);
	scenario_free(s);
	assert_string_equal(load("skip: {hardened: [7s, 8s]}\n", &s), "");
	assert_int_equal(s->skip_to_ns, 0);
	scenario_free(s);
}

/* On another variant than its own a scenario is not replayed: what is left out there is no matter. */
static void
not_its_variant(void **state)
{
	struct scenario *s;

	(void)state;
	assert_string_equal(load("variants: [hardened]\n"
				 "expect:\n"
				 "  - {during: [10s, 19s], clients: hkg, served_by: tyo}\n"
				 "skip: {documented: [7s, 19s]}\n",
				    &s),
		"");
	assert_false(s->fits);
	scenario_free(s);
	assert_non_null(strstr(load("variants: [documented]\n"
				    "expect:\n"
				    "  - {during: [10s, 19s], clients: hkg, served_by: tyo}\n"
				    "skip: {documented: [7s, 19s]}\n",
				       &s),
		"is about that time"));
	scenario_free(s);
}

/* A sweep's timers may need the whole of it. */
static void
kept(void **state)
{
	struct scenario *s;

	(void)state;
	assert_string_equal(load("skip: [10s, 18s]\n", &s), "");
	scenario_shorten(s, false);
	assert_int_equal(scenario_last_ns(s), 20 * NS_PER_S);
	assert_int_equal(s->before_ns, 2 * NS_PER_S);
	scenario_free(s);
}

/* How long it must watch: what is expected decides, never longer than the scenario says. */
static void
watched(void **state)
{
	static const struct {
		const char *more;
		int64_t least_s;
	} rows[] = {
		{"", 2},
		{"skip: []\n", 2},
		{"expect:\n  - {metric: withdraw_ms, max: \"< 5s\"}\n", 2},
		{"expect:\n  - {during: [30s, 34s], clients: hkg, served_by: hkg}\n", 14},
		{"expect:\n  - {during: [0s, 34s], clients: fra, served_by: fra}\n", 2},
		{"expect:\n  - {metric: restore_unanswered_queries, max: \"<= 0\"}\n", 5},
	};
	struct scenario *s;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_string_equal(load(rows[i].more, &s), "");
		assert_int_equal(s->least_after_ns, 0);
		scenario_shorten(s, true);
		assert_int_equal(s->least_after_ns, rows[i].least_s * NS_PER_S);
		assert_int_equal(scenario_last_ns(s), 20 * NS_PER_S);
		scenario_free(s);
	}
}

static void
mistakes(void **state)
{
	static const struct {
		const char *more, *told;
	} rows[] = {
		{"skip: 5s\n", "tiny.yaml:9: skip: a list [from, to], or a map of variants"},
		{"skip: {harden: [7s, 8s]}\n", "tiny.yaml:9: there is no variant 'harden'"},
		{"skip: {documented: 7s}\n",
			"tiny.yaml:9: skip: a list [from, to], or a map of variants"},
		{"skip: [5s]\n", "tiny.yaml:9: skip is [from, to], or [] for nothing"},
		{"skip: [7, 9s]\n", "tiny.yaml:9: skip: durations like 10s"},
		{"skip: [9s, 7s]\n",
			"tiny.yaml:9: skip: from after the fault to, later, at most the last step "
			"(20 s)"},
		{"skip: [0s, 7s]\n",
			"tiny.yaml:9: skip: from after the fault to, later, at most the last step "
			"(20 s)"},
		{"skip: [9s, 21s]\n",
			"tiny.yaml:9: skip: from after the fault to, later, at most the last step "
			"(20 s)"},
		{"skip: [4s, 9s]\n", "tiny.yaml:9: skip: the step of line 7 is under way then"},
		{"skip: [5500ms, 9s]\n", "tiny.yaml:9: skip: the step of line 7 is under way then"},
		{"skip: [9s, 19s]\nexpect:\n  - {during: [10s, 19s], clients: hkg, served_by: "
		 "tyo}\n",
			"tiny.yaml:9: skip: the expectation of line 11 is about that time"},
	};
	struct scenario *s;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_string_equal(load(rows[i].more, &s), rows[i].told);
		scenario_free(s);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(left_out),
		cmocka_unit_test(by_variant),
		cmocka_unit_test(not_its_variant),
		cmocka_unit_test(kept),
		cmocka_unit_test(watched),
		cmocka_unit_test(mistakes),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
