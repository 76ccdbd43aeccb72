/* test_pkt_links.c - the same packet behind each link layer, and packets that have no length yet. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lib/pkt.h"

#define UDP "\x9c\x40\x00\x35\x00\x0c\x00\x00"
#define IP4                                                                                        \
	"\x45\x00\x00\x20\x00\x00\x00\x00\x40\x11\x00\x00\xc6\x33\x64\x0a\xcb\x00\x71\x35" UDP     \
	"abcd"
#define IP6                                                                                        \
	"\x60\x00\x00\x00\x00\x0c\x11\x40\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" \
	"\x00\x0a\x20\x01\x0d\xb8\x00\x53\x00\x00\x00\x00\x00\x00\x00\x00\x00\x53" UDP "abcd"

struct link_case {
	uint32_t link;
	uint8_t family;
	size_t head_bytes, frame_bytes;
	const char *frame;
};

#define CASE(link, head, packet, family)                                                           \
	{                                                                                          \
		link, family, sizeof(head) - 1, sizeof(head packet) - 1, head packet               \
	}

#define SLL1 "\x00\x04\x00\x01\x00\x06\x02\x00\x00\x00\x00\x01\x00\x00"
#define SLL2 "\x00\x00\x00\x00\x00\x03\x00\x01\x00\x06\x02\x00\x00\x00\x00\x01\x00\x00"

static const struct link_case cases[] = {
	CASE(PKT_LINK_NULL, "\x02\x00\x00\x00", IP4, 4),
	CASE(PKT_LINK_NULL, "\x00\x00\x00\x02", IP4, 4), /* written by the other byte order */
	CASE(PKT_LINK_NULL, "\x1c\x00\x00\x00", IP6, 6), /* FreeBSD's number of IPv6 */
	CASE(PKT_LINK_NULL, "\x1e\x00\x00\x00", IP6, 6), /* macOS's */
	CASE(PKT_LINK_LOOP, "\x00\x00\x00\x18", IP6, 6), /* OpenBSD's */
	CASE(PKT_LINK_RAW, "", IP4, 4),
	CASE(PKT_LINK_RAW, "", IP6, 6),
	CASE(PKT_LINK_IPV4, "", IP4, 4),
	CASE(PKT_LINK_IPV6, "", IP6, 6),
	CASE(PKT_LINK_SLL, SLL1 "\x08\x00", IP4, 4),
	CASE(PKT_LINK_SLL, SLL1 "\x86\xdd", IP6, 6),
	CASE(PKT_LINK_SLL, SLL1 "\x81\x00\x00\x07\x08\x00", IP4, 4),
	CASE(PKT_LINK_SLL2, "\x08\x00" SLL2, IP4, 4),
	CASE(PKT_LINK_SLL2, "\x86\xdd" SLL2, IP6, 6),
};

static void
each_link(void **state)
{
	struct pkt_view v;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct link_case *c = &cases[i];
		const uint8_t *frame = (const uint8_t *)c->frame;

		assert_int_equal(pkt_dissect(c->link, frame, c->frame_bytes, &v), 0);
		assert_int_equal(v.family, c->family);
		assert_int_equal(v.sport, 40000);
		assert_int_equal(v.dport, 53);
		assert_int_equal(v.payload_bytes, 4);
		assert_memory_equal(v.payload, "abcd", 4);
		/* Cut anywhere within the headers, it is cut. */
		for (size_t n = 0; n < c->frame_bytes - 4; n++)
			assert_int_equal(pkt_dissect(c->link, frame, n, &v), -EMSGSIZE);
	}
}

#define TCP4(total)                                                                                \
	"\x45\x00" total                                                                           \
	"\x00\x00\x00\x00\x40\x06\x00\x00\xc6\x33\x64\x0a\xcb\x00\x71\x35\x9c\x40\x00\xb3\x00\x00" \
	"\x00\x01\x00\x00\x00\x02\x50\x18\x00\x00\x00\x00\x00\x00"                                 \
	"abcdef"

/* TCP segmentation offload: the length is the network card's to fill in. */
static void
no_length_yet(void **state)
{
	static const char four[] = TCP4("\x00\x00"), lies[] = TCP4("\x00\x01");
	char six[sizeof(IP6)] = IP6;
	struct pkt_view v;

	(void)state;
	assert_int_equal(pkt_dissect_ip((const uint8_t *)four, sizeof(four) - 1, &v), 0);
	assert_int_equal(v.sport, 40000);
	assert_int_equal(v.payload_bytes, 6);
	assert_int_equal(v.payload_wire_bytes, 6);
	assert_int_equal(pkt_dissect_ip((const uint8_t *)lies, sizeof(lies) - 1, &v), -EBADMSG);
	six[5] = 0;
	assert_int_equal(pkt_dissect_ip((const uint8_t *)six, sizeof(six) - 1, &v), 0);
	assert_int_equal(v.payload_bytes, 4);
	/* With nothing behind the header it is no length, but a lie as before. */
	assert_int_equal(pkt_dissect_ip((const uint8_t *)four, 20, &v), -EBADMSG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_link),
		cmocka_unit_test(no_length_yet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
