/* test_section_load.c - what the report says of loads: medians of valid trials, failures by class, the matrix of cities. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "tests/unit/reports/text.h"

#define TRIAL(valid, code, qps, file)                                                              \
	"{\"valid\": " valid ", \"exit\": " code                                                   \
	", \"figures\": {\"sent\": 5000, \"sent_qps\": 500, \"answered_qps\": " qps                \
	"}, \"file\": " file "}"

static void
loads(void **state)
{
	char text[8192];

	(void)state;
	section_of(section_load,
		"{\"loads\": [{\"name\": \"<syd>\", \"node\": \"acc-syd\", \"kind\": \"dns\", "
		"\"run\": [\"dns\", \"<b>\"], "
		"\"per_trial\": [" TRIAL("true", "0", "400",
			"{\"lost\": {\"timeout\": 3}, \"rcodes\": {\"NOERROR\": 9}}") "," TRIAL("tr"
												"u"
												"e",
			"0", "480",
			"{\"lost\": {\"timeout\": 4, \"lost_connection\": 1}}") "," TRIAL("false",
			"4", "1", "{\"lost\": {\"timeout\": 4000}}") "]}]}",
		text, sizeof(text));
	assert_has(text, "<h2>Load: 500 queries a second sent, 440 answered</h2>");
	assert_has(text, "7 timeout, 1 lost connection");
	assert_has(text, "too late in 1 trial");
	assert_has(text, "&lt;syd&gt;");
	assert_null(strstr(text, "NOERROR"));
	assert_null(strstr(text, "<b>"));
	section_of(section_load, "{}", text, sizeof(text));
	assert_string_equal(text, "");
	section_of(section_load, "{\"loads\": [{\"kind\": \"dns\", \"per_trial\": []}]}", text,
		sizeof(text));
	assert_has(text, "no valid trial tells of it");
}

#define NET(from, to, more)                                                                        \
	"{\"kind\": \"net\", \"per_trial\": [{\"valid\": true, \"file\": {\"role\": \"client\", "  \
	"\"from\": \"" from "\", \"to\": \"" to "\", \"set_bps\": 2e7, " more "}}]}"

static void
matrix(void **state)
{
	char text[8192];

	(void)state;
	section_of(section_throughput,
		"{\"loads\": [{\"kind\": \"net\", \"per_trial\": [{\"valid\": true, \"file\": "
		"{\"role\": \"server\"}}]}, " NET("hkg", "tyo",
			"\"protocol\": \"tcp\", \"received_bps\": 1.9e7, \"retransmits\": 12") "," NET("tyo",
			"<i>",
			"\"address\": \"::1\", \"protocol\": \"udp\", \"received_bps\": 1e7, "
			"\"lost_ratio\": 0.02") "]}",
		text, sizeof(text));
	assert_has(
		text, "<h2>Throughput: at least 95 % of the links&#39; rate, from hkg to tyo</h2>");
	assert_has(text, "19 Mbit/s, 95 %, 12 again");
	assert_has(text, "IPv6 UDP 10 Mbit/s, 2 % lost");
	assert_has(text, "set to 20 Mbit/s");
	assert_null(strstr(text, "<i>"));
	section_of(section_throughput, "{\"loads\": []}", text, sizeof(text));
	assert_string_equal(text, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loads),
		cmocka_unit_test(matrix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
