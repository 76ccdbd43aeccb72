/* test_outage.c - what clients lost stands at the top of every page, also where no documented target asks for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/reports/place.h"

/* A metric of one trial, all of whose figures are `v`. */
static void
metric(json_t *root, const char *name, const char *unit, double v)
{
	json_object_set_new(
		json_object_get(root, "metrics"), name, sample_metric(unit, "trials", 1, v, v, v));
}

/* A run that judges nothing: `lost` streams lost queries. */
static json_t *
unjudged(int trials, double lost)
{
	json_t *root = sample_run(trials, 5);

	json_object_set_new(root, "targets", json_array());
	metric(root, "streams_with_loss", "streams", lost);
	return root;
}

static void
test_loss_is_the_finding(void **state)
{
	json_t *root = unjudged(5, 132);
	struct place p;

	(void)state;
	metric(root, "loss_of_connectivity_ms", "ms", 3600);
	json_object_set_new(
		json_object_get(json_object_get(root, "metrics"), "loss_of_connectivity_ms"),
		"accuracy_ms", json_real(100));
	assert_int_equal(report(&p, "lost", root, false), 0);
	assert_has(p.html,
		"</span> All 2 expectations held; up to 132 of 350 streams lost queries, for up to "
		"3.6 s</h1>");
	assert_has(p.html, "This scenario judges no documented target.");
	assert_has(p.html,
		"streams that lost queries <span class=\"mute\">worst trial</span></th>"
		"<td class=\"n\">132 of 350</td>");
	assert_has(p.html,
		"<td class=\"n\">3.6 s</td><td class=\"n mute\">–</td>"
		"<td class=\"mute\">no target</td>");
	assert_clean(&p);
	place_done(&p);
}

/* A line that loses some packets for long is no outage of the sum's length. */
static void
test_loss_at_a_stretch(void **state)
{
	json_t *root = unjudged(1, 88);
	struct place p;

	(void)state;
	metric(root, "loss_of_connectivity_ms", "ms", 6200);
	metric(root, "longest_outage_ms", "ms", 1300);
	assert_int_equal(report(&p, "stretch", root, false), 0);
	assert_has(p.html,
		"88 of 350 streams lost queries, for up to 6.20 s in all, 1.30 s at a "
		"stretch</h1>");
	place_done(&p);
}

/* An answer that came and was of no use is no loss, and no other PoP's either. */
static void
test_wrong_answers(void **state)
{
	json_t *root = unjudged(1, 0), *city;
	struct place p;
	size_t i;

	(void)state;
	metric(root, "wrong_answer_queries", "queries", 17111);
	json_array_foreach(json_object_get(root, "cities"), i, city)
		json_object_set_new(city, "unanswered", json_integer(0));
	assert_int_equal(report(&p, "wrong", root, false), 0);
	assert_has(p.html,
		"held; 17\xe2\x80\x89"
		"111 queries were answered wrongly</h1>");
	assert_has(p.html, " of 8 cities were answered wrongly</h2>");
	assert_lacks(p.html, "no stream lost a query");
	assert_lacks(p.html, "served by another PoP</h2>");
	place_done(&p);
}

static void
test_nothing_lost(void **state)
{
	json_t *root = unjudged(1, 0), *city;
	struct place p;
	size_t i;

	(void)state;
	json_array_foreach(json_object_get(root, "cities"), i, city)
		json_object_set_new(city, "unanswered", json_integer(0));
	assert_int_equal(report(&p, "nolost", root, false), 0);
	assert_has(p.html,
		"held; no stream lost a query; 2 of 8 cities were served by another "
		"PoP</h1>");
	assert_has(p.html, "No city lost a query, 2 were served by another PoP</h2>");
	assert_lacks(p.html, "The outage hit");
	place_done(&p);
}

/* Beside a met target the loss is told below the headline; what clients waited for in vain has its row. */
static void
test_beside_a_target(void **state)
{
	json_t *root = sample_run(1, 5), *never;
	struct place p;

	(void)state;
	metric(root, "streams_with_loss", "streams", 90);
	metric(root, "first_good_answer_ms", "ms", 3000);
	never = json_object_get(json_object_get(root, "metrics"), "first_good_answer_ms");
	json_object_set_new(never, "n", json_integer(132));
	json_object_set_new(never, "missing", json_integer(119));
	assert_int_equal(report(&p, "beside-target", root, false), 0);
	assert_has(p.html, "<p class=\"found\">90 of 350 streams lost queries, for up to ");
	assert_has(p.html, "<td class=\"n\">never for 119 of 132</td>");
	place_done(&p);
	root = sample_run(1, 5);
	never = json_object_get(json_object_get(root, "metrics"), "first_good_answer_ms");
	json_object_set_new(never, "missing", json_copy(json_object_get(never, "n")));
	assert_int_equal(report(&p, "none-came", root, false), 0);
	assert_has(p.html, "worst first good answer from another PoP</th>");
	assert_has(p.html, "<td class=\"n\">never for ");
	place_done(&p);
}

/* The same PoP over another way is no other PoP: said of all or of none. */
static void
test_from_where(void **state)
{
	json_t *root = sample_run(2, 1), *streams, *one;
	struct place p;

	(void)state;
	assert_int_equal(report(&p, "elsewhere", json_deep_copy(root), false), 0);
	assert_has(p.html, "worst first good answer from another PoP</th>");
	assert_has(p.html, "served again by another PoP, hops summed");
	place_done(&p);
	streams = json_object_get(json_array_get(json_object_get(root, "per_trial"), 0), "streams");
	one = json_array_get(streams, 0);
	json_object_set(
		one, "first_good_answer_site", json_object_get(one, "last_answer_before_site"));
	json_object_set_new(json_object_get(json_object_get(root, "budget"), "median"), "to",
		json_string("hkg"));
	assert_int_equal(report(&p, "same-pop", root, false), 0);
	assert_has(p.html, "worst first good answer</th>");
	assert_has(p.html, "served again while the fault lasted, hops summed");
	assert_lacks(p.html, "first good answer from another PoP");
	assert_lacks(p.html, "by another PoP, hops summed");
	place_done(&p);
}

/* Neither ticks what was not asked: a bench whose targets were not judged, a run that did not end. */
static void
test_no_tick(void **state)
{
	json_t *root = sample_run(1, 5);
	struct place p;

	(void)state;
	json_object_set_new(root, "targets", json_array());
	json_object_set_new(root, "expectations", json_array());
	json_object_set_new(root, "cities", json_array());
	json_object_del(root, "streams");
	assert_int_equal(report(&p, "unasked", root, false), 0);
	assert_has(p.html,
		"<span class=\"sign\" aria-hidden=\"true\">–</span> No documented "
		"target was judged</h1>");
	assert_lacks(p.html, "streams at –");
	assert_has(p.html, "What was measured</h2>");
	place_done(&p);
	root = unjudged(1, 0);
	json_object_set_new(root, "complete", json_false());
	assert_int_equal(report(&p, "unended", root, false), 0);
	assert_has(p.html, "aria-hidden=\"true\">?</span> Incomplete. All 2 expectations held");
	assert_has(p.html, "The run did not end.");
	place_done(&p);
}

/* What the return lost over TCP contradicts a heading that says nothing was lost. */
static void
test_return_over_tcp(void **state)
{
	json_t *root = sample_run(1, 5), *city;
	struct place p;
	size_t i;

	(void)state;
	json_object_set_new(
		json_object_get(json_array_get(json_object_get(root, "per_trial"), 0), "restore"),
		"unanswered", json_integer(0));
	json_array_foreach(json_object_get(root, "cities"), i, city)
		json_object_set_new(city, "restore_unanswered", json_integer(0));
	json_object_set_new(root, "tcp",
		json_pack("{s:{s:{s:i,s:i,s:i}}}", "cities", "hkg", "sent", 75, "unanswered", 1,
			"restore_unanswered", 3));
	assert_int_equal(report(&p, "tcp-return", root, false), 0);
	assert_has(p.html, "<h2>The return lost no query of the streams, 3 over TCP</h2>");
	assert_has(p.html, "No query of the streams was lost when the fault was undone");
	assert_has(p.html, "Over TCP 1 of 75 queries was lost");
	place_done(&p);
}

/* A row has one unit and the same decimals throughout: none that a count has not. */
static void
test_digits_of_metrics(void **state)
{
	json_t *root = sample_run(5, 5), *m;
	struct place p;

	(void)state;
	m = sample_metric("queries", "trials", 5, 63, 77.5, 128);
	json_object_set_new(m, "ci_low", json_real(72.4875));
	json_object_set_new(m, "ci_high", json_real(83.5));
	json_object_set_new(m, "p99", json_real(127.05));
	json_object_set_new(json_object_get(root, "metrics"), "unanswered_queries", m);
	m = sample_metric("ms", "trials", 5, 53.63, 68.6, 118.1);
	json_object_set_new(m, "accuracy_ms", json_real(0.1628));
	json_object_set_new(json_object_get(root, "metrics"), "withdraw_ms", m);
	m = sample_metric("ms", "trials", 5, 95.6, 189.05, 346.7);
	json_object_set_new(m, "accuracy_ms", json_real(100));
	json_object_set_new(json_object_get(root, "metrics"), "first_good_answer_ms", m);
	assert_int_equal(report(&p, "digits", root, false), 0);
	assert_has(p.html,
		">unanswered_queries</th><td>queries</td><td>trials</td><td class=\"n\">5</td>"
		"<td class=\"n\">63.0</td><td class=\"n\">77.5</td><td class=\"n\">127.0</td>"
		"<td class=\"n\">128.0</td><td class=\"n\">72.5 to 83.5</td>");
	assert_has(p.html,
		">withdraw_ms</th><td>ms</td><td>trials</td><td class=\"n\">5</td>"
		"<td class=\"n\">53.6</td><td class=\"n\">68.6</td><td class=\"n\">118.1</td>");
	assert_has(p.html, /* no digit finer than it is exact to */
		">first_good_answer_ms</th><td>ms</td><td>trials</td><td class=\"n\">5</td>"
		"<td class=\"n\">100</td><td class=\"n\">200</td><td class=\"n\">300</td>");
	assert_has(p.html, "<th scope=\"col\">In the RFCs</th>");
	place_done(&p);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_loss_is_the_finding),
		cmocka_unit_test(test_loss_at_a_stretch),
		cmocka_unit_test(test_wrong_answers),
		cmocka_unit_test(test_nothing_lost),
		cmocka_unit_test(test_beside_a_target),
		cmocka_unit_test(test_from_where),
		cmocka_unit_test(test_no_tick),
		cmocka_unit_test(test_return_over_tcp),
		cmocka_unit_test(test_digits_of_metrics),
	};

	return cmocka_run_group_tests_name("reports/outage", tests, NULL, NULL);
}
