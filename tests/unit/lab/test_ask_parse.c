/* test_ask_parse.c - what daemons said about their BGP sessions, and what is not that. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "lab/ask.h"

/* FRR 10.3, `show bgp summary json`, most keys left out. */
static const char frr[] =
	"{\n\"ipv4Unicast\":{\n  \"routerId\":\"198.18.1.53\",\n  \"as\":64500,\n  \"vrfId\":0,\n"
	"  \"peerCount\":3,\n  \"peers\":{\n    \"198.51.100.1\":{\n      \"remoteAs\":64510,\n"
	"      \"peerUptime\":\"00:00:07\",\n      \"pfxRcd\":2,\n      "
	"\"state\":\"Established\",\n"
	"      \"peerState\":\"OK\",\n      \"idType\":\"ipv4\"\n    },\n"
	"    \"198.19.2.2\":{\n      \"remoteAs\":64601,\n      \"peerUptime\":\"never\",\n"
	"      \"state\":\"Idle\",\n      \"peerState\":\"Admin\",\n      \"idType\":\"ipv4\"\n    "
	"}\n"
	"  },\n  \"failedPeers\":1,\n  \"totalPeers\":2,\n  \"bestPath\":{\n"
	"    \"multiPathRelax\":\"false\"\n  }\n}\n,\n\"ipv6Unicast\":{\n  \"peers\":{\n"
	"    \"2001:db8:a002:1::2\":{\n      \"remoteAs\":64601,\n      \"state\":\"Active\"\n    "
	"}\n"
	"  }\n}\n}\n";

/* BIRD 2.17, `show protocols` as it comes out of the control socket. */
static const char bird[] =
	"2002-Name       Proto      Table      State  Since         Info\n"
	"1002-device1    Device     ---        up     16:15:58.222  \n"
	" bfd1       BFD        ---        up     16:15:58.222  \n"
	" kernel4    Kernel     master4    up     16:15:58.222  \n"
	" igp4       OSPF       master4    up     16:15:58.222  Running\n"
	" b_syd_4    BGP        ---        up     16:16:06.010  Established   \n"
	" a_tyo_4    BGP        ---        start  16:16:08.149  OpenSent      Error: BFD session "
	"down\n"
	" tyo_6      BGP        ---        start  16:16:07.449  Active        Socket: Connection "
	"refused\n"
	" internet   BGP        ---        start  16:16:01.002  Passive       \n"
	" old        BGP        ---        up     2026-11-20    Established   \n"
	" off        BGP        ---        down   16:15:58.222  \n"
	"0000 \n";

/* OpenBGPD 8.8, `bgpctl -j show`. */
static const char openbgpd[] =
	"{\n\t\"neighbors\": [\n\t\t{\n\t\t\t\"remote_as\": \"64500\",\n"
	"\t\t\t\"description\": \"hkg v4\",\n\t\t\t\"group\": \"members\",\n"
	"\t\t\t\"remote_addr\": \"198.51.100.10\",\n\t\t\t\"bgpid\": \"198.18.1.53\",\n"
	"\t\t\t\"state\": \"Established\",\n\t\t\t\"last_updown\": \"00:00:07\",\n"
	"\t\t\t\"last_updown_sec\": 7\n\t\t},\n\t\t{\n\t\t\t\"remote_as\": \"65538\",\n"
	"\t\t\t\"remote_addr\": \"2001:db8:ffff::31\",\n\t\t\t\"state\": \"Idle\",\n"
	"\t\t\t\"last_updown\": \"Never\"\n\t\t}\n\t]\n}\n";

typedef int parser(const char *text, struct ask_session **ret, size_t *ret_len);

static void
assert_says(parser *parse, const char *text, const struct ask_session *want, size_t n)
{
	struct ask_session *got = NULL;
	size_t len = 99;

	assert_int_equal(parse(text, &got, &len), 0);
	assert_int_equal(len, n);
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(got[i].peer, want[i].peer);
		assert_string_equal(got[i].state, want[i].state);
		assert_int_equal(got[i].established, want[i].established);
	}
	free(got);
}

static void
real(void **state)
{
	static const struct ask_session of_frr[] = {{"198.51.100.1", "Established", true},
		{"198.19.2.2", "Idle", false}, {"2001:db8:a002:1::2", "Active", false}};
	static const struct ask_session of_bird[] = {{"b_syd_4", "Established", true},
		{"a_tyo_4", "OpenSent", false}, {"tyo_6", "Active", false},
		{"old", "Established", true}, {"off", "down", false}};
	static const struct ask_session of_openbgpd[] = {
		{"198.51.100.10", "Established", true}, {"2001:db8:ffff::31", "Idle", false}};

	(void)state;
	assert_says(ask_parse_frr, frr, of_frr, 3);
	assert_says(ask_parse_bird, bird, of_bird, 5);
	assert_says(ask_parse_openbgpd, openbgpd, of_openbgpd, 2);
}

static void
nobody(void **state)
{
	(void)state;
	assert_says(ask_parse_frr, "{}\n", NULL, 0);
	assert_says(ask_parse_frr, "{\"ipv4Unicast\": {\"peers\": {}}}", NULL, 0);
	assert_says(
		ask_parse_bird, "2002-Name Proto\n1002-device1 Device --- up 1\n0000 \n", NULL, 0);
	assert_says(ask_parse_bird, "0000 \n", NULL, 0);
	assert_says(ask_parse_openbgpd, "{\"neighbors\": []}", NULL, 0);
}

/* Of another shape than expected: what can be read is, a state that is not told is no session. */
static void
odd(void **state)
{
	static const struct ask_session unknown[] = {{"a", "?", false}, {"b", "?", false}};
	static const struct ask_session nameless[] = {
		{"?", "?", false}, {"?", "Established", true}};
	static const struct ask_session cut[] = {
		{"p23456789p23456789p23456789p23456789p23456789p23456789p23456789", "?", false}};

	(void)state;
	assert_says(ask_parse_frr,
		"{\"x\": 1, \"y\": [], \"z\": {\"peers\": {\"a\": 5, \"b\": "
		"{\"state\": null}}}}",
		unknown, 2);
	assert_says(ask_parse_openbgpd, "{\"neighbors\": [7, {\"state\": \"Established\"}]}",
		nameless, 2);
	assert_says(ask_parse_frr,
		"{\"z\": {\"peers\": "
		"{\"p23456789p23456789p23456789p23456789p23456789p23456789p23456789\": {}}}}",
		cut, 1);
}

static void
garbage(void **state)
{
	static const struct {
		parser *parse;
		const char *text;
	} rows[] = {{ask_parse_frr, ""}, {ask_parse_frr, "% BGP instance not found\n"},
		{ask_parse_frr, "[]"}, {ask_parse_frr, "{\"ipv4Unicast\":"}, {ask_parse_bird, ""},
		{ask_parse_bird, "8003 No protocols match\n"},
		{ask_parse_bird, "9001 syntax error\n"}, {ask_parse_bird, "{}"},
		{ask_parse_openbgpd, ""}, {ask_parse_openbgpd, "{}"},
		{ask_parse_openbgpd, "{\"neighbors\": {}}"},
		{ask_parse_openbgpd, "bgpctl: connect: /run/openbgpd.sock: No such file\n"}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ask_session *got = NULL;
		size_t len = 99;

		assert_int_equal(rows[i].parse(rows[i].text, &got, &len), -EBADMSG);
		assert_null(got);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(real),
		cmocka_unit_test(nobody),
		cmocka_unit_test(odd),
		cmocka_unit_test(garbage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
