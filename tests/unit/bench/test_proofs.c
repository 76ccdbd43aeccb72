/* test_proofs.c - verdicts from what programs said: what refutes, what meets, what says nothing; and from expectations. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "bench/analyze/proofs.h"
#include "lib/fs.h"

static char top[] = "/tmp/test_proofs.XXXXXX";
static struct trial trials[1] = {{.number = 1, .dir = "trial-001"}};

static int
setup(void **state)
{
	char path[PATH_MAX];

	(void)state;
	if (mkdtemp(top) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/trial-001/checks", top);
	return fs_mkdirs(path, NULL);
}

static int
teardown(void **state)
{
	(void)state;
	return fs_remove_tree(top, NULL);
}

/* What check `number` left behind; `end` NULL: nothing. */
static void
leave(int number, const char *said, const char *end)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/trial-001/checks/check-%02d.txt", top, number);
	assert_int_equal(fs_write(path, said, strlen(said), NULL), 0);
	snprintf(path, sizeof(path), "%s/trial-001/checks/check-%02d.json", top, number);
	if (end == NULL)
		remove(path);
	else
		assert_int_equal(fs_write(path, end, strlen(end), NULL), 0);
}

static struct run
run_of(const char *json)
{
	struct run r = {.dir = top, .trial = trials, .trials = 1};

	r.json = json_loads(json, 0, NULL);
	assert_non_null(r.json);
	return r;
}

static const char one[] =
	"{\"checks\": [{\"judges\": \"a\", \"what\": \"w\", \"command\": \"c\","
	"\"refuted\": {\"says\": \"^no \", \"exit\": 2}, \"met\": {\"exit\": 0}}]}";

static void
outcomes(void **state)
{
	static const struct {
		const char *said, *end, *verdict, *shown;
	} rows[] = {
		{"hm\nno such option\nbye\n", "{\"ended\": true, \"exit\": 2}", "refuted",
			"no such option"},
		{"no such option\n", "{\"ended\": true, \"exit\": 0}", "met", "no such option"},
		{"", "{\"ended\": true, \"exit\": 0}", "met", ""},
		{"no such option\n", "{\"ended\": true, \"exit\": 3}", "not judged",
			"no such option"},
		{"yes no such\n", "{\"ended\": true, \"exit\": 2}", "not judged", "yes no such"},
		{"no such option\n", "{\"ended\": false, \"exit\": 2}", "not judged", ""},
		{"no such option\n", NULL, "not judged", ""},
		{"no such option\n", "}", "not judged", ""},
		{"no \x1b[31m\xff\n", "{\"ended\": true, \"exit\": 2}", "refuted", "no ?[31m?"},
	};
	struct run r = run_of(one);
	struct proof p;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		leave(0, rows[i].said, rows[i].end);
		proof_by_checks(&r, "a", FAMILIES, &p);
		assert_string_equal(p.verdict, rows[i].verdict);
		assert_int_equal(p.n, 1);
		assert_string_equal(
			json_string_value(json_object_get(json_array_get(p.shown, 0), "said")),
			rows[i].shown);
		assert_string_equal(json_string_value(json_array_get(p.evidence, 0)),
			"trial-001/checks/check-00.txt");
		json_decref(p.shown);
		json_decref(p.evidence);
	}
	json_decref(r.json);
}

/* A control that fails takes the meaning from the others; families count their own and what is of both. */
static void
together(void **state)
{
	struct run r = run_of("{\"checks\": ["
			      "{\"judges\": \"a\", \"what\": \"w\", \"family\": \"v4\", "
			      "\"refuted\": {\"says\": \"no\"}},"
			      "{\"judges\": \"a\", \"what\": \"w\", \"family\": \"v6\", \"met\": "
			      "{\"says\": \"yes\"}},"
			      "{\"judges\": \"a\", \"what\": \"control\", \"met\": {\"exit\": 0}},"
			      "{\"judges\": \"b\", \"what\": \"w\", \"met\": {\"exit\": 0}}]}");
	static const char good[] = "{\"ended\": true, \"exit\": 0}";
	const char *const verdicts[2][2] = {{"refuted", "met"}, {"not judged", "not judged"}};
	struct proof p;
	bool apart;

	(void)state;
	for (int failed = 0; failed < 2; failed++) {
		leave(0, "no\n", good);
		leave(1, "yes\n", good);
		leave(2, "", failed ? "{\"ended\": true, \"exit\": 1}" : good);
		for (int f = V4; f <= V6; f++) {
			proof_by_checks(&r, "a", (enum family)f, &p);
			assert_string_equal(p.verdict, verdicts[failed][f]);
			assert_int_equal(p.n, 2);
			json_decref(p.shown);
			json_decref(p.evidence);
		}
	}
	assert_true(proof_has_checks(&r, "a", &apart));
	assert_true(apart);
	assert_true(proof_has_checks(&r, "b", &apart));
	assert_false(apart);
	assert_false(proof_has_checks(&r, "c", &apart));
	json_decref(r.json);
}

/* A control is no evidence: not counted, never what the verdict says; but when it fails nothing is judged. */
static void
controls(void **state)
{
	struct run r = run_of("{\"checks\": ["
			      "{\"judges\": \"a\", \"what\": \"c\", \"control\": true, \"met\": "
			      "{\"says\": \"differ\"}},"
			      "{\"judges\": \"a\", \"what\": \"w\", \"refuted\": {\"exit\": 1}, "
			      "\"met\": {\"exit\": 0}}]}");
	static const struct {
		const char *said, *end, *verdict, *why, *outcome;
	} rows[] = {
		{"they differ\n", "{\"ended\": true, \"exit\": 0}", "met",
			"all 1 checks found it so", "control"},
		{"they differ\n", "{\"ended\": true, \"exit\": 1}", "refuted",
			"1 of 1 checks refute it", "control"},
		{"alike\n", "{\"ended\": true, \"exit\": 0}", "not judged",
			"a control failed, so the checks show nothing: alike (exit 0)", "neither"},
		{"alike\n", "{\"ended\": true, \"exit\": 1}", "not judged",
			"a control failed, so the checks show nothing: alike (exit 0)", "neither"},
	};
	struct proof p;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		leave(0, rows[i].said, "{\"ended\": true, \"exit\": 0}");
		leave(1, "", rows[i].end);
		proof_by_checks(&r, "a", FAMILIES, &p);
		assert_string_equal(p.verdict, rows[i].verdict);
		assert_string_equal(p.why, rows[i].why);
		assert_int_equal(p.n, 1);
		assert_string_equal(
			json_string_value(json_object_get(json_array_get(p.shown, 0), "outcome")),
			rows[i].outcome);
		json_decref(p.shown);
		json_decref(p.evidence);
	}
	json_decref(r.json);
}

static void
expectations(void **state)
{
	struct run r =
		run_of("{\"expect\": [{\"text\": \"x\", \"judges\": \"a\"}, {\"text\": \"y\"},"
		       "{\"text\": \"z\", \"judges\": \"a\"}]}");
	static const struct {
		const char *held, *verdict;
	} rows[] = {
		{"[{\"held\": true}, {\"held\": false}, {\"held\": true}]", "met"},
		{"[{\"held\": true}, {\"held\": true}, {\"held\": false}]", "missed"},
		{"[{\"held\": null}, {\"held\": null}, {\"held\": null}]", "not judged"},
	};
	struct proof p;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *held = json_loads(rows[i].held, 0, NULL);

		proof_by_expectations(&r, "a", held, &p);
		assert_string_equal(p.verdict, rows[i].verdict);
		assert_int_equal(p.n, 2);
		json_decref(p.shown);
		json_decref(p.evidence);
		json_decref(held);
	}
	assert_true(proof_has_expectations(&r, "a"));
	assert_false(proof_has_expectations(&r, "b"));
	json_decref(r.json);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outcomes),
		cmocka_unit_test(together),
		cmocka_unit_test(controls),
		cmocka_unit_test(expectations),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
