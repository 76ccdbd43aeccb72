/* test_outcome.c - what a run's last lines on the terminal say of its targets. */
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
#include "scenarios/outcome.h"
#include "tests/unit/top.h"

/* What is told of such targets on stderr, to be freed; the exit status in *ret_code. */
static char *
told(const char *targets, bool strict, int *ret_code)
{
	char path[200], text[1000], *said;
	int kept = dup(STDERR_FILENO);
	FILE *f;

	snprintf(path, sizeof(path), "%s/result.json", top);
	snprintf(text, sizeof(text), "{\"trials\": 1, \"invalid_trials\": 0, \"targets\": [%s]}",
		targets);
	assert_int_equal(fs_write(path, text, strlen(text), NULL), 0);
	snprintf(path, sizeof(path), "%s/said", top);
	f = fopen(path, "we");
	assert_non_null(f);
	fflush(stderr);
	dup2(fileno(f), STDERR_FILENO);
	assert_int_equal(outcome_tell(top, strict, ret_code, NULL), 0);
	fflush(stderr);
	dup2(kept, STDERR_FILENO);
	close(kept);
	fclose(f);
	assert_int_equal(fs_read(path, 10000, &said, NULL, NULL), 0);
	return said;
}

#define TARGET(more)                                                                               \
	"{\"id\": \"quick\", \"family\": \"v6\", \"verdict\": \"missed\", \"metric\": \"a_ms\", "  \
	"\"statistic\": \"max\", \"measured\": 1006.9, \"target\": 1000, \"unit\": \"ms\", "       \
	"\"n\": 44" more "}"

/* A close one is said to be; it is missed all the same. */
static void
close_is_said(void **state)
{
	int code;
	char *said = told(TARGET(", \"close\": true"), true, &code);

	(void)state;
	assert_non_null(strstr(said,
		"missed       quick v6: max 1006.9 ms, documented 1000 ms, within one gap of the "
		"figure, n = 44"));
	assert_int_equal(code, EXIT_MISSED);
	free(said);
	said = told(TARGET(""), false, &code);
	assert_non_null(strstr(said, "documented 1000 ms, n = 44"));
	assert_int_equal(code, EXIT_GOOD);
	free(said);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(close_is_said),
	};

	return cmocka_run_group_tests(tests, make_top, remove_top);
}
