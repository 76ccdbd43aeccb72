/* test_report.c - a run's result.json as a page: every section there, every verdict in words, nothing hostile through. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/reports/place.h"

static void
test_every_section(void **state)
{
	static const char *const parts[] = {"id=\"targets\"", "id=\"timeline\"", "id=\"cities\"",
		"id=\"outage\"", "id=\"loss\"", "id=\"answers\"", "id=\"restoration\"",
		"id=\"catchment\"", "id=\"trials\"", "id=\"expectations\"", "id=\"noise\"",
		"id=\"provenance\"", "Quick look, n = 5", "catchment run dns-crash --trials 5",
		"href=\"./trial-001/captures/hkg.hkix.pcap\"", "var(--lost)", "<caption>",
		"scope=\"row\"", "✗ missed", "last withdraw on the wire"};
	struct place p;

	(void)state;
	assert_int_equal(report(&p, "five", sample_run(5, 1), false), 0);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		assert_has(p.html, parts[i]);
	assert_has(p.html,
		"Missed: worst withdraw 4.20 s (documented: within 4 s), missed in 1 of 5 trials");
	assert_has(p.html, "<td>worst of 5 trials</td><td class=\"n\">1 of 5</td>");
	assert_lacks(p.html, "quick look, n =");
	assert_clean(&p);
	assert_has(p.junit, "failures=\"0\" errors=\"0\" skipped=\"1\"");
	place_done(&p);
}

static void
test_twenty_trials_stay_small(void **state)
{
	struct place p;

	(void)state;
	assert_int_equal(report(&p, "twenty", sample_run(20, 2), true), 0);
	assert_true(p.html_bytes < 1000000);
	assert_lacks(p.html, "Quick look");
	assert_has(p.junit, "failures=\"2\"");
	assert_clean(&p);
	place_done(&p);
}

static void
test_one_trial(void **state)
{
	struct place p;

	(void)state;
	assert_int_equal(report(&p, "one", sample_run(1, 5), false), 0);
	assert_has(p.html, "Met: worst withdraw 3.");
	assert_has(p.html, "(documented: within 4 s)</h1>");
	assert_has(p.html,
		"What was met in 1 trial may still be missed in up to 95 % (95 % confidence).");
	assert_has(p.html, "worst of 1 trial<");
	assert_clean(&p);
	place_done(&p);
}

static void
test_interrupted(void **state)
{
	json_t *root = sample_run(3, 3);
	struct place p;

	(void)state;
	json_object_set_new(root, "complete", json_false());
	json_object_set_new(root, "interrupted", json_true());
	assert_int_equal(report(&p, "interrupted", root, false), 0);
	assert_has(p.html, "Interrupted. Met: worst withdraw 3.");
	assert_has(p.html, "The run was interrupted.");
	assert_has(p.junit, "errors=\"1\"");
	assert_clean(&p);
	place_done(&p);
}

static void
invalidate(json_t *root, size_t i)
{
	json_t *trial = json_array_get(json_object_get(root, "per_trial"), i);

	json_object_set_new(trial, "valid", json_false());
	json_object_set_new(
		trial, "invalid_because", json_pack("[s]", "capture dropped 12 packets"));
	json_object_set_new(root, "invalid_trials",
		json_integer(json_integer_value(json_object_get(root, "invalid_trials")) + 1));
}

static void
test_some_invalid(void **state)
{
	json_t *root = sample_run(5, 4);
	struct place p;

	(void)state;
	invalidate(root, 1);
	invalidate(root, 3);
	assert_int_equal(report(&p, "invalid", root, false), 0);
	assert_has(p.html, "2 of 5 trials are invalid and not counted: capture dropped 12 packets");
	assert_has(p.html, "Quick look, n = 3");
	assert_has(p.html, "<span class=\"no\">✗</span> invalid: capture dropped 12 packets");
	assert_clean(&p);
	place_done(&p);
}

static void
test_all_invalid(void **state)
{
	json_t *root = sample_run(2, 4);
	struct place p;

	(void)state;
	invalidate(root, 0);
	invalidate(root, 1);
	assert_int_equal(report(&p, "allinvalid", root, false), 0);
	assert_has(p.html, "Inconclusive: all 2 trials were invalid: capture dropped 12 packets");
	assert_has(p.html, "an invalid one, as none was valid");
	assert_has(p.html, "The outage: no trial was valid");
	assert_has(p.html, "Catchment: no trial was valid");
	assert_lacks(p.html, "computed from 0 valid trials (a quick look)");
	assert_has(p.junit, "failures=\"0\" errors=\"1\" skipped=\"3\"");
	assert_clean(&p);
	place_done(&p);
}

static json_t *
sample_router(const char *node, int in, int out, double heard_ms, double rib_ms, int steps)
{
	return json_pack("{s:s,s:s,s:s,s:i,s:i,s:i,s:i,s:i,s:o,s:o,s:o,s:o}", "node", node, "role",
		"carrier", "city", "hkg", "updates_in", in, "updates_out", out, "withdraws_out",
		out, "messages_out", 100, "bytes_out", 1900, "first_update_in_ms",
		sample_stats(2, heard_ms, heard_ms, heard_ms, heard_ms), "rib_convergence_ms",
		sample_stats(2, rib_ms, rib_ms, rib_ms, rib_ms * 2), "fib_convergence_ms",
		sample_stats(2, 1, 1.26, 1.5, 1.5), "path_exploration_steps",
		sample_stats(2, steps, steps, steps, steps));
}

/* Nobody sent an UPDATE: what is known of sessions decides what the page says. */
static void
test_bgp_quiet(void **state)
{
	static const struct {
		double lost; /* < 0: not known */
		const char *says;
	} rows[] = {
		{12,
			"<h2>No UPDATE was about the anycast prefixes: 12 BGP sessions were "
			"lost</h2>"},
		{1, "<h2>No UPDATE was about the anycast prefixes: 1 BGP session was lost</h2>"},
		{0, "No BGP session was lost either."},
		{-1, "<h2>No UPDATE was about the anycast prefixes</h2>"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *root = sample_run(1, 1);
		json_t *bgp = json_pack("{s:i,s:i,s:{s:o},s:[],s:[]}", "trials", 1, "fib_trials", 1,
			"totals", "updates", sample_stats(1, 0, 0, 0, 0), "routers", "hops");
		struct place p;

		assert_non_null(bgp);
		if (rows[i].lost >= 0)
			json_object_set_new(json_object_get(bgp, "totals"), "sessions_lost",
				sample_stats(
					1, rows[i].lost, rows[i].lost, rows[i].lost, rows[i].lost));
		json_object_set_new(root, "bgp", bgp);
		assert_int_equal(report(&p, "bgp-quiet", root, false), 0);
		assert_has(p.html, rows[i].says);
		assert_null(strstr(p.html, "saw nothing"));
		assert_true((strstr(p.html, "sessions was") == NULL) &&
			(strstr(p.html, "lost either") != NULL) == (i == 2));
		assert_clean(&p);
		place_done(&p);
	}
}

/* Who had nothing to do is a line; no figure has a digit that it is not exact to. */
static void
test_bgp(void **state)
{
	json_t *root = sample_run(2, 1), *bgp;
	struct place p;

	(void)state;
	bgp = json_pack(
		"{s:i,s:i,s:f,s:f,s:{s:o,s:o,s:o,s:o},s:[o,o,o],s:[{s:s,s:s,s:i,s:i,s:i,s:i},"
		"{s:s,s:s,s:i,s:i,s:i,s:i}]}",
		"trials", 2, "fib_trials", 2, "wire_accuracy_ms", 0.2615, "fib_accuracy_ms", 0.3415,
		"totals", "updates", sample_stats(2, 6, 6, 6, 6), "withdraws",
		sample_stats(2, 6, 6, 6, 6), "messages", sample_stats(2, 90, 90, 90, 90), "bytes",
		sample_stats(2, 30548.5, 30548.5, 30548.5, 30548.5), "routers",
		sample_router("rs2", 4, 8, 3412.346, 12.3456, 2),
		sample_router("rs1", 4, 8, 3411.346, 0.4781, 0),
		sample_router("a-tyo", 0, 0, 3411, 1, 0), "hops", "from", "rs2", "to", "acc-hkg",
		"updates", 8, "withdraws", 8, "messages", 20, "bytes", 400, "from", "a-tyo", "to",
		"a-lax", "updates", 0, "withdraws", 0, "messages", 31, "bytes", 589);
	assert_non_null(bgp);
	json_object_set_new(root, "bgp", bgp);
	assert_int_equal(report(&p, "bgp", root, false), 0);
	assert_has(p.html,
		"<h2>Routers passed the change on within 24.7 ms (rs2), into their FIBs within 1.5 "
		"ms (rs2)</h2>");
	assert_has(p.html, "2 of 3 routers took part: 6 UPDATEs");
	assert_has(p.html,
		"30\xe2\x80\x89"
		"549 bytes");
	assert_has(p.html, "up to 2 states told to one peer before the last one");
	assert_has(p.html, "± 300 µs on the wire, ± 400 µs in the FIB");
	assert_has(p.html, "1 router neither heard nor told anything about the prefixes: a-tyo.");
	assert_has(p.html, "<td class=\"n\">500 µs</td>");
	assert_has(p.html, "<td class=\"n\">12.3 ms</td><td class=\"n\">24.7 ms</td>");
	assert_has(
		p.html, "1 other hops carried no UPDATE about the prefixes: 15.5 messages a trial");
	assert_true(
		strstr(p.html, "<th scope=\"row\">rs1") < strstr(p.html, "<th scope=\"row\">rs2"));
	assert_clean(&p);
	place_done(&p);
}

static void
test_minimal(void **state)
{
	struct place p;

	(void)state;
	assert_int_equal(
		report(&p, "minimal",
			json_pack("{s:s, s:{}}", "schema", "catchment.result/1", "metrics"), false),
		0);
	assert_has(p.html, "Inconclusive: no trial was finished");
	assert_clean(&p);
	place_done(&p);
}

static void
test_hostile(void **state)
{
	json_t *root = sample_run(2, 6), *city, *sites, *trial;
	struct place p;

	(void)state;
	json_object_set_new(root, "scenario", json_string(EVIL));
	json_object_set_new(root, "title", json_string(EVIL));
	json_object_set_new(root, "run_id", json_string(EVIL "\xe2\x80\xae\x01"));
	city = json_array_get(json_object_get(root, "cities"), 0);
	json_object_set_new(city, "title", json_string(EVIL));
	trial = json_array_get(json_object_get(root, "per_trial"), 0);
	sites = json_object_get(json_object_get(trial, "timeline"), "sites");
	json_object_set(sites, EVIL, json_object_get(sites, "tyo"));
	sites = json_object_get(
		json_object_get(json_object_get(trial, "city_timeline"), "hkg"), "sites");
	json_object_set(sites, EVIL, json_object_get(sites, "tyo"));
	json_object_set_new(trial, "dir", json_string("javascript:alert(1)"));
	json_object_set_new(json_array_get(json_object_get(root, "targets"), 0), "evidence",
		json_pack("[s,s,s]", "../../etc/passwd", "/etc/passwd", "a\"onclick=\"x"));
	json_object_set_new(
		json_array_get(json_object_get(root, "targets"), 0), "id", json_string(EVIL));
	assert_int_equal(report(&p, "hostile", root, false), 0);
	assert_clean(&p);
	assert_lacks(p.html, "href=\"javascript");
	assert_lacks(p.html, "href=\"/");
	assert_lacks(p.html, "href=\"..");
	assert_lacks(p.html, "\" onclick");
	assert_lacks(p.html, "\"onclick=");
	assert_has(p.html, "&lt;script&gt;alert(1)&lt;/script&gt;");
	assert_lacks(p.html, "\xe2\x80\xae");
	assert_lacks(p.junit, "\x01");
	assert_lacks(p.junit, "<script");
	place_done(&p);
}

static void
test_wrong_types(void **state)
{
	static const struct {
		const char *json, *said;
	} cases[] = {
		{"{\"schema\":\"catchment.result/2\"}",
			"schema: \"catchment.result/1\" is wanted, not \"catchment.result/2\""},
		{"{}", "schema: \"catchment.result/1\" is wanted"},
		{"[]", "an object is wanted"},
		{"{\"schema\":", "result.json:1: not JSON"},
		{"{\"schema\":\"catchment.result/1\",\"trials\":\"5\"}",
			"result.json: trials: a number is wanted, not a string"},
		{"{\"schema\":\"catchment.result/1\"}", "metrics: is missing"},
		{"{\"schema\":\"catchment.result/1\",\"targets\":{}}",
			"result.json: targets: a list is wanted, not an object"},
		{"{\"schema\":\"catchment.result/"
		 "1\",\"targets\":[{\"id\":\"a\"},{\"measured\":\"4\"}]}",
			"result.json: targets[1].measured: a number is wanted, not a string"},
		{"{\"schema\":\"catchment.result/1\",\"targets\":[3]}",
			"result.json: targets[0]: an object is wanted, not a number"},
		{"{\"schema\":\"catchment.result/1\",\"targets\":[{\"verdict\":\"fine\"}]}",
			"result.json: targets[0].verdict: met, missed, refuted, modelled or not "
			"judged is wanted"},
		{"{\"schema\":\"catchment.result/"
		 "1\",\"per_trial\":[{\"timeline\":{\"bin_ms\":100,\"from_ms\":0,"
		 "\"sites\":{\"hkg\":[1,\"x\"]}}}]}",
			"per_trial[0].timeline.sites.hkg[1]: a number is wanted, not a string"},
		{"{\"schema\":\"catchment.result/"
		 "1\",\"per_trial\":[{\"timeline\":{\"bin_ms\":100,\"from_ms\":0,"
		 "\"sites\":{\"hkg\":[1,2]},\"unanswered\":[1]}}]}",
			"per_trial[0].timeline.unanswered: not as many bins as the other series"},
		{"{\"schema\":\"catchment.result/"
		 "1\",\"per_trial\":[{\"timeline\":{\"sites\":{\"hkg\":[1,2]}}}]}",
			"a timeline needs bin_ms above 0, and from_ms"},
		{"{\"schema\":\"catchment.result/1\",\"per_trial\":[{\"valid\":1}]}",
			"per_trial[0].valid: true or false is wanted, not a number"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char path[400];
		struct place p;

		place_init(&p, "wrong");
		mkdir(p.dir, 0755);
		snprintf(path, sizeof(path), "%s/result.json", p.dir);
		assert_int_equal(fs_write(path, cases[i].json, strlen(cases[i].json), &p.e), 0);
		assert_int_equal(report_run(p.dir, &p.e), -EINVAL);
		assert_has(p.e.text, cases[i].said);
		place_done(&p);
	}
}

static void
test_no_result(void **state)
{
	struct err e = {0};

	(void)state;
	assert_int_equal(report_run("/nonexistent", &e), -ENOENT);
	assert_has(e.text, "'catchment analyze /nonexistent' writes it");
}

static void
test_no_gnuplot(void **state)
{
	char *path = strdup(getenv("PATH"));
	struct place p;

	(void)state;
	setenv("PATH", "/nonexistent", 1);
	assert_int_equal(report(&p, "nognuplot", sample_run(1, 1), false), -ENOPKG);
	setenv("PATH", path, 1);
	free(path);
	assert_has(p.e.text, "apt-get install gnuplot");
	place_done(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_section),
		cmocka_unit_test(test_twenty_trials_stay_small),
		cmocka_unit_test(test_one_trial),
		cmocka_unit_test(test_interrupted),
		cmocka_unit_test(test_some_invalid),
		cmocka_unit_test(test_all_invalid),
		cmocka_unit_test(test_bgp),
		cmocka_unit_test(test_bgp_quiet),
		cmocka_unit_test(test_minimal),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_wrong_types),
		cmocka_unit_test(test_no_result),
		cmocka_unit_test(test_no_gnuplot),
	};

	return cmocka_run_group_tests_name("reports/report", tests, NULL, NULL);
}
