/* test_analyze_judged.c - which verdicts analyze gives, and which trials and runs it does not judge. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/bench/analyzed.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(shares_and_verdicts, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(one_family_is_judged, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(close_verdicts_are_told, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(no_withdraw_is_a_miss, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(bad_trials_are_invalid, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(starved_host_is_invalid, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(bad_runs_are_errors, make_dir, remove_dir),
	};

	return cmocka_run_group_tests_name("analyze_judged", tests, NULL, NULL);
}
