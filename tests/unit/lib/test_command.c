/* test_command.c - the name of a flag in the environment. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "lib/command.h"

static void
names(void **state)
{
	static const char *const rows[][2] = {{"name", "CATCHMENT_NAME"},
		{"any-catchment", "CATCHMENT_ANY_CATCHMENT"}, {"a-b-c", "CATCHMENT_A_B_C"},
		{"v6", "CATCHMENT_V6"}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsetenv(rows[i][1]);
		assert_null(command_env(rows[i][0]));
		assert_int_equal(setenv(rows[i][1], "value", 1), 0);
		assert_string_equal(command_env(rows[i][0]), "value");
		assert_int_equal(setenv(rows[i][1], "", 1), 0);
		assert_string_equal(command_env(rows[i][0]), "");
		unsetenv(rows[i][1]);
	}
}

static void
no_other(void **state)
{
	(void)state;
	setenv("NAME", "x", 1);
	setenv("catchment_name", "x", 1);
	setenv("CATCHMENT_ANY-CATCHMENT", "x", 1);
	assert_null(command_env("name"));
	assert_null(command_env("any-catchment"));
	assert_null(
		command_env("a-flag-that-is-longer-than-any-that-there-is-or-ever-will-be-in-it"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(no_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
