/* test_summary_amiss.c - what the summary says of runs that judge though no trial counts, that fail, or that model. */
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

/* A run of one trial on d with these targets and expectations, and more at its top. */
static void
put(const char *name, bool valid, const char *targets, const char *expectations, const char *more)
{
	char path[200], text[2000];
	int n = snprintf(text, sizeof(text),
		"{\"schema\": \"catchment.result/1\", \"scenario\": \"%s\", \"title\": \"x\", "
		"\"variant\": \"d\", \"run_id\": \"%s\", \"trials\": 1, \"invalid_trials\": %d, "
		"\"complete\": true, \"interrupted\": false, \"metrics\": {}, \"targets\": [%s], "
		"\"expectations\": [%s], \"phases\": [], \"catchment\": [], \"cities\": [], "
		"\"per_trial\": [{\"trial\": 1, \"dir\": \"trial-001\", \"valid\": %s, "
		"\"invalid_because\": [%s]}]%s}",
		name, name, !valid, targets, expectations, valid ? "true" : "false",
		valid ? "" : "\"it was loud\"", more);

	assert_in_range(n, 1, sizeof(text) - 1);
	snprintf(path, sizeof(path), "%s/%s", top, name);
	assert_int_equal(fs_mkdirs(path, NULL), 0);
	strcat(path, "/result.json");
	assert_int_equal(fs_write(path, text, strlen(text), NULL), 0);
}

#define JUDGED(id, verdict, more)                                                                  \
	"{\"id\": \"" id "\", \"verdict\": \"" verdict "\", \"n\": 1, \"why\": \"so it is\"" more  \
	"}"

static void
assert_page(const struct buf *page, const char *text)
{
	if (strstr(page->data, text) == NULL)
		fail_msg("the page lacks: %s", text);
}

static void
told(void **state)
{
	struct buf page = {0};
	struct summary *s;
	json_t *json;
	char *text;

	(void)state;
	put("checks", false, JUDGED("recipe", "refuted", ""), "", "");
	put("broken", true, JUDGED("quick", "missed", ""),
		"{\"text\": \"it holds\", \"line\": 3, \"held\": false, \"measured\": \"no\"}", "");
	put("doubted", true, JUDGED("other", "met", ""), "",
		", \"calibration\": {\"good\": false, \"why\": [\"it was late\"]}");
	put("silent", false, "", "", "");
	put("models", true,
		JUDGED("near", "modelled", ", \"holds\": true") ", " JUDGED(
			"far", "modelled", ", \"holds\": false"),
		"", "");
	assert_int_equal(summary_gather(top, &s, NULL), 0);
	assert_int_equal(summary_page(s, &page, NULL), 0);
	assert_page(&page,
		"<h1>Of 5 claims, on d 1 met, 1 missed, 1 refuted, 1 modelled to hold, 1 modelled "
		"not to hold</h1>");
	assert_page(&page, "≈ modelled to hold");
	assert_page(&page, "≉ modelled not to hold");
	assert_page(&page, "the least of the runs that judge by figures has 1 valid trial");
	assert_page(&page, "1 of 5 runs judge by checks alone");
	assert_page(&page, "In 1 of 5 runs the instrument was off its limits");
	assert_page(&page, "1 of 5 runs judge nothing");
	assert_page(&page, "so it is (by checks; the trial&#39;s figures are invalid)");
	assert_page(&page, "Not as expected: 4 of 5 runs");
	assert_page(&page, "– by checks alone</span> Inconclusive: the only trial was invalid");
	assert_page(&page, "– in doubt</span> Inconclusive: the instrument was off");
	assert_page(&page, "it was loud; refuted: recipe</td>");
	assert_page(&page, "(measured: no); missed: quick</td>");
	json = summary_as_json(s);
	text = json_dumps(json, JSON_COMPACT);
	assert_non_null(strstr(text, "\"holds\":false"));
	assert_non_null(strstr(text, "\"holds\":true"));
	assert_non_null(strstr(text, "\"verdict\":\"modelled\""));
	assert_null(strstr(text, "\"verdict\":\"modelled "));
	assert_non_null(strstr(text, "\"by_checks\":true"));
	free(text);
	json_decref(json);
	buf_done(&page);
	summary_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(told),
	};

	return cmocka_run_group_tests(tests, make_top, remove_top);
}
