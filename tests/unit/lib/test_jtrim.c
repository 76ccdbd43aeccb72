/* test_jtrim.c - what is cut is gone, all else stays as it was, and broken text is left to the parser. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "lib/jtrim.h"

static const char *const keys[] = {"big", "list", NULL};

static void
gives(const char *text, const char *wanted)
{
	size_t len = strlen(text);
	char *copy = malloc(len == 0 ? 1 : len); /* no terminator: sanitizers see a step too far */

	assert_non_null(copy);
	memcpy(copy, text, len);
	len = jtrim(copy, len, keys);
	assert_int_equal(len, strlen(wanted));
	assert_memory_equal(copy, wanted, len);
	free(copy);
}

static void
values_of_the_keys_become_null(void **state)
{
	(void)state;
	gives("{\"a\":1,\"big\":{\"x\":[1,2]},\"b\":2}", "{\"a\":1,\"big\":null,\"b\":2}");
	gives("{\"o\":{\"list\" : [ [], {\"]\": \"\\\"]\"} ] }}", "{\"o\":{\"list\":null }}");
	gives("[{\"list\":[12]},{\"list\":[3,4]}]", "[{\"list\":null},{\"list\":null}]");
}

static void
all_else_stays(void **state)
{
	static const char *const same[] = {"", "{}", "{\"big\":7,\"list\":\"[1,2,3,4]\"}",
		"[\"big\",\"list\"]", "{\"x\":\"big\",\"y\":[1,2,3]}", "{\"biggest\":[1,2,3]}",
		"{\"list\":[]}", "{\"a\":\"\\\\\",\"b\":\"\\\"big\\\":[1,2,3]\"}"};

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		gives(same[i], same[i]);
}

static void
broken_text_is_left(void **state)
{
	static const char *const same[] = {
		"{\"big\":[1,2,3", "{\"big\"", "\"big", "{\"big\":", "\"\\", "]]]]\"big\":]}"};

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		gives(same[i], same[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_of_the_keys_become_null),
		cmocka_unit_test(all_else_stays),
		cmocka_unit_test(broken_text_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
