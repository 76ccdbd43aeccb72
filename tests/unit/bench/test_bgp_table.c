/* test_bgp_table.c - tables to feed: made of a seed, told and read again, changed and put back. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "bench/load/bgp_churn.h"
#include "bench/load/bgp_generate.h"
#include "bench/load/bgp_write.h"
#include "lib/bgp.h"

enum { N4 = 40000, N6 = 8000 };

static struct bgp_table *
generated(uint64_t seed, size_t n4, size_t n6, const struct inet *avoid, size_t avoid_len)
{
	struct bgp_mix mix = {seed, n4, n6, avoid, avoid_len};
	struct bgp_table *t;
	struct err e;

	assert_int_equal(bgp_table_new(&t), 0);
	assert_int_equal(bgp_generate(t, &mix, &e), 0);
	return t;
}

static bool
same_table(const struct bgp_table *a, const struct bgp_table *b)
{
	if (bgp_table_len(a) != bgp_table_len(b))
		return false;
	for (size_t i = 0; i < bgp_table_len(a); i++) {
		const struct bgp_route *x = bgp_table_at(a, i), *y = bgp_table_at(b, i);
		struct bgp_attrs p = bgp_table_attrs(a, x->attrs), q = bgp_table_attrs(b, y->attrs);

		if (x->family != y->family || x->bits != y->bits ||
			memcmp(x->addr, y->addr, 16) != 0 || p.len != q.len ||
			memcmp(p.bytes, q.bytes, p.len) != 0)
			return false;
	}
	return true;
}

static void
the_same_seed_gives_the_same_table(void **state)
{
	struct bgp_table *a = generated(7, 3000, 700, NULL, 0),
			 *b = generated(7, 3000, 700, NULL, 0),
			 *c = generated(8, 3000, 700, NULL, 0);

	(void)state;
	assert_true(same_table(a, b));
	assert_false(same_table(a, c));
	bgp_table_free(a);
	bgp_table_free(b);
	bgp_table_free(c);
}

/* How many routes of one family do not change those of the other. */
static void
families_do_not_depend_on_each_other(void **state)
{
	struct bgp_table *both = generated(3, 500, 400, NULL, 0),
			 *one = generated(3, 0, 400, NULL, 0);

	(void)state;
	assert_int_equal(bgp_table_len_of(both, 6), 400);
	for (size_t i = 0; i < 400; i++)
		assert_memory_equal(
			bgp_table_at(both, 500 + i)->addr, bgp_table_at(one, i)->addr, 16);
	bgp_table_free(both);
	bgp_table_free(one);
}

/* Bounds wide enough for any seed, narrow enough to find a mix that has slipped. */
static void
the_mix_is_that_of_the_internet(void **state)
{
	struct bgp_table *t = generated(11, N4, N6, NULL, 0);
	double bits4 = 0, bits6 = 0, longest4 = 0, longest6 = 0, path = 0;

	(void)state;
	assert_int_equal(bgp_table_len_of(t, 4), N4);
	assert_int_equal(bgp_table_len_of(t, 6), N6);
	for (size_t i = 0; i < bgp_table_len(t); i++) {
		const struct bgp_route *r = bgp_table_at(t, i);
		struct bgp_attrs a = bgp_table_attrs(t, r->attrs);

		assert_in_range(r->bits, r->family == 4 ? 8 : 29, r->family == 4 ? 24 : 48);
		*(r->family == 4 ? &bits4 : &bits6) += r->bits;
		longest4 += r->family == 4 && r->bits == 24;
		longest6 += r->family == 6 && r->bits == 48;
		/* ORIGIN has 4 bytes; then the AS path's head, segment type, and its length. */
		assert_int_equal(a.bytes[5], 2);
		path += a.bytes[8];
	}
	assert_true(bits4 / N4 > 22.5 && bits4 / N4 < 23.3);
	assert_true(bits6 / N6 > 42 && bits6 / N6 < 44);
	assert_true(longest4 / N4 > 0.57 && longest4 / N4 < 0.66);
	assert_true(longest6 / N6 > 0.41 && longest6 / N6 < 0.51);
	path = 1 + path / (double)bgp_table_len(t);
	assert_true(path > 5 && path < 5.8);
	/* Routes that share a set are what makes a feed quick. */
	assert_in_range(bgp_table_len(t) / bgp_table_sets(t), 3, 7);
	bgp_table_free(t);
}

static void
nothing_twice_and_nothing_special(void **state)
{
	struct inet avoid[2];
	struct bgp_table *t, *again;

	(void)state;
	assert_int_equal(inet_parse("64.0.0.0/3", &avoid[0]), 0);
	assert_int_equal(inet_parse("2a00::/12", &avoid[1]), 0);
	t = generated(5, N4, N6, avoid, 2);
	assert_int_equal(bgp_table_new(&again), 0);
	for (size_t i = 0; i < bgp_table_len(t); i++) {
		struct bgp_route r = *bgp_table_at(t, i);

		assert_true(bgp_prefix_tellable(r.family, r.addr, r.bits, avoid, 2));
		assert_false(r.family == 4 && r.addr[0] >= 64 && r.addr[0] < 96);
		assert_false(r.family == 6 && r.addr[0] == 0x2a && r.addr[1] < 0x10);
		assert_int_equal(bgp_table_find(t, r.family, r.addr, r.bits), (int64_t)i);
		r.attrs = 0;
		assert_int_equal(bgp_table_add(again, &r), 0);
		assert_int_equal(bgp_table_add(again, &r), -EEXIST);
	}
	bgp_table_free(t);
	bgp_table_free(again);
}

static void
what_may_not_be_told(void **state)
{
	static const struct {
		const char *prefix;
		bool tellable;
	} cases[] = {{"0.0.0.0/0", false}, {"10.1.0.0/16", false}, {"8.0.0.0/6", false},
		{"11.0.0.0/8", true}, {"203.0.113.0/24", false}, {"203.0.0.0/16", false},
		{"203.0.112.0/24", true}, {"198.18.5.0/24", false}, {"224.1.0.0/16", false},
		{"223.255.255.0/24", true}, {"100.64.0.0/12", false}, {"100.128.0.0/12", true},
		{"::/0", false}, {"2001:db8:53::/48", false}, {"2000::/3", false},
		{"2001:200::/32", true}, {"2002::/20", false}, {"fc00::/8", false},
		{"2400::/12", true}, {"3fff:100::/32", false}};
	struct inet p, avoid;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(inet_parse(cases[i].prefix, &p), 0);
		if (bgp_prefix_tellable(p.family == AF_INET ? 4 : 6, p.addr, p.len, NULL, 0) !=
			cases[i].tellable)
			fail_msg("%s", cases[i].prefix);
	}
	assert_int_equal(inet_parse("9.9.9.0/24", &avoid), 0);
	assert_int_equal(inet_parse("9.9.0.0/16", &p), 0);
	assert_false(bgp_prefix_tellable(4, p.addr, p.len, &avoid, 1));
	assert_int_equal(inet_parse("9.9.9.128/25", &p), 0);
	assert_false(bgp_prefix_tellable(4, p.addr, p.len, &avoid, 1));
	assert_int_equal(inet_parse("9.9.8.0/24", &p), 0);
	assert_true(bgp_prefix_tellable(4, p.addr, p.len, &avoid, 1));
}

/* ---- writing, read again by lib/bgp.h ---- */

struct heard {
	uint8_t *told; /* per route */
	size_t n, withdrawn, messages;
	const struct bgp_table *t;
	const struct bgp_voice *voice;
};

static void
hear_list(struct heard *h, struct bgp_prefixes it, const struct bgp_update *u, bool withdrawn)
{
	struct bgp_prefix p;

	while (bgp_prefix_next(&it, &p)) {
		int64_t i = bgp_table_find(h->t, p.family, p.addr, p.bits);
		struct bgp_as_path path = u->as_path;
		enum bgp_segment segment;
		uint32_t first;

		assert_true(i >= 0);
		assert_false(p.padded_dirty);
		assert_int_equal(h->told[i], withdrawn);
		h->told[i] = !withdrawn;
		h->withdrawn += withdrawn;
		h->n += !withdrawn;
		if (withdrawn)
			continue;
		assert_true(bgp_as_next(&path, &first, &segment));
		assert_int_equal(first == h->voice->as, !h->voice->internal);
		assert_int_equal((u->has & BGP_HAS_LOCAL_PREF) != 0, h->voice->internal);
		if (p.family == 4)
			assert_memory_equal(u->next_hop, h->voice->next_hop4, 4);
		else
			assert_memory_equal(u->mp_next_hop, h->voice->next_hop6, 16);
	}
}

static void
hear(struct heard *h, const struct buf *wire)
{
	const struct bgp_options options = {.as4 = true};

	for (size_t at = 0; at < wire->len;) {
		const uint8_t *msg = (const uint8_t *)wire->data + at;
		size_t len = (size_t)msg[16] << 8 | msg[17];
		struct bgp_update u;

		assert_in_range(len, BGP_HEADER_BYTES, BGP_MAX_BYTES);
		assert_int_equal(bgp_update_parse(msg, len, &options, &u, NULL), 0);
		/* RFC 7606 5.1: one kind of news in a message. */
		assert_int_equal((u.withdrawn.n > 0) + (u.announced.n > 0) +
				((u.has & BGP_HAS_MP_REACH) != 0) +
				((u.has & BGP_HAS_MP_UNREACH) != 0),
			1);
		hear_list(h, u.withdrawn, &u, true);
		hear_list(h, u.mp_withdrawn, &u, true);
		hear_list(h, u.announced, &u, false);
		hear_list(h, u.mp_announced, &u, false);
		h->messages++;
		at += len;
	}
}

static size_t
write_table(const struct bgp_table *t, const struct bgp_voice *voice, struct buf *out)
{
	size_t messages = 0;

	for (size_t i = 0, n; i < bgp_table_len(t); i += n) {
		const struct bgp_route *r = bgp_table_at(t, i);

		for (n = 1; i + n < bgp_table_len(t) && r[n].attrs == r->attrs &&
			r[n].family == r->family;)
			n++;
		messages += bgp_write_announce(out, voice, bgp_table_attrs(t, r->attrs), r, n);
	}
	return messages;
}

static void
what_is_written_is_read(void **state)
{
	struct bgp_table *t = generated(2, N4, N6, NULL, 0);
	struct bgp_voice voice = {
		.as = 4200000001U, .next_hop4 = {192, 0, 2, 1}, .next_hop6 = {0x20, 1}};

	(void)state;
	for (int internal = 0; internal < 2; internal++) {
		struct heard h = {.told = calloc(N4 + N6, 1), .t = t, .voice = &voice};
		struct buf wire = {0};

		voice.internal = internal;
		assert_int_equal(write_table(t, &voice, &wire), bgp_table_sets(t));
		hear(&h, &wire);
		assert_int_equal(h.n, N4 + N6);
		wire.len = 0;
		bgp_write_withdraw(&wire, bgp_table_at(t, 0), N4);
		bgp_write_withdraw(&wire, bgp_table_at(t, N4), N6);
		hear(&h, &wire);
		assert_int_equal(h.withdrawn, N4 + N6);
		buf_done(&wire);
		free(h.told);
	}
	bgp_table_free(t);
}

/* Thousands with one set go into few messages, and a set as long as can be still leaves room for one. */
static void
messages_are_full(void **state)
{
	static struct bgp_route routes[3000];
	struct bgp_voice voice = {.as = 1, .internal = false};
	uint8_t long_set[BGP_ATTRS_MAX_BYTES] = {0x40, 1, 1, 0, 0x50, 2, 0, 0, 0xd0, 8};
	static const uint8_t short_set[] = {0x40, 1, 1, 0, 0x40, 2, 0};
	struct buf wire = {0};

	(void)state;
	for (size_t i = 0; i < 3000; i++)
		routes[i] = (struct bgp_route){
			.family = 4, .bits = 24, .addr = {50, (uint8_t)(i >> 8), (uint8_t)i}};
	assert_int_equal(bgp_write_announce(&wire, &voice,
				 (struct bgp_attrs){short_set, sizeof(short_set)}, routes, 3000),
		3);
	long_set[10] = (BGP_ATTRS_MAX_BYTES - 12) >> 8;
	long_set[11] = (BGP_ATTRS_MAX_BYTES - 12) & 0xff;
	wire.len = 0;
	assert_in_range(bgp_write_announce(&wire, &voice,
				(struct bgp_attrs){long_set, sizeof(long_set)}, routes, 100),
		2, 10);
	for (size_t i = 0; i < 100; i++) {
		routes[i].family = 6;
		routes[i].bits = 128;
	}
	assert_in_range(bgp_write_announce(&wire, &voice,
				(struct bgp_attrs){long_set, sizeof(long_set)}, routes, 100),
		10, 100);
	assert_false(wire.failed);
	buf_done(&wire);
}

static void
small_messages_are_read(void **state)
{
	const struct bgp_options options = {.as4 = true};
	struct bgp_hello hello = {
		.as = 4200000001U, .hold_s = 90, .id = {192, 0, 2, 7}, .family = {true, true}};
	struct bgp_notification n;
	struct bgp_update u;
	struct bgp_open o;
	struct buf b = {0};

	(void)state;
	bgp_write_open(&b, &hello);
	assert_int_equal(bgp_open_parse((uint8_t *)b.data, b.len, &o, NULL), 0);
	assert_int_equal(o.as, 4200000001U);
	assert_int_equal(o.hold_s, 90);
	assert_true(o.as4 && o.multiprotocol[0] && o.multiprotocol[1] && o.route_refresh);
	assert_memory_equal(o.id, hello.id, 4);
	b.len = 0;
	bgp_write_notification(&b, 6, 2);
	assert_int_equal(bgp_notification_parse((uint8_t *)b.data, b.len, &n, NULL), 0);
	assert_int_equal(n.code * 10 + n.subcode, 62);
	for (uint8_t family = 4; family <= 6; family += 2) {
		b.len = 0;
		bgp_write_end_of_rib(&b, family);
		assert_int_equal(bgp_update_parse((uint8_t *)b.data, b.len, &options, &u, NULL), 0);
		assert_int_equal(u.end_of_rib, family);
	}
	buf_done(&b);
}

/* ---- churn ---- */

static void
churn_ends_where_it_began(void **state)
{
	struct bgp_table *t = generated(4, 4000, 1000, NULL, 0);
	struct bgp_churn_options o = {.seed = 4, .rate_qps = 1000, .withdraw_ratio = 0.3};
	struct bgp_voice voice = {.as = 1};
	struct heard h = {.told = calloc(5000, 1), .t = t, .voice = &voice};
	struct bgp_step step;
	struct bgp_churn *c;
	size_t at = 0, gone = 0, back = 0;
	int64_t last_ns = 0;

	(void)state;
	assert_int_equal(bgp_churn_new(&c, t, &o), 0);
	memset(h.told, 1, 5000);
	for (int i = 0; i < 20000; i++) {
		bgp_churn_next(c, &step);
		assert_true(step.due_ns >= last_ns && step.n >= 1 && step.first >= 0);
		last_ns = step.due_ns;
		for (size_t k = 0; k < step.n; k++) {
			uint8_t *told = &h.told[(size_t)step.first + k];

			/* Only what is there is withdrawn. */
			assert_true(*told || !step.withdraw);
			gone += step.withdraw;
			*told = !step.withdraw;
		}
	}
	/* 20000 at 1000 a second: the sum of so many gaps is within a few percent of 20 s. */
	assert_in_range(last_ns / 1000000, 18500, 21500);
	assert_true(gone > 2000);
	while (bgp_churn_differing(c, &at, true, &step)) {
		struct bgp_attrs a = bgp_table_attrs(t, step.routes->attrs);

		assert_false(step.withdraw);
		assert_int_equal(step.attrs.len, a.len);
		for (size_t k = 0; k < step.n; k++)
			back += !h.told[(size_t)step.first + k];
		memset(h.told + step.first, 1, step.n);
	}
	assert_true(back > 0);
	for (size_t i = 0; i < 5000; i++)
		assert_int_equal(h.told[i], 1);
	at = 0;
	assert_false(bgp_churn_differing(c, &at, true, &step));
	bgp_churn_free(c);
	bgp_table_free(t);
	free(h.told);
}

/* A changed path is a well-formed one, one longer than before. */
static void
a_detour_is_a_path(void **state)
{
	struct bgp_table *t = generated(9, 500, 500, NULL, 0);
	struct bgp_churn_options o = {
		.seed = 1, .rate_qps = 10, .constant = true, .withdraw_ratio = 0};
	struct bgp_voice voice = {.as = 5, .next_hop4 = {1, 2, 3, 4}, .next_hop6 = {0x20}};
	const struct bgp_options options = {.as4 = true};
	struct bgp_churn *c;
	size_t longer = 0;

	(void)state;
	assert_int_equal(bgp_churn_new(&c, t, &o), 0);
	for (int i = 0; i < 2000; i++) {
		struct bgp_attrs was;
		struct buf b = {0};
		struct bgp_step step;
		struct bgp_update u;

		bgp_churn_next(c, &step);
		assert_int_equal(step.due_ns, i * 100000000LL);
		was = bgp_table_attrs(t, step.routes->attrs);
		assert_true(step.attrs.len == was.len || step.attrs.len == was.len + 4);
		longer += step.attrs.len > was.len;
		bgp_write_announce(&b, &voice, step.attrs, step.routes, step.n);
		assert_int_equal(bgp_update_parse((uint8_t *)b.data, b.len, &options, &u, NULL), 0);
		buf_done(&b);
	}
	assert_true(longer > 500);
	bgp_churn_free(c);
	bgp_table_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_seed_gives_the_same_table),
		cmocka_unit_test(families_do_not_depend_on_each_other),
		cmocka_unit_test(the_mix_is_that_of_the_internet),
		cmocka_unit_test(nothing_twice_and_nothing_special),
		cmocka_unit_test(what_may_not_be_told),
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(messages_are_full),
		cmocka_unit_test(small_messages_are_read),
		cmocka_unit_test(churn_ends_where_it_began),
		cmocka_unit_test(a_detour_is_a_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
