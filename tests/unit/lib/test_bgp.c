/* test_bgp.c - BGP messages made by hand: what is read of them, what is refused, and with which code. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lib/bgp.h"
#include "lib/bgpstream.h"

#define MARKER "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"

#define ORIGIN	  "\x40\x01\x01\x00"
#define AS_PATH4  "\x40\x02\x0a\x02\x02\x00\x00\xfb\xf4\x00\x01\x00\x00"
#define AS_PATH2  "\x40\x02\x06\x02\x02\xfb\xf4\x5b\xa0"
#define NEXT_HOP  "\x40\x03\x04\xc6\x33\x64\x0a"
#define MED	  "\x80\x04\x04\x00\x00\x00\x64"
#define LOCALPREF "\x40\x05\x04\x00\x00\x00\xc8"
#define COMMUNITY "\xc0\x08\x08\xff\xff\xff\x01\xfb\xf4\x00\x07"
#define LARGE	  "\xc0\x20\x0c\x00\x00\xfc\x59\x00\x00\x00\x01\x00\x00\x00\x02"
#define REACH6                                                                                     \
	"\x80\x0e\x1c\x00\x02\x01\x10\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" \
	"\x0a"                                                                                     \
	"\x00\x30\x20\x01\x0d\xb8\x00\x53"
#define UNREACH6 "\x80\x0f\x0a\x00\x02\x01\x30\x20\x01\x0d\xb8\x00\x53"
#define PREFIX4	 "\x18\xcb\x00\x71"

struct message {
	uint8_t bytes[512];
	size_t n;
};

static void
more(struct message *m, const void *bytes, size_t n)
{
	assert_true(m->n + n <= sizeof(m->bytes));
	memcpy(m->bytes + m->n, bytes, n);
	m->n += n;
}

/* A message of the type with this body; its length is filled in. */
static struct message
message(enum bgp_type type, const void *body, size_t n)
{
	struct message m = {.n = 0};

	more(&m, MARKER "\0\0", 18);
	more(&m, &(uint8_t){(uint8_t)type}, 1);
	more(&m, body, n);
	m.bytes[16] = (uint8_t)(m.n >> 8);
	m.bytes[17] = (uint8_t)m.n;
	return m;
}

/* An UPDATE of withdrawn prefixes, attributes and announced prefixes. */
#define UPDATE(withdrawn, attributes, nlri)                                                        \
	update(withdrawn, sizeof(withdrawn) - 1, attributes, sizeof(attributes) - 1, nlri,         \
		sizeof(nlri) - 1)

static struct message
update(const char *withdrawn, size_t nw, const char *attributes, size_t na, const char *nlri,
	size_t nn)
{
	struct message body = {.n = 0};

	more(&body, &(uint8_t[2]){0, (uint8_t)nw}, 2);
	more(&body, withdrawn, nw);
	more(&body, &(uint8_t[2]){0, (uint8_t)na}, 2);
	more(&body, attributes, na);
	more(&body, nlri, nn);
	return message(BGP_UPDATE, body.bytes, body.n);
}

static const struct bgp_options as4 = {.as4 = true};

static void
headers(void **state)
{
	struct message m = message(BGP_KEEPALIVE, "", 0);
	enum bgp_type type;
	struct bgp_error err;
	size_t len;

	(void)state;
	assert_int_equal(bgp_header(m.bytes, BGP_MAX_BYTES, &type, &len, &err), 0);
	assert_int_equal(type, BGP_KEEPALIVE);
	assert_int_equal(len, 19);
	m.bytes[17] = 20; /* a KEEPALIVE has no body */
	assert_int_equal(bgp_header(m.bytes, BGP_MAX_BYTES, &type, &len, &err), -EBADMSG);
	assert_int_equal(err.code, 1);
	assert_int_equal(err.subcode, 2);
	m.bytes[18] = 6;
	assert_int_equal(bgp_header(m.bytes, BGP_MAX_BYTES, &type, &len, &err), -EBADMSG);
	assert_int_equal(err.subcode, 3);
	m.bytes[18] = BGP_UPDATE;
	m.bytes[16] = 16;
	assert_int_equal(bgp_header(m.bytes, BGP_MAX_BYTES, &type, &len, &err), -EBADMSG);
	assert_int_equal(bgp_header(m.bytes, BGP_MAX_LONG_BYTES, &type, &len, &err), 0);
	m.bytes[3] = 0xfe;
	assert_int_equal(bgp_header(m.bytes, BGP_MAX_BYTES, &type, &len, NULL), -EBADMSG);
}

static void
opens(void **state)
{
	static const char body[] =
		"\x04\x5b\xa0\x00\x09\xc6\x33\x64\x0a\x28"
		"\x02\x26\x01\x04\x00\x01\x00\x01\x01\x04\x00\x02\x00\x01\x02\x00"
		"\x06\x00\x40\x02\x00\x78\x41\x04\x00\x01\x00\x00"
		"\x45\x08\x00\x01\x01\x01\x00\x02\x01\x03\x09\x00";
	/* RFC 9072: the same capability of four octets in the extended form. */
	static const char wide[] = "\x04\x5b\xa0\x00\x09\xc6\x33\x64\x0a\xff\xff\x00\x09"
				   "\x02\x00\x06\x41\x04\x00\x01\x00\x00";
	struct message m = message(BGP_OPEN, body, sizeof(body) - 1);
	struct bgp_open o = {0};
	struct bgp_error err;

	(void)state;
	assert_int_equal(bgp_open_parse(m.bytes, m.n, &o, &err), 0);
	assert_int_equal(o.as, 65536);
	assert_true(o.as4 && o.multiprotocol[0] && o.multiprotocol[1] && o.route_refresh);
	assert_true(o.long_messages && o.graceful_restart);
	assert_int_equal(o.addpath[0], BGP_ADDPATH_RECEIVE);
	assert_int_equal(o.addpath[1], BGP_ADDPATH_RECEIVE | BGP_ADDPATH_SEND);
	assert_int_equal(o.hold_s, 9);
	for (size_t i = 19; i < m.n; i++) { /* cut anywhere, length made to fit: never a crash */
		struct message cut = message(BGP_OPEN, body, i - 19);

		assert_int_equal(bgp_open_parse(cut.bytes, cut.n, &o, &err), -EBADMSG);
	}
	m = message(BGP_OPEN, wide, sizeof(wide) - 1);
	assert_int_equal(bgp_open_parse(m.bytes, m.n, &o, &err), 0);
	assert_int_equal(o.as, 65536);
	m.bytes[19] = 3;
	assert_int_equal(bgp_open_parse(m.bytes, m.n, &o, &err), -EBADMSG);
	assert_int_equal(err.code, 2);
	assert_int_equal(err.subcode, 1);
	m.bytes[19] = 4;
	m.bytes[23] = 2;
	assert_int_equal(bgp_open_parse(m.bytes, m.n, &o, &err), -EBADMSG);
	assert_int_equal(err.subcode, 6);
}

static void
negotiated(void **state)
{
	struct bgp_open a = {.as4 = true, .addpath = {BGP_ADDPATH_SEND, 0}, .long_messages = true};
	struct bgp_open b = {.as4 = true, .addpath = {BGP_ADDPATH_RECEIVE, 3}};
	struct bgp_options o = bgp_negotiate(&a, &b);

	(void)state;
	assert_true(o.as4 && o.addpath[0] && !o.addpath[1] && !o.long_messages);
	o = bgp_negotiate(&b, &a);
	assert_true(o.as4 && !o.addpath[0] && !o.addpath[1]);
}

static void
announcements(void **state)
{
	struct message m = UPDATE("", ORIGIN AS_PATH4 NEXT_HOP MED LOCALPREF COMMUNITY LARGE,
		PREFIX4 "\x00\x09\x0a\xff");
	enum bgp_segment segment;
	struct bgp_prefix p;
	struct bgp_error err;
	struct bgp_update u;
	uint32_t as, community, large[3];

	(void)state;
	assert_int_equal(bgp_update_parse(m.bytes, m.n, &as4, &u, &err), 0);
	assert_true(bgp_prefix_next(&u.announced, &p));
	assert_int_equal(p.bits, 24);
	assert_memory_equal(p.addr, "\xcb\x00\x71\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
	assert_true(bgp_prefix_next(&u.announced, &p));
	assert_int_equal(p.bits, 0);
	assert_true(bgp_prefix_next(&u.announced, &p));
	assert_int_equal(p.bits, 9);
	assert_true(p.padded_dirty);
	assert_memory_equal(p.addr, "\x0a\x80\0\0", 4);
	assert_false(bgp_prefix_next(&u.announced, &p));
	assert_true(bgp_as_next(&u.as_path, &as, &segment));
	assert_int_equal(as, 64500);
	assert_int_equal(segment, BGP_AS_SEQUENCE);
	assert_true(bgp_as_next(&u.as_path, &as, &segment));
	assert_int_equal(as, 65536);
	assert_false(bgp_as_next(&u.as_path, &as, &segment));
	assert_int_equal(u.med, 100);
	assert_int_equal(u.local_pref, 200);
	assert_memory_equal(u.next_hop, "\xc6\x33\x64\x0a", 4);
	assert_true(bgp_community_next(&u.communities, &community));
	assert_int_equal(community, 0xffffff01); /* NO_EXPORT */
	assert_true(bgp_community_next(&u.communities, &community));
	assert_false(bgp_community_next(&u.communities, &community));
	assert_true(bgp_large_community_next(&u.large_communities, large));
	assert_int_equal(large[0], 64601);
	assert_int_equal(large[2], 2);
	assert_false(bgp_large_community_next(&u.large_communities, large));
}

static void
withdrawals(void **state)
{
	struct message m = UPDATE(PREFIX4, UNREACH6, "");
	struct bgp_prefix p;
	struct bgp_update u;

	(void)state;
	assert_int_equal(bgp_update_parse(m.bytes, m.n, &as4, &u, NULL), 0);
	assert_true(bgp_prefix_next(&u.withdrawn, &p));
	assert_int_equal(p.family, 4);
	assert_true(bgp_prefix_next(&u.mp_withdrawn, &p));
	assert_int_equal(p.family, 6);
	assert_int_equal(p.bits, 48);
	assert_memory_equal(p.addr, "\x20\x01\x0d\xb8\x00\x53", 6);
	assert_false(bgp_prefix_next(&u.mp_withdrawn, &p));
	assert_int_equal(u.end_of_rib, 0);
	m = UPDATE("", "", "");
	assert_int_equal(bgp_update_parse(m.bytes, m.n, &as4, &u, NULL), 0);
	assert_int_equal(u.end_of_rib, 4);
	m = UPDATE("", "\x80\x0f\x03\x00\x02\x01", "");
	assert_int_equal(bgp_update_parse(m.bytes, m.n, &as4, &u, NULL), 0);
	assert_int_equal(u.end_of_rib, 6);
	m = UPDATE("", ORIGIN AS_PATH4 REACH6, "");
	assert_int_equal(bgp_update_parse(m.bytes, m.n, &as4, &u, NULL), 0);
	assert_true(bgp_prefix_next(&u.mp_announced, &p));
	assert_int_equal(p.bits, 48);
	assert_int_equal(u.mp_next_hop_bytes, 16);
	/* Of another family: noted, not read. */
	m = UPDATE("", "\x80\x0f\x07\x00\x01\x80\x70\x00\x00\x00", "");
	assert_int_equal(bgp_update_parse(m.bytes, m.n, &as4, &u, NULL), 0);
	assert_int_equal(u.has, BGP_HAS_OTHER_FAMILY);
}

static void
path_ids(void **state)
{
	static const struct bgp_options both = {.as4 = true, .addpath = {true, true}};
	struct message m = UPDATE("\x00\x00\x00\x01" PREFIX4 "\x00\x00\x00\x02" PREFIX4, "", "");
	struct bgp_options found;
	struct bgp_prefix p;
	struct bgp_update u;

	(void)state;
	assert_int_equal(bgp_update_parse(m.bytes, m.n, &both, &u, NULL), 0);
	assert_true(bgp_prefix_next(&u.withdrawn, &p));
	assert_true(bgp_prefix_next(&u.withdrawn, &p));
	assert_int_equal(p.path_id, 2);
	assert_memory_equal(p.addr, "\xcb\x00\x71", 3);
	/* Nobody told us: without add-path it would be many default routes. */
	assert_int_equal(bgp_update_guess(m.bytes, m.n, &u, &found, NULL), 0);
	assert_true(found.as4 && found.addpath[0] && !found.addpath[1]);
	m = UPDATE("", "\x80\x0f\x0e\x00\x02\x01\x00\x00\x00\x07\x30\x20\x01\x0d\xb8\x00\x53", "");
	assert_int_equal(bgp_update_guess(m.bytes, m.n, &u, &found, NULL), 0);
	assert_true(found.addpath[1] && !found.addpath[0]);
	m = UPDATE(PREFIX4, UNREACH6, "");
	assert_int_equal(bgp_update_guess(m.bytes, m.n, &u, &found, NULL), 0);
	assert_true(found.as4 && !found.addpath[0] && !found.addpath[1]);
	m = UPDATE("", ORIGIN AS_PATH2 NEXT_HOP, PREFIX4);
	assert_int_equal(bgp_update_guess(m.bytes, m.n, &u, &found, NULL), 0);
	assert_false(found.as4);
}

static void
refused(void **state)
{
	const struct {
		struct message m;
		int subcode;
	} rows[] = {
		{UPDATE("\x21\xcb\x00\x71\x01\x01", "", ""), 10}, /* /33 */
		{UPDATE("\x18\xcb\x00", "", ""), 10},		  /* cut */
		{UPDATE("", ORIGIN AS_PATH4, PREFIX4), 3},	  /* no NEXT_HOP */
		{UPDATE("", ORIGIN ORIGIN AS_PATH4 NEXT_HOP, PREFIX4), 1},
		{UPDATE("", "\xc0\x01\x01\x00" AS_PATH4 NEXT_HOP, PREFIX4), 4},
		{UPDATE("", "\x40\x01\x02\x00\x00", ""), 5},
		{UPDATE("", "\x40\x01\x01\x03", ""), 6},
		{UPDATE("", ORIGIN AS_PATH2 NEXT_HOP, PREFIX4), 11}, /* 2 octets read as 4 */
		{UPDATE("", "\x40\x02\x02\x07\x00", ""), 11},
		{UPDATE("", "\xc0\x08\x03\x00\x00\x00", ""), 9},
		{UPDATE("", "\xc0\x20\x08\x00\x00\x00\x00\x00\x00\x00\x00", ""), 9},
		{UPDATE("", "\x80\x0e\x05\x00\x02\x01\x10\x00", ""), 9},
		{UPDATE("", "\x80\x0e\x0a\x00\x02\x01\x05\x01\x02\x03\x04\x05\x00", ""), 9},
		{UPDATE("", "\x80\x0f\x05\x00\x02\x01\x81\x20", ""), 10}, /* /129 */
		{UPDATE("", "\x40\x01\x09\x00", ""), 5}, /* longer than what is there */
		{UPDATE("", "\x50\x01\x00", ""), 5},	 /* extended length, cut */
	};
	struct bgp_update u = {.origin = 77};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bgp_error err = {0};

		if (bgp_update_parse(rows[i].m.bytes, rows[i].m.n, &as4, &u, &err) != -EBADMSG ||
			err.code != 3 || err.subcode != rows[i].subcode)
			fail_msg("row %zu: code %u, subcode %u, not %d", i, err.code, err.subcode,
				rows[i].subcode);
	}
	assert_int_equal(u.origin, 77);
}

static void
small_messages(void **state)
{
	struct message m = message(BGP_NOTIFICATION, "\x06\x02still", 7);
	struct bgp_notification n;
	struct bgp_refresh r;

	(void)state;
	assert_int_equal(bgp_notification_parse(m.bytes, m.n, &n, NULL), 0);
	assert_int_equal(n.code, 6);
	assert_int_equal(n.subcode, 2);
	assert_int_equal(cursor_left(&n.data), 5);
	m = message(BGP_ROUTE_REFRESH, "\x00\x02\x00\x01", 4);
	assert_int_equal(bgp_refresh_parse(m.bytes, m.n, &r, NULL), 0);
	assert_int_equal(r.afi, 2);
	assert_int_equal(r.safi, 1);
	assert_int_equal(bgp_notification_parse(m.bytes, m.n, &n, NULL), -EBADMSG);
}

/* ---- out of a stream ---- */

struct got {
	char types[64];
	int64_t complete[64];
	size_t n;
};

static void
on_message(void *arg, enum bgp_type type, const uint8_t *msg, size_t len_bytes,
	struct wall complete, uint64_t packet)
{
	struct got *g = arg;

	assert_int_equal(msg[18], type);
	assert_true(len_bytes >= BGP_HEADER_BYTES);
	assert_int_equal(packet, (uint64_t)complete.ns);
	g->complete[g->n] = complete.ns;
	g->types[g->n++] = "?OUNKR"[type];
	g->types[g->n] = '\0';
}

static void
cut_out_of_a_stream(void **state)
{
	struct message u = UPDATE(PREFIX4, "", ""), k = message(BGP_KEEPALIVE, "", 0), all = u;
	struct bgpstream *b;
	struct got g = {.n = 0};

	(void)state;
	more(&all, k.bytes, k.n);
	more(&all, u.bytes, u.n);
	assert_int_equal(bgpstream_new(&b, on_message, &g), 0);
	for (size_t i = 0; i < all.n; i++)
		bgpstream_push(b, all.bytes + i, 1, (struct wall){(int64_t)i + 1}, i + 1);
	assert_string_equal(g.types, "UKU");
	assert_int_equal(g.complete[0], (int64_t)u.n);
	assert_int_equal(g.complete[1], (int64_t)(u.n + k.n));
	bgpstream_push(b, all.bytes, all.n, (struct wall){900}, 900);
	assert_string_equal(g.types, "UKUUKU");
	/* What came later in the capture but earlier in the stream: the latest instant counts. */
	bgpstream_push(b, u.bytes, 9, (struct wall){2000}, 2000);
	bgpstream_push(b, u.bytes + 9, u.n - 9, (struct wall){1500}, 1500);
	assert_int_equal(g.complete[6], 2000);
	assert_int_equal(bgpstream_counts(b)->resyncs, 0);
	bgpstream_free(b);
}

static void
found_again(void **state)
{
	struct message u = UPDATE(PREFIX4, UNREACH6, ""), k = message(BGP_KEEPALIVE, "", 0);
	struct wall t = {1};

	(void)state;
	/* Joined at every byte of an UPDATE: the message after it is found. */
	for (size_t i = 1; i < u.n; i++) {
		struct bgpstream *b;
		struct got g = {.n = 0};

		assert_int_equal(bgpstream_new(&b, on_message, &g), 0);
		bgpstream_push(b, u.bytes + i, u.n - i, t, 1);
		bgpstream_push(b, k.bytes, k.n, t, 1);
		bgpstream_push(b, u.bytes, u.n, t, 1);
		assert_string_equal(g.types, "KU");
		assert_int_equal(bgpstream_counts(b)->skipped_bytes, u.n - i);
		/* Half a message, then a gap, then the middle of another, then a whole one. */
		bgpstream_push(b, u.bytes, i, t, 1);
		bgpstream_gap(b);
		bgpstream_push(b, u.bytes + i, u.n - i, t, 1);
		bgpstream_push(b, u.bytes, u.n, t, 1);
		assert_string_equal(g.types, "KUU");
		bgpstream_push(b, u.bytes, i, t, 1);
		bgpstream_restart(b);
		bgpstream_push(b, k.bytes, k.n, t, 1);
		assert_string_equal(g.types, "KUUK");
		bgpstream_free(b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers),
		cmocka_unit_test(opens),
		cmocka_unit_test(negotiated),
		cmocka_unit_test(announcements),
		cmocka_unit_test(withdrawals),
		cmocka_unit_test(path_ids),
		cmocka_unit_test(refused),
		cmocka_unit_test(small_messages),
		cmocka_unit_test(cut_out_of_a_stream),
		cmocka_unit_test(found_again),
	};

	return cmocka_run_group_tests_name("bgp", tests, NULL, NULL);
}
