/* test_inet.c - addresses and prefixes: read, shown, compared, counted up. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <netinet/in.h>

#include "lib/inet.h"

static struct inet
in(const char *text)
{
	struct inet a;

	if (inet_parse(text, &a) < 0)
		fail_msg("%s", text);
	return a;
}

static void
round_trip(void **state)
{
	static const struct {
		const char *text, *alone, *prefix;
	} rows[] = {{"203.0.113.53", "203.0.113.53", "203.0.113.53/32"},
		{"203.0.113.0/24", "203.0.113.0", "203.0.113.0/24"},
		{"0.0.0.0/0", "0.0.0.0", "0.0.0.0/0"},
		{"2001:db8:53::53", "2001:db8:53::53", "2001:db8:53::53/128"},
		{"2001:0DB8:0053:0:0::/48", "2001:db8:53::", "2001:db8:53::/48"},
		{"::/0", "::", "::/0"},
		{"::ffff:192.0.2.1", "::ffff:192.0.2.1", "::ffff:192.0.2.1/128"},
		{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/127",
			"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
			"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/127"}};
	char out[INET_TEXT_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct inet a = in(rows[i].text), b;

		assert_string_equal(inet_show(&a, out), rows[i].alone);
		assert_string_equal(inet_show_prefix(&a, out), rows[i].prefix);
		b = in(out);
		assert_memory_equal(&a, &b, sizeof(a));
	}
}

static void
refused(void **state)
{
	static const char *const rows[] = {"", "/", "/24", "203.0.113.0/", "203.0.113.0/33",
		"203.0.113.0/-1", "203.0.113.0/ 24", "203.0.113.0/24 ", " 203.0.113.0", "203.0.113",
		"203.0.113.256", "203.0.113.0/24/24", "2001:db8::/129",
		"2001:db8:::", "fe80::1%eth0", "hkg", "0x7f.1", "1.2.3.4/1e1",
		"1.2.3.4/18446744073709551648",
		"0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000"};
	struct inet a;

	(void)state;
	memset(&a, 0x5a, sizeof(a));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(inet_parse(rows[i], &a), -EINVAL);
		assert_int_equal(a.len, 0x5a);
	}
	assert_int_equal(inet_parse(NULL, &a), -EINVAL);
}

static void
covers(void **state)
{
	static const struct {
		const char *prefix, *a;
		bool yes;
	} rows[] = {{"203.0.113.0/24", "203.0.113.255", true},
		{"203.0.113.0/24", "203.0.114.0", false},
		{"203.0.113.0/24", "203.0.113.0/24", true},
		{"203.0.113.0/24", "203.0.112.0/23", false}, {"0.0.0.0/0", "255.1.2.3", true},
		{"0.0.0.0/0", "::1", false}, {"::/0", "0.0.0.0", false}, {"::/0", "ff::1", true},
		{"10.0.0.2/31", "10.0.0.3/31", true}, {"10.0.0.2/31", "10.0.0.4/31", false},
		{"198.18.0.0/15", "198.19.255.255", true}, {"198.18.0.0/15", "198.20.0.0", false},
		{"2001:db8::/33", "2001:db8:7fff::1", true},
		{"2001:db8::/33", "2001:db8:8000::1", false}, {"192.0.2.1", "192.0.2.1", true},
		{"192.0.2.1", "192.0.2.2", false}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct inet p = in(rows[i].prefix), a = in(rows[i].a);

		if (inet_covers(&p, &a) != rows[i].yes)
			fail_msg("%s, %s", rows[i].prefix, rows[i].a);
	}
}

static void
bits(void **state)
{
	struct inet a = in("10.0.0.1/24"), b = in("10.0.0.1/8"), c = in("10.0.0.0/24"),
		    d = in("2001:db8::1/64"), e = in("10.0.0.1");

	(void)state;
	assert_int_equal(inet_bits(&a), 32);
	assert_int_equal(inet_bits(&d), 128);
	assert_true(inet_same(&a, &b));
	assert_false(inet_same(&a, &c));
	assert_false(inet_same(&a, &d));
	assert_true(inet_host_bits_set(&a));
	assert_false(inet_host_bits_set(&c));
	assert_true(inet_host_bits_set(&d));
	assert_false(inet_host_bits_set(&e));
}

static void
hosts(void **state)
{
	static const struct {
		const char *prefix;
		uint32_t offset;
		const char *host; /* NULL: does not fit */
	} rows[] = {{"198.18.11.0/24", 10, "198.18.11.10"},
		{"198.18.11.0/24", 255, "198.18.11.255"}, {"198.18.11.0/24", 256, NULL},
		{"198.18.11.77/24", 1, "198.18.11.1"}, {"198.18.0.0/16", 258, "198.18.1.2"},
		{"198.18.0.1/32", 0, "198.18.0.1"}, {"198.18.0.1/32", 1, NULL},
		{"0.0.0.0/0", UINT32_MAX, "255.255.255.255"},
		{"2001:db8:111::/48", 10, "2001:db8:111::a"},
		{"2001:db8:111::/48", UINT32_MAX, "2001:db8:111::ffff:ffff"},
		{"2001:db8::/112", 65535, "2001:db8::ffff"}, {"2001:db8::/112", 65536, NULL},
		{"2001:db8::5/127", 0, "2001:db8::4"}};
	char out[INET_TEXT_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct inet p = in(rows[i].prefix), host;
		int rc = inet_host(&p, rows[i].offset, &host);

		assert_int_equal(rc, rows[i].host == NULL ? -ERANGE : 0);
		if (rc == 0) {
			assert_string_equal(inet_show(&host, out), rows[i].host);
			assert_int_equal(host.len, inet_bits(&host));
		}
	}
}

/* The first is RFC 4291 appendix A's own (34-56-78-9A-BC-DE); the others as Linux shows them. */
static void
link_local(void **state)
{
	static const struct {
		uint8_t mac[6];
		const char *text;
	} rows[] = {{{0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde}, "fe80::3656:78ff:fe9a:bcde"},
		{{0x00, 0x11, 0x22, 0x33, 0x44, 0x55}, "fe80::211:22ff:fe33:4455"},
		{{0x52, 0x54, 0x00, 0x12, 0x34, 0x56}, "fe80::5054:ff:fe12:3456"},
		{{0x02, 0xca, 0x00, 0x00, 0x00, 0x01}, "fe80::ca:ff:fe00:1"}};
	char out[INET_TEXT_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct inet a;

		inet_link_local(rows[i].mac, &a);
		assert_string_equal(inet_show(&a, out), rows[i].text);
		assert_int_equal(a.len, 128);
	}
}

static void
socket_addresses(void **state)
{
	struct inet a = in("192.0.2.1"), b = in("2001:db8::1");
	struct sockaddr_storage ss;
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;

	(void)state;
	assert_int_equal(inet_sockaddr(&a, 53, &ss), sizeof(in4));
	memcpy(&in4, &ss, sizeof(in4));
	assert_int_equal(in4.sin_family, AF_INET);
	assert_int_equal(ntohs(in4.sin_port), 53);
	assert_int_equal(ntohl(in4.sin_addr.s_addr), 0xc0000201);
	assert_int_equal(inet_sockaddr(&b, 5353, &ss), sizeof(in6));
	memcpy(&in6, &ss, sizeof(in6));
	assert_int_equal(in6.sin6_family, AF_INET6);
	assert_int_equal(ntohs(in6.sin6_port), 5353);
	assert_memory_equal(&in6.sin6_addr, b.addr, 16);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(refused),
		cmocka_unit_test(covers),
		cmocka_unit_test(bits),
		cmocka_unit_test(hosts),
		cmocka_unit_test(link_local),
		cmocka_unit_test(socket_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
