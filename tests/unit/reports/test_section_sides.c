/* test_section_sides.c - what the report says of TCP and of large answers: its title is the finding, absent kinds are absent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "tests/unit/reports/text.h"

#define CITY(sent, lost)                                                                           \
	"{\"sent\": " #sent ", \"unanswered\": " #lost                                             \
	", \"wrong\": 0, \"restore_unanswered\": 3, \"connect_ms\": {\"p50\": 33.25}, "            \
	"\"rtt_ms\": {\"p50\": 66.5}}"

static void
both(void **state)
{
	char text[8192];

	(void)state;
	section_of(section_sides,
		"{\"tcp\": {\"cities\": {\"hkg\": " CITY(75, 0) ", \"sin\": " CITY(
			25, 0) "}}, \"large\": {\"cities\": {\"<b>\": " CITY(149, 67) "}}}",
		text, sizeof(text));
	assert_has(text,
		"<h2>Over TCP none of 100 queries were lost, with large answers 67 of 149 queries "
		"were "
		"lost</h2>");
	assert_has(text, "33.2 ms");
	assert_has(text, "66.5 ms");
	assert_has(text, "&lt;b&gt;");
	assert_null(strstr(text, "<b>"));
}

static void
one_or_none(void **state)
{
	char text[8192];

	(void)state;
	section_of(section_sides,
		"{\"tcp\": null, \"large\": {\"cities\": {\"hkg\": " CITY(10, 1) "}}}", text,
		sizeof(text));
	assert_has(text, "<h2>With large answers 1 of 10 queries was lost</h2>");
	assert_null(strstr(text, "Connecting"));
	section_of(section_sides, "{\"tcp\": null, \"large\": null}", text, sizeof(text));
	assert_string_equal(text, "");
	section_of(section_sides, "{}", text, sizeof(text));
	assert_string_equal(text, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both),
		cmocka_unit_test(one_or_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
