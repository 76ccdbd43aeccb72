/* test_gated.c - a run with a compare.json: the gate leads the page, its columns are there, and a bad file is one clear error. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/reports/place.h"

static json_t *
shift_of(const char *name, const char *verdict, double baseline, double now, double by)
{
	return json_pack("{s:s,s:s,s:s,s:i,s:i,s:f,s:f,s:f,s:f,s:f,s:f,s:f,s:s,s:s}", "name", name,
		"unit", "ms", "statistic", "median", "baseline_n", 30, "n", 5, "baseline_p50",
		baseline, "p50", now, "shift", by, "shift_low", by - 40, "shift_high", by + 40,
		"p_value", 0.00002, "limit", 139.9, "verdict", verdict, "why", "over the limit");
}

static json_t *
compare_of(const char *verdict)
{
	return json_pack("{s:s,s:s,s:s,s:{s:s,s:i},s:s,s:s,s:s,s:[{s:s,s:s,s:s}],s:[o,o]}",
		"schema", "catchment.compare/1", "scenario", "dns-crash", "variant", "documented",
		"baseline", "name", "main <b>.json", "trials", 30, "run",
		"dns-crash-documented-20261122T150405Z", "verdict", verdict, "why", "in words",
		"differs", "what", "package frr", "baseline", "8.4", "run", "10.3", "metrics",
		shift_of("first_good_answer_ms", verdict, 2800, 3312, 512),
		shift_of("announce_ms", "not_gated", 100, 90, -10));
}

/* The run's own record says that the lab did not heal. */
static bool is_ill;
static const char ill[] = "{\"unhealed\": [\"trial-001\"]}";

/* As report() of place.h, with a compare.json in the folder. */
static int
report_gated(struct place *p, const char *name, json_t *compare)
{
	char path[400], *text = json_dumps(compare, 0);
	json_t *root = sample_run(5, 1);
	int rc;

	place_init(p, name);
	sample_save(root, p->dir);
	snprintf(path, sizeof(path), "%s/compare.json", p->dir);
	assert_int_equal(fs_write(path, text, strlen(text), &p->e), 0);
	free(text);
	json_decref(compare);
	json_decref(root);
	snprintf(path, sizeof(path), "%s/run.json", p->dir);
	if (is_ill)
		assert_int_equal(fs_write(path, ill, strlen(ill), &p->e), 0);
	rc = report_run(p->dir, &p->e);
	if (rc < 0)
		return rc;
	snprintf(path, sizeof(path), "%s/report.html", p->dir);
	assert_int_equal(fs_read(path, 16U << 20, &p->html, &p->html_bytes, &p->e), 0);
	return 0;
}

static void
test_fail_leads(void **state)
{
	struct place p;

	(void)state;
	assert_int_equal(report_gated(&p, "gate-fail", compare_of("fail")), 0);
	assert_has(p.html,
		"Gate failed: first good answer 3.31 s, 512 ms slower than the baseline&#39;s 2.80 "
		"s</h1>");
	assert_has(p.html, "Compared with main &lt;b&gt;.json: 30 trials of 0 labs");
	assert_has(p.html, ">Baseline</th>");
	assert_has(p.html, ">Change</th>");
	assert_has(p.html,
		"<td class=\"n\"><span class=\"share\">+512 ms</span><br><span "
		"class=\"mute\"><span class=\"share\">+472 to</span> <span class=\"share\">+552 "
		"ms</span></span></td>");
	assert_has(p.html, "≤ <span class=\"share\">+140 ms</span>");
	assert_has(p.html, "✗ fail");
	assert_has(p.html, "<td class=\"n\">+472 to +552 ms</td>");
	assert_has(p.html, "<td class=\"n\">−10 ms</td>");
	assert_has(p.html, "<th scope=\"row\">package frr</th>");
	assert_clean(&p);
	place_done(&p);
}

static void
test_every_verdict(void **state)
{
	static const char *const said[][2] = {
		{"pass", "Gate passed: first good answer 3.31 s, 512 ms slower"},
		{"inconclusive", "Gate inconclusive: first good answer"},
		{"not_comparable", "Not gated, as not comparable with main"}};

	(void)state;
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		struct place p;

		assert_int_equal(report_gated(&p, said[i][0], compare_of(said[i][0])), 0);
		assert_has(p.html, said[i][1]);
		/* Not compared is no success, whatever else held. */
		if (i == 2)
			assert_lacks(p.html, "aria-hidden=\"true\">✓</span> Not gated");
		assert_clean(&p);
		place_done(&p);
	}
}

/* The run that was to confirm a fail is told at the top, with what it found; so is what it is for on its own page. */
static void
test_rerun(void **state)
{
	static const char *const said[][2] = {
		{"fail", "A second run in a fresh lab failed too: again-1."},
		{"pass",
			"This run failed; a second one, in a fresh lab, did not (pass): again-1."}};
	struct place p;
	json_t *c;

	(void)state;
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		c = compare_of(i == 0 ? "fail" : "inconclusive");
		json_object_set_new(c, "rerun",
			json_pack("{s:s,s:s}", "run", "again-1", "verdict", said[i][0]));
		assert_int_equal(report_gated(&p, "gate-rerun", c), 0);
		assert_has(p.html, said[i][1]);
		place_done(&p);
	}
	c = compare_of("fail");
	json_object_set_new(c, "confirms", json_string("first-1"));
	assert_int_equal(report_gated(&p, "gate-confirms", c), 0);
	assert_has(p.html, "that was to confirm the fail of first-1.");
	place_done(&p);
}

/* Targets are missed as they were in the baseline: what passed is the gate. And that it was cut short comes before all. */
static void
test_sign_of_a_pass(void **state)
{
	struct place p;

	(void)state;
	assert_int_equal(report_gated(&p, "gate-sign", compare_of("pass")), 0);
	assert_has(p.html, "aria-hidden=\"true\">✓</span> Gate passed: first good answer");
	assert_has(p.html, "2.80 s. Missed: worst withdraw");
	place_done(&p);
}

static void
test_no_gate_no_columns(void **state)
{
	struct place p;

	(void)state;
	assert_int_equal(report(&p, "ungated", sample_run(5, 1), false), 0);
	assert_lacks(p.html, ">Baseline</th>");
	assert_lacks(p.html, "id=\"gate\"");
	assert_has(p.html, "id=\"glance\"");
	place_done(&p);
}

static void
test_never_and_infinite(void **state)
{
	json_t *c = compare_of("fail");
	json_t *m = json_array_get(json_object_get(c, "metrics"), 0);
	struct place p;

	(void)state;
	json_object_set_new(m, "p50", json_null());
	json_object_set_new(m, "shift", json_null());
	json_object_set_new(m, "shift_low", json_null());
	json_object_set_new(m, "shift_high", json_null());
	assert_int_equal(report_gated(&p, "gate-never", c), 0);
	assert_has(p.html, "Gate failed: first good answer never came, against the baseline");
	assert_clean(&p);
	place_done(&p);
}

/* Without a value nothing "never came": there was no valid trial. */
static void
test_no_valid_trial(void **state)
{
	json_t *c = compare_of("inconclusive"), *m;
	struct place p;
	size_t i;

	(void)state;
	json_array_foreach(json_object_get(c, "metrics"), i, m)
	{
		json_object_set_new(m, "n", json_integer(0));
		json_object_set_new(m, "p50", json_null());
		json_object_set_new(m, "shift", json_null());
		json_object_set_new(m, "shift_low", json_null());
		json_object_set_new(m, "shift_high", json_null());
	}
	assert_int_equal(report_gated(&p, "gate-none", c), 0);
	assert_has(p.html, "Gate inconclusive: no trial was valid</h1>");
	assert_has(p.html, "<td class=\"n\">– <span class=\"mute\">(0)</span></td>");
	assert_lacks(p.html, "never came, against");
	assert_lacks(p.html, "<td class=\"n\">never");
	assert_clean(&p);
	place_done(&p);
}

/* A pass is none where the run exits with 1. */
static void
test_pass_of_a_lab_that_did_not_heal(void **state)
{
	struct place p;

	(void)state;
	is_ill = true;
	assert_int_equal(report_gated(&p, "gate-ill", compare_of("pass")), 0);
	is_ill = false;
	assert_has(p.html,
		"aria-hidden=\"true\">✗</span> After 1 trial the lab was not as before. Gate "
		"passed: "
		"first good answer");
	place_done(&p);
}

static void
test_bad_files(void **state)
{
	json_t *c = compare_of("fail");
	struct place p;

	(void)state;
	json_object_set_new(c, "schema", json_string("catchment.compare/9"));
	assert_int_equal(report_gated(&p, "gate-schema", c), -EINVAL);
	assert_has(p.e.text, "compare.json: schema");
	place_done(&p);
	assert_int_equal(report_gated(&p, "gate-word", compare_of("perhaps")), -EINVAL);
	assert_has(p.e.text, "compare.json: verdict: 'perhaps' is no verdict");
	place_done(&p);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fail_leads),
		cmocka_unit_test(test_every_verdict),
		cmocka_unit_test(test_rerun),
		cmocka_unit_test(test_sign_of_a_pass),
		cmocka_unit_test(test_no_gate_no_columns),
		cmocka_unit_test(test_never_and_infinite),
		cmocka_unit_test(test_no_valid_trial),
		cmocka_unit_test(test_pass_of_a_lab_that_did_not_heal),
		cmocka_unit_test(test_bad_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
