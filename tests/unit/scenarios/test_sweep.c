/* test_sweep.c - what a lab left alone tells: sessions by the daemons' own records, health checks by their words. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "lib/fs.h"
#include "scenarios/sweep_idle.h"
#include "scenarios/sweep_sessions.h"

static struct sessions *
frr(const char *bgp, const char *bfd)
{
	struct sessions *s = sessions_new();

	assert_non_null(s);
	assert_int_equal(sessions_read_frr_bgp(s, "hkg", bgp), 0);
	assert_int_equal(sessions_read_frr_bfd(s, "hkg", bfd), 0);
	return s;
}

/* FRR counts; a session that was not up before cannot go down. */
static void
frr_counts(void **state)
{
	struct sessions *before =
		frr("{\"192.0.2.1\": {\"bgpState\": \"Established\", \"connectionsDropped\": 1},"
		    " \"192.0.2.2\": {\"bgpState\": \"Active\", \"connectionsDropped\": 0}}",
			"[{\"peer\": \"192.0.2.1\", \"session-down\": 2}]");
	struct sessions *after =
		frr("{\"192.0.2.1\": {\"bgpState\": \"Established\", \"connectionsDropped\": 4},"
		    " \"192.0.2.2\": {\"bgpState\": \"Active\", \"connectionsDropped\": 7}}",
			"[{\"peer\": \"192.0.2.1\", \"session-down\": 3}]");
	struct sessions_lost lost = sessions_compare(before, after);

	(void)state;
	assert_int_equal(lost.bgp, 3);
	assert_int_equal(lost.bfd, 1);
	assert_int_equal(lost.bgp_ends, 2);
	assert_int_equal(lost.bfd_ends, 1);
	lost = sessions_compare(before, before);
	assert_int_equal(lost.bgp + lost.bfd, 0);
	sessions_free(before);
	sessions_free(after);
}

static struct sessions *
bird(const char *protocols, const char *bfd)
{
	struct sessions *s = sessions_new();

	assert_non_null(s);
	assert_int_equal(sessions_read_bird(s, "a-hkg", false, protocols), 0);
	assert_int_equal(sessions_read_bird(s, "a-hkg", true, bfd), 0);
	return s;
}

/* BIRD says since when, and wavers by a millisecond. */
static void
bird_says_since_when(void **state)
{
	struct sessions *before = bird(
		"2002-Name       Proto      Table      State  Since         Info\n"
		"1002-device1    Device     ---        up     19:42:21.825  \n"
		" hkg_4      BGP        ---        up     19:42:25.100  Established   \n"
		" tyo_4      BGP        ---        up     19:42:25.200  Established   \n"
		" off_4      BGP        ---        start  19:42:25.200  Active        \n",
		"1020-bfd1:\n IP address                Interface  State      Since         "
		"Interval  Timeout\n"
		" 192.0.2.1                 eth0       Up         19:42:26.000    0.300    0.900\n"
		" 2001:db8::1               eth0       Up         19:42:26.000    0.300    "
		"0.900\n");
	struct sessions *after = bird(
		" hkg_4      BGP        ---        up     19:42:25.101  Established   \n"
		" tyo_4      BGP        ---        up     19:50:00.000  Established   \n"
		" off_4      BGP        ---        start  19:51:25.200  Active        \n",
		" 192.0.2.1                 eth0       Down       19:51:26.000    0.300    0.900\n"
		" 2001:db8::1               eth0       Up         19:42:26.001    0.300    "
		"0.900\n");
	struct sessions_lost lost = sessions_compare(before, after);

	(void)state;
	assert_int_equal(lost.bgp, 1);
	assert_int_equal(lost.bfd, 1);
	assert_int_equal(lost.bgp_ends, 3);
	assert_int_equal(lost.bfd_ends, 2);
	sessions_free(before);
	sessions_free(after);
}

/* OpenBGPD counts seconds up from the last change; a neighbour that is gone went down. */
static void
openbgpd_counts_up(void **state)
{
	struct sessions *s[3];

	(void)state;
	for (int i = 0; i < 3; i++)
		s[i] = sessions_new();
	assert_int_equal(sessions_read_openbgpd(s[0], "rs2", 100,
				 "{\"neighbors\": [{\"remote_addr\": \"192.0.2.1\", \"state\": "
				 "\"Established\", \"last_updown_sec\": 50}]}"),
		0);
	assert_int_equal(sessions_read_openbgpd(s[1], "rs2", 130,
				 "{\"neighbors\": [{\"remote_addr\": \"192.0.2.1\", \"state\": "
				 "\"Established\", \"last_updown_sec\": 79}]}"),
		0);
	assert_int_equal(sessions_read_openbgpd(s[2], "rs2", 130, "{\"neighbors\": []}"), 0);
	assert_int_equal(sessions_compare(s[0], s[1]).bgp, 0);
	assert_int_equal(sessions_compare(s[0], s[2]).bgp, 1);
	assert_int_equal(sessions_read_openbgpd(s[2], "rs2", 130, "{}"), -EBADMSG);
	assert_int_equal(sessions_read_frr_bgp(s[2], "x", "[]"), -EBADMSG);
	assert_int_equal(sessions_read_frr_bfd(s[2], "x", "% no such command"), -EBADMSG);
	for (int i = 0; i < 3; i++)
		sessions_free(s[i]);
}

static void
checks_speak(void **state)
{
	static const struct {
		const char *text;
		enum idle_line kind;
	} rows[] = {
		{"Sun Nov 22 19:42:21 2026: Script `dns` now returning 9", IDLE_FAILURE},
		{"Sun Nov 22 19:42:21 2026: Script `dns` now returning 0", IDLE_NOTHING},
		{"Sun Nov 22 19:42:21 2026: VRRP_Script(dns) failed (exited with status 9)",
			IDLE_VERDICT},
		{"Sun Nov 22 19:42:21 2026: VRRP_Script(dns) succeeded", IDLE_NOTHING},
		{"Sun Nov 22 19:42:21 2026: (anycast) Entering FAULT STATE", IDLE_WITHDRAWN},
		{"Sun Nov 22 19:42:21 2026: (anycast) Entering MASTER STATE", IDLE_NOTHING},
		{"2026-11-22T19:42:21.000000Z failed: udp4: no answer", IDLE_FAILURE},
		{"2026-11-22T19:42:21.000000Z passes again: udp4", IDLE_NOTHING},
		{"2026-11-22T19:42:21.000000Z verdict: down; back 2 s after everything passes",
			IDLE_VERDICT},
		{"2026-11-22T19:42:21.000000Z withdrawn", IDLE_WITHDRAWN},
		{"2026-11-22T19:42:21.000000Z announced", IDLE_NOTHING},
		{"", IDLE_NOTHING},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(idle_line_kind(rows[i].text), rows[i].kind);
}

/* More than once was read at all; one line of it is longer than any buffer, and one log is a folder. */
static void
long_logs_count(void **state)
{
	char dir[] = "/tmp/test_sweep.XXXXXX", path[128];
	struct idle_lines lines;
	struct err e = {0};
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(idle_read_lines(dir, &lines, &e), 0);
	assert_int_equal(lines.failures + lines.verdicts + lines.withdrawals, 0);
	snprintf(path, sizeof(path), "%s/log/hkg", dir);
	assert_int_equal(fs_mkdirs(path, &e), 0);
	snprintf(path, sizeof(path), "%s/log/hkg/dnsguard.log", dir);
	f = fopen(path, "w");
	assert_non_null(f);
	for (int i = 0; i < 300000; i++)
		fprintf(f, "2026-11-22T19:42:21.000000Z failed: udp4: no answer, %06d\n", i);
	fprintf(f, "2026-11-22T19:42:21.000000Z withdrawn%20000s verdict: down\n", "");
	assert_true(ftell(f) > 16 << 20);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(idle_read_lines(dir, &lines, &e), 0);
	assert_int_equal(lines.failures, 300000);
	assert_int_equal(lines.withdrawals, 1);
	assert_int_equal(lines.verdicts, 0);
	snprintf(path, sizeof(path), "%s/log/hkg/keepalived.log", dir);
	assert_int_equal(fs_mkdirs(path, &e), 0);
	assert_true(idle_read_lines(dir, &lines, &e) < 0);
	assert_non_null(strstr(e.text, "keepalived.log"));
	assert_int_equal(fs_remove_tree(dir, NULL), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(frr_counts),
		cmocka_unit_test(bird_says_since_when), cmocka_unit_test(openbgpd_counts_up),
		cmocka_unit_test(checks_speak), cmocka_unit_test(long_logs_count)};

	return cmocka_run_group_tests_name("sweep", tests, NULL, NULL);
}
