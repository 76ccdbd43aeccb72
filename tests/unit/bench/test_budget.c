/*
 * test_budget.c - a made-up run's phase budget is exact, and loses just the spans whose evidence is withheld.
 *
 * With a folder as argument it only writes the run there: tests/golden/data/explain-run is made that way.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "bench/analyze/analyze.h"
#include "bench/analyze/run.h"
#include "tests/unit/bench/synth_budget.h"

static char folder[64];

static int
make_run(void **state)
{
	*state = NULL;
	snprintf(folder, sizeof(folder), "/tmp/test_budget-XXXXXX");
	assert_non_null(mkdtemp(folder));
	b_run(folder);
	return 0;
}

static int
remove_run(void **state)
{
	struct err e;

	*state = NULL;
	return fs_remove_tree(folder, &e);
}

static void
withhold(const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/trial-001/%s", folder, name);
	assert_int_equal(unlink(path), 0);
}

/* The one stream of budget.json; the document is the caller's to free. */
static json_t *
analyzed(json_t **ret_root)
{
	char path[512];
	struct err e;

	assert_int_equal(analyze_run(folder, &e), 0);
	snprintf(path, sizeof(path), "%s/trial-001/budget.json", folder);
	assert_int_equal(json_file(path, ret_root, &e), 0);
	assert_int_equal(json_array_size(json_object_get(*ret_root, "streams")), 1);
	return json_array_get(json_object_get(*ret_root, "streams"), 0);
}

static double
number(const json_t *o, const char *key)
{
	assert_true(json_is_number(json_object_get(o, key)));
	return json_number_value(json_object_get(o, key));
}

/* Steps tile the outage; each phase's sum. */
static double
sum_of(const json_t *stream, const char *phase)
{
	const json_t *steps = json_object_get(stream, "steps"), *step;
	double at = 0, sum = 0;
	size_t i;

	json_array_foreach(steps, i, step)
	{
		const char *name = json_string_value(json_object_get(step, "phase"));

		assert_true(!(number(step, "from_ms") < at) && !(number(step, "from_ms") > at));
		at = number(step, "to_ms");
		assert_non_null(json_object_get(json_object_get(step, "evidence"), "says"));
		if (strcmp(name, phase) == 0)
			sum += at - number(step, "from_ms");
	}
	assert_true(fabs(at - number(stream, "total_ms")) < 1e-9);
	return sum;
}

struct wanted {
	const char *phase;
	int ms;
};

static const struct wanted whole[] = {{"serving", 0}, {"await_check", B_CHECK},
	{"verdict", B_VERDICT - B_CHECK}, {"withdraw", B_OUT_HKG - B_VERDICT}, {"detect", 0},
	{"transit", B_IN_RS1 - B_OUT_HKG + B_IN_ACC - B_OUT_RS1}, {"rib", B_OUT_RS1 - B_IN_RS1},
	{"fib", B_FIB - B_IN_ACC}, {"sampling", B_LEFT - B_FIB}, {"query", B_REACHED - B_LEFT},
	{"answer", B_ANSWER - B_REACHED}, {"unexplained", 0}};
enum { PHASES_WANTED = sizeof(whole) / sizeof(whole[0]) };

/* The phases as in `whole`, but for those named, which lost so much, all of it to `unexplained`. */
static void
check_phases(const json_t *stream, const struct wanted *less, size_t n)
{
	int lost = 0;

	for (size_t k = 0; k < n; k++)
		lost += less[k].ms;
	for (size_t i = 0; i < PHASES_WANTED; i++) {
		double ms = whole[i].ms;

		for (size_t k = 0; k < n; k++)
			if (strcmp(less[k].phase, whole[i].phase) == 0)
				ms -= less[k].ms;
		if (strcmp(whole[i].phase, "unexplained") == 0)
			ms += lost;
		if (fabs(sum_of(stream, whole[i].phase) - ms) > 1e-6)
			fail_msg("%s: %f ms, wanted %f", whole[i].phase,
				sum_of(stream, whole[i].phase), ms);
	}
}

static void
whole_chain_is_exact(void **state)
{
	json_t *root, *stream = analyzed(&root);

	(void)state;
	check_phases(stream, NULL, 0);
	assert_int_equal(json_array_size(json_object_get(stream, "steps")), 12);
	assert_int_equal(json_array_size(json_object_get(stream, "out_of_order")), 0);
	assert_int_equal(json_array_size(json_object_get(root, "missing")), 0);
	assert_string_equal(json_string_value(json_object_get(stream, "from_site")), "hkg");
	assert_string_equal(json_string_value(json_object_get(stream, "to_site")), "tyo");
	json_decref(root);
}

static void
withheld_evidence_is_what_is_lost(void **state)
{
	static const struct {
		const char *file;
		struct wanted less[5];
	} cases[] = {
		{"lines.jsonl",
			{{"verdict", B_VERDICT - B_CHECK}, {"withdraw", B_LOOP - B_VERDICT}}},
		{"routes.jsonl",
			{{"transit", B_IN_RS1 - B_OUT_HKG + B_IN_ACC - B_OUT_RS1},
				{"rib", B_OUT_RS1 - B_IN_RS1}, {"fib", B_FIB - B_IN_ACC},
				{"sampling", B_LEFT - B_FIB}}},
		{"captures/hkg.lo.pcap",
			{{"await_check", B_CHECK}, {"verdict", B_VERDICT - B_CHECK}}},
		{"captures/hkg.acc.pcap", {{"await_check", B_CHECK}}},
		{"captures/rs1.hkg.pcap",
			{{"transit", B_IN_RS1 - B_OUT_HKG}, {"rib", B_OUT_RS1 - B_IN_RS1}}},
		{"captures/rs1.acc.pcap",
			{{"rib", B_OUT_RS1 - B_IN_RS1}, {"transit", B_IN_ACC - B_OUT_RS1}}},
		{"captures/acc.rs1.pcap",
			{{"transit", B_IN_ACC - B_OUT_RS1}, {"fib", B_FIB - B_IN_ACC}}},
		{"captures/tyo.acc.pcap",
			{{"query", B_REACHED - B_LEFT}, {"answer", B_ANSWER - B_REACHED}}},
		/* The probe's own record of the sending takes its place. */
		{"captures/acc.tyo.pcap", {{NULL, 0}}},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t n = 0;
		json_t *root;

		if (i > 0)
			b_run(folder);
		withhold(cases[i].file);
		print_message("without %s\n", cases[i].file);
		while (n < 5 && cases[i].less[n].phase != NULL)
			n++;
		check_phases(analyzed(&root), cases[i].less, n);
		json_decref(root);
	}
	(void)state;
}

/* A verdict said after the withdraw that came of it is not believed. */
static void
disorder_is_reported(void **state)
{
	static const struct wanted less[] = {
		{"verdict", B_VERDICT - B_CHECK}, {"withdraw", B_LOOP - B_VERDICT}};
	const json_t *list, *item;
	json_t *root, *stream;
	char dir[300];

	snprintf(dir, sizeof(dir), "%s/trial-001", folder);
	b_lines(dir, B_LOOP + 200);
	stream = analyzed(&root);
	list = json_object_get(stream, "out_of_order");
	assert_int_equal(json_array_size(list), 1);
	item = json_array_get(list, 0);
	assert_string_equal(json_string_value(json_object_get(item, "phase")), "verdict");
	assert_true(fabs(number(item, "at_ms") - B_LOOP - 200) < 1e-6);
	check_phases(stream, less, 2);
	json_decref(root);
	/* Within what reading lags behind it is taken for the same instant, and reported too. */
	b_lines(dir, B_LOOP + 1);
	stream = analyzed(&root);
	list = json_object_get(stream, "out_of_order");
	assert_int_equal(json_array_size(list), 1);
	assert_true(fabs(sum_of(stream, "verdict") - (B_LOOP - B_CHECK)) < 1e-6);
	assert_true(fabs(sum_of(stream, "unexplained")) < 1e-6);
	json_decref(root);
	(void)state;
}

static void
result_has_the_sums(void **state)
{
	char path[512];
	const json_t *phases, *budget;
	struct err e;
	json_t *root;

	assert_int_equal(analyze_run(folder, &e), 0);
	snprintf(path, sizeof(path), "%s/result.json", folder);
	assert_int_equal(json_file(path, &root, &e), 0);
	phases = json_object_get(root, "phases");
	budget = json_object_get(root, "budget");
	assert_int_equal(json_array_size(phases), 10);
	assert_int_equal(
		json_array_size(json_object_get(json_object_get(root, "phases_by_city"), "hkg")),
		10);
	assert_true(fabs(number(json_object_get(budget, "median"), "total_ms") - B_ANSWER) < 1e-9);
	assert_true(fabs(number(budget, "unexplained_p99_ms")) < 1e-9);
	assert_int_equal(json_integer_value(json_object_get(budget, "streams")), 1);
	assert_true(json_is_array(json_object_get(root, "evidence_damaged")));
	assert_int_equal(json_array_size(json_object_get(root, "evidence_damaged")), 0);
	json_decref(root);
	(void)state;
}

/* The router whose table turned the city, when, and from whom to whom. */
static void
move_is_explained(void **state)
{
	const json_t *moved;
	char path[512];
	struct err e;
	json_t *root;

	snprintf(path, sizeof(path), "%s/result.json", folder);
	assert_int_equal(analyze_run(folder, &e), 0);
	assert_int_equal(json_file(path, &root, &e), 0);
	moved = json_object_get(json_array_get(json_object_get(root, "catchment"), 0), "moved");
	assert_string_equal(json_string_value(json_object_get(moved, "says")),
		"Hong Kong goes to tyo: 2.47 s after the fault acc-hkg's way to 203.0.113.0/24 "
		"changed "
		"from hkg to tyo");
	assert_true(fabs(number(moved, "after_ms") - B_FIB) < 1e-6);
	assert_int_equal(json_integer_value(json_object_get(moved, "line")), 5);
	json_decref(root);
	withhold("routes.jsonl");
	assert_int_equal(analyze_run(folder, &e), 0);
	assert_int_equal(json_file(path, &root, &e), 0);
	moved = json_object_get(json_array_get(json_object_get(root, "catchment"), 0), "moved");
	assert_non_null(strstr(json_string_value(json_object_get(moved, "says")),
		"no route change on its way was recorded"));
	assert_null(json_object_get(moved, "node"));
	json_decref(root);
	(void)state;
}

/* Shorten a file of the trial by some bytes: it ends within a line or a packet. */
static void
cut(const char *name, off_t by)
{
	char path[512];
	struct stat st;

	snprintf(path, sizeof(path), "%s/trial-001/%s", folder, name);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(truncate(path, st.st_size - by), 0);
}

static void
damage_is_named(void **state)
{
	static const char *const says[] = {"trial-001/captures/hkg.lo.pcap: byte ",
		"trial-001/routes.jsonl: cut within its last line",
		"trial-001/lines.jsonl: cut within its last line"};
	const json_t *list;
	char path[512];
	struct err e;
	json_t *root;

	cut("captures/hkg.lo.pcap", 3);
	cut("routes.jsonl", 3);
	cut("lines.jsonl", 3);
	assert_int_equal(analyze_run(folder, &e), 0);
	snprintf(path, sizeof(path), "%s/result.json", folder);
	assert_int_equal(json_file(path, &root, &e), 0);
	list = json_object_get(root, "evidence_damaged");
	assert_int_equal(json_array_size(list), 3);
	for (size_t i = 0; i < 3; i++)
		assert_non_null(strstr(json_string_value(json_array_get(list, i)), says[i]));
	json_decref(root);
	(void)state;
}

int
main(int argc, char *argv[])
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(whole_chain_is_exact, make_run, remove_run),
		cmocka_unit_test_setup_teardown(
			withheld_evidence_is_what_is_lost, make_run, remove_run),
		cmocka_unit_test_setup_teardown(disorder_is_reported, make_run, remove_run),
		cmocka_unit_test_setup_teardown(damage_is_named, make_run, remove_run),
		cmocka_unit_test_setup_teardown(result_has_the_sums, make_run, remove_run),
		cmocka_unit_test_setup_teardown(move_is_explained, make_run, remove_run),
	};

	if (argc > 1) {
		b_run(argv[1]);
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
