/* test_analyze.c - a run made up with a known truth, and whether analyze finds that truth exactly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/wait.h>

#include "tests/unit/bench/analyzed.h"

static void
check_streams(json_t *o, const struct synth_truth *truth)
{
	for (int i = 0; i < SYNTH_STREAMS; i++) {
		char base[64], path[128];

		snprintf(base, sizeof(base), "per_trial/0/streams/%d", i);
		snprintf(path, sizeof(path), "%s/unanswered", base);
		assert_number(o, path, truth->lost[i]);
		snprintf(path, sizeof(path), "%s/icmp", base);
		assert_number(o, path, truth->icmp[i]);
		snprintf(path, sizeof(path), "%s/loss_of_connectivity_ms", base);
		assert_number(o, path, truth->lost[i] * 100.0);
		snprintf(path, sizeof(path), "%s/restore_unanswered", base);
		assert_number(o, path, truth->restore_lost[i]);
		snprintf(path, sizeof(path), "%s/first_good_answer_ms", base);
		if (i >= SYNTH_HKG_STREAMS)
			assert_true(json_is_null(at(o, path)));
		else
			assert_number(
				o, path, (double)(truth->first_good_ns[i] - SYNTH_FAULT_NS) / 1e6);
		snprintf(path, sizeof(path), "%s/last_answer_before_site", base);
		assert_text(o, path, i < SYNTH_HKG_STREAMS ? "hkg" : "tyo");
	}
}

static void
truth_is_found(void **state)
{
	struct made *m = *state;
	struct synth_options plain = {0};
	json_t *o;
	int hkg_lost = 0;

	synth_run_json(m->dir, 1);
	synth_trial(m->dir, 1, &plain, &m->truth);
	o = analyzed(m);
	assert_text(o, "schema", "catchment.result/1");
	assert_number(o, "invalid_trials", 0);
	assert_number(o, "per_trial/0/withdraw_ms/v4", SYNTH_WITHDRAW_V4_NS / 1e6);
	assert_number(o, "per_trial/0/withdraw_ms/v6", SYNTH_WITHDRAW_V6_NS / 1e6);
	assert_number(o, "per_trial/0/restore/announce_ms/v4", 12750);
	assert_number(o, "per_trial/0/restore/announce_ms/v6", 12751);
	assert_number(o, "per_trial/0/bgp_malformed", 0);
	assert_number(o, "per_trial/0/phase_ms", 250.5);
	assert_number(o, "per_trial/0/noise/before_unanswered", 0);
	assert_number(o, "per_trial/0/noise/udp_receive_drops", 0);
	assert_number(o, "per_trial/0/noise/interface_drops", 2);
	assert_number(o, "per_trial/0/noise/rtt_excess_ms", 0.000001);
	assert_int_equal(json_array_size(at(o, "per_trial/0/session_closes")), 0);
	check_streams(o, &m->truth);
	/* Thirty-two or thirty-one queries of each hkg stream, and the one in flight. */
	for (int i = 0; i < SYNTH_HKG_STREAMS; i++) {
		assert_in_range(m->truth.lost[i], 31, 32);
		hkg_lost += (int)m->truth.lost[i];
	}
	assert_number(o, "cities/0/unanswered", hkg_lost);
	assert_true(json_is_true(at(o, "cities/0/affected")));
	assert_false(json_is_true(at(o, "cities/1/affected")));
	assert_number(o, "metrics/unanswered_queries/max", hkg_lost);
	assert_number(o, "metrics/icmp_unreachable_queries/max", 8);
	assert_number(o, "metrics/streams_with_loss/max", 4);
	assert_number(o, "metrics/streams_with_loss_v4/max", 2);
	assert_number(o, "metrics/restore_unanswered_queries/max", 1);
	assert_number(o, "metrics/bystander_unanswered_queries/max", 0);
	/*
	 * A lookup fails when its try at 1200 ms still leaves before the switch at 3105 ms: begun before
	 * 1905 ms. That is 19 queries of each stream, and the one in flight of stream 3. Two refusals at
	 * once use up the tries of a few of them, which would have failed anyway.
	 */
	assert_number(o, "metrics/client_failures/max", 19 + 19 + 19 + 20);
	assert_number(o, "metrics/client_failures_v4/max", 19 + 19);
	assert_number(
		o, "per_trial/0/full_convergence_ms", (double)m->truth.full_convergence_ns / 1e6);
	assert_number(o, "metrics/withdraw_ms/p50", SYNTH_WITHDRAW_V6_NS / 1e6);
	assert_number(o, "metrics/withdraw_v4_ms/n", 1);
	json_decref(o);
}

/* 20 ms of last mile: half before the query is on the wire, half behind its answer. */
static void
last_mile_is_the_clients(void **state)
{
	struct made *m = *state;
	struct synth_options plain = {0};
	json_t *o;

	synth_run_json(m->dir, 1);
	synth_trial(m->dir, 1, &plain, &m->truth);
	o = analyzed(m);
	assert_true(json_is_null(at(o, "last_mile")));
	json_decref(o);
	synth_last_mile_ns = 20 * SYNTH_MS;
	synth_trial(m->dir, 1, &plain, &m->truth);
	synth_last_mile_ns = 0;
	for (int i = 0; i < SYNTH_HKG_STREAMS; i++)
		m->truth.first_good_ns[i] += 10 * SYNTH_MS;
	o = analyzed(m);
	check_streams(o, &m->truth);
	assert_number(o, "invalid_trials", 0);
	assert_number(o, "catchment/0/rtt_ms/before/p50", 21.400001);
	assert_number(o, "per_trial/0/noise/rtt_excess_ms", 0.000001);
	assert_number(o, "per_trial/0/full_convergence_ms",
		(double)m->truth.full_convergence_ns / 1e6 + 10);
	assert_true(json_is_true(at(o, "last_mile/modelled")));
	assert_number(o, "last_mile/seed", 7);
	assert_number(o, "last_mile/added_rtt_ms/n", SYNTH_STREAMS);
	assert_number(o, "last_mile/added_rtt_ms/max", 20);
	json_decref(o);
}

/* What run.json has of round trips, and claims on them that hold, do not, and cannot. */
static void
add_round_trips(const char *dir)
{
	char path[512],
		text[] = "{\"stretch\": 1.5, \"unicast\": {\"rate_qps\": 1, \"sites\": [{\"site\": "
			 "\"hkg\"}, "
			 "{\"site\": \"tyo\"}]}, \"judges\": ["
			 "{\"id\": \"near\", \"modelled\": true, \"metric\": \"anycast_rtt_ms\", "
			 "\"city\": \"hkg\", "
			 "\"statistic\": \"p50\", \"target\": 1.9, \"before\": 95}, "
			 "{\"id\": \"all\", \"modelled\": true, \"metric\": \"unicast_rtt_ms\", "
			 "\"statistic\": \"max\", \"comparison\": \">=\", \"target\": 400}, "
			 "{\"id\": \"light\", \"modelled\": true, \"metric\": \"anycast_rtt_ms\", "
			 "\"city\": \"hkg\", "
			 "\"statistic\": \"p50\", \"target\": 0.5}, "
			 "{\"id\": \"nowhere\", \"modelled\": true, \"metric\": "
			 "\"anycast_rtt_ms\", \"city\": \"lon\", "
			 "\"statistic\": \"p50\", \"target\": 0.5}]}";
	json_t *run, *more = json_loads(text, 0, NULL), *city;

	snprintf(path, sizeof(path), "%s/run.json", dir);
	run = json_load_file(path, 0, NULL);
	assert_non_null(run);
	assert_non_null(more);
	json_object_update(run, more);
	city = json_array_get(json_object_get(run, "cities"), 0);
	json_object_set_new(
		city, "path_stretched_ms", json_pack("{s:f, s:f}", "v4", 1.0, "v6", 1.0));
	json_object_set_new(city, "bound", json_pack("{s:s, s:f}", "site", "hkg", "rtt_ms", 0.8));
	json_object_set_new(city, "unicast",
		json_pack("[{s:s, s:f, s:f}, {s:s, s:f, s:f}]", "family", "v4", "path_rtt_ms", 30.0,
			"path_stretched_ms", 24.0, "family", "v4", "path_rtt_ms", 50.0,
			"path_stretched_ms", 40.0));
	assert_int_equal(json_dump_file(run, path, JSON_COMPACT), 0);
	json_decref(more);
	json_decref(run);
}

static void
check_latency_claims(json_t *o)
{
	assert_string_equal(json_string_value(at(o, "targets/0/verdict")), "modelled");
	assert_true(json_is_true(at(o, "targets/0/holds")));
	assert_number(o, "targets/0/measured", 1.400001);
	assert_number(o, "targets/0/flip_stretch", 1.5 * (1 + (1.9 - 1.400001) / 1.0));
	assert_number(o, "targets/0/before/documented", 95);
	assert_number(o, "targets/0/before/mean_ms", 40);
	assert_number(o, "targets/0/before/nearer_ms", 30);
	assert_string_equal(json_string_value(at(o, "targets/2/id")), "all");
	assert_true(json_is_false(at(o, "targets/2/holds")));
	assert_number(o, "targets/2/measured", 40);
	assert_string_equal(json_string_value(at(o, "targets/3/verdict")), "not judged"); /* v6 */
	assert_string_equal(json_string_value(at(o, "targets/4/verdict")), "refuted");
	assert_non_null(strstr(json_string_value(at(o, "targets/4/why")),
		"light in a straight fibre to hkg and back takes 0.8 ms"));
	assert_string_equal(json_string_value(at(o, "targets/6/verdict")), "not judged");
}

/* Unicast and TCP have figures of their own, and change none of the others. */
static void
sides_are_apart(void **state)
{
	struct made *m = *state;
	struct synth_options plain = {0};
	json_t *without, *with, *value;
	const char *name;

	synth_run_json(m->dir, 1);
	synth_trial(m->dir, 1, &plain, &m->truth);
	without = analyzed(m);
	assert_true(json_is_null(at(without, "unicast")));
	assert_true(json_is_null(at(without, "tcp")));
	add_round_trips(m->dir);
	synth_sides = true;
	synth_trial(m->dir, 1, &plain, &m->truth);
	synth_sides = false;
	with = analyzed(m);
	json_object_foreach(json_object_get(without, "metrics"), name, value) assert_true(
		json_equal(value, json_object_get(json_object_get(with, "metrics"), name)));
	assert_true(json_equal(
		json_object_get(without, "per_trial"), json_object_get(with, "per_trial")));
	assert_true(json_equal(
		json_object_get(without, "catchment"), json_object_get(with, "catchment")));
	assert_number(with, "unicast/probes", SYNTH_STREAMS);
	assert_number(with, "unicast/other_site", 2);
	assert_number(with, "unicast/cities/hkg/sites/tyo/p50", 50);
	assert_number(with, "unicast/cities/hkg/mean_ms/p50", 40);
	assert_number(with, "unicast/cities/hkg/mean_ms/n", 1);
	assert_number(with, "unicast/cities/hkg/v6/mean_ms/n", 0);
	assert_number(with, "unicast/all/anycast_ms/n", SYNTH_STREAMS);
	assert_number(with, "metrics/tcp_connect_ms/p50", 3.4); /* the last mile is on it too */
	assert_number(with, "metrics/tcp_rtt_ms/p50", 7);
	assert_number(with, "metrics/tcp_unanswered_queries/max",
		json_number_value(at(with, "tcp/statuses/refused")));
	assert_true(json_number_value(at(with, "metrics/tcp_first_good_answer_ms/p50")) >=
		SYNTH_SWITCH_MS);
	check_latency_claims(with);
	json_decref(without);
	json_decref(with);
}

static void
same_run_same_result(void **state)
{
	struct made *m = *state;
	struct synth_options plain = {0};
	json_t *first, *second;

	synth_run_json(m->dir, 2);
	synth_trial(m->dir, 1, &plain, &m->truth);
	synth_trial(m->dir, 2, &plain, &m->truth);
	first = analyzed(m);
	second = analyzed(m);
	assert_true(json_equal(first, second));
	json_decref(first);
	json_decref(second);
}

/* What tshark makes of the same captures, by a way that shares no code with ours. */
static void
oracle_agrees(void **state)
{
	struct made *m = *state;
	struct synth_options plain = {0};
	char command[256];
	int rc;

	if (system("command -v tshark >/dev/null 2>&1") != 0 || access("tests/oracle", F_OK) < 0) {
		print_message("skipped: tshark is missing, or this is not the source tree\n");
		skip();
	}
	synth_run_json(m->dir, 1);
	synth_trial(m->dir, 1, &plain, &m->truth);
	json_decref(analyzed(m));
	for (int i = 0; i < SYNTH_HKG_STREAMS; i++) {
		snprintf(command, sizeof(command),
			"python3 tests/oracle/recompute.py %s 1 %s --exact", m->dir,
			synth_stream[i].source);
		rc = system(command);
		assert_true(WIFEXITED(rc));
		assert_int_equal(WEXITSTATUS(rc), 0);
	}
	synth_sides = true;
	synth_last_mile_ns = 20 * SYNTH_MS;
	synth_trial(m->dir, 1, &plain, &m->truth);
	synth_sides = false;
	synth_last_mile_ns = 0;
	json_decref(analyzed(m));
	snprintf(command, sizeof(command), "python3 tests/oracle/recompute.py %s 1 %s --exact",
		m->dir, synth_stream[0].source);
	rc = system(command);
	assert_true(WIFEXITED(rc));
	assert_int_equal(WEXITSTATUS(rc), 0);
}

/* The route was never withdrawn: what the mended server says to queries from before is no healing elsewhere. */
static void
late_answers_heal_nothing(void **state)
{
	struct made *m = *state;
	struct synth_options plain = {0};
	char command[256], path[128];
	json_t *o;

	synth_run_json(m->dir, 1);
	synth_keeps = true;
	synth_trial(m->dir, 1, &plain, &m->truth);
	synth_keeps = false;
	o = analyzed(m);
	for (int i = 0; i < SYNTH_HKG_STREAMS; i++) {
		snprintf(path, sizeof(path), "per_trial/0/streams/%d/first_good_answer_ms", i);
		assert_true(json_is_null(at(o, path)));
		snprintf(path, sizeof(path), "per_trial/0/streams/%d/first_good_answer_site", i);
		assert_true(json_is_null(at(o, path)));
		snprintf(path, sizeof(path), "per_trial/0/streams/%d/unanswered", i);
		assert_true(m->truth.lost[i] > 0);
		assert_number(o, path, m->truth.lost[i]);
	}
	assert_number(o, "metrics/first_good_answer_ms/n", SYNTH_HKG_STREAMS);
	assert_number(o, "metrics/first_good_answer_ms/missing", SYNTH_HKG_STREAMS);
	assert_true(json_is_null(at(o, "per_trial/0/full_convergence_ms")));
	json_decref(o);
	if (system("command -v tshark >/dev/null 2>&1") != 0 || access("tests/oracle", F_OK) < 0)
		return;
	for (int i = 0; i < SYNTH_HKG_STREAMS; i++) {
		snprintf(command, sizeof(command),
			"python3 tests/oracle/recompute.py %s 1 %s --exact", m->dir,
			synth_stream[i].source);
		assert_int_equal(system(command), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(truth_is_found, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(last_mile_is_the_clients, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(same_run_same_result, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(sides_are_apart, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(oracle_agrees, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(late_answers_heal_nothing, make_dir, remove_dir),
	};

	return cmocka_run_group_tests_name("analyze", tests, NULL, NULL);
}
