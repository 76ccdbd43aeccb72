/* test_bgp_fields.c - what a BGP message says in fields: communities of each kind in words, graceful restart, add-path. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lib/bgp.h"
#include "lib/bgp_name.h"

static void
extended_communities(void **state)
{
	static const struct {
		uint64_t value;
		const char *text;
	} cases[] = {
		{0x0002fbf400000064, "rt:64500:100"},
		{0x0003fbf4ffffffff, "ro:64500:4294967295"},
		{0x0102c63364010007, "rt:198.51.100.1:7"},
		{0x0103ffffffffffff, "ro:255.255.255.255:65535"},
		{0x0202000100000009, "rt:65536:9"},
		{0x0203ffffffff0001, "ro:4294967295:1"},
		{0x4002fbf400000064, "0x4002fbf400000064"}, /* not transitive: another type */
		{0x030b000000000064, "0x030b000000000064"},
		{0x0004fbf400000064, "0x0004fbf400000064"},
		{0, "0x0000000000000000"},
	};
	char text[BGP_COMMUNITY_TEXT_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(
			bgp_extended_community_text(cases[i].value, text), cases[i].text);
}

static void
communities(void **state)
{
	char text[BGP_COMMUNITY_TEXT_BYTES];

	(void)state;
	assert_string_equal(bgp_community_text(0xffffff01, text), "no-export");
	assert_string_equal(bgp_community_text(0xffffff03, text), "no-export-subconfed");
	assert_string_equal(bgp_community_text(0xffff029a, text), "blackhole");
	assert_string_equal(bgp_community_text(0xffff0001, text), "65535:1");
	assert_string_equal(bgp_community_text(0xfbf40007, text), "64500:7");
	assert_string_equal(
		bgp_large_community_text((uint32_t[3]){0xffffffff, 0, 0xffffffff}, text),
		"4294967295:0:4294967295");
}

/* An OPEN with one capability. */
static int
open_with(uint8_t code, const char *value, size_t len, struct bgp_open *ret)
{
	uint8_t msg[128];
	static const uint8_t body[] = {4, 0xfb, 0xf4, 0, 9, 192, 0, 2, 1};
	size_t n = 19;

	memset(msg, 0xff, 16);
	memcpy(msg + n, body, sizeof(body));
	n += sizeof(body);
	msg[n++] = (uint8_t)(4 + len);
	msg[n++] = 2;
	msg[n++] = (uint8_t)(2 + len);
	msg[n++] = code;
	msg[n++] = (uint8_t)len;
	memcpy(msg + n, value, len);
	n += len;
	msg[16] = 0;
	msg[17] = (uint8_t)n;
	msg[18] = BGP_OPEN;
	return bgp_open_parse(msg, n, ret, NULL);
}

#define OPEN_WITH(code, value, o) open_with(code, value, sizeof(value) - 1, o)

static void
graceful_restart(void **state)
{
	struct bgp_open o;

	(void)state;
	assert_int_equal(OPEN_WITH(64, "\x80\x78\x00\x01\x01\x80\x00\x02\x01\x00", &o), 0);
	assert_true(o.graceful_restart && o.restarting && !o.restart_on_notification);
	assert_int_equal(o.restart_s, 120);
	assert_true(o.forwarding_kept[0] && !o.forwarding_kept[1]);
	/* The longest time, and the flag of RFC 8538; IPv6 alone. */
	assert_int_equal(OPEN_WITH(64, "\x4f\xff\x00\x02\x01\x80", &o), 0);
	assert_true(!o.restarting && o.restart_on_notification);
	assert_int_equal(o.restart_s, 4095);
	assert_true(!o.forwarding_kept[0] && o.forwarding_kept[1]);
	/* Families that we do not tell, no family, a family that is cut: all of them a capability. */
	assert_int_equal(OPEN_WITH(64, "\x00\x07\x00\x01\x80\x80", &o), 0);
	assert_true(o.graceful_restart && !o.forwarding_kept[0] && !o.forwarding_kept[1]);
	assert_int_equal(OPEN_WITH(64, "\x00\x07", &o), 0);
	assert_true(o.graceful_restart && o.restart_s == 7);
	assert_int_equal(OPEN_WITH(64, "\x00\x07\x00\x01\x01", &o), 0);
	assert_false(o.forwarding_kept[0]);
	assert_int_equal(OPEN_WITH(70, "", &o), 0);
	assert_true(o.enhanced_refresh && !o.graceful_restart);
}

static void
add_path(void **state)
{
	struct bgp_open o;

	(void)state;
	assert_int_equal(OPEN_WITH(69, "\x00\x01\x01\x03\x00\x02\x01\x01", &o), 0);
	assert_int_equal(o.addpath[0], BGP_ADDPATH_SEND | BGP_ADDPATH_RECEIVE);
	assert_int_equal(o.addpath[1], BGP_ADDPATH_RECEIVE);
	/* RFC 7911 4: another value is as if it were not there; an entry that is cut is an error. */
	assert_int_equal(OPEN_WITH(69, "\x00\x01\x01\x04\x00\x02\x80\x03", &o), 0);
	assert_int_equal(o.addpath[0] | o.addpath[1], 0);
	assert_true(OPEN_WITH(69, "\x00\x01\x01\x03\x00\x02\x01", &o) < 0);
}

/* Bits behind a prefix mean nothing (RFC 4271 4.3): odd, but no error without OPENs either. */
static void
guessed_though_odd(void **state)
{
	uint8_t msg[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0, 25, BGP_UPDATE, 0, 2, 1, 0xff, 0, 0};
	struct bgp_options options;
	struct bgp_prefix prefix;
	struct bgp_update u;

	(void)state;
	assert_int_equal(bgp_update_guess(msg, sizeof(msg), &u, &options, NULL), 0);
	assert_true(options.as4 && !options.addpath[0]);
	assert_true(bgp_prefix_next(&u.withdrawn, &prefix));
	assert_true(prefix.padded_dirty);
	assert_int_equal(prefix.bits, 1);
	assert_int_equal(prefix.addr[0], 0x80);
	assert_false(bgp_prefix_next(&u.withdrawn, &prefix));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(extended_communities),
		cmocka_unit_test(communities),
		cmocka_unit_test(graceful_restart),
		cmocka_unit_test(add_path),
		cmocka_unit_test(guessed_though_odd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
