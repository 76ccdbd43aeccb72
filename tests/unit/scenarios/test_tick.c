/* test_tick.c - the rhythm of health checks from frames, and the instant between two of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "scenarios/tick.h"

/* Ethernet, IPv4, UDP, a DNS header with one question for "." SOA. */
static size_t
frame(uint8_t out[static 128], uint8_t last_byte, uint16_t port, bool answer)
{
	static const uint8_t dns[] = {0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 1};
	size_t udp = 8 + sizeof(dns), ip = 20 + udp;

	memset(out, 0, 128);
	out[12] = 0x08;
	out[14] = 0x45;
	out[17] = (uint8_t)ip;
	out[22] = 64;
	out[23] = 17;
	memcpy(out + 26, (const uint8_t[]){203, 0, 113, 53, 203, 0, 113, last_byte}, 8);
	out[34] = 0xc0;
	out[36] = (uint8_t)(port >> 8);
	out[37] = (uint8_t)port;
	out[39] = (uint8_t)udp;
	memcpy(out + 42, dns, sizeof(dns));
	if (answer)
		out[44] |= 0x80;
	return 14 + ip;
}

static struct mono
ms(int64_t at)
{
	return (struct mono){1000 * NS_PER_S + at * NS_PER_MS};
}

static void
finds_the_period(void **state)
{
	static const int at_ms[] = {0, 2003, 3999, 6010, 7995};
	struct tick *t = tick_new();
	struct tick_rhythm r;
	uint8_t f[128];

	(void)state;
	assert_false(tick_rhythm(t, &r));
	for (int i = 0; i < 5; i++) {
		tick_take(t, f, frame(f, 53, 53, false), ms(at_ms[i]));
		assert_int_equal(tick_rhythm(t, &r), i >= 2);
	}
	/* Nothing of this is a tick: an answer, another port, a frame cut short, another address once. */
	tick_take(t, f, frame(f, 53, 53, true), ms(8100));
	tick_take(t, f, frame(f, 53, 179, false), ms(8200));
	tick_take(t, f, frame(f, 53, 53, false) - 10, ms(8300));
	tick_take(t, f, frame(f, 1, 53, false), ms(8400));
	tick_take(t, f, 3, ms(8500));
	assert_true(tick_rhythm(t, &r));
	assert_int_equal(r.ticks, 5);
	assert_int_equal(r.last.ns, ms(7995).ns);
	assert_in_range(r.period_ns, 1990 * NS_PER_MS, 2011 * NS_PER_MS);
	tick_close(t);
	tick_close(NULL);
}

/* More of them than are kept; more addresses than are told apart. */
static void
keeps_only_the_latest(void **state)
{
	struct tick *t = tick_new();
	struct tick_rhythm r;
	uint8_t f[128];

	(void)state;
	for (int i = 0; i < 500; i++)
		tick_take(t, f, frame(f, 53, 53, false), ms(100 * i));
	for (int i = 0; i < 200; i++)
		tick_take(t, f, frame(f, (uint8_t)i, 53, false), ms(60000 + i));
	assert_true(tick_rhythm(t, &r));
	assert_int_equal(r.period_ns, 100 * NS_PER_MS);
	tick_close(t);
}

static void
half_way_between_two(void **state)
{
	const struct tick_rhythm r = {2000 * NS_PER_MS, ms(8000), 5};

	(void)state;
	assert_int_equal(tick_between(&r, ms(0)).ns, ms(9000).ns);
	assert_int_equal(tick_between(&r, ms(9000)).ns, ms(9000).ns);
	assert_int_equal(tick_between(&r, ms(9001)).ns, ms(11000).ns);
	assert_int_equal(tick_between(&r, ms(10999)).ns, ms(11000).ns);
	assert_int_equal(tick_between(&r, ms(15500)).ns, ms(17000).ns);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_period),
		cmocka_unit_test(keeps_only_the_latest),
		cmocka_unit_test(half_way_between_two),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
