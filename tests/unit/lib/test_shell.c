/* test_shell.c - quoted words are what a shell reads them as. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "lib/shell.h"

static void
as_a_shell_reads(void **state)
{
	static const char *const words[] = {"plain-1.2_/:=,+@%", "", "two words", "it's", "'",
		"$HOME", "`id`", "a\\b", "\"x\"", "*", "~", "a;b", "#", "\t", "café"};

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct buf line = {0};
		char heard[100] = "";
		size_t n;
		FILE *shell;

		buf_add(&line, "printf '%s' ");
		shell_quote(&line, words[i]);
		shell = popen(line.data, "re");
		assert_non_null(shell);
		n = fread(heard, 1, sizeof(heard) - 1, shell);
		heard[n] = '\0';
		assert_int_equal(pclose(shell), 0);
		assert_string_equal(heard, words[i]);
		buf_done(&line);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_a_shell_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
