/* test_summary_beside.c - a claim that compares two scenarios, judged over made-up runs of both. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "reports/summary.h"
#include "tests/unit/top.h"

/* One run, of one trial; p99 of IPv4 and of IPv6, below 0: there is none. */
struct made {
	const char *name, *scenario, *variant;
	bool valid;
	double v4_ms, v6_ms, gap_ms;
};

static json_t *
stats(double p99, const char *family)
{
	return json_pack("{s:s, s:s, s:i, s:i, s:f}", "unit", "ms", "family", family, "n", 66,
		"missing", 0, "p99", p99);
}

static json_t *
judged(double measured, const char *family)
{
	json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "id", "quicker",
		"family", family, "verdict", "not judged", "documented", "it is quicker", "metric",
		"outage_ms", "statistic", "p99", "comparison", "<", "unit", "ms", "beside",
		"without", "why", "compared with without by report --summary");

	json_object_set_new(o, "measured", measured < 0 ? json_null() : json_real(measured));
	json_object_set_new(o, "n", json_integer(66));
	json_object_set_new(o, "trials", json_integer(1));
	return o;
}

static void
make(const char *dir, const struct made *m)
{
	json_t *metrics = json_object(), *root, *targets = json_array();
	char path[300], *text;

	if (m->v4_ms >= 0)
		json_object_set_new(metrics, "outage_v4_ms", stats(m->v4_ms, "v4"));
	if (m->v6_ms >= 0)
		json_object_set_new(metrics, "outage_v6_ms", stats(m->v6_ms, "v6"));
	if (strcmp(m->scenario, "with") == 0) {
		json_array_append_new(targets, judged(m->v4_ms, "v4"));
		json_array_append_new(targets, judged(m->v6_ms, "v6"));
	}
	root = json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:i, s:i, s:b, s:b, s:f, s:o, s:o, s:[], s:[], s:[], "
		"s:[], s:[{s:i, s:s, s:b, s:[]}]}",
		"schema", "catchment.result/1", "scenario", m->scenario, "title", "x", "variant",
		m->variant, "run_id", m->name, "trials", 1, "invalid_trials", m->valid ? 0 : 1,
		"complete", 1, "interrupted", 0, "gap_ms", m->gap_ms, "metrics", metrics, "targets",
		targets, "expectations", "phases", "catchment", "cities", "per_trial", "trial", 1,
		"dir", "trial-001", "valid", m->valid, "invalid_because");
	assert_non_null(root);
	snprintf(path, sizeof(path), "%s/%s/%s", top, dir, m->name);
	assert_int_equal(fs_mkdirs(path, NULL), 0);
	strcat(path, "/result.json");
	text = json_dumps(root, 0);
	assert_int_equal(fs_write(path, text, strlen(text), NULL), 0);
	free(text);
	json_decref(root);
}

static const struct summary_finding *
finding(const struct summary *s, const char *variant, const char *family)
{
	for (size_t i = 0; i < s->n_rows; i++)
		for (size_t v = 0; v < s->n_variants; v++)
			if (s->rows[i].family != NULL && strcmp(s->rows[i].family, family) == 0 &&
				strcmp(s->variants[v], variant) == 0)
				return summary_gravest(&s->rows[i].cells[v]);
	return NULL;
}

static void
compared(void **state)
{
	static const struct {
		struct made runs[4];
		enum target_verdict v4, v6;
		const char *why4;
	} rows[] = {
		/* Better by more than a gap over IPv4, by less over IPv6. */
		{{{"a", "without", "d", true, 400, 400, 100},
			 {"b", "with", "d", true, 299, 301, 100}},
			TARGET_MET, TARGET_MISSED, "299 ms here, 400 ms in without (n = 66)"},
		/* By a gap exactly, and worse. */
		{{{"a", "without", "d", true, 400, 400, 100},
			 {"b", "with", "d", true, 300, 900, 100}},
			TARGET_MISSED, TARGET_MISSED,
			"300 ms here, 400 ms in without (n = 66), which is no more than 100 ms "
			"(the "
			"gap between two queries of a stream) better"},
		/* The wider gap of the two is what can be seen. */
		{{{"a", "without", "d", true, 400, 400, 200},
			 {"b", "with", "d", true, 290, 150, 20}},
			TARGET_MISSED, TARGET_MET, NULL},
		/* The other run is not there, of another variant, has no valid trial, has no such figure. */
		{{{"b", "with", "d", true, 290, 290, 100}}, TARGET_NOT_JUDGED, TARGET_NOT_JUDGED,
			"no run of without on d is among these"},
		{{{"a", "without", "h", true, 400, 400, 100},
			 {"b", "with", "d", true, 290, 290, 100}},
			TARGET_NOT_JUDGED, TARGET_NOT_JUDGED,
			"no run of without on d is among these"},
		{{{"a", "without", "d", false, 400, 400, 100},
			 {"b", "with", "d", true, 290, 290, 100}},
			TARGET_NOT_JUDGED, TARGET_NOT_JUDGED, "no trial of without is valid on d"},
		{{{"a", "without", "d", true, -1, 400, 100},
			 {"b", "with", "d", true, 290, 290, 100}},
			TARGET_NOT_JUDGED, TARGET_MET, "without has no figure of it"},
		/* Its own trials do not count. */
		{{{"a", "without", "d", true, 400, 400, 100},
			 {"b", "with", "d", false, 290, 290, 100}},
			TARGET_NOT_JUDGED, TARGET_NOT_JUDGED,
			"compared with without by report --summary"},
		/* Samples that never came have no figure: not better. */
		{{{"a", "without", "d", true, 400, 400, 100},
			 {"b", "with", "d", true, -1, 290, 100}},
			TARGET_MISSED, TARGET_MET, "never here, 400 ms in without (n = 66)"},
		/* Of two others the one that counts. */
		{{{"a", "without", "d", true, 400, 400, 100},
			 {"b", "with", "d", true, 290, 290, 100},
			 {"c", "without", "d", false, 10, 10, 100}},
			TARGET_MET, TARGET_MET, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct summary_finding *v4, *v6;
		struct summary *s;
		char dir[20], path[200];
		json_t *json;

		snprintf(dir, sizeof(dir), "%zu", i);
		for (size_t k = 0; k < 4 && rows[i].runs[k].name != NULL; k++)
			make(dir, &rows[i].runs[k]);
		snprintf(path, sizeof(path), "%s/%s", top, dir);
		assert_int_equal(summary_gather(path, &s, NULL), 0);
		v4 = finding(s, "d", "v4");
		v6 = finding(s, "d", "v6");
		assert_non_null(v4);
		assert_non_null(v6);
		assert_int_equal(v4->target->verdict, rows[i].v4);
		assert_int_equal(v6->target->verdict, rows[i].v6);
		if (rows[i].why4 != NULL)
			assert_string_equal(v4->target->why, rows[i].why4);
		json = summary_as_json(s);
		assert_non_null(json);
		json_decref(json);
		summary_free(s);
	}
}

/* The page's cell and summary.json have both figures. */
static void
told(void **state)
{
	static const struct made a = {"a", "without", "d", true, 400, 400, 100},
				 b = {"b", "with", "d", true, 299, 301, 100};
	struct summary *s;
	struct buf page = {0};
	const json_t *other;
	char path[200];
	json_t *json;

	(void)state;
	make("told", &a);
	make("told", &b);
	snprintf(path, sizeof(path), "%s/told", top);
	assert_int_equal(summary_gather(path, &s, NULL), 0);
	assert_int_equal(summary_page(s, &page, NULL), 0);
	assert_non_null(strstr(page.data, "299 ms here, 400 ms in without"));
	assert_non_null(strstr(page.data, "301 ms here, 400 ms in without"));
	json = summary_as_json(s);
	other = json_object_get(
		json_array_get(
			json_object_get(
				json_object_get(
					json_object_get(
						json_array_get(json_object_get(json, "targets"), 0),
						"variants"),
					"d"),
				"findings"),
			0),
		"beside");
	assert_string_equal(json_string_value(json_object_get(other, "scenario")), "without");
	assert_string_equal(json_string_value(json_object_get(other, "run")), "a");
	assert_true(fabs(json_number_value(json_object_get(other, "measured")) - 400) < 1e-9);
	json_decref(json);
	buf_done(&page);
	summary_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compared),
		cmocka_unit_test(told),
	};

	return cmocka_run_group_tests(tests, make_top, remove_top);
}
