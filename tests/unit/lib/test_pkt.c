/* test_pkt.c - frames taken apart: each header, each lie about a length, each cut. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lib/cursor.h"
#include "lib/pkt.h"

#define ETH "\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02"
#define IP4 "\x45\x00\x00\x20\x00\x00\x00\x00\x40\x11\x00\x00\xc6\x33\x64\x0a\xcb\x00\x71\x35"
#define A6  "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0a"
#define B6  "\x20\x01\x0d\xb8\x00\x53\x00\x00\x00\x00\x00\x00\x00\x00\x00\x53"
#define UDP "\x9c\x40\x00\x35\x00\x0c\x00\x00"

/* Bytes of a string literal, without its NUL. */
#define BYTES(s) (const uint8_t *)(s), sizeof(s) - 1

static void
udp_over_ipv4(void **state)
{
	static const char frame[] = ETH "\x08\x00" IP4 UDP "abcd"
					"padding of the frame";
	struct pkt_view v;

	(void)state;
	assert_int_equal(pkt_dissect(PKT_LINK_ETHERNET, BYTES(frame), &v), 0);
	assert_int_equal(v.family, 4);
	assert_int_equal(v.proto, PKT_UDP);
	assert_int_equal(v.sport, 40000);
	assert_int_equal(v.dport, 53);
	assert_int_equal(v.hops, 64);
	assert_memory_equal(v.src, "\xc6\x33\x64\x0a\0\0\0\0\0\0\0\0\0\0\0\0", 16);
	assert_int_equal(v.payload_bytes, 4);
	assert_int_equal(v.payload_wire_bytes, 4);
	assert_memory_equal(v.payload, "abcd", 4);
	assert_false(v.fragment);
	/* Cut within the payload: both lengths are told. */
	assert_int_equal(pkt_dissect(PKT_LINK_ETHERNET, (const uint8_t *)frame, 44, &v), 0);
	assert_int_equal(v.payload_bytes, 2);
	assert_int_equal(v.payload_wire_bytes, 4);
}

static void
every_cut_is_told(void **state)
{
	static const char frame[] = ETH "\x08\x00" IP4 UDP "abcd";
	struct pkt_view v = {.family = 99};

	(void)state;
	for (size_t n = 0; n < 42; n++)
		assert_int_equal(
			pkt_dissect(PKT_LINK_ETHERNET, (const uint8_t *)frame, n, &v), -EMSGSIZE);
	assert_int_equal(v.family, 99);
}

static void
vlans_and_raw(void **state)
{
	static const char frame[] = ETH "\x88\xa8\x00\x07\x81\x00\x20\x05\x08\x00" IP4 UDP "abcd";
	struct pkt_view v;

	(void)state;
	assert_int_equal(pkt_dissect(PKT_LINK_ETHERNET, BYTES(frame), &v), 0);
	assert_int_equal(v.vlan, 5);
	assert_int_equal(v.dport, 53);
	assert_int_equal(pkt_dissect(PKT_LINK_RAW, (const uint8_t *)frame + 22, 32, &v), 0);
	assert_int_equal(v.dport, 53);
	assert_int_equal(pkt_dissect(147, BYTES(frame), &v), -EPROTONOSUPPORT);
	assert_int_equal(
		pkt_dissect(PKT_LINK_ETHERNET, BYTES(ETH "\x08\x06zzzz"), &v), -EPROTONOSUPPORT);
	assert_int_equal(
		pkt_dissect(PKT_LINK_ETHERNET, BYTES(ETH "\x86\xdd" IP4 UDP), &v), -EBADMSG);
}

static void
tcp_with_options(void **state)
{
	/* total 46: 20 + 24 + 2 */
	static const char p[] =
		"\x45\x00\x00\x2e\x00\x00\x40\x00\x40\x06\x00\x00\xc6\x33\x64\x0a\xcb\x00\x71\x35"
		"\x00\xb3\x9c\x41\xff\xff\xff\xf0\x01\x02\x03\x04\x60\x18\xff\xff\x00\x00\x00\x00"
		"\x01\x01\x01\x01xy";
	char bad[sizeof(p)];
	struct pkt_view v;

	(void)state;
	assert_int_equal(pkt_dissect_ip(BYTES(p), &v), 0);
	assert_int_equal(v.sport, 179);
	assert_int_equal(v.seq, 0xfffffff0);
	assert_int_equal(v.ack, 0x01020304);
	assert_int_equal(v.flags, PKT_PSH | PKT_ACK);
	assert_memory_equal(v.payload, "xy", 2);
	memcpy(bad, p, sizeof(p));
	bad[32] = 0x40; /* a header of 16 bytes */
	assert_int_equal(pkt_dissect_ip(BYTES(bad), &v), -EBADMSG);
	bad[32] = (char)0xf0; /* a header of 60 in a packet of 26 */
	assert_int_equal(pkt_dissect_ip(BYTES(bad), &v), -EBADMSG);
	memcpy(bad, p, sizeof(p));
	bad[0] = 0x44;
	assert_int_equal(pkt_dissect_ip(BYTES(bad), &v), -EBADMSG);
	memcpy(bad, p, sizeof(p));
	bad[3] = 19; /* shorter than its own header */
	assert_int_equal(pkt_dissect_ip(BYTES(bad), &v), -EBADMSG);
	bad[3] = 30; /* no room for TCP, though more was captured */
	assert_int_equal(pkt_dissect_ip(BYTES(bad), &v), -EBADMSG);
}

static void
ipv6_extension_headers(void **state)
{
	/* hop-by-hop, destination options, then UDP; payload length 8 + 8 + 12 */
	static const char p[] =
		"\x60\x00\x00\x00\x00\x1c\x00\x40" A6 B6
		"\x3c\x00\x01\x04\x00\x00\x00\x00\x11\x00\x01\x04\x00\x00\x00\x00" UDP "abcd";
	char bad[sizeof(p)];
	struct pkt_view v;

	(void)state;
	assert_int_equal(pkt_dissect_ip(BYTES(p), &v), 0);
	assert_int_equal(v.family, 6);
	assert_int_equal(v.proto, PKT_UDP);
	assert_int_equal(v.dport, 53);
	assert_memory_equal(v.dst, B6, 16);
	assert_memory_equal(v.payload, "abcd", 4);
	memcpy(bad, p, sizeof(p));
	bad[41] = 9; /* an extension longer than the packet */
	assert_int_equal(pkt_dissect_ip(BYTES(bad), &v), -EBADMSG);
	memcpy(bad, p, sizeof(p));
	bad[5] = 13; /* the second extension does not fit */
	assert_int_equal(pkt_dissect_ip(BYTES(bad), &v), -EBADMSG);
}

static void
endless_extensions(void **state)
{
	uint8_t p[40 + 8 * 40] = {0x60};
	struct pkt_view v;

	(void)state;
	p[4] = 8 * 40 >> 8;
	p[5] = (uint8_t)(8 * 40);
	p[6] = 60;
	for (size_t i = 40; i < sizeof(p); i += 8)
		p[i] = 60;
	assert_int_equal(pkt_dissect_ip(p, sizeof(p), &v), -EBADMSG);
}

static void
fragments(void **state)
{
	static const char first[] =
		"\x45\x00\x00\x20\x00\x01\x20\x00\x40\x11\x00\x00\xc6\x33\x64\x0a"
		"\xcb\x00\x71\x35\x9c\x40\x00\x35\x05\xdc\x00\x00"
		"abcd";
	static const char later[] =
		"\x45\x00\x00\x18\x00\x01\x00\xb9\x40\x11\x00\x00\xc6\x33\x64\x0a"
		"\xcb\x00\x71\x35wxyz";
	static const char six[] =
		"\x60\x00\x00\x00\x00\x0c\x2c\x40" A6 B6 "\x06\x00\x00\x10\x00\x00\x00\x01wxyz";
	struct pkt_view v;

	(void)state;
	assert_int_equal(pkt_dissect_ip(BYTES(first), &v), 0);
	assert_true(v.fragment);
	assert_false(v.later);
	assert_int_equal(v.dport, 53);
	assert_memory_equal(v.payload, "abcd", 4);
	assert_int_equal(pkt_dissect_ip(BYTES(later), &v), 0);
	assert_true(v.later);
	assert_int_equal(v.dport, 0);
	assert_memory_equal(v.payload, "wxyz", 4);
	assert_int_equal(pkt_dissect_ip(BYTES(six), &v), 0);
	assert_true(v.later);
	assert_int_equal(v.proto, PKT_TCP);
	assert_int_equal(v.sport, 0);
	assert_memory_equal(v.payload, "wxyz", 4);
}

static void
icmp_quotes(void **state)
{
	static const char p[] =
		"\x45\x00\x00\x38\x00\x00\x00\x00\x40\x01\x00\x00\xcb\x00\x71\x35\xc6\x33\x64\x0a"
		"\x03\x03\x00\x00\x00\x00\x00\x00" IP4 UDP;
	struct pkt_view v, q;

	(void)state;
	assert_int_equal(pkt_dissect_ip(BYTES(p), &v), 0);
	assert_int_equal(v.proto, PKT_ICMP);
	assert_int_equal(v.icmp_type, 3);
	assert_int_equal(v.icmp_code, 3);
	assert_int_equal(pkt_quoted(&v, &q), 0);
	assert_int_equal(q.sport, 40000);
	assert_int_equal(q.payload_bytes, 0);
	assert_int_equal(q.payload_wire_bytes, 4);
	assert_int_equal(pkt_quoted(&q, &v), -ENOENT);
}

static void
udp_lengths(void **state)
{
	static const char p[] = IP4 "\x9c\x40\x00\x35\x00\x07\x00\x00"
				    "abcd";
	char bad[sizeof(p)];
	struct pkt_view v;

	(void)state;
	assert_int_equal(pkt_dissect_ip(BYTES(p), &v), -EBADMSG);
	memcpy(bad, p, sizeof(p));
	bad[25] = 13;
	assert_int_equal(pkt_dissect_ip(BYTES(bad), &v), -EBADMSG);
	bad[25] = 10; /* shorter than the packet: the rest is nobody's */
	assert_int_equal(pkt_dissect_ip(BYTES(bad), &v), 0);
	assert_int_equal(v.payload_bytes, 2);
}

static void
cursors_stop(void **state)
{
	static const uint8_t bytes[] = {1, 2, 3, 4, 5};
	struct cursor c = cursor_over(bytes, sizeof(bytes)), sub;

	(void)state;
	assert_int_equal(cursor_u16(&c), 0x0102);
	sub = cursor_sub(&c, 2);
	assert_int_equal(cursor_u32(&sub), 0);
	assert_true(sub.failed);
	assert_int_equal(cursor_left(&sub), 0);
	assert_int_equal(cursor_left(&c), 1);
	assert_null(cursor_take(&c, 2));
	assert_int_equal(cursor_u8(&c), 0);
	c = cursor_over(NULL, 0);
	assert_int_equal(cursor_left(&c), 0);
	assert_int_equal(cursor_u8(&c), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(udp_over_ipv4),
		cmocka_unit_test(every_cut_is_told),
		cmocka_unit_test(vlans_and_raw),
		cmocka_unit_test(tcp_with_options),
		cmocka_unit_test(ipv6_extension_headers),
		cmocka_unit_test(endless_extensions),
		cmocka_unit_test(fragments),
		cmocka_unit_test(icmp_quotes),
		cmocka_unit_test(udp_lengths),
		cmocka_unit_test(cursors_stop),
	};

	return cmocka_run_group_tests_name("pkt", tests, NULL, NULL);
}
