/* test_section_soak.c - what the report says of a soak: read from result.json, a dot a round, and what was stuck or lost. */
#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "reports/reader.h"
#include "tests/unit/reports/text.h"

static const char half[] =
	"{\"converged_ms\":[10.5,null,30],\"drift\":{\"found\":true,\"total_ms\":19.5,\"first_"
	"fifth_ms\":10.5,\"last_fifth_ms\":30}}";

static void
section(const char *wrong, char *text, size_t text_bytes)
{
	char json[2048];
	struct trial t = {.number = 1};
	struct result r = {.trial = &t, .n_trials = 1};
	struct err e = {0};
	struct reader reader = {.file = "result.json", .e = &e};
	struct buf b = {0};
	json_t *o;

	snprintf(json, sizeof(json),
		"{\"soak\":{\"planned\":3,\"v4\":{\"rounds\":3,\"complete\":3,\"stuck_rounds\":%d,"
		"\"sessions_lost\":%d,\"failures\":2,\"withdrawn\":%s,\"announced\":%s%s}}}",
		wrong[0] != '\0', wrong[0] != '\0', half, half, wrong);
	o = json_loads(json, 0, NULL);
	assert_non_null(o);
	rounds_read(&reader, o, "per_trial[0]", &t.rounds);
	assert_int_equal(reader.rc, 0);
	section_soak(&b, &r);
	assert_false(b.failed);
	snprintf(text, text_bytes, "%s", b.len == 0 ? "" : b.data);
	buf_done(&b);
	rounds_done(&t.rounds);
	json_decref(o);
}

static void
a_good_one(void **state)
{
	char text[8192];
	size_t circles = 0;

	(void)state;
	section("", text, sizeof(text));
	assert_has(text,
		"3 rounds of withdraw and announce (trial 1): nothing stuck, no session lost");
	assert_has(text, "withdraw, IPv4</th>");
	assert_has(text, "20.2 ms");
	assert_has(text, "yes");
	for (const char *at = text; (at = strstr(at, "<circle")) != NULL; at++)
		circles++;
	assert_int_equal(circles, 4); /* the round without a change has none */
}

static void
what_went_wrong(void **state)
{
	char text[8192];

	(void)state;
	section(",\"stuck\":[{\"round\":2,\"half\":\"withdrawn\",\"node\":\"<acc>\",\"is\":\"no "
		"route\","
		"\"was\":\"via "
		"x\"}],\"lost\":[{\"node\":\"hkg\",\"peer\":\"rs1\",\"how\":\"reset\",\"at_ms\":"
		"1500}]",
		text, sizeof(text));
	assert_has(text, "1 stuck, 1 sessions lost");
	assert_has(text, "IPv4, round 2, withdrawn: &lt;acc&gt; has no route, before it was via x");
	assert_has(text, "at 1.50 s the session of hkg with rs1 ended (reset)");
}

static void
no_soak_no_section(void **state)
{
	struct trial t = {.number = 1};
	struct result r = {.trial = &t, .n_trials = 1};
	struct buf b = {0};

	(void)state;
	section_soak(&b, &r);
	assert_int_equal(b.len, 0);
	buf_done(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_one),
		cmocka_unit_test(what_went_wrong),
		cmocka_unit_test(no_soak_no_section),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
