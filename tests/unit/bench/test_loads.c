/* test_loads.c - the figures of loads as metrics: from their files, of valid trials, and what spoils a trial. */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "bench/analyze/analyze.h"
#include "bench/analyze/loads.h"
#include "lib/fs.h"

static char top[] = "/tmp/test_loads.XXXXXX";

static int
setup(void **state)
{
	char path[PATH_MAX];

	(void)state;
	if (mkdtemp(top) == NULL)
		return -1;
	for (int i = 1; i <= 2; i++) {
		snprintf(path, sizeof(path), "%s/trial-%03d", top, i);
		if (fs_mkdirs(path, NULL) < 0)
			return -1;
	}
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	return fs_remove_tree(top, NULL);
}

/* Load x of two trials as its files and the diary have it; text NULL: no file. */
static void
read_run(struct run *r, struct trial trials[static 2], const char *const text[static 2],
	const int code[static 2])
{
	char path[PATH_MAX];

	*r = (struct run){.dir = top, .trial = trials, .trials = 2};
	r->json = json_loads(
		"{\"loads\": [{\"name\": \"x\", \"node\": \"n\", \"kind\": \"dns\"}]}", 0, NULL);
	for (int i = 0; i < 2; i++) {
		json_t *end = json_pack("{s:s, s:i, s:b, s:s}", "name", "x", "exit", code[i],
			"asked", 0, "said", "so late");

		trials[i] = (struct trial){.number = i + 1, .valid = true, .why = json_array()};
		snprintf(trials[i].dir, sizeof(trials[i].dir), "trial-%03d", i + 1);
		snprintf(path, sizeof(path), "%s/trial-%03d/load-x.json", top, i + 1);
		remove(path);
		if (text[i] != NULL)
			assert_int_equal(fs_write(path, text[i], strlen(text[i]), NULL), 0);
		loads_take_event(&trials[i], end);
		json_decref(end);
		assert_int_equal(loads_read(r, &trials[i]), 0);
	}
}

static void
done(struct run *r)
{
	for (size_t i = 0; i < r->trials; i++) {
		json_decref(r->trial[i].why);
		json_decref(r->trial[i].loads);
	}
	json_decref(r->json);
}

static double
median(const struct run *r, const char *name, size_t n)
{
	struct metric m;
	double value;

	assert_int_equal(metric_collect(r, name, FAMILIES, &m), 0);
	assert_int_equal(m.samples->n, n);
	value = metric_statistic(m.samples, "p50");
	metric_done(&m);
	return value;
}

static void
figures(void **state)
{
	static const char *const text[2] = {
		"{\"sent\": 100, \"answered\": 90, \"answered_qps\": 900.5, \"latency_us\": "
		"{\"p99\": 2500}, \"list\": [1, 2]}",
		"{\"sent\": 100, \"answered\": 100, \"loss_ratio\": 0.5}"};
	struct trial trials[2];
	struct metric m;
	struct run r;
	json_t *list, *all;

	(void)state;
	read_run(&r, trials, text, (const int[2]){0, 0});
	assert_true(trials[0].valid && trials[1].valid);
	assert_float_equal(median(&r, "load_x_answered_qps", 1), 900.5, 1e-9);
	assert_float_equal(median(&r, "load_x_p99_ms", 1), 2.5, 1e-9);
	assert_float_equal(median(&r, "load_x_loss_ratio", 2), 0.3, 1e-9);
	assert_float_equal(median(&r, "load_x_sent", 2), 100, 0);
	assert_true(isnan(median(&r, "load_x_retransmits", 0)));
	assert_true(isnan(median(&r, "load_y_sent", 0)));
	assert_int_equal(metric_collect(&r, "load_x_shine", FAMILIES, &m), -ENOENT);
	assert_int_equal(metric_collect(&r, "load_x_sent", V4, &m), 0);
	assert_int_equal(m.samples->n, 0);
	metric_done(&m);
	trials[1].valid = false;
	assert_float_equal(median(&r, "load_x_loss_ratio", 1), 0.1, 1e-9);
	list = loads_result_json(&r);
	all = json_object_get(json_array_get(list, 0), "per_trial");
	assert_int_equal(json_array_size(all), 2);
	assert_null(json_object_get(json_object_get(json_array_get(all, 0), "file"), "list"));
	json_decref(list);
	done(&r);
}

static void
assert_spoilt(const char *text, int code, const char *why)
{
	const char *const texts[2] = {text, text};
	struct trial trials[2];
	struct run r;

	read_run(&r, trials, texts, (const int[2]){code, code});
	assert_int_equal(trials[0].valid, why == NULL);
	if (why != NULL)
		assert_non_null(strstr(json_string_value(json_array_get(trials[0].why, 0)), why));
	done(&r);
}

static void
what_spoils_a_trial(void **state)
{
	(void)state;
	assert_spoilt("{}", 0, NULL);
	assert_spoilt("{}", 4, "load x: the generator itself was late: so late");
	assert_spoilt("{", 0, "load x: ");
	assert_spoilt("[1]", 0, "load x: its file holds no object");
	assert_spoilt(NULL, 0, "load x: ");
	assert_spoilt("", 130, NULL); /* it was cut off, and the trial with it */
}

static void
names(void **state)
{
	char name[8];

	(void)state;
	assert_true(analyze_has_metric("load_a_sent"));
	assert_true(analyze_has_metric("load_hkg-tyo_rate_ratio"));
	assert_false(analyze_has_metric("load__sent"));
	assert_false(analyze_has_metric("load_sent"));
	assert_false(analyze_has_metric("load_a"));
	assert_true(analyze_load_of_metric("load_a_answered_qps", name, sizeof(name)));
	assert_string_equal(name, "a");
	assert_false(analyze_load_of_metric("withdraw_ms", name, sizeof(name)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(figures),
		cmocka_unit_test(what_spoils_a_trial),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
