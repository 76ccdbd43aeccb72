/* test_ci_codes.c - junit.xml has a failure or an error exactly where the run's exit status is not 0. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "lib/command.h"
#include "reports/junit.h"
#include "scenarios/outcome.h"
#include "tests/unit/top.h"

#define TARGET(verdict)                                                                            \
	"\"targets\": [{\"id\": \"fast\", \"family\": null, \"verdict\": \"" verdict               \
	"\", \"metric\": \"withdraw_ms\", \"statistic\": \"max\", \"measured\": 5000, "            \
	"\"target\": 4000, \"unit\": \"ms\", \"n\": 1, \"trials\": 1}]"
#define EXPECT(held) "\"expectations\": [{\"text\": \"a\", \"line\": 3, \"held\": " held "}]"
#define TRIAL(valid) "\"per_trial\": [{\"trial\": 1, \"valid\": " valid "}]"
#define OFF	     "\"calibration\": {\"good\": false, \"why\": [\"late\"]}"

static const struct {
	const char *what, *more;
	int invalid;
	bool is_strict;
	int code;
} cases[] = {
	{"all good", TARGET("met") ", " EXPECT("true") ", " TRIAL("true"), 0, true, EXIT_GOOD},
	{"a missed target is a finding", TARGET("missed") ", " TRIAL("true"), 0, false, EXIT_GOOD},
	{"and with --strict a failure", TARGET("missed") ", " TRIAL("true"), 0, true, EXIT_MISSED},
	{"a refuted recipe is a finding", TARGET("refuted") ", " TRIAL("true"), 0, true, EXIT_GOOD},
	{"so is what was not judged", TARGET("not judged") ", " TRIAL("true"), 0, true, EXIT_GOOD},
	{"an expectation", EXPECT("false") ", " TRIAL("true"), 0, false, EXIT_MISSED},
	{"of invalid trials", EXPECT("false") ", " TRIAL("false"), 1, false, EXIT_INCONCLUSIVE},
	{"no valid trial", TRIAL("false"), 1, false, EXIT_INCONCLUSIVE},
	{"the instrument is off", EXPECT("true") ", " TRIAL("true") ", " OFF, 0, false,
		EXIT_INCONCLUSIVE},
};

static void
same_as_exit_status(void **state)
{
	char path[200], text[2000];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct result *r = NULL;
		struct buf b = {0};
		bool is_clean;
		int code;

		snprintf(path, sizeof(path), "%s/result.json", top);
		snprintf(text, sizeof(text),
			"{\"schema\": \"catchment.result/1\", \"scenario\": \"one\", \"trials\": "
			"1, "
			"\"invalid_trials\": %d, \"complete\": true, \"metrics\": {}, %s}",
			cases[i].invalid, cases[i].more);
		assert_int_equal(fs_write(path, text, strlen(text), NULL), 0);
		assert_int_equal(outcome_tell(top, cases[i].is_strict, &code, NULL), 0);
		assert_int_equal(result_load(top, &r, NULL), 0);
		assert_int_equal(junit_write(&b, r, cases[i].is_strict, NULL), 0);
		is_clean = strstr(b.data, "failures=\"0\" errors=\"0\"") != NULL;
		if (code != cases[i].code || is_clean != (code == EXIT_GOOD))
			fail_msg("%s: exit status %d\n%s", cases[i].what, code, b.data);
		buf_done(&b);
		result_free(r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_as_exit_status),
	};

	return cmocka_run_group_tests(tests, make_top, remove_top);
}
