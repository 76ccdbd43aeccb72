/* test_utf8.c - text of a file on a terminal: nothing in it is an order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "lib/utf8.h"

static void
made_tidy(void **state)
{
	static const struct {
		const char *text, *tidy;
	} cases[] = {{"", ""}, {"dns-crash", "dns-crash"}, {"\033[31mred", "?[31mred"},
		{"two\nlines\r\t\x7f", "two?lines???"},
		{"\xc2\x9b"
		 "31m",
			"?31m"},
		{"é – 漢 \xf0\x9f\x98\x80", "é – 漢 \xf0\x9f\x98\x80"},
		{"caf\xe9 au lait", "caf? au lait"}, {"cut \xe6\xbc", "cut "}, {"cut \xe6", "cut "},
		{"\xbc\xbc", "??"}, {"\xc2\xa0", "\xc2\xa0"}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[64];

		snprintf(text, sizeof(text), "%s", cases[i].text);
		utf8_tidy(text);
		assert_string_equal(text, cases[i].tidy);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(made_tidy)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
