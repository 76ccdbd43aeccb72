/* test_compare.c - a comparison made, concluded, written and read again is the same; what is broken is refused. */
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
#include <unistd.h>
#include <cmocka.h>

#include "lib/command.h"
#include "lib/fs.h"
#include "reports/compare.h"

#define DATA "tests/golden/data/gate/"

static struct baseline *
load(const char *name)
{
	struct baseline *b = NULL;
	struct err e = {0};
	char path[PATH_MAX];

	snprintf(path, sizeof(path), DATA "%s", name);
	assert_int_equal(baseline_load(path, &b, &e), 0);
	return b;
}

static struct baseline *
joined(void)
{
	struct baseline *a = load("base-1"), *b = load("base-2");
	struct err e = {0};

	assert_int_equal(baseline_join(a, b, &e), 0);
	assert_int_equal(a->trials, 30);
	assert_int_equal(a->labs, 2);
	/* Twice is refused, and nothing has changed. */
	assert_int_equal(baseline_join(a, b, &e), -EINVAL);
	assert_int_equal(a->trials, 30);
	baseline_free(b);
	return a;
}

static struct compare *
made(const char *name, size_t scenarios)
{
	const struct compare_rule rule = {.scenarios = scenarios, .last = true};
	struct baseline *base = joined(), *run = load(name);
	struct compare *c = NULL;
	struct err e = {0};

	assert_int_equal(compare_make(base, run, &rule, &c, &e), 0);
	baseline_free(base);
	baseline_free(run);
	return c;
}

static void
verdicts_and_exit_codes(void **state)
{
	static const struct {
		const char *run;
		enum gate_verdict verdict;
		int code;
	} cases[] = {{"same", GATE_PASS, EXIT_GOOD}, {"small", GATE_PASS, EXIT_GOOD},
		{"slow", GATE_FAIL, EXIT_MISSED}, {"gone", GATE_FAIL, EXIT_MISSED},
		{"few", GATE_INCONCLUSIVE, EXIT_INCONCLUSIVE},
		{"cut", GATE_INCONCLUSIVE, EXIT_INCONCLUSIVE},
		{"noisy", GATE_INCONCLUSIVE, EXIT_INCONCLUSIVE},
		{"elsewhere", GATE_NOT_COMPARABLE, EXIT_INCONCLUSIVE},
		{"random", GATE_NOT_COMPARABLE, EXIT_INCONCLUSIVE}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct compare *c = made(cases[i].run, 1);

		assert_int_equal(c->verdict, cases[i].verdict);
		assert_int_equal(compare_exit_code(c->verdict), cases[i].code);
		compare_free(c);
	}
}

static bool
same(double a, double b)
{
	return (isnan(a) && isnan(b)) || (isinf(a) && isinf(b)) || fabs(a - b) < 1e-6;
}

/* What is infinite is not written: as a shift it is read back as not known, as an end of the interval as open. */
static void
written_and_read(void **state)
{
	static const char *const runs[] = {"same", "slow", "gone", "few", "elsewhere"};
	char dir[] = "/tmp/test_compare.XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(dir));
	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		struct compare *c = made(runs[i], 3), *back = NULL;
		struct err e = {0};

		assert_int_equal(compare_write(c, dir, &e), 0);
		assert_int_equal(compare_read(dir, &back, &e), 0);
		assert_string_equal(c->why, back->why);
		assert_string_equal(c->run, back->run);
		assert_string_equal(c->baseline, back->baseline);
		assert_int_equal(c->verdict, back->verdict);
		assert_int_equal(c->look, back->look);
		assert_int_equal(c->trials, back->trials);
		assert_int_equal(c->n_metrics, back->n_metrics);
		assert_int_equal(c->n_differs, back->n_differs);
		assert_true(json_equal(c->provenance, back->provenance));
		for (size_t k = 0; k < c->n_metrics; k++) {
			const struct gate_judged *a = &c->metrics[k].judged,
						 *b = &back->metrics[k].judged;

			assert_string_equal(c->metrics[k].name, back->metrics[k].name);
			assert_int_equal(a->verdict, b->verdict);
			assert_true(same(a->p_value, b->p_value) && same(a->limit, b->limit));
			assert_true(same(a->shift, b->shift) || isinf(a->shift));
			assert_true(isnan(a->shift_low) || same(a->shift_low, b->shift_low) ||
				a->shift_low > 0);
		}
		for (size_t k = 0; k < c->n_differs; k++)
			assert_string_equal(c->differs[k].what, back->differs[k].what);
		compare_free(c);
		compare_free(back);
	}
	fs_remove_tree(dir, NULL);
}

static void
a_fail_wants_another(void **state)
{
	struct compare *first = made("slow", 1), *second = made("slow", 1),
		       *other = made("same", 1);

	(void)state;
	compare_conclude(first, second);
	assert_int_equal(first->verdict, GATE_FAIL);
	assert_non_null(strstr(first->why, "confirmed"));
	assert_string_equal(first->rerun, "slow");
	compare_conclude(second, other);
	assert_int_equal(second->verdict, GATE_INCONCLUSIVE);
	assert_non_null(strstr(second->why, "did not confirm"));
	compare_free(first);
	first = made("slow", 1);
	compare_conclude(first, NULL);
	assert_int_equal(first->verdict, GATE_INCONCLUSIVE);
	assert_string_equal(first->rerun, "");
	compare_free(first);
	compare_free(second);
	compare_free(other);
}

static void
not_gated_is_no_file(void **state)
{
	struct compare *c = NULL;
	struct err e = {0};

	(void)state;
	assert_int_equal(compare_read(DATA "same", &c, &e), -ENOENT);
	assert_null(c);
	assert_int_equal(compare_read_file(DATA "same/result.json", &c, &e), -EINVAL);
}

static json_t *
conditions(const struct baseline *b)
{
	return json_object_get(b->json, "conditions");
}

/* 30 queries a second are a gap of 33.333... ms; a file has ten digits of it. */
static void
a_file_rounds_and_is_alike(void **state)
{
	const struct compare_rule rule = {.scenarios = 1, .last = true};
	struct baseline *base = load("base-1"), *run = load("same"), *file = NULL;
	char path[] = "/tmp/test_compare.XXXXXX";
	struct compare *c = NULL;
	int fd = mkstemp(path);
	struct err e = {0};
	char *text;

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	json_object_set_new(conditions(base), "gap_ms", json_real(100.0 / 3));
	json_object_set_new(conditions(run), "gap_ms", json_real(100.0 / 3));
	text = baseline_text(base);
	assert_int_equal(fs_write(path, text, strlen(text), &e), 0);
	assert_int_equal(baseline_load(path, &file, &e), 0);
	unlink(path);
	free(text);
	assert_int_equal(compare_make(file, run, &rule, &c, &e), 0);
	for (size_t i = 0; i < c->n_differs; i++)
		assert_string_not_equal(c->differs[i].what, "gap between queries, ms");
	compare_free(c);
	json_object_set_new(conditions(run), "gap_ms", json_real(33.3334));
	assert_int_equal(compare_make(file, run, &rule, &c, &e), 0);
	assert_int_equal(c->verdict, GATE_NOT_COMPARABLE);
	compare_free(c);
	baseline_free(base);
	baseline_free(run);
	baseline_free(file);
}

static void
alike(void **state)
{
	static const struct {
		const char *a, *b;
		bool is;
	} cases[] = {{"[1, 2.0]", "[1.0, 2]", true}, {"[0.1]", "[0.1000000001]", true},
		{"[0.1]", "[0.10000001]", false}, {"[0, 1]", "[0]", false},
		{"[{\"a\": [1]}]", "[{\"a\": [1.0]}]", true},
		{"[{\"a\": 1}]", "[{\"b\": 1}]", false},
		{"[{\"a\": 1}]", "[{\"a\": 1, \"b\": null}]", false},
		{"[\"x\", null, true]", "[\"x\", null, true]", true}, {"[\"1\"]", "[1]", false},
		{"[0]", "[1e-300]", false}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *a = json_loads(cases[i].a, 0, NULL), *b = json_loads(cases[i].b, 0, NULL);

		assert_non_null(a);
		assert_non_null(b);
		if (baseline_alike(a, b) != cases[i].is || baseline_alike(b, a) != cases[i].is)
			fail_msg("%s, %s", cases[i].a, cases[i].b);
		json_decref(a);
		json_decref(b);
	}
	assert_true(baseline_alike(NULL, NULL));
}

/* What is known before a lab is there already tells; what is not known yet tells nothing. */
static void
foreseen(void **state)
{
	struct baseline *base = load("base-1"), *elsewhere = load("elsewhere");
	json_t *known = json_deep_copy(conditions(elsewhere)), *nothing = json_object();
	struct err e = {0};

	(void)state;
	assert_int_equal(compare_foresee(base, base->phase, nothing, &e), 0);
	assert_int_equal(compare_foresee(base, base->phase, conditions(base), &e), 0);
	assert_int_equal(compare_foresee(base, base->phase, known, &e), -EXDEV);
	assert_string_equal(e.text,
		"base-1: not comparable: measured under other conditions: "
		"machine cpu (Some CPU, Another CPU), package frr (10.3, 10.7)");
	json_object_del(known, "packages");
	assert_int_equal(compare_foresee(base, base->phase, known, &e), -EXDEV);
	assert_null(strstr(e.text, "frr"));
	json_object_del(known, "machine");
	assert_int_equal(compare_foresee(base, base->phase, known, &e), 0);
	assert_int_equal(compare_foresee(base, GATE_PHASE_NONE, nothing, &e), -EXDEV);
	assert_non_null(strstr(e.text, "fault phase (locked, none)"));
	json_decref(known);
	json_decref(nothing);
	baseline_free(base);
	baseline_free(elsewhere);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts_and_exit_codes),
		cmocka_unit_test(written_and_read),
		cmocka_unit_test(a_fail_wants_another),
		cmocka_unit_test(not_gated_is_no_file),
		cmocka_unit_test(a_file_rounds_and_is_alike),
		cmocka_unit_test(alike),
		cmocka_unit_test(foreseen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
