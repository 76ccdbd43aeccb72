/* test_ipfrag.c - fragments put together in any order; what overlaps, lies, is cut or is never whole. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lib/ipfrag.h"
#include "lib/rng.h"

enum { DATAGRAM_BYTES = 8 + 3000, PIECE_BYTES = 504 };

static uint8_t datagram[DATAGRAM_BYTES];

/* The fragment of `datagram` that begins at `from`. */
static struct pkt_view
piece(uint32_t id, size_t from, size_t bytes)
{
	struct pkt_view v = {.family = 4,
		.proto = PKT_UDP,
		.fragment = true,
		.src = {198, 51, 100, 1},
		.dst = {198, 51, 100, 2},
		.fragment_id = id};

	if (from + bytes > DATAGRAM_BYTES)
		bytes = DATAGRAM_BYTES - from;
	v.later = from > 0;
	v.more = from + bytes < DATAGRAM_BYTES;
	v.fragment_at_bytes = (uint16_t)from;
	v.transport = datagram + from;
	v.transport_bytes = v.transport_wire_bytes = bytes;
	return v;
}

static int
give(struct ipfrag *f, struct pkt_view v, int64_t ms, struct pkt_view *ret)
{
	return ipfrag_take(f, &v, 0, (struct wall){ms * NS_PER_MS}, ret);
}

static struct ipfrag *
fresh(void)
{
	struct ipfrag *f;

	for (size_t i = 0; i < DATAGRAM_BYTES; i++)
		datagram[i] = (uint8_t)(i * 7 + i / 256);
	memcpy(datagram, "\x00\x35\x10\x00\x0b\xc0\x00\x00", 8); /* ports, 3008 bytes */
	assert_int_equal(ipfrag_new(&f, 4, 30 * NS_PER_S), 0);
	return f;
}

static void
any_order(void **state)
{
	struct ipfrag *f = fresh();
	struct pkt_view whole;
	struct rng rng;

	(void)state;
	rng_init(&rng, 1);
	for (uint32_t id = 0; id < 200; id++) {
		size_t order[6] = {0, 1, 2, 3, 4, 5};

		for (size_t i = 5; i > 0; i--) {
			size_t k = (size_t)rng_below(&rng, i + 1), swap = order[i];

			order[i] = order[k];
			order[k] = swap;
		}
		for (size_t i = 0; i < 6; i++) {
			struct pkt_view v = piece(id, order[i] * PIECE_BYTES, PIECE_BYTES);

			assert_int_equal(give(f, v, id, &whole), i == 5);
			if (i < 5) /* the same again changes nothing */
				assert_int_equal(give(f, v, id, &whole), 0);
		}
		assert_false(whole.fragment || whole.later || whole.more);
		assert_int_equal(whole.sport, 53);
		assert_int_equal(whole.dport, 4096);
		assert_int_equal(whole.payload_bytes, 3000);
		assert_int_equal(whole.payload_wire_bytes, 3000);
		assert_memory_equal(whole.payload, datagram + 8, 3000);
	}
	assert_int_equal(ipfrag_counts(f)->whole, 200);
	assert_int_equal(ipfrag_counts(f)->refused, 0);
	assert_int_equal(ipfrag_counts(f)->abandoned, 0);
	ipfrag_free(f);
}

static void
kept_apart(void **state)
{
	struct ipfrag *f = fresh();
	struct pkt_view whole, v = piece(1, 0, 1504), w = piece(1, 1504, 3000);

	(void)state;
	assert_int_equal(ipfrag_take(f, &v, 0, (struct wall){1}, &whole), 0);
	assert_int_equal(ipfrag_take(f, &w, 1, (struct wall){1}, &whole), 0); /* another point */
	w.src[0]++;
	assert_int_equal(ipfrag_take(f, &w, 0, (struct wall){1}, &whole), 0);
	w.src[0]--;
	w.fragment_id++;
	assert_int_equal(ipfrag_take(f, &w, 0, (struct wall){1}, &whole), 0);
	w.fragment_id--;
	assert_int_equal(ipfrag_take(f, &w, 0, (struct wall){1}, &whole), 1);
	ipfrag_free(f);
}

static void
overlaps_and_lies(void **state)
{
	struct ipfrag *f = fresh();
	struct pkt_view whole, v;

	(void)state;
	/* An overlap spoils the whole packet, for good. */
	assert_int_equal(give(f, piece(1, 0, 1504), 0, &whole), 0);
	assert_int_equal(give(f, piece(1, 1496, 3000), 0, &whole), -EBADMSG);
	assert_int_equal(give(f, piece(1, 1504, 3000), 0, &whole), -EBADMSG);
	/* Not a multiple of 8 with more to come; nothing at all; behind the end; too long; cut. */
	v = piece(2, 0, 1504);
	v.transport_bytes = v.transport_wire_bytes = 1503;
	assert_int_equal(give(f, v, 0, &whole), -EBADMSG);
	v = piece(3, 0, 1504);
	v.transport_bytes = v.transport_wire_bytes = 0;
	assert_int_equal(give(f, v, 0, &whole), -EBADMSG);
	assert_int_equal(give(f, piece(4, 2504, 3000), 0, &whole), 0);
	v = piece(4, 0, 2504);
	v.fragment_at_bytes = 1000;
	assert_int_equal(give(f, v, 0, &whole), -EBADMSG);
	v = piece(5, 0, 1504);
	v.fragment_at_bytes = 65528;
	assert_int_equal(give(f, v, 0, &whole), -EBADMSG);
	v = piece(6, 0, 1504);
	v.transport_bytes = 100;
	assert_int_equal(give(f, v, 0, &whole), -EMSGSIZE);
	ipfrag_free(f);
}

static void
never_whole(void **state)
{
	struct ipfrag *f = fresh();
	struct pkt_view whole;

	(void)state;
	/* More packets than places: the oldest goes. */
	for (uint32_t id = 0; id < 5; id++)
		assert_int_equal(give(f, piece(id, 0, 1504), id, &whole), 0);
	assert_int_equal(ipfrag_counts(f)->abandoned, 1);
	assert_int_equal(give(f, piece(1, 1504, 3000), 6, &whole), 1);
	/* And who waits too long. */
	assert_int_equal(give(f, piece(2, 1504, 3000), 31000, &whole), 0);
	assert_int_equal(ipfrag_counts(f)->abandoned, 4);
	ipfrag_free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_order),
		cmocka_unit_test(kept_apart),
		cmocka_unit_test(overlaps_and_lies),
		cmocka_unit_test(never_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
