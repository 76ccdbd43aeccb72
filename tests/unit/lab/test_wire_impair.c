/* test_wire_impair.c - what becomes of frames, by statistics over many of them and without a link. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "lab/wire/data.h"
#include "lab/wire/frame.h"
#include "lab/wire/impair.h"

enum { FRAMES = 200000, FRAME_BYTES = 100 };

static const uint8_t frame[FRAME_BYTES];

static struct wire_memory
memory(uint64_t seed)
{
	struct wire_memory s = {0};

	rng_init(&s.rng, seed);
	return s;
}

/* Both within `share` of each other. */
static void
assert_near(double a, double b, double share)
{
	if (!(fabs(a - b) <= share * fabs(b)))
		fail_msg("%g is not within %g of %g", a, share, b);
}

static void
nothing_set_passes_all(void **state)
{
	const struct wire_impair m = {.delay_ns = 5};
	struct wire_memory s = memory(1), before = s;
	struct wire_verdict v;

	(void)state;
	for (int64_t i = 0; i < 1000; i++) {
		assert_int_equal(
			wire_decide(&m, &s, frame, FRAME_BYTES, (struct mono){i}, &v), WIRE_KEEP);
		assert_int_equal(v.release.ns, i + 5);
		assert_int_equal(v.flip_bit, -1);
		assert_false(v.duplicate);
	}
	assert_memory_equal(&s.rng, &before.rng, sizeof(s.rng)); /* it drew no lot */
}

static void
same_seed_same_fate(void **state)
{
	const struct wire_impair m = {.delay_ns = 9000000,
		.jitter_ns = 5000000,
		.jitter_normal = true,
		.reorder = true,
		.loss_ratio = 0.2,
		.burst_pkts = 3,
		.duplicate_ratio = 0.1,
		.corrupt_ratio = 0.1};
	struct wire_memory a = memory(7), b = memory(7), c = memory(8);
	int differ = 0;

	(void)state;
	for (int64_t i = 0; i < 10000; i++) {
		struct wire_verdict x = {0}, y = {0}, z = {0};
		struct mono at = {i * 1000};
		enum wire_fate f = wire_decide(&m, &a, frame, FRAME_BYTES, at, &x);

		assert_int_equal(f, wire_decide(&m, &b, frame, FRAME_BYTES, at, &y));
		assert_int_equal(x.release.ns, y.release.ns);
		assert_int_equal(x.flip_bit, y.flip_bit);
		assert_int_equal(x.duplicate, y.duplicate);
		differ += f != wire_decide(&m, &c, frame, FRAME_BYTES, at, &z);
	}
	assert_true(differ > 1000);
}

struct losses {
	double ratio, mean_burst;
};

static struct losses
lose(const struct wire_impair *m, uint64_t seed)
{
	struct wire_memory s = memory(seed);
	struct wire_verdict v;
	int lost = 0, bursts = 0;
	bool was = false;

	for (int64_t i = 0; i < FRAMES; i++) {
		bool is = wire_decide(m, &s, frame, FRAME_BYTES, (struct mono){i}, &v) ==
			WIRE_LOST_RANDOM;

		lost += is;
		bursts += is && !was;
		was = is;
	}
	return (struct losses){(double)lost / FRAMES, bursts > 0 ? (double)lost / bursts : 0};
}

static void
losses(void **state)
{
	static const double ratios[] = {0.01, 0.3, 0.5}, burst_pkts[] = {1, 5, 40};
	struct losses l;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct wire_impair m = {.loss_ratio = ratios[i]};

		l = lose(&m, 3);
		assert_near(l.ratio, ratios[i], 0.1);
		assert_near(l.mean_burst, 1 / (1 - ratios[i]), 0.05);
		for (size_t k = 0; k < 3; k++) {
			double bursts = FRAMES * ratios[i] / burst_pkts[k];

			m.burst_pkts = burst_pkts[k];
			l = lose(&m, 4);
			assert_near(l.ratio, ratios[i], 0.01 + 4 * sqrt(2 / bursts));
			assert_near(l.mean_burst, burst_pkts[k], 0.01 + 4 * sqrt(1 / bursts));
		}
	}
	l = lose(&(struct wire_impair){.loss_ratio = 1, .burst_pkts = 2}, 5);
	assert_near(l.ratio, 1, 0);
}

/* In order none overtakes; otherwise the jitter has the mean, spread and ends that it says. */
static void
jitter(void **state)
{
	struct wire_impair m = {.delay_ns = 20 * NS_PER_MS, .jitter_ns = 5 * NS_PER_MS};
	struct wire_verdict v;

	(void)state;
	for (int normal = 0; normal < 2; normal++) {
		const double spread = normal ? 5 * 0.987 : 5 / sqrt(3), cut = normal ? 15 : 5;
		struct wire_memory s = memory(9);
		double sum = 0, squares = 0, most = 0;
		int overtakes = 0;
		int64_t last_ns = 0;

		m.jitter_normal = normal;
		m.reorder = true;
		for (int64_t i = 0; i < FRAMES; i++) {
			struct mono at = {i * NS_PER_MS};
			double off;

			wire_decide(&m, &s, frame, FRAME_BYTES, at, &v);
			off = (double)(v.release.ns - at.ns - m.delay_ns) / 1e6;
			sum += off;
			squares += off * off;
			most = fabs(off) > most ? fabs(off) : most;
			overtakes += v.release.ns < last_ns;
			last_ns = v.release.ns;
		}
		assert_true(fabs(sum / FRAMES) < 0.05);
		assert_near(sqrt(squares / FRAMES), spread, 0.02);
		assert_in_range((int)(most * 1000), (int)(cut * 900), (int)(cut * 1000));
		assert_true(overtakes > FRAMES / 10);
		m.reorder = false;
		last_ns = 0;
		for (int64_t i = 0; i < FRAMES; i++) {
			wire_decide(&m, &s, frame, FRAME_BYTES, (struct mono){i * 1000}, &v);
			assert_true(v.release.ns >= last_ns);
			last_ns = v.release.ns;
		}
	}
}

/* Twice as much as the line takes is offered: it carries its rate, and what waits is bounded. */
static void
rate(void **state)
{
	static const int64_t rates_bps[] = {64000, 10000000, 3333333333};

	(void)state;
	for (size_t r = 0; r < 3; r++) {
		for (int by_bytes = 0; by_bytes < 2; by_bytes++) {
			const struct wire_impair m = {.rate_bps = rates_bps[r],
				.queue_ns = by_bytes ? 0 : 20 * NS_PER_MS,
				.queue_bytes = by_bytes ? 5000 : 0};
			struct wire_memory s = memory(1);
			struct wire_verdict v = {0};
			int64_t gap_ns = 400 * NS_PER_S / m.rate_bps, carried = 0, at_ns = 1,
				wait_ns, most_ns = 0;

			for (int i = 0; i<FRAMES; i++, at_ns += gap_ns> 0 ? gap_ns : 1) {
				if (wire_decide(&m, &s, frame, FRAME_BYTES, (struct mono){at_ns},
					    &v) != WIRE_KEEP)
					continue;
				carried++;
				wait_ns = v.release.ns - at_ns;
				most_ns = wait_ns > most_ns ? wait_ns : most_ns;
			}
			assert_near((double)carried * 800 * 1e9 / (double)m.rate_bps,
				(double)v.release.ns, 0.01);
			/* The frame's own time on the line comes on top of its wait. */
			wait_ns = by_bytes ? 5000 * 8 * NS_PER_S / m.rate_bps
					   : 20 * NS_PER_MS + 800 * NS_PER_S / m.rate_bps;
			assert_true(most_ns <= wait_ns + 2);
			assert_true(most_ns >= wait_ns - 2 * 800 * NS_PER_S / m.rate_bps - 2);
		}
	}
}

static void
an_idle_line_takes_any_frame(void **state)
{
	const struct wire_impair m = {.rate_bps = 1000, .queue_bytes = 10};
	struct wire_memory s = memory(1);
	struct wire_verdict v;

	(void)state;
	assert_int_equal(wire_decide(&m, &s, frame, FRAME_BYTES, (struct mono){1}, &v), WIRE_KEEP);
	assert_int_equal(v.release.ns, 1 + 800 * NS_PER_MS);
	assert_int_equal(
		wire_decide(&m, &s, frame, FRAME_BYTES, (struct mono){2}, &v), WIRE_LOST_QUEUE);
}

static void
copies_and_inverted_bits(void **state)
{
	const struct wire_impair m = {.duplicate_ratio = 0.25, .corrupt_ratio = 0.1};
	struct wire_memory s = memory(2);
	int copies = 0, flips = 0, seen[FRAME_BYTES * 8] = {0};
	struct wire_verdict v;

	(void)state;
	for (int i = 0; i < FRAMES; i++) {
		wire_decide(&m, &s, frame, FRAME_BYTES, (struct mono){i}, &v);
		copies += v.duplicate;
		flips += v.flip_bit >= 0;
		if (v.flip_bit >= 0)
			seen[v.flip_bit]++;
	}
	assert_near((double)copies / FRAMES, 0.25, 0.05);
	assert_near((double)flips / FRAMES, 0.1, 0.05);
	for (int bit = 0; bit < FRAME_BYTES * 8; bit++)
		assert_int_equal(seen[bit] > 0, bit >= 14 * 8);
	/* A frame of nothing but a header has no bit to invert. */
	for (int i = 0; i < 1000; i++) {
		wire_decide(&m, &s, frame, 14, (struct mono){FRAMES + i}, &v);
		assert_int_equal(v.flip_bit, -1);
	}
}

/* An IPv4 frame of a protocol with a destination port, or an ICMPv6 one of a type. */
static bool
is_data(uint8_t proto, uint16_t sport, uint16_t dport)
{
	uint8_t f[64] = {[12] = 0x08, [14] = 0x45, [17] = 50, [22] = 64};

	f[23] = proto;
	f[34] = (uint8_t)(sport >> 8);
	f[35] = (uint8_t)sport;
	f[36] = (uint8_t)(dport >> 8);
	f[37] = (uint8_t)dport;
	f[38] = 0;
	f[39] = 30;   /* UDP length */
	f[46] = 0x50; /* TCP header length */
	return wire_is_data(f, sizeof(f));
}

static bool
is_data6(uint8_t type)
{
	uint8_t f[64] = {[12] = 0x86, 0xdd, 0x60, [19] = 10, 58, 255};

	f[54] = type;
	return wire_is_data(f, sizeof(f));
}

static void
data_and_control(void **state)
{
	static const uint8_t arp[60] = {[12] = 0x08, 0x06};

	(void)state;
	assert_true(is_data(17, 40000, 53));
	assert_true(is_data(6, 53, 40000));
	assert_true(is_data(1, 0x0800, 0));
	assert_true(is_data6(128));
	assert_false(is_data(6, 179, 40000));
	assert_false(is_data(6, 40000, 179));
	assert_false(is_data(17, 49152, 3784));
	assert_false(is_data(17, 49152, 4784));
	assert_false(is_data(89, 0, 0));
	assert_false(is_data6(135));
	assert_false(is_data6(143));
	assert_false(wire_is_data(arp, sizeof(arp)));
	assert_false(wire_is_data(arp, 3));
}

static void
data_alone_is_lost(void **state)
{
	const struct wire_impair m = {.blackhole_data = true};
	uint8_t dns[64] = {
		[12] = 0x08, [14] = 0x45, [17] = 50, [22] = 64, [23] = 17, [37] = 53, [39] = 30};
	struct wire_memory s = memory(1);
	struct wire_verdict v;

	(void)state;
	assert_int_equal(
		wire_decide(&m, &s, dns, sizeof(dns), (struct mono){1}, &v), WIRE_LOST_BLACKHOLE);
	dns[36] = 3784 >> 8;
	dns[37] = 3784 & 0xff;
	assert_int_equal(wire_decide(&m, &s, dns, sizeof(dns), (struct mono){2}, &v), WIRE_KEEP);
}

/* One frame, IPv4 or IPv6, TCP or UDP, from a port to another, `ip_bytes` long with its IP header. */
static size_t
packet(uint8_t f[static 2000], int family, uint8_t proto, uint16_t sport, uint16_t dport,
	uint16_t ip_bytes)
{
	size_t at = family == 4 ? 34 : 54;

	memset(f, 0, 2000);
	if (family == 4) {
		memcpy(f + 12, (const uint8_t[]){0x08, 0, 0x45, 0}, 4);
		f[16] = (uint8_t)(ip_bytes >> 8);
		f[17] = (uint8_t)ip_bytes;
		f[23] = proto;
	} else {
		memcpy(f + 12, (const uint8_t[]){0x86, 0xdd, 0x60}, 3);
		f[18] = (uint8_t)((ip_bytes - 40) >> 8);
		f[19] = (uint8_t)(ip_bytes - 40);
		f[20] = proto;
	}
	f[at] = (uint8_t)(sport >> 8);
	f[at + 1] = (uint8_t)sport;
	f[at + 2] = (uint8_t)(dport >> 8);
	f[at + 3] = (uint8_t)dport;
	if (proto == 6)
		f[at + 12] = 0x50;
	else
		f[at + 5] = 8;
	return 14U + ip_bytes;
}

static void
large_packets_are_swallowed(void **state)
{
	const struct wire_impair m = {.lose_larger_bytes = 1280};
	uint8_t f[2000] = {[12] = 0x08, 0x06};

	(void)state;
	assert_false(wire_is_swallowed(&m, f, 1600)); /* ARP has no size of its own */
	assert_false(wire_is_swallowed(&m, f, 3));
	for (int family = 4; family <= 6; family += 2) {
		size_t len = packet(f, family, 17, 53, 40000, 1280);

		assert_false(wire_is_swallowed(&m, f, len));
		len = packet(f, family, 17, 53, 40000, 1281);
		assert_true(wire_is_swallowed(&m, f, len));
		len = packet(f, family, 6, 179, 40000, 1281);
		assert_true(wire_is_swallowed(&m, f, len)); /* a session too */
		len = packet(f, family, 17, 53, 40000, 100);
		assert_false(wire_is_swallowed(&m, f, len + 1400)); /* padding is not of it */
	}
	packet(f, 4, 6, 53, 40000, 0); /* its length is left to the card */
	assert_true(wire_is_swallowed(&m, f, 1500));
	assert_false(wire_is_swallowed(&m, f, 1200));
	/* behind a VLAN tag */
	packet(f, 4, 17, 53, 40000, 1281);
	memmove(f + 16, f + 12, 1300);
	memcpy(f + 12, (const uint8_t[]){0x81, 0, 0, 7}, 4);
	assert_true(wire_is_swallowed(&m, f, 1299));
}

static void
ports_are_swallowed(void **state)
{
	const struct wire_impair tcp = {.lose_tcp_port = 53}, udp = {.lose_udp_port = 53};
	uint8_t f[2000];

	(void)state;
	for (int family = 4; family <= 6; family += 2) {
		size_t len = packet(f, family, 6, 53, 40000, 100);

		assert_true(wire_is_swallowed(&tcp, f, len));
		assert_false(wire_is_swallowed(&udp, f, len));
		len = packet(f, family, 6, 40000, 53, 100);
		assert_true(wire_is_swallowed(&tcp, f, len));
		len = packet(f, family, 6, 40000, 179, 100);
		assert_false(wire_is_swallowed(&tcp, f, len));
		len = packet(f, family, 17, 53, 40000, 100);
		assert_false(wire_is_swallowed(&tcp, f, len));
		assert_true(wire_is_swallowed(&udp, f, len));
		assert_false(wire_is_swallowed(&tcp, f, 40)); /* cut before its ports */
	}
	/* of a fragmented packet the first alone has ports */
	packet(f, 4, 17, 53, 40000, 100);
	f[20] = 0x20;
	assert_true(wire_is_swallowed(&udp, f, 114));
	f[20] = 0x20;
	f[21] = 185;
	assert_false(wire_is_swallowed(&udp, f, 114));
}

/* Frames pushed in any order, in list and heap, come out in the order of their release. */
static void
queue_sorts(void **state)
{
	struct frame_pool p;
	struct frame_queue q;
	struct rng r;
	int64_t newest_ns = 0, last_ns = 0;
	size_t in = 0;

	(void)state;
	rng_init(&r, 5);
	assert_int_equal(frame_pool_init(&p, NULL), 0);
	frame_queue_init(&q);
	for (int step = 0; step < 100000; step++) {
		if (rng_below(&r, 2) == 0 && in < 1000) {
			struct frame *f = frame_take(&p);
			bool sorted = rng_below(&r, 3) > 0;

			assert_non_null(f);
			f->release.ns = last_ns + (int64_t)rng_below(&r, 1000);
			if (!sorted && f->release.ns < newest_ns)
				f->release.ns = newest_ns;
			newest_ns = f->release.ns > newest_ns ? f->release.ns : newest_ns;
			(sorted ? frame_push_sorted : frame_push)(&p, &q, f);
			in++;
		} else if (in > 0) {
			struct frame *first = frame_first(&p, &q), *f = frame_pop(&p, &q);

			assert_ptr_equal(first, f);
			assert_true(f->release.ns >= last_ns);
			last_ns = f->release.ns;
			frame_give(&p, f);
			in--;
		}
		assert_int_equal(q.len_pkts, in);
	}
	while (in-- > 0)
		frame_give(&p, frame_pop(&p, &q));
	assert_null(frame_first(&p, &q));
	frame_pool_done(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_set_passes_all),
		cmocka_unit_test(same_seed_same_fate), cmocka_unit_test(losses),
		cmocka_unit_test(jitter), cmocka_unit_test(rate),
		cmocka_unit_test(an_idle_line_takes_any_frame),
		cmocka_unit_test(copies_and_inverted_bits), cmocka_unit_test(data_and_control),
		cmocka_unit_test(data_alone_is_lost), cmocka_unit_test(large_packets_are_swallowed),
		cmocka_unit_test(ports_are_swallowed), cmocka_unit_test(queue_sorts)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
