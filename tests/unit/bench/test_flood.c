/* test_flood.c - forged sources stay in their prefix and spread over it; packets are whole, with right checksums. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <cmocka.h>

#include "bench/load/flood.h"
#include "bench/load/flood_packet.h"

enum { DRAWS = 4000 };

static struct inet
inet(const char *text)
{
	struct inet a;

	assert_int_equal(inet_parse(text, &a), 0);
	return a;
}

static void
sources(void **state)
{
	static const struct {
		const char *prefix;
		size_t at_least; /* different ones among the draws */
	} rows[] = {
		{"198.18.11.128/25", 126},
		{"198.18.11.128/30", 2},
		{"198.18.11.128/31", 2},
		{"198.18.11.7/32", 1},
		{"10.0.0.0/8", 3900},
		{"0.0.0.0/0", 3900},
		{"2001:db8:111:8000::/49", 3990},
		{"2001:db8::1/128", 1},
		{"2001:db8::/126", 4},
		{"::/0", 3990},
	};
	struct rng rng;

	(void)state;
	rng_init(&rng, 7);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct inet prefix = inet(rows[i].prefix), *drawn = calloc(DRAWS, sizeof(*drawn));
		size_t different = 0;

		assert_non_null(drawn);
		for (size_t k = 0; k < DRAWS; k++) {
			struct inet a;
			bool seen = false;

			flood_source(&prefix, &rng, &a);
			assert_true(inet_covers(&prefix, &a));
			assert_int_equal(a.len, inet_bits(&a));
			for (size_t j = 0; j < different && !seen; j++)
				seen = inet_same(&drawn[j], &a);
			if (!seen)
				drawn[different++] = a;
		}
		assert_in_range(different, rows[i].at_least, DRAWS);
		if (prefix.len < 31)
			assert_true(different <= DRAWS);
		free(drawn);
	}
}

/* Neither the network's own address nor everybody's. */
static void
no_broadcast(void **state)
{
	struct inet prefix = inet("198.18.11.128/29"), a;
	struct rng rng;

	(void)state;
	rng_init(&rng, 1);
	for (int i = 0; i < 500; i++) {
		flood_source(&prefix, &rng, &a);
		assert_in_range(a.addr[3], 129, 134);
	}
}

static uint32_t
sum(const uint8_t *p, size_t len)
{
	uint32_t s = 0;

	for (size_t i = 0; i < len; i++)
		s += i % 2 ? p[i] : (uint32_t)p[i] << 8;
	return s;
}

static uint32_t
fold(uint32_t s)
{
	while (s >> 16)
		s = (s & 0xFFFF) + (s >> 16);
	return s;
}

/* Both checksums come out as all ones when what they cover is added up with them. */
static void
assert_packet(const char *from, const char *to, size_t head)
{
	static uint8_t wire[] = "\0\0\1\0\0\1\0\0\0\0\0\0\4abcd\0\0\20\0\1";
	struct query q = {.wire = wire, .len = sizeof(wire) - 1, .random_at = 13, .random_len = 4};
	struct inet a = inet(from), b = inet(to);
	size_t address = inet_bits(&a) / 8;
	uint8_t p[FLOOD_PACKET_BYTES], old[4] = "abcd";
	struct rng rng;

	rng_init(&rng, 3);
	for (int i = 0; i < 300; i++) {
		size_t len = flood_packet(&a, (uint16_t)(1024 + i), &b, 53, &q, &rng, p), udp;

		assert_int_equal(len, head + 8 + q.len);
		udp = len - head;
		if (head == 20)
			assert_int_equal(fold(sum(p, head)), 0xFFFF);
		assert_memory_equal(p + head - 2 * address, a.addr, address);
		assert_memory_equal(p + head - address, b.addr, address);
		assert_int_equal(p[head] << 8 | p[head + 1], 1024 + i);
		assert_int_equal(fold(sum(p + head - 2 * address, 2 * address) + 17 +
					 (uint32_t)udp + sum(p + head, udp)),
			0xFFFF);
		assert_memory_not_equal(p + head + 8 + 13, old, 4);
		memcpy(old, p + head + 8 + 13, 4);
		assert_memory_equal(p + head + 8 + 17, "\0\0\20\0\1", 5);
	}
}

static void
packets(void **state)
{
	(void)state;
	assert_packet("198.18.11.130", "203.0.113.53", 20);
	assert_packet("2001:db8:111:8000::7", "2001:db8:53::53", 40);
}

static void
too_long(void **state)
{
	static uint8_t wire[FLOOD_PACKET_BYTES];
	struct query q = {.wire = wire, .len = sizeof(wire)};
	struct inet a = inet("198.18.11.130");
	uint8_t p[FLOOD_PACKET_BYTES];
	struct rng rng;

	(void)state;
	rng_init(&rng, 3);
	assert_int_equal(flood_packet(&a, 1, &a, 53, &q, &rng, p), 0);
	q.len = 11;
	assert_int_equal(flood_packet(&a, 1, &a, 53, &q, &rng, p), 0);
}

static void
a_family_without_sources(void **state)
{
	struct flood_plan p = {.to = {inet("203.0.113.53")},
		.to_len = 1,
		.from = {inet("2001:db8::/48")},
		.from_len = 1};
	struct err e;

	(void)state;
	assert_true(flood_check(&p, true, &e) < 0);
	assert_string_equal(e.text, "no --from of the family of 203.0.113.53");
	p.from[0] = inet("198.18.0.0/16");
	assert_int_equal(flood_check(&p, true, &e), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sources),
		cmocka_unit_test(no_broadcast),
		cmocka_unit_test(packets),
		cmocka_unit_test(too_long),
		cmocka_unit_test(a_family_without_sources),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
