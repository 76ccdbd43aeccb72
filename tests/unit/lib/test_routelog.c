/* test_routelog.c - routes.jsonl: every kind of event, every mistake with its line, a file that was cut. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "lib/jlines.h"
#include "lib/routelog.h"

#define HEAD "{\"schema\":\"catchment.routes/1\"}\n"

static struct routelog *
open_text(const char *text)
{
	struct routelog *l = NULL;
	struct err e = {0};

	if (routelog_open_bytes(text, strlen(text), "r", &l, &e) < 0)
		fail_msg("%s", e.text);
	return l;
}

static void
every_kind(void **state)
{
	static const char text[] = HEAD
		"{\"at\":5,\"node\":\"hkg\",\"op\":\"have\",\"dst\":\"203.0.113.0/24\",\"via\":"
		"[{\"gw\":\"198.51.100.1\",\"if\":\"a-hkg\"},{\"if\":\"lo\"}],\"metric\":20,"
		"\"type\":\"unicast\",\"proto\":12}\n"
		"{\"at\":6,\"node\":\"hkg\",\"op\":\"set\",\"dst\":\"2001:db8::/32\",\"via\":[],"
		"\"metric\":4294967295,\"type\":\"blackhole\",\"proto\":186,\"new\":1}\n"
		"{\"at\":7,\"node\":\"hkg\",\"op\":\"gone\",\"dst\":\"0.0.0.0/0\",\"metric\":0,"
		"\"type\":\"unicast\",\"proto\":0}\n"
		"{\"at\":8,\"node\":\"hkg\",\"op\":\"link\",\"if\":\"a-hkg\",\"up\":true,"
		"\"carrier\":false}\n"
		"{\"at\":9,\"node\":\"hkg\",\"op\":\"lost\"}\n";
	struct routelog *l = open_text(text);
	struct routelog_event ev;
	char shown[INET_TEXT_BYTES];

	(void)state;
	assert_int_equal(routelog_next(l, &ev, NULL), 1);
	assert_int_equal(ev.op, ROUTELOG_HAVE);
	assert_int_equal(ev.at.ns, 5);
	assert_string_equal(ev.node, "hkg");
	assert_string_equal(inet_show_prefix(&ev.dst, shown), "203.0.113.0/24");
	assert_int_equal(ev.hops_len, 2);
	assert_true(ev.hops[0].has_gateway);
	assert_string_equal(inet_show(&ev.hops[0].gateway, shown), "198.51.100.1");
	assert_string_equal(ev.hops[0].interface, "a-hkg");
	assert_false(ev.hops[1].has_gateway);
	assert_int_equal(ev.metric, 20);
	assert_int_equal(ev.proto, 12);
	assert_int_equal(routelog_next(l, &ev, NULL), 1);
	assert_int_equal(ev.op, ROUTELOG_SET);
	assert_int_equal(ev.metric, UINT32_MAX);
	assert_string_equal(ev.type, "blackhole");
	assert_int_equal(ev.hops_len, 0);
	assert_int_equal(routelog_next(l, &ev, NULL), 1);
	assert_int_equal(ev.op, ROUTELOG_GONE);
	assert_int_equal(ev.dst.len, 0);
	assert_int_equal(routelog_next(l, &ev, NULL), 1);
	assert_int_equal(ev.op, ROUTELOG_LINK);
	assert_string_equal(ev.interface, "a-hkg");
	assert_true(ev.up && !ev.carrier);
	assert_int_equal(routelog_next(l, &ev, NULL), 1);
	assert_int_equal(ev.op, ROUTELOG_LOST);
	assert_int_equal(routelog_next(l, &ev, NULL), 0);
	assert_false(routelog_cut(l));
	routelog_free(l);
}

#define ROUTE(dst, rest)                                                                           \
	"{\"at\":5,\"node\":\"n\",\"op\":\"set\",\"dst\":\"" dst                                   \
	"\",\"metric\":20,\"type\":\"unicast\",\"proto\":12" rest "}"

static void
mistakes(void **state)
{
	static const struct {
		const char *line, *says;
	} table[] = {{"", "r:2: "}, {"[]", "r:2: not an object"}, {"{", "r:2: "},
		{"{\"at\":5,\"at\":6}", "r:2: duplicate"},
		{"{\"node\":\"n\",\"op\":\"lost\"}", "r:2: at: missing"},
		{"{\"at\":0,\"node\":\"n\",\"op\":\"lost\"}", "r:2: at: 0 is not between"},
		{"{\"at\":5.5,\"node\":\"n\",\"op\":\"lost\"}", "r:2: at: not a whole number"},
		{"{\"at\":5,\"op\":\"lost\"}", "r:2: node: missing"},
		{"{\"at\":5,\"node\":\"\",\"op\":\"lost\"}", "r:2: node: '' is no name"},
		{"{\"at\":5,\"node\":\"n\"}", "r:2: op: missing"},
		{"{\"at\":5,\"node\":\"n\",\"op\":\"a\\nb\"}", "r:2: op: 'a?b' is none of"},
		{"{\"at\":5,\"node\":\"n\",\"op\":\"link\",\"up\":true}", "r:2: if: missing"},
		{"{\"at\":5,\"node\":\"n\",\"op\":\"link\",\"if\":\"e\",\"up\":1,\"carrier\":true}",
			"r:2: up: neither"},
		{"{\"at\":5,\"node\":\"n\",\"op\":\"set\"}", "r:2: dst: missing; metric: missing"},
		{ROUTE("203.0.113.1/24", ""), "r:2: dst: '203.0.113.1/24' is no prefix"},
		{ROUTE("203.0.113.1", ""), "r:2: dst: '203.0.113.1' is no prefix"},
		{ROUTE("x", ""), "r:2: dst: 'x' is no prefix"},
		{ROUTE("10.0.0.0/8", ",\"via\":{}"), "r:2: via: not a list"},
		{ROUTE("10.0.0.0/8", ",\"via\":[1]"), "r:2: via[0]: not an object"},
		{ROUTE("10.0.0.0/8", ",\"via\":[{},{\"gw\":\"x\"}]"), "r:2: via[1]: gw: 'x' is no"},
		{ROUTE("10.0.0.0/8", ",\"via\":[{\"gw\":\"10.0.0.0/8\"}]"), "is no address"},
		{ROUTE("10.0.0.0/8", ",\"via\":[{\"if\":\"sixteen-is-toolong\"}]"), "is no name"}};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		char text[512];
		struct routelog_event ev = {.at = {77}};
		struct routelog *l;
		struct err e = {0};

		strcpy(text, HEAD);
		strcat(text, table[i].line);
		strcat(text, "\n{\"at\":9,\"node\":\"n\",\"op\":\"lost\"}\n");
		l = open_text(text);
		assert_int_equal(routelog_next(l, &ev, &e), -EINVAL);
		if (strstr(e.text, table[i].says) == NULL)
			fail_msg("'%s' gave '%s'", table[i].line, e.text);
		assert_int_equal(ev.at.ns, 77); /* untouched */
		assert_int_equal(routelog_next(l, &ev, NULL), 1);
		assert_int_equal(ev.at.ns, 9);
		routelog_free(l);
	}
}

static void
no_such_file(void **state)
{
	static const char *const table[] = {"", "{\"schema\":\"catchment.lines/1\"}\n", "[]\n",
		"{\"schema\":1}\n", "{\"schema\":\"catchment.routes/1\"}", "\n"};
	struct routelog *l = NULL;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		assert_int_equal(
			routelog_open_bytes(table[i], strlen(table[i]), "r", &l, &e), -EINVAL);
		assert_true(strncmp(e.text, "r:", 2) == 0);
	}
	assert_int_equal(routelog_open("/nonexistent", &l, &e), -ENOENT);
	assert_null(l);
	routelog_free(NULL);
}

static void
cut_file(void **state)
{
	struct routelog *l =
		open_text(HEAD "{\"at\":9,\"node\":\"n\",\"op\":\"lost\"}\n{\"at\":9,\"no");
	struct routelog_event ev;

	(void)state;
	assert_int_equal(routelog_next(l, &ev, NULL), 1);
	assert_int_equal(routelog_next(l, &ev, NULL), 0);
	assert_true(routelog_cut(l));
	routelog_free(l);
}

/* Too long a line, and one with too many hops, are passed over; what follows is read. */
static void
bounds(void **state)
{
	size_t head = strlen(HEAD), len = head;
	const size_t room = 3 * (size_t)JLINES_LINE_BYTES;
	char *text = malloc(room);
	struct routelog_event ev;
	struct routelog *l;
	struct err e = {0};

	(void)state;
	assert_non_null(text);
	strcpy(text, HEAD);
	memset(text + len, 'x', JLINES_LINE_BYTES + 10);
	len += JLINES_LINE_BYTES + 10;
	len += (size_t)snprintf(text + len, room - len,
		"\n{\"at\":5,\"node\":\"n\",\"op\":\"set\",\"dst\":\"10.0.0.0/8\","
		"\"metric\":1,\"type\":\"unicast\",\"proto\":1,\"via\":[{}");
	for (int i = 0; i < ROUTELOG_HOPS_MAX; i++)
		len += (size_t)snprintf(text + len, room - len, ",{}");
	len += (size_t)snprintf(
		text + len, room - len, "]}\n{\"at\":9,\"node\":\"n\",\"op\":\"lost\"}\n");
	assert_int_equal(routelog_open_bytes(text, len, "r", &l, &e), 0);
	assert_int_equal(routelog_next(l, &ev, &e), -EINVAL);
	assert_non_null(strstr(e.text, "r:2: a line of more than"));
	assert_int_equal(routelog_next(l, &ev, &e), -EINVAL);
	assert_non_null(strstr(e.text, "r:3: via: 65 of them"));
	assert_int_equal(routelog_next(l, &ev, &e), 1);
	assert_int_equal(ev.op, ROUTELOG_LOST);
	routelog_free(l);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_kind), cmocka_unit_test(mistakes),
		cmocka_unit_test(no_such_file), cmocka_unit_test(cut_file),
		cmocka_unit_test(bounds)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
