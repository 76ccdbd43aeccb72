/* test_net_result.c - libiperf's words in our terms, and its refusals. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "bench/load/net_result.h"

static double
number(const json_t *o, const char *key)
{
	assert_true(json_is_number(json_object_get(o, key)));
	return json_number_value(json_object_get(o, key));
}

static void
tcp(void **state)
{
	static const char text[] =
		"{\"start\": {\"test_start\": {\"protocol\": \"TCP\"}}, \"end\": {\"streams\": "
		"[{\"sender\": {\"min_rtt\": 30000, \"mean_rtt\": 41000, \"max_rtt\": 90000}}], "
		"\"sum_sent\": {\"bits_per_second\": 2e7, \"retransmits\": 12}, "
		"\"sum_received\": {\"seconds\": 3.01, \"bits_per_second\": 1.9e7}}}\n";
	json_t *o;

	(void)state;
	assert_int_equal(net_result(text, 2e7, &o, NULL), 0);
	assert_string_equal(json_string_value(json_object_get(o, "protocol")), "tcp");
	assert_float_equal(number(o, "rate_ratio"), 0.95, 1e-9);
	assert_float_equal(number(o, "retransmits"), 12, 0);
	assert_float_equal(number(json_object_get(o, "rtt_us"), "mean"), 41000, 0);
	json_decref(o);
	assert_int_equal(net_result(text, 0, &o, NULL), 0);
	assert_null(json_object_get(o, "rate_ratio"));
	json_decref(o);
}

static void
udp(void **state)
{
	static const char text[] =
		"{\"start\": {\"test_start\": {\"protocol\": \"UDP\"}}, \"end\": {\"sum\": "
		"{\"packets\": 200, \"lost_packets\": 3, \"jitter_ms\": 0.2}, \"sum_sent\": "
		"{\"bits_per_second\": 1e7}, \"sum_received\": {\"seconds\": 3, "
		"\"bits_per_second\": 9.85e6}}}";
	json_t *o;

	(void)state;
	assert_int_equal(net_result(text, 1e7, &o, NULL), 0);
	assert_float_equal(number(o, "lost_ratio"), 0.015, 1e-9);
	assert_null(json_object_get(o, "retransmits"));
	json_decref(o);
}

static void
refusals(void **state)
{
	static const struct {
		const char *text, *told;
		int rc;
	} rows[] = {
		{"{\"error\": \"unable to connect to server: Connection refused\"}",
			"libiperf: unable to connect to server: Connection refused", -EIO},
		{"{\"start\": {}, \"end\": {}, \"error\": \"interrupt\"}\n{\"error\": \"x\"}",
			"libiperf: interrupt", -EIO},
		{"{}", "libiperf: it says nothing of what was sent and received", -EBADMSG},
		{"[]", "libiperf: it says nothing of what was sent and received", -EBADMSG},
		{"{\"end\": {\"sum_sent\": 3, \"sum_received\": {}}}",
			"libiperf: it says nothing of what was sent and received", -EBADMSG},
		{"no json", "libiperf: '[' or '{' expected near 'no'", -EBADMSG},
	};
	struct err e;
	json_t *o;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(net_result(rows[i].text, 0, &o, &e), rows[i].rc);
		assert_string_equal(e.text, rows[i].told);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tcp),
		cmocka_unit_test(udp),
		cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
