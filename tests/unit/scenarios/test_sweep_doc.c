/* test_sweep_doc.c - a sweep that is gone on with: what its journal may say. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "scenarios/sweep.h"
#include "tests/unit/top.h"

static void
put(const char *asked, const char *combinations)
{
	char path[200], text[4096];

	snprintf(path, sizeof(path), "%s/sweep.json", top);
	snprintf(text, sizeof(text),
		"{\"schema\": \"catchment.sweep/1\", \"asked\": {\"scenario\": \"steady\", "
		"\"trials\": 1, \"seed\": 1, \"idle_s\": 0, \"vary\": [], \"layers\": [], "
		"\"knob_files\": [], \"command\": []%s}, \"combinations\": %s}",
		asked, combinations);
	assert_int_equal(fs_write(path, text, strlen(text), NULL), 0);
}

static void
what_was_asked(void **state)
{
	static const struct {
		const char *text, *told; /* NULL: nothing is wrong */
	} rows[] = {
		{"", NULL},
		{", \"probes\": 8, \"rate_qps\": 2, \"quick\": true, \"variant\": \"hardened\", "
		 "\"rootfs\": \"/srv\"",
			NULL},
		{", \"probes\": \"8\"", "asked.probes: not a whole number"},
		{", \"probes\": 100000", "asked.probes: 100000 is not between 1 and 2000"},
		{", \"rate_qps\": \"2\"", "asked.rate_qps: not a number"},
		{", \"rate_qps\": 1e9", "asked.rate_qps: 1e+09 is not between 1 and 1000"},
		{", \"quick\": 1", "quick: neither true nor false"},
		{", \"no_calibration\": \"no\"", "no_calibration: neither true nor false"},
		{", \"variant\": 5", "asked.variant: not a string"},
		{", \"rootfs\": [\"/srv\"]", "asked.rootfs: not a string"},
		{", \"topology\": \"\"", "topology: says nothing"},
	};
	json_t *asked;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct err e = {0};
		int rc;

		put(rows[i].text, "[]");
		rc = sweep_read_asked(top, &asked, &e);
		assert_int_equal(rc, rows[i].told == NULL ? 0 : -EINVAL);
		if (rows[i].told != NULL)
			assert_non_null(strstr(e.text, rows[i].told));
		else
			json_decref(asked);
	}
}

/* The plan has check-fall 2 and 3. */
static int
found(const char *second, struct sweep *s, struct err *e)
{
	static struct knob knob = {.name = "check-fall"};
	char text[1000];
	int rc;

	snprintf(text, sizeof(text), "%s/one", top);
	mkdir(text, 0755);
	*s = (struct sweep){.vary_len = 1, .len = 2};
	*e = (struct err){0};
	snprintf(s->dir, sizeof(s->dir), "%s", top);
	s->vary[0] = (struct sweep_vary){.knob = &knob, .values = {2, 3}, .len = 2};
	assert_int_equal(sweep_combine(s, e), 0);
	snprintf(text, sizeof(text),
		"[{\"number\": 1, \"values\": {\"check-fall\": 2.0}, \"done\": true, "
		"\"valid_trials\": 1, \"dir\": \"one\"}, %s]",
		second);
	put("", text);
	rc = sweep_read_found(s, e);
	for (size_t i = 0; i < s->len; i++)
		json_decref(s->items[i].found);
	return rc;
}

static void
what_was_found(void **state)
{
	static const struct {
		const char *text, *told;
	} rows[] = {
		{"5", "combinations[1]: not an object"},
		{"{\"values\": {\"check-fall\": 3}}", "combinations[1]: done: neither"},
		{"{\"values\": {\"check-fall\": 2}, \"done\": true}",
			"combinations[1]: values: check-fall is not 3 as asked for"},
		{"{\"values\": {\"check-fall\": \"3\"}, \"done\": true}", "check-fall is not 3"},
		{"{\"values\": {\"check-rise\": 3}, \"done\": true}", "check-fall is not 3"},
		{"{\"done\": false}", "values: of 0 knobs, not of 1"},
		{"{\"values\": {\"check-fall\": 3}, \"done\": true, \"valid_trials\": \"1\"}",
			"valid_trials: not a whole number"},
		{"{\"values\": {\"check-fall\": 3}, \"done\": true, \"dir\": \"../../etc\"}",
			"dir: '../../etc' is no folder's plain name"},
	};
	static struct sweep s;
	struct err e;

	(void)state;
	assert_int_equal(found("{\"values\": {\"check-fall\": 3}, \"done\": false}", &s, &e), 0);
	assert_true(s.items[0].done);
	assert_false(s.items[1].done);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(found(rows[i].text, &s, &e), -EINVAL);
		assert_non_null(strstr(e.text, rows[i].told));
		assert_false(s.items[1].done);
	}
}

/* A run's folder that was removed: that combination is tried as if it never had been. */
static void
what_is_gone(void **state)
{
	static struct sweep s;
	char path[200];
	struct err e;

	(void)state;
	snprintf(path, sizeof(path), "%s/two", top);
	assert_int_equal(mkdir(path, 0755), 0);
	assert_int_equal(found("{\"values\": {\"check-fall\": 3}, \"done\": true, "
			       "\"valid_trials\": 1, \"dir\": \"two\"}",
				 &s, &e),
		0);
	assert_true(s.items[1].done);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(found("{\"values\": {\"check-fall\": 3}, \"done\": true, "
			       "\"valid_trials\": 1, \"dir\": \"two\"}",
				 &s, &e),
		0);
	assert_true(s.items[0].done);
	assert_false(s.items[1].done);
	assert_false(s.items[1].again);
}

/* A combination may keep a lab from getting healthy; nothing it sets makes us lack a right, a folder or room. */
static void
whose_fault(void **state)
{
	static const int settings[] = {-ETIMEDOUT, -EIO, -EDOM},
			 hosts[] = {-EPERM, -EINVAL, -ENODATA, -ENOSPC, -EEXIST, -ENOMEM};

	(void)state;
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		assert_true(sweep_is_finding(settings[i]));
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
		assert_false(sweep_is_finding(hosts[i]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_asked),
		cmocka_unit_test(what_was_found),
		cmocka_unit_test(what_is_gone),
		cmocka_unit_test(whose_fault),
	};

	return cmocka_run_group_tests(tests, make_top, remove_top);
}
