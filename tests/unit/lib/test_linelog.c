/* test_linelog.c - lines.jsonl: lines with any characters, every mistake with its line, a file that was cut. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lib/linelog.h"

#define HEAD "{\"schema\":\"catchment.lines/1\"}\n"

static struct linelog *
open_text(const char *text)
{
	struct linelog *l = NULL;
	struct err e = {0};

	if (linelog_open_bytes(text, strlen(text), "l", &l, &e) < 0)
		fail_msg("%s", e.text);
	return l;
}

static void
lines(void **state)
{
	struct linelog *l = open_text(HEAD
		"{\"at\":5,\"node\":\"hkg\",\"service\":\"keepalived\",\"text\":\"a \\\"b\\\" "
		"\\u001b[0m\"}\n"
		"{\"at\":6,\"node\":\"hkg\",\"service\":\"knotd\",\"text\":\"\",\"cut\":true}\n"
		"{\"at\":7,\"node\":\"h");
	struct linelog_line line;

	(void)state;
	assert_int_equal(linelog_next(l, &line, NULL), 1);
	assert_int_equal(line.at.ns, 5);
	assert_string_equal(line.node, "hkg");
	assert_string_equal(line.service, "keepalived");
	assert_string_equal(line.text, "a \"b\" \033[0m");
	assert_false(line.cut);
	assert_int_equal(linelog_next(l, &line, NULL), 1);
	assert_string_equal(line.text, "");
	assert_true(line.cut);
	assert_int_equal(linelog_next(l, &line, NULL), 0);
	assert_true(linelog_cut(l));
	linelog_free(l);
}

static void
mistakes(void **state)
{
	static const struct {
		const char *line, *says;
	} table[] = {{"[]", "l:2: not an object"},
		{"{\"at\":5,\"node\":\"n\",\"service\":\"s\"}", "l:2: text: missing"},
		{"{\"at\":5,\"node\":\"n\",\"service\":\"s\",\"text\":1}",
			"l:2: text: not a string"},
		{"{\"at\":5,\"node\":\"n\",\"text\":\"\"}", "l:2: service: missing"},
		{"{\"at\":5,\"node\":\"n\",\"service\":\"s\",\"text\":\"\",\"cut\":1}",
			"l:2: cut: neither"},
		{"{\"at\":-5,\"node\":\"n\",\"service\":\"s\",\"text\":\"\"}",
			"l:2: at: -5 is not"},
		{"{\"at\":5,\"node\":\"n\",\"service\":\"s\",\"text\":\"\\u0000\"}", "l:2: "},
		{"{\"at\":5,\"node\":\"n\",\"service\":\"s\",\"text\":\"\xff\"}", "l:2: "}};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		char text[256] = HEAD;
		struct linelog_line line = {.at = {77}};
		struct linelog *l;
		struct err e = {0};

		strcat(text, table[i].line);
		strcat(text, "\n");
		l = open_text(text);
		assert_int_equal(linelog_next(l, &line, &e), -EINVAL);
		if (strstr(e.text, table[i].says) == NULL)
			fail_msg("'%s' gave '%s'", table[i].line, e.text);
		assert_int_equal(line.at.ns, 77);
		assert_int_equal(linelog_next(l, &line, &e), 0);
		linelog_free(l);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(lines), cmocka_unit_test(mistakes)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
