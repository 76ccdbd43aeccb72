/* test_analyze.c - a run made up with a known truth, and whether analyze finds that truth exactly. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/analyze/analyze.h"
#include "tests/unit/bench/synth.h"

struct made {
	char dir[64];
	struct synth_truth truth;
};

static int
make_dir(void **state)
{
	struct made *m = calloc(1, sizeof(*m));

	snprintf(m->dir, sizeof(m->dir), "/tmp/catchment-synth-XXXXXX");
	if (mkdtemp(m->dir) == NULL)
		return -1;
	*state = m;
	return 0;
}

static int
remove_dir(void **state)
{
	struct made *m = *state;
	struct err e;
	int rc = getenv("KEEP_SYNTH") != NULL ? 0 : fs_remove_tree(m->dir, &e);

	free(m);
	return rc;
}

static json_t *
analyzed(const struct made *m)
{
	char path[128];
	json_t *o;
	struct err e = {0};

	if (analyze_run(m->dir, &e) < 0)
		fail_msg("%s", e.text);
	snprintf(path, sizeof(path), "%s/result.json", m->dir);
	o = json_load_file(path, 0, NULL);
	assert_non_null(o);
	return o;
}

/* Follow keys and indices ("0") to a value. */
static json_t *
at(json_t *o, const char *path)
{
	char copy[256], *save = NULL;

	snprintf(copy, sizeof(copy), "%s", path);
	for (char *k = strtok_r(copy, "/", &save); k != NULL; k = strtok_r(NULL, "/", &save)) {
		o = json_is_array(o) ? json_array_get(o, strtoul(k, NULL, 10))
				     : json_object_get(o, k);
		if (o == NULL)
			fail_msg("no %s in %s", k, path);
	}
	return o;
}

static void
assert_number(json_t *o, const char *path, double wanted)
{
	json_t *v = at(o, path);

	if (!json_is_number(v) || fabs(json_number_value(v) - wanted) > 1e-6)
		fail_msg("%s is %f, not %f", path, json_number_value(v), wanted);
}

static void
assert_text(json_t *o, const char *path, const char *wanted)
{
	assert_string_equal(json_string_value(at(o, path)), wanted);
}

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

static void
shares_and_verdicts(void **state)
{
	struct made *m = *state;
	struct synth_options plain = {0};
	json_t *o;

	synth_run_json(m->dir, 1);
	synth_trial(m->dir, 1, &plain, &m->truth);
	o = analyzed(m);
	assert_text(o, "catchment/0/city", "hkg");
	assert_number(o, "catchment/0/before/hkg", 1);
	assert_number(o, "catchment/0/during/tyo", 1);
	assert_number(o, "catchment/0/after/hkg", 1);
	assert_number(o, "catchment/0/rtt_ms/before/p50", 1.400001);
	assert_number(o, "catchment/3/before/tyo", 1);
	assert_text(o, "targets/0/id", "crash-withdraw");
	assert_text(o, "targets/0/family", "v4");
	assert_text(o, "targets/0/verdict", "met");
	assert_number(o, "targets/0/measured", SYNTH_WITHDRAW_V4_NS / 1e6);
	assert_number(o, "targets/0/share_over", 0);
	assert_number(o, "targets/0/miss_bound_ratio", 0.95);
	assert_text(o, "targets/0/evidence/0", "trial-001/captures/hkg.hkix.pcap");
	assert_text(o, "targets/1/family", "v6");
	assert_text(o, "targets/2/id", "crash-unnoticed");
	assert_text(o, "targets/2/verdict", "missed");
	assert_number(o, "targets/2/measured", 2);
	assert_text(o, "targets/4/id", "rtt-tokyo");
	assert_text(o, "targets/4/verdict", "not judged");
	/* Compared with another scenario: its figure is told, this run alone judges nothing. */
	assert_text(o, "targets/5/id", "quicker");
	assert_text(o, "targets/5/family", "v4");
	assert_text(o, "targets/5/verdict", "not judged");
	assert_text(o, "targets/5/why", "compared with other by report --summary");
	assert_text(o, "targets/5/beside", "other");
	assert_number(o, "targets/5/measured",
		json_number_value(at(o, "metrics/first_good_answer_v4_ms/p99")));
	assert_true(json_number_value(at(o, "targets/5/measured")) > 0);
	assert_text(o, "targets/6/family", "v6");
	assert_true(json_is_true(at(o, "expectations/0/held")));
	assert_false(json_is_true(at(o, "expectations/1/held")));
	assert_number(o, "per_trial/0/timeline/bin_ms", 100);
	/* 250 bins of 100 ms from -5 s; each holds one query of each of six streams. */
	assert_number(o, "per_trial/0/timeline/sites/tyo/100", 6);
	assert_number(o, "per_trial/0/timeline/sites/hkg/10", 4);
	assert_number(o, "per_trial/0/timeline/unanswered/60", 4);
	assert_number(o, "per_trial/0/timeline/failed/50", 4);
	assert_number(o, "per_trial/0/city_timeline/tyo/sites/tyo/60", 2);
	assert_number(o, "noise/send_lateness_p99_us", 90);
	assert_number(o, "noise/cpu_pressure_ratio", 0.1);
	json_decref(o);
}

/* A claim that the scenario judges for one family is not judged for the other, whatever was measured there. */
static void
one_family_is_judged(void **state)
{
	struct made *m = *state;
	struct synth_options plain = {0};
	char path[128];
	json_t *o, *run;

	synth_run_json(m->dir, 1);
	synth_trial(m->dir, 1, &plain, &m->truth);
	snprintf(path, sizeof(path), "%s/run.json", m->dir);
	run = json_load_file(path, 0, NULL);
	assert_non_null(run);
	json_object_set_new(at(run, "judges/0"), "family", json_string("v6"));
	assert_int_equal(json_dump_file(run, path, JSON_COMPACT), 0);
	json_decref(run);
	o = analyzed(m);
	assert_text(o, "targets/0/id", "crash-withdraw");
	assert_text(o, "targets/0/family", "v4");
	assert_text(o, "targets/0/verdict", "not judged");
	assert_text(o, "targets/0/why", "this scenario judges it for IPv6 only");
	assert_true(json_is_null(at(o, "targets/0/measured")));
	assert_text(o, "targets/1/family", "v6");
	assert_text(o, "targets/1/verdict", "met");
	json_decref(o);
}

/* A run.json in which the withdraw is to come within this. */
static void
set_target(const char *dir, double target_ms)
{
	char path[128];
	json_t *run;

	snprintf(path, sizeof(path), "%s/run.json", dir);
	run = json_load_file(path, 0, NULL);
	assert_non_null(run);
	json_object_set_new(at(run, "judges/0"), "target", json_real(target_ms));
	json_object_set_new(at(run, "judges/0"), "metric", json_string("full_convergence_ms"));
	assert_int_equal(json_dump_file(run, path, JSON_COMPACT), 0);
	json_decref(run);
}

/* A verdict is close where the figure is nearer to the documented one than the gap of 100 ms, on either side. */
static void
close_verdicts_are_told(void **state)
{
	static const struct {
		double off_ms;
		const char *verdict;
		bool close;
	} rows[] = {{-99, "missed", true}, {99, "met", true}, {-101, "missed", false},
		{101, "met", false}};
	struct made *m = *state;
	struct synth_options plain = {0};

	synth_run_json(m->dir, 1);
	synth_trial(m->dir, 1, &plain, &m->truth);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *o;

		set_target(m->dir, (double)m->truth.full_convergence_ns / 1e6 + rows[i].off_ms);
		o = analyzed(m);
		assert_text(o, "targets/0/verdict", rows[i].verdict);
		assert_int_equal(
			json_is_true(json_object_get(at(o, "targets/0"), "close")), rows[i].close);
		/* Of a count there is no gap: two streams for none is no close matter. */
		assert_null(json_object_get(at(o, "targets/1"), "close"));
		json_decref(o);
	}
}

static void
no_withdraw_is_a_miss(void **state)
{
	struct made *m = *state;
	struct synth_options plain = {0}, none = {.no_withdraw = true};
	json_t *o;

	synth_run_json(m->dir, 2);
	synth_trial(m->dir, 1, &plain, &m->truth);
	synth_trial(m->dir, 2, &none, &m->truth);
	o = analyzed(m);
	assert_number(o, "invalid_trials", 0);
	assert_true(json_is_null(at(o, "per_trial/1/withdraw_ms/v4")));
	assert_text(o, "targets/0/verdict", "missed");
	assert_true(json_is_null(at(o, "targets/0/measured")));
	assert_number(o, "targets/0/share_over", 0.5);
	assert_non_null(strstr(json_string_value(at(o, "targets/0/why")), "no withdraw"));
	assert_number(o, "metrics/withdraw_v4_ms/missing", 1);
	json_decref(o);
}

static void
cut(const struct made *m, const char *file, long to_bytes)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", m->dir, file);
	if (to_bytes < 0)
		assert_int_equal(unlink(path), 0);
	else
		assert_int_equal(truncate(path, to_bytes), 0);
}

static void
bad_trials_are_invalid(void **state)
{
	static const char *const because[] = {NULL,
		"trial-002/answers: cut within a record at byte",
		"trial-003/captures/hkg.hkix.pcap: byte 287: cut within a packet",
		"trial-004/captures/hkg.cara.pcap: No such file", "a clock step of 250 us",
		"trial-006/events.jsonl:9: ends without trial_end",
		"trial-007/events.jsonl: No such file", "trial-008/answers"};
	struct made *m = *state;
	struct synth_options plain = {0}, step = {.clock_step = true},
			     open = {.no_trial_end = true};
	json_t *o;

	synth_run_json(m->dir, 8);
	for (int i = 1; i <= 8; i++)
		synth_trial(m->dir, i, i == 5 ? &step : i == 6 ? &open : &plain, &m->truth);
	cut(m, "trial-002/answers", 20005);
	cut(m, "trial-003/captures/hkg.hkix.pcap", 340);
	cut(m, "trial-004/captures/hkg.cara.pcap", -1);
	cut(m, "trial-007/events.jsonl", -1);
	cut(m, "trial-008/answers", 10);
	o = analyzed(m);
	assert_number(o, "invalid_trials", 7);
	assert_true(json_is_true(at(o, "per_trial/0/valid")));
	for (int i = 1; i < 8; i++) {
		char path[64];
		const char *why;

		snprintf(path, sizeof(path), "per_trial/%d/invalid_because/0", i);
		why = json_string_value(at(o, path));
		if (strstr(why, because[i]) == NULL)
			fail_msg("'%s' does not say '%s'", why, because[i]);
	}
	assert_number(o, "metrics/withdraw_ms/n", 1);
	json_decref(o);
}

/* Round trips that the links' delays do not explain: the host could not keep up. */
static void
starved_host_is_invalid(void **state)
{
	struct made *m = *state;
	struct synth_options plain = {0};
	char path[256], *text, *rtt;
	json_t *o;

	synth_run_json(m->dir, 1);
	synth_trial(m->dir, 1, &plain, &m->truth);
	snprintf(path, sizeof(path), "%s/run.json", m->dir);
	assert_int_equal(fs_read(path, 1 << 20, &text, NULL, NULL), 0);
	rtt = strstr(text, "\"v4\":1.4");
	assert_non_null(rtt);
	memcpy(rtt, "\"v4\":-20", 8); /* 21 ms away from what is measured */
	synth_write(m->dir, "run.json", text);
	free(text);
	o = analyzed(m);
	assert_number(o, "invalid_trials", 1);
	assert_non_null(
		strstr(json_string_value(at(o, "per_trial/0/invalid_because/0")), "rtt_excess_ms"));
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
bad_runs_are_errors(void **state)
{
	struct made *m = *state;
	struct err e;

	assert_true(analyze_run(m->dir, &e) < 0);
	assert_non_null(strstr(e.text, "run.json"));
	synth_write(m->dir, "run.json", "{\"schema\":\n \"catchment.run/1\",,}");
	assert_true(analyze_run(m->dir, &e) < 0);
	assert_non_null(strstr(e.text, "run.json:2:"));
	synth_write(m->dir, "run.json", "{\"schema\":\"catchment.run/9\"}");
	assert_true(analyze_run(m->dir, &e) < 0);
	assert_non_null(strstr(e.text, "schema"));
	synth_run_json(m->dir, 0);
	assert_int_equal(analyze_run(m->dir, &e), 0);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(truth_is_found, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(shares_and_verdicts, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(one_family_is_judged, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(close_verdicts_are_told, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(no_withdraw_is_a_miss, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(bad_trials_are_invalid, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(starved_host_is_invalid, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(last_mile_is_the_clients, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(bad_runs_are_errors, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(same_run_same_result, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(sides_are_apart, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(oracle_agrees, make_dir, remove_dir),
	};

	return cmocka_run_group_tests_name("analyze", tests, NULL, NULL);
}
