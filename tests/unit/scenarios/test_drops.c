/* test_drops.c - the kernel's drop counters, as its files spell them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "lib/fs.h"
#include "scenarios/drops.h"

static void
snmp(void **state)
{
	static const char text[] =
		"Ip: Forwarding DefaultTTL\nIp: 1 64\n"
		"Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors\n"
		"Udp: 1000 7 51 900 49 2\n"
		"UdpLite: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors\nUdpLite: 0 0 0 0 "
		"3\n";

	(void)state;
	assert_int_equal(drops_in_snmp(text), 49);
	assert_int_equal(drops_in_snmp("Ip: x\nIp: 1\n"), 0);
	assert_int_equal(drops_in_snmp("\nUdp: InDatagrams RcvbufErrors\nUdp: 12\n"), 0);
	assert_int_equal(drops_in_snmp("\nUdp: RcvbufErrors"), 0);
	assert_int_equal(drops_in_snmp(""), 0);
	assert_int_equal(
		drops_in_snmp6("Udp6InErrors    \t5\nUdp6RcvbufErrors   \t17\nUdp6x 1\n"), 17);
	assert_int_equal(drops_in_snmp6("Ip6InReceives 3\n"), 0);
}

static void
dev(void **state)
{
	static const char text[] = "Inter-|   Receive                |  Transmit\n"
				   " face |bytes    packets errs drop fifo frame compressed "
				   "multicast|bytes    packets errs "
				   "drop fifo colls carrier compressed\n"
				   "    lo:     100       2    0    1    0     0          0        "
				   " 0      100       2    0    "
				   "4    0     0       0          0\n"
				   "a-hkg: 100 2 0 10 0 0 0 0 100 2 0 40 0 0 0 0\n"
				   "cut: 1 2 3";

	(void)state;
	assert_int_equal(drops_in_dev(text), 1 + 4 + 10 + 40);
	assert_int_equal(drops_in_dev(""), 0);
}

/* The real files have the columns that are looked for: their names come from this kernel. */
static void
this_kernel(void **state)
{
	char *text;

	(void)state;
	assert_int_equal(fs_read("/proc/self/net/snmp", 1 << 20, &text, NULL, NULL), 0);
	assert_non_null(strstr(text, " RcvbufErrors "));
	assert_true(drops_in_snmp(text) >= 0);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(snmp), cmocka_unit_test(dev), cmocka_unit_test(this_kernel)};

	return cmocka_run_group_tests_name("drops", tests, NULL, NULL);
}
