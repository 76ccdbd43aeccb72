/* test_report_phases.c - the phase budget on a run's page: title and table, what is absent, hostile or of a wrong type. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/reports/place.h"

/* Title and table of the typical stream, the others, and what stays unexplained: always said. */
static void
test_phases(void **state)
{
	static const char *const parts[] = {
		"<h3>Of the typical 3.62 s, 2.01 s were checks failing until the verdict</h3>",
		"Singapore, IPv4, from hkg to tyo, in trial 1 (stream 88)",
		"Below, the last 9 steps, magnified 17 times.",
		"<th scope=\"row\">Verdict to UPDATE on the wire</th><td>hkg</td>"
		"<td class=\"n\">61.4 ms</td><td class=\"n\">3.46 s</td>",
		"<a "
		"href=\"./trial-001/captures/hkg.hkix.pcap\">trial-001/captures/hkg.hkix.pcap</a> "
		"packet 10377",
		"<a href=\"./trial-001/lines.jsonl\">trial-001/lines.jsonl</a> line 412",
		"Out of order, and not used: Checks fail, until the verdict at 3.40 s: the notify "
		"hook",
		"300 µs at the median and 12.1 ms at p99 of 438 streams, below one sampling gap "
		"(100 "
		"ms).",
		"out of order, reported and not used: 3.",
		"Without a budget: 2 streams: 2 no good answer of another PoP.",
		"<h3>Most time goes to ",
		"; most variation to waiting for the health check, "
		"210 ms (p10) to 1.79 s (p90)</h3>",
		">All of it</text>",
		"<h3>Singapore took longest, median 3.62 s; Hong Kong the least, 3.10 s</h3>",
		"var(--phase0)", "var(--phase3)"};
	struct place p;

	(void)state;
	assert_int_equal(report(&p, "phases", sample_run(5, 1), false), 0);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		assert_has(p.html, parts[i]);
	assert_clean(&p);
	place_done(&p);
}

static void
test_phases_that_are_not_there(void **state)
{
	json_t *root = sample_run(2, 1);
	struct place p;

	(void)state;
	json_object_set_new(root, "phases", json_array());
	json_object_del(root, "budget");
	json_object_del(root, "phases_by_city");
	assert_int_equal(report(&p, "nophases", root, false), 0);
	assert_has(p.html, "No phases: this result was made before there was a phase budget");
	assert_lacks(p.html, "id=\"waterfall\"");
	assert_clean(&p);
	place_done(&p);
	root = sample_run(2, 1);
	json_object_set_new(root, "phases", json_array());
	assert_int_equal(report(&p, "nostream", root, false), 0);
	assert_has(p.html, "No phases: there was no fault, or no stream that it hit had a good");
	place_done(&p);
}

static void
test_phases_much_unexplained(void **state)
{
	json_t *root = sample_run(2, 1);
	struct place p;

	(void)state;
	json_object_set_new(
		json_object_get(root, "budget"), "unexplained_p99_ms", json_real(2210.0));
	assert_int_equal(report(&p, "unexplained", root, false), 0);
	assert_has(p.html,
		"2.21 s at p99 of 174 streams, which is not below one sampling gap (100 ms).");
	place_done(&p);
}

/* Another budget.json than the sample's, in the trial of the typical stream. Takes `budget` over. */
static int
report_budget(struct place *p, json_t *budget)
{
	json_t *root = sample_run(1, 1);
	char path[400];
	int rc;

	place_init(p, "budget");
	sample_save(root, p->dir);
	sample_save_budget(p->dir, budget);
	json_decref(root);
	rc = report_run(p->dir, &p->e);
	snprintf(path, sizeof(path), "%s/report.html", p->dir);
	if (rc == 0)
		assert_int_equal(fs_read(path, 16U << 20, &p->html, &p->html_bytes, &p->e), 0);
	return rc;
}

static json_t *
first_step(json_t *budget, const char *key)
{
	json_t *stream = json_array_get(json_object_get(budget, "streams"), 0);

	return json_object_get(json_array_get(json_object_get(stream, "steps"), 1), key);
}

static void
test_phases_hostile(void **state)
{
	json_t *budget = sample_budget_trial(1), *stream, *step;
	struct place p;

	(void)state;
	stream = json_array_get(json_object_get(budget, "streams"), 0);
	step = json_array_get(json_object_get(stream, "steps"), 3);
	json_object_set_new(step, "node", json_string(EVIL));
	json_object_set_new(step, "phase", json_string(EVIL));
	json_object_set_new(
		json_object_get(step, "evidence"), "file", json_string("../../etc/passwd"));
	json_object_set_new(json_object_get(step, "evidence"), "says", json_string(EVIL));
	json_object_set_new(stream, "to_site", json_string(EVIL));
	assert_int_equal(report_budget(&p, budget), 0);
	assert_clean(&p);
	assert_lacks(p.html, "href=\"./trial-001/..");
	assert_has(p.html, "&lt;script&gt;alert(1)&lt;/script&gt;");
	place_done(&p);
}

static void
test_phases_wrong(void **state)
{
	static const struct {
		const char *key, *value, *said;
	} cases[] = {
		{"from_ms", "\"x\"",
			"trial-001/budget.json: streams[0].steps[1].from_ms: a number is wanted"},
		{"from_ms", "0.1",
			"streams[0].steps[1].from_ms: before the end of the step before"},
		{"to_ms", "0.2", "streams[0].steps[1].to_ms: not behind from_ms"},
		{"to_ms", "1e300", "streams[0].steps[1].to_ms: not behind from_ms"},
		{"evidence", "[]", "streams[0].steps[1].evidence: an object is wanted, not a list"},
	};
	struct place p;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *budget = sample_budget_trial(1);
		json_t *stream = json_array_get(json_object_get(budget, "streams"), 0);

		assert_non_null(first_step(budget, cases[i].key));
		json_object_set_new(json_array_get(json_object_get(stream, "steps"), 1),
			cases[i].key, json_loads(cases[i].value, JSON_DECODE_ANY, NULL));
		assert_int_equal(report_budget(&p, budget), -EINVAL);
		assert_has(p.e.text, cases[i].said);
		place_done(&p);
	}
	assert_int_equal(
		report_budget(&p, json_pack("{s:s}", "schema", "catchment.budget/2")), -EINVAL);
	assert_has(p.e.text, "trial-001/budget.json: schema: \"catchment.budget/1\" is wanted");
	place_done(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_phases),
		cmocka_unit_test(test_phases_that_are_not_there),
		cmocka_unit_test(test_phases_much_unexplained),
		cmocka_unit_test(test_phases_hostile),
		cmocka_unit_test(test_phases_wrong),
	};

	return cmocka_run_group_tests_name("reports/report_phases", tests, NULL, NULL);
}
