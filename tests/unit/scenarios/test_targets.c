/* test_targets.c - the ledger that is shipped, and what is wrong with one that is not. */
#include <errno.h>
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "lib/fs.h"
#include "scenarios/judges.h"
#include "scenarios/targets.h"

static char path[] = "/tmp/test_targets.XXXXXX";

static int
setup(void **state)
{
	(void)state;
	return mkstemp(path) < 0 ? -1 : 0;
}

static int
teardown(void **state)
{
	(void)state;
	return remove(path);
}

static void
own(void **state)
{
	const struct target *target;
	struct targets *t;

	(void)state;
	assert_int_equal(targets_load("scenarios/targets.yaml", &t, NULL), 0);
	assert_int_equal(conf_report(t->conf), 0);
	assert_true(t->len >= 4);
	target = targets_find(t, "crash-withdraw");
	assert_non_null(target);
	assert_string_equal(target->metric, "withdraw_ms");
	assert_string_equal(target->statistic, "max");
	assert_string_equal(target->comparison, "<=");
	assert_string_equal(target->unit, "ms");
	assert_true(target->value == 4000);
	for (size_t i = 0; i < t->len; i++)
		assert_ptr_equal(targets_find(t, t->list[i].id), &t->list[i]);
	assert_null(targets_find(t, "never-claimed"));
	targets_free(t);
	targets_free(NULL);
}

static void
mistakes(void **state)
{
	static const struct {
		const char *text, *told;
	} rows[] = {
		{"a: {claim: x, metric: m, statistic: max, value: 1, unit: ms}\n", ""},
		{"a: {metric: m, statistic: max, value: 1, unit: ms}\n", "1: 'claim' is missing\n"},
		{"# x\na: {claim: x, metric: m, value: 1, unit: ms}\n",
			"2: 'statistic' is missing\n"},
		{"a: {claim: x, metric: m, statistic: mean, value: 1, unit: ms, modelled: true, "
		 "city: hkg, before: 2}\n",
			""},
		{"a: {claim: x, metric: m, statistic: max, value: 1, unit: ms, city: hkg}\n",
			"1: a: only what is modelled is judged by city\n"},
		{"a: {claim: x, metric: m, statistic: median, value: 1, unit: ms}\n",
			"1: a: statistic 'median' is none of min p1 p50 p90 p99 max mean\n"},
		{"a: {claim: x, metric: m, statistic: max, comparison: \"=\", value: 1, unit: "
		 "ms}\n",
			"1: a: comparison '=' is none of < <= > >=\n"},
		{"a: {claim: x, metric: m, statistic: max, value: 4s, unit: ms}\n",
			"1: 'value': '4s' is not understood (a number from -1e+15 to 1e+15)\n"},
		{"a: {claim: x, metric: m, statistic: max, value: 1, unit: ms, verdict: met}\n",
			"1: unknown key 'verdict'\n"},
		{"a: {claim: x}\nb: {claim: x, not_judged: later}\n", ""},
		{"a: {claim: x, value: 4, not_judged: later}\n", "1: a: value without a metric\n"},
		{"a: {claim: x, metric: m}\n",
			"1: 'statistic' is missing\n1: 'unit' is missing\n1: 'value' is missing\n"},
		{"a: {claim: x, metric: m, statistic: p99, beside: other, unit: ms}\n", ""},
		{"a: {claim: x, metric: m, statistic: p90, value: 1, beside: other, unit: ms}\n",
			"1: a: beside another scenario, statistic 'p90' is none of min p1 p50 p99 "
			"max\n"
			"1: a: value beside another scenario\n"},
		{"a: {claim: x, beside: other}\n", "1: a: beside without a metric\n"},
		{"a: soon\nb: [1]\n",
			"1: a must be a map (key: value)\n"
			"2: b must be a map (key: value)\n"},
		{"- a\n", "1: the ledger must be a map (key: value)\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char told[1024] = "";
		size_t used = 0;
		struct targets *t;

		assert_int_equal(fs_write(path, rows[i].text, strlen(rows[i].text), NULL), 0);
		assert_int_equal(targets_load(path, &t, NULL), 0);
		for (size_t k = 0; k < conf_complaints(t->conf); k++)
			used += (size_t)snprintf(told + used, sizeof(told) - used, "%s\n",
				conf_complaint(t->conf, k) + strlen(path) + 1);
		assert_string_equal(told, rows[i].told);
		targets_free(t);
	}
}

/* Every id is judged by a scenario of some variant or says why not; none both. */
static void
each_is_judged(void **state)
{
	static const char *const variants[] = {"documented", "hardened"};
	struct scenario *list[128];
	struct topology *topology;
	struct targets *t;
	glob_t found;
	size_t n = 0;

	(void)state;
	assert_int_equal(topology_load("lab/topology.yaml", &topology, NULL), 0);
	assert_int_equal(targets_load("scenarios/targets.yaml", &t, NULL), 0);
	assert_int_equal(glob("scenarios/*.yaml", 0, NULL, &found), 0);
	for (size_t v = 0; v < 2; v++) {
		topology->variant = v == 0 ? NULL : strdup(variants[v]);
		for (size_t i = 0; i < found.gl_pathc && n < 128; i++) {
			if (strcmp(found.gl_pathv[i], "scenarios/targets.yaml") == 0)
				continue;
			assert_int_equal(
				scenario_load(found.gl_pathv[i], topology, &list[n], NULL), 0);
			judges_check(list[n], t);
			assert_int_equal(conf_report(list[n]->conf), 0);
			n++;
		}
	}
	assert_int_equal(judges_print(t, list, n, true, stderr), 0);
	while (n > 0)
		scenario_free(list[--n]);
	globfree(&found);
	targets_free(t);
	topology_free(topology);
}

static void
wrong_judges(void **state)
{
	static const char text[] =
		"name: x\ntitle: x\n"
		"judges: [crash-withdraw/v6, xdp-3us, no-such, vrrp-on-lo, rtt-tokyo/v4, soak]\n"
		"timeline:\n"
		"  - {at: 0s, check: {judges: reload-withdraw, what: x, node: hkg, "
		"command: [x], met: {exit: 0}}}\n";
	static const char *const told[] = {
		":3: judges: the ledger says that nothing judges 'xdp-3us' yet",
		":3: judges: the ledger has no 'no-such'",
		":3: judges: 'vrrp-on-lo' has no metric, and here no check and no expectation",
		":3: judges: 'rtt-tokyo' is not judged by family",
		":3: 'soak_failures' is of rounds, and the timeline has no repeat",
		":3: judges lacks 'reload-withdraw', which line 5 judges"};
	struct topology *topology;
	struct scenario *s;
	struct targets *t;

	(void)state;
	assert_int_equal(fs_write(path, text, strlen(text), NULL), 0);
	assert_int_equal(topology_load("lab/topology.yaml", &topology, NULL), 0);
	assert_int_equal(targets_load("scenarios/targets.yaml", &t, NULL), 0);
	assert_int_equal(scenario_load(path, topology, &s, NULL), 0);
	assert_int_equal(conf_complaints(s->conf), 0);
	assert_string_equal(s->judges[0], "crash-withdraw");
	assert_string_equal(s->judged_family[0], "v6");
	assert_null(s->judged_family[1]);
	judges_check(s, t);
	assert_int_equal(conf_complaints(s->conf), 6);
	for (size_t i = 0; i < 6; i++) {
		bool any = false;

		for (size_t k = 0; k < 6; k++)
			any |= strcmp(conf_complaint(s->conf, k) + strlen(path), told[i]) == 0;
		assert_true(any);
	}
	scenario_free(s);
	targets_free(t);
	topology_free(topology);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own),
		cmocka_unit_test(mistakes),
		cmocka_unit_test(each_is_judged),
		cmocka_unit_test(wrong_judges),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
