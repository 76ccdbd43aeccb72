/* test_report_words.c - what a page says in sentences: its headline, what the return cost, who moved and why. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/reports/place.h"

static void
test_withdraw_that_never_came(void **state)
{
	json_t *root = sample_run(5, 1), *target, *trial;
	struct place p;

	(void)state;
	target = json_array_get(json_object_get(root, "targets"), 0);
	trial = json_array_get(json_object_get(root, "per_trial"), 1);
	json_object_set_new(target, "measured", json_null());
	json_object_set_new(json_object_get(trial, "withdraw_ms"), "v4", json_null());
	assert_int_equal(report(&p, "never", root, false), 0);
	assert_has(p.html,
		"Missed: the route was never withdrawn (documented: within 4 s), missed in 2 of 5 "
		"trials");
	assert_clean(&p);
	place_done(&p);
}

/* A site that flaps is said to. */
static void
test_withdraw_that_came_back(void **state)
{
	json_t *root = sample_run(5, 1);
	json_t *trial = json_array_get(json_object_get(root, "per_trial"), 1);
	struct place p;

	(void)state;
	json_object_set_new(trial, "withdraw_flaps", json_pack("{s:i,s:i}", "v4", 1, "v6", 2));
	assert_int_equal(report(&p, "flaps", root, false), 0);
	assert_has(p.html,
		"Missed: worst withdraw 4.20 s (documented: within 4 s), and came back up to 2 "
		"times "
		"while the fault lasted, missed in 1 of 5 trials");
	assert_clean(&p);
	place_done(&p);
}

/* A row as the analyzer writes it. */
static json_t *
target_row(const char *id, const char *family, const char *verdict, const char *metric,
	const char *statistic, const char *comparison, double measured, double target,
	const char *unit)
{
	return json_pack("{s:s,s:s?,s:s,s:s,s:s,s:s,s:s,s:f,s:f,s:s,s:i,s:i,s:f,s:f,s:s}", "id", id,
		"family", family, "verdict", verdict, "documented", "a claim", "metric", metric,
		"statistic", statistic, "comparison", comparison, "measured", measured, "target",
		target, "unit", unit, "n", 1, "trials", 1, "share_over",
		strcmp(verdict, "missed") == 0 ? 1.0 : 0.0, "miss_bound_ratio", 1.0, "why",
		"the analyzer's counts");
}

/* Either family may have missed in other trials: 7 and 8 of 20 are not 8 of 20. */
static void
test_trials_of_each_family(void **state)
{
	json_t *root = sample_run(5, 1), *rows[2];
	struct place p;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		rows[i] = target_row("a", i == 0 ? "v4" : "v6", "missed", "resolver_failures",
			"max", "<=", 1, 0, "lookups");
		json_object_set_new(rows[i], "trials", json_integer(20));
		json_object_set_new(rows[i], "share_over", json_real(i == 0 ? 0.35 : 0.4));
	}
	json_object_set_new(root, "targets", json_pack("[o,o]", rows[0], rows[1]));
	assert_int_equal(report(&p, "each-family", root, false), 0);
	assert_has(p.html,
		"failed lookup (documented: none), missed in 7 of 20 trials over IPv4, 8 over "
		"IPv6");
	assert_lacks(p.html, "missed in 8 of 20");
	assert_clean(&p);
	place_done(&p);
}

/* Trials that do not count each for their own reason: each kind once, with the range of its figures. */
static void
test_reasons_of_invalid_trials(void **state)
{
	static const char *const because[] = {
		"dropped: 73 datagrams is over the limit of 0 datagrams",
		"CPU pressure of 0.91 is over the limit of 0.9",
		"dropped: 5 datagrams is over the limit of 0 datagrams",
		"dropped: 47 datagrams is over the limit of 0 datagrams"};
	json_t *root = sample_run(6, 1), *trial;
	struct place p;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		trial = json_array_get(json_object_get(root, "per_trial"), i);
		json_object_set_new(trial, "valid", json_false());
		json_object_set_new(trial, "invalid_because", json_pack("[s]", because[i]));
	}
	json_object_set_new(root, "invalid_trials", json_integer(4));
	assert_int_equal(report(&p, "reasons", root, false), 0);
	assert_has(p.html,
		"4 of 6 trials are invalid and not counted: dropped: 5 to 73 datagrams is over the "
		"limit of 0 datagrams (3 trials); CPU pressure of 0.91 is over the limit of 0.9 (1 "
		"trial). ");
	assert_clean(&p);
	place_done(&p);
}

/* The sentence is made from metric, statistic and unit; ids mean nothing to it. */
static void
test_findings_in_words(void **state)
{
	json_t *root = sample_run(1, 5);
	struct place p;

	(void)state;
	json_object_set_new(json_object_get(root, "metrics"), "streams_with_loss",
		sample_metric("streams", "trials", 1, 219, 219, 219));
	json_object_set_new(root, "targets",
		json_pack("[o,o,o,o,o]",
			target_row("a", "v4", "missed", "streams_with_loss", "max", "<=", 110, 0,
				"streams"),
			target_row("a", "v6", "missed", "streams_with_loss", "max", "<=", 109, 0,
				"streams"),
			target_row("b", "v4", "missed", "first_good_answer_ms", "max", "<", 1092.7,
				1000, "ms"),
			target_row("b", "v6", "met", "first_good_answer_ms", "max", "<", 954, 1000,
				"ms"),
			target_row("c", NULL, "met", "served_ratio", "p50", ">=", 0.99, 0.95,
				"ratio")));
	assert_int_equal(report(&p, "words", root, false), 0);
	assert_has(p.html,
		"Missed: 110 (IPv4) and 109 (IPv6) of 350 streams lost queries, for up to ");
	assert_has(p.html,
		"(documented: none); worst first good answer 1.09 s over IPv4 (documented: under 1 "
		"s)");
	assert_has(p.html,
		"<p>Met: worst first good answer 954 ms over IPv6 (documented: under 1 s); "
		"median served ratio 99 % (documented: at least 95 %)");
	assert_lacks(p.html, "the analyzer&#39;s counts"); /* the columns say them */
	assert_clean(&p);
	place_done(&p);
}

/* A figure that is no farther from the documented one than it is exact is said to be, of the family whose figure is told. */
static void
test_close_figure(void **state)
{
	json_t *root = sample_run(1, 5), *row;
	struct place p;

	(void)state;
	row = target_row(
		"b", "v6", "missed", "first_good_answer_ms", "max", "<", 1006.9, 1000, "ms");
	json_object_set_new(row, "close", json_true());
	json_object_set_new(root, "targets",
		json_pack("[o,o]",
			target_row("b", "v4", "missed", "first_good_answer_ms", "max", "<", 1000.5,
				1000, "ms"),
			row));
	assert_int_equal(report(&p, "close", root, false), 0);
	assert_has(p.html, "(documented: under 1 s, within one gap of the figure)");
	assert_has(
		p.html, "missed<br><span class=\"mute\">within one gap of the figure</span></td>");
	assert_has(p.html, "missed</td>"); /* the other family's */
	assert_has(p.junit, ", within one gap of the figure");
	assert_clean(&p);
	place_done(&p);
}

/* Of many claims two lead, the rest stands below; a refuted figure has its claim's name, "median anycast rtt" being that of five. */
static void
test_many_claims(void **state)
{
	static const char *const ids[] = {"rtt-a", "rtt-b", "rtt-c", "rtt-d"};
	json_t *root = sample_run(1, 5), *list = json_array();
	struct place p;

	(void)state;
	for (size_t i = 0; i < 4; i++)
		json_array_append_new(list,
			target_row(ids[i], NULL, i == 0 ? "refuted" : "met", "anycast_rtt_ms",
				"p50", "<=", 117, 33, "ms"));
	json_object_set_new(root, "targets", list);
	assert_int_equal(report(&p, "many", root, false), 0);
	assert_has(p.html,
		"Refuted: rtt-a: median anycast rtt 117 ms (documented: within 33 ms). Met: median "
		"anycast rtt 117 ms (documented: within 33 ms)</h1>");
	assert_has(p.html, "<p>Met: median anycast rtt 117 ms (documented: within 33 ms); median");
	place_done(&p);
}

/* The ledger's own words stand for the figure that was compared with, wherever it is shown. */
static void
test_figure_in_words(void **state)
{
	json_t *root = sample_run(1, 5);
	json_t *row = target_row("a", "v4", "met", "withdraw_ms", "max", "<=", 4000, 60000, "ms");
	struct place p;

	(void)state;
	json_object_set_new(row, "figure", json_string("no figure; <here>"));
	json_object_set_new(root, "targets", json_pack("[o]", row));
	assert_int_equal(report(&p, "figure", root, false), 0);
	assert_has(p.html, "worst withdraw 4.00 s (documented: no figure; &lt;here&gt;)");
	assert_has(p.html, "<td class=\"n why\">no figure; &lt;here&gt;</td>");
	assert_has(p.junit, "documented no figure; &lt;here&gt;, n = ");
	assert_lacks(p.html, "within 60");
	assert_lacks(p.junit, "60.0 s");
	assert_clean(&p);
	place_done(&p);
}

/* A claim that is missed always is told so. */
static void
test_missed_in_each_trial(void **state)
{
	json_t *root = sample_run(3, 5), *row;
	struct place p;

	(void)state;
	row = target_row("b", "v4", "missed", "first_good_answer_ms", "max", "<", 2000, 1000, "ms");
	json_object_set_new(row, "n", json_integer(132));
	json_object_set_new(row, "trials", json_integer(3));
	json_object_set_new(root, "targets", json_pack("[o]", row));
	assert_int_equal(report(&p, "each", root, false), 0);
	assert_has(p.html, "(documented: under 1 s), in each of 3 trials</h1>");
	place_done(&p);
}

/* What the return cost is said at the top, by the plot and in its section; what did not come back too. */
static void
test_return(void **state)
{
	json_t *root = sample_run(2, 5), *row;
	struct place p;

	(void)state;
	row = json_array_get(json_object_get(root, "catchment"), 0);
	json_object_set_new(row, "after", json_pack("{s:f,s:f}", "fra", 0.9, "hkg", 0.1));
	assert_int_equal(report(&p, "return", root, false), 0);
	assert_has(p.html,
		"<p class=\"found\">The return lost 16 queries in 2 trials: Singapore 16 (spread "
		"over "
		"up to ");
	assert_has(p.html,
		"When the trials ended not served as before: Hong Kong IPv4 (hkg before, then 90 % "
		"fra).");
	assert_has(p.html, "after the fault; the return then lost 8 queries");
	assert_has(p.html, "<h2>The return lost 16 queries</h2>");
	assert_has(p.html, "last query lost 2");
	assert_has(
		p.html, "16 of 16 as expected before the fault, 1 is elsewhere after the return");
	place_done(&p);
	root = sample_run(2, 5);
	for (size_t i = 0; i < 2; i++)
		json_object_set_new(json_array_get(json_object_get(root, "catchment"), i), "after",
			json_pack("{s:f}", "fra", 1.0));
	assert_int_equal(report(&p, "return-both", root, false), 0);
	assert_has(p.html, "not served as before: Hong Kong (hkg before, then fra).");
	place_done(&p);
}

/* A trial that began late has nothing to draw before: the plot begins where the clients do. */
static void
test_late_beginning(void **state)
{
	json_t *root = sample_run(1, 5), *timeline, *bins;
	const char *site;
	struct place p;

	(void)state;
	timeline =
		json_object_get(json_array_get(json_object_get(root, "per_trial"), 0), "timeline");
	json_object_foreach(json_object_get(timeline, "sites"), site, bins)
	{
		for (size_t i = 0; i < 20; i++)
			json_array_set_new(bins, i, json_integer(0));
		json_array_set_new(bins, 20,
			json_integer(json_integer_value(json_array_get(bins, 20)) * 7 / 10));
	}
	assert_int_equal(report(&p, "late", root, false), 0);
	assert_lacks(strstr(p.html, "id=\"timeline\""), "<title>-5.0 to ");
	assert_lacks(strstr(p.html, "id=\"timeline\""), "<title>-3.0 to ");
	assert_has(strstr(p.html, "id=\"timeline\""), "<title>-2.9 to ");
	place_done(&p);
}

static void
lose_nothing(json_t *root)
{
	static const char *const series[] = {"unanswered", "failed"};
	json_t *trial;
	size_t i;

	json_array_foreach(json_object_get(root, "per_trial"), i, trial) for (size_t k = 0; k < 2;
									      k++)
	{
		json_t *bins = json_object_get(json_object_get(trial, "timeline"), series[k]);

		for (size_t b = 0; b < json_array_size(bins); b++)
			json_array_set_new(bins, b, json_integer(0));
	}
}

/* Small answers over UDP all came: what was lost of the others is said where nothing else was lost. */
static void
test_lost_beside(void **state)
{
	json_t *root = sample_run(2, 5);
	struct place p;

	(void)state;
	lose_nothing(root);
	assert_int_equal(report(&p, "none", root, false), 0);
	assert_has(p.html, "No query went unanswered in trial ");
	place_done(&p);
	root = sample_run(2, 5);
	json_object_set_new(json_object_get(root, "metrics"), "large_unanswered_queries",
		json_pack("{s:s,s:s,s:i,s:i,s:i,s:i,s:i}", "unit", "queries", "over", "trials", "n",
			2, "min", 0, "p50", 3, "p99", 202, "max", 202));
	lose_nothing(root);
	assert_int_equal(report(&p, "beside", root, false), 0);
	assert_has(p.html, "; 202 for large answers were lost");
	assert_lacks(p.html, "No query went unanswered");
	place_done(&p);
}

/* What TCP and large answers lost is told below the headline; where they lost nothing, nothing is. */
static void
test_sides_in_the_sentence(void **state)
{
	json_t *root = sample_run(2, 5);
	struct place p;

	(void)state;
	json_object_set_new(root, "tcp",
		json_pack("{s:{s:{s:i,s:i}}}", "cities", "hkg", "sent", 75, "unanswered", 0));
	assert_int_equal(report(&p, "nosides", root, false), 0);
	assert_lacks(p.html, "over TCP 0");
	assert_lacks(p.html, "ver TCP 0 of");
	place_done(&p);
	root = sample_run(2, 5);
	json_object_set_new(root, "tcp",
		json_pack("{s:{s:{s:i,s:i}}}", "cities", "hkg", "sent", 75, "unanswered", 2));
	json_object_set_new(root, "large",
		json_pack("{s:{s:{s:i,s:i},s:{s:i,s:i}}}", "cities", "hkg", "sent", 149,
			"unanswered", 67, "sin", "sent", 149, "unanswered", 66));
	assert_int_equal(report(&p, "sides", root, false), 0);
	assert_has(p.html,
		"<p class=\"found\">Over TCP 2 of 75 queries were lost, for large answers 133 of "
		"298 queries were lost.");

	place_done(&p);
}

/* A run as carriers have it: no node at fault, so no withdraw; no phase; nothing lost at the return. */
static void
test_columns_without_figures(void **state)
{
	json_t *root = sample_run(2, 5), *trials = json_object_get(root, "per_trial"), *trial;
	struct place p;
	size_t i;

	(void)state;
	json_array_foreach(trials, i, trial)
	{
		json_object_del(trial, "withdraw_ms");
		json_object_set_new(trial, "phase_ms", json_null());
		json_object_set_new(trial, "restore",
			json_pack("{s:{s:n,s:n},s:i}", "announce_ms", "v4", "v6", "unanswered", 0));
	}
	json_array_foreach(json_object_get(root, "cities"), i, trial)
		json_object_set_new(trial, "restore_unanswered", json_integer(0));
	assert_int_equal(report(&p, "columns", root, false), 0);
	assert_lacks(p.html, ">Phase<");
	assert_lacks(p.html, ">Withdraw IPv4<");
	assert_lacks(p.html, ">Announced IPv4 at<");
	assert_lacks(p.html, "health-check tick");
	assert_lacks(p.html, "fastest withdraw first");
	assert_has(p.html, "<h2>The return lost no query</h2>");
	assert_has(p.html, "16 of 16 as expected before the fault, all as before after the return");
	assert_has(p.html, "Expectations of the scenario: 2 of 2 held");
	assert_lacks(p.html, "class=\"found\"");
	assert_clean(&p);
	place_done(&p);
}

static json_t *
moved_row(const char *prefix, double after_ms)
{
	return json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:f}", "to", "tyo", "says",
		"<Hong Kong> goes to tyo: why", "node", "acc-hkg", "from", "hkg", "next", "a-hkg",
		"prefix", prefix, "after_ms", after_ms);
}

/* Families that agree share a sentence, what differs has its own; the summary stands under the title. */
static void
test_moves(void **state)
{
	json_t *root = sample_run(1, 5), *list = json_object_get(root, "catchment");
	struct place p;

	(void)state;
	json_object_set_new(root, "summary", json_string("what <happens> here"));
	json_object_set_new(json_array_get(list, 0), "moved", moved_row("203.0.113.0/24", 2910));
	json_object_set_new(json_array_get(list, 1), "moved", moved_row("2001:db8:53::/48", 93));
	json_object_set_new(json_array_get(list, 4), "moved",
		json_pack("{s:s,s:s}", "to", "tyo", "says", "Singapore goes to tyo: unknown"));
	assert_int_equal(report(&p, "moves", root, false), 0);
	assert_has(p.html,
		"<li>&lt;Hong Kong&gt; goes to tyo: why; likewise 2001:db8:53::/48, 93.0 ms after "
		"the fault.</li>\n<li>Singapore goes to tyo: unknown (IPv4).</li>");
	assert_has(p.html, "<p class=\"meta\">what &lt;happens&gt; here</p>");
	assert_clean(&p);
	place_done(&p);
}

/* Where nobody moved the page says so, and why. */
static void
test_nobody_moved(void **state)
{
	json_t *root = sample_run(1, 5), *row;
	struct place p;
	size_t i;

	(void)state;
	json_object_set_new(root, "fault_node", json_string("hkg"));
	json_array_foreach(json_object_get(root, "catchment"), i, row)
		json_object_set(row, "during", json_object_get(row, "before"));
	json_object_set_new(json_array_get(json_object_get(root, "per_trial"), 0), "withdraw_ms",
		json_pack("{s:n,s:n}", "v4", "v6"));
	json_object_set_new(root, "summary", json_string("The DNS server of one site dies"));
	assert_int_equal(report(&p, "stayed", root, false), 0);
	assert_has(p.html,
		"<p>No city went to another site during the fault: no withdraw was seen, hkg kept "
		"announcing.</p>");
	assert_lacks(p.html, "<p class=\"meta\">The DNS server of one site dies</p>");
	place_done(&p);
}

/* The only expectation; and a dump of a program, which the headline replaces by what was asked. */
static void
test_plain_headlines(void **state)
{
	static const char dump[] = "203.0.113.0/24 unicast [rs1_4 05:26:39.046] * (100) [AS64500i] "
				   "via 198.51.100.10 on hkix BGP.origin: IGP";
	json_t *root = sample_run(1, 5);
	struct place p;

	(void)state;
	json_object_set_new(root, "targets", json_array());
	json_array_remove(json_object_get(root, "expectations"), 1);
	assert_int_equal(report(&p, "only", root, false), 0);
	assert_has(p.html, "The only expectation held; no documented target was judged");
	place_done(&p);
	root = sample_run(1, 5);
	json_object_set_new(root, "targets",
		json_pack("[{s:s,s:s,s:s,s:[{s:s,s:s,s:s}]}]", "id", "way", "verdict", "met", "why",
			"all found", "shown", "what", "it goes across the exchange", "said", dump,
			"outcome", "met"));
	assert_int_equal(report(&p, "dump", root, false), 0);
	assert_has(p.html, "</span> Met: way: it goes across the exchange</h1>");
	assert_has(p.html, "via 198.51.100.10 on hkix BGP.origin: IGP"); /* evidence */
	place_done(&p);
}

static void
test_broken_expectation(void **state)
{
	json_t *root = sample_run(5, 1);
	struct place p;

	(void)state;
	json_object_set_new(
		root, "evidence_damaged", json_pack("[s]", "trial-001/captures/<a>.pcap: cut"));
	json_object_set_new(
		json_array_get(json_object_get(root, "expectations"), 0), "held", json_false());
	assert_int_equal(report(&p, "broken", root, false), 0);
	assert_has(p.html,
		"1 of 2 expectations did not hold: during 10s to 19s clients of hkg are served by "
		"tyo "
		"(measured: tyo 99.7 %, none 0.3 %)");
	assert_has(p.junit, "<failure message=\"measured: tyo 99.7 %, none 0.3 %\"/>");
	assert_has(p.html, "<code class=\"no\">trial-001/captures/&lt;a&gt;.pcap: cut</code>");
	assert_has(p.html, "id=\"target-crash-withdraw\"");
	place_done(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_withdraw_that_never_came),
		cmocka_unit_test(test_withdraw_that_came_back),
		cmocka_unit_test(test_trials_of_each_family),
		cmocka_unit_test(test_reasons_of_invalid_trials),
		cmocka_unit_test(test_findings_in_words),
		cmocka_unit_test(test_close_figure),
		cmocka_unit_test(test_figure_in_words),
		cmocka_unit_test(test_many_claims),
		cmocka_unit_test(test_missed_in_each_trial),
		cmocka_unit_test(test_return),
		cmocka_unit_test(test_late_beginning),
		cmocka_unit_test(test_lost_beside),
		cmocka_unit_test(test_sides_in_the_sentence),
		cmocka_unit_test(test_columns_without_figures),
		cmocka_unit_test(test_moves),
		cmocka_unit_test(test_nobody_moved),
		cmocka_unit_test(test_plain_headlines),
		cmocka_unit_test(test_broken_expectation),
	};

	return cmocka_run_group_tests_name("reports/report_words", tests, NULL, NULL);
}
