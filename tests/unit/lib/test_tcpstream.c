/* test_tcpstream.c - segments in every disorder, and the bytes and instants that come out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "lib/pkt.h"
#include "lib/rng.h"
#include "lib/tcpstream.h"

/* What came out: bytes as text, '_' per missing byte (at most 9), '|' at a restart; instants per byte. */
struct out {
	char text[4096];
	int64_t seen[4096];
	size_t n;
};

static void
put(struct out *o, char c, int64_t seen_ns)
{
	assert_true(o->n + 1 < sizeof(o->text));
	o->seen[o->n] = seen_ns;
	o->text[o->n++] = c;
	o->text[o->n] = '\0';
}

static void
on_bytes(void *arg, const uint8_t *data, size_t len_bytes, struct wall seen, uint64_t packet)
{
	assert_int_equal(packet, (uint64_t)seen.ns);
	for (size_t i = 0; i < len_bytes; i++)
		put(arg, (char)data[i], seen.ns);
}

static void
on_gap(void *arg, uint64_t missing_bytes)
{
	for (uint64_t i = 0; i < missing_bytes && i < 9; i++)
		put(arg, '_', 0);
}

static void
on_restart(void *arg)
{
	put(arg, '|', 0);
}

static struct tcpstream *
stream(struct out *o, size_t max_pending_bytes)
{
	struct tcpstream_sink sink = {on_bytes, on_gap, on_restart, o};
	struct tcpstream *t;

	o->n = 0;
	o->text[0] = '\0';
	assert_int_equal(tcpstream_new(&t, &sink, max_pending_bytes), 0);
	return t;
}

/* A segment of `text`, with `cut` more bytes on the wire that were not captured. */
static void
push(struct tcpstream *t, uint32_t seq, const char *text, size_t cut, int64_t at_ns)
{
	struct tcpstream_segment s = {.seq = seq,
		.data = (const uint8_t *)text,
		.len_bytes = strlen(text),
		.wire_bytes = strlen(text) + cut,
		.seen = {at_ns},
		.packet = (uint64_t)at_ns};

	assert_int_equal(tcpstream_push(t, &s), 0);
}

static void
syn(struct tcpstream *t, uint32_t seq)
{
	struct tcpstream_segment s = {.seq = seq, .flags = PKT_SYN};

	assert_int_equal(tcpstream_push(t, &s), 0);
}

static void
in_order_and_wrap(void **state)
{
	struct out o;
	struct tcpstream *t = stream(&o, 1000);

	(void)state;
	syn(t, 0xfffffffb);
	push(t, 0xfffffffc, "abcdef", 0, 1); /* wraps within */
	push(t, 2, "gh", 0, 2);
	push(t, 4, "i", 0, 3);
	assert_string_equal(o.text, "abcdefghi");
	assert_int_equal(o.seen[5], 1);
	assert_int_equal(o.seen[8], 3);
	assert_int_equal(tcpstream_counts(t)->gap_bytes, 0);
	tcpstream_free(t);
}

static void
out_of_order_keeps_first_instants(void **state)
{
	struct out o;
	struct tcpstream *t = stream(&o, 1000);

	(void)state;
	syn(t, 99);
	push(t, 103, "def", 0, 1);
	push(t, 106, "ghi", 0, 2);
	assert_string_equal(o.text, "");
	push(t, 100, "abc", 0, 3);
	assert_string_equal(o.text, "abcdefghi");
	assert_int_equal(o.seen[0], 3);
	assert_int_equal(o.seen[3], 1);
	assert_int_equal(o.seen[6], 2);
	assert_int_equal(tcpstream_counts(t)->reordered_bytes, 6);
	tcpstream_free(t);
}

static void
retransmission_and_overlap(void **state)
{
	struct out o;
	struct tcpstream *t = stream(&o, 1000);

	(void)state;
	push(t, 100, "abc", 0, 1);
	push(t, 100, "XYZ", 0, 2); /* all seen */
	push(t, 101, "XXdef", 0, 3);
	assert_string_equal(o.text, "abcdef");
	assert_int_equal(o.seen[3], 3);
	push(t, 108, "ij", 0, 4);
	push(t, 112, "mn", 0, 5);
	push(t, 107, "hXXklXXop", 0, 6); /* fills around both */
	push(t, 106, "gXX", 0, 7);
	assert_string_equal(o.text, "abcdefghijklmnop");
	assert_int_equal(o.seen[6], 7);
	assert_int_equal(o.seen[7], 6);
	assert_int_equal(o.seen[8], 4);
	assert_int_equal(o.seen[12], 5);
	assert_int_equal(tcpstream_counts(t)->repeated_bytes, 3 + 2 + 4 + 2);
	tcpstream_free(t);
}

static void
joined_midway(void **state)
{
	struct out o;
	struct tcpstream *t = stream(&o, 1000);

	(void)state;
	push(t, 5000, "abc", 0, 1);
	push(t, 4990, "0123456789", 0, 2); /* before the join */
	push(t, 4998, "89abcd", 0, 3);
	assert_string_equal(o.text, "abcd");
	assert_int_equal(tcpstream_counts(t)->early_bytes, 12);
	tcpstream_free(t);
}

static void
holes(void **state)
{
	struct out o;
	struct tcpstream *t = stream(&o, 10);

	(void)state;
	push(t, 0, "ab", 0, 1);
	push(t, 4, "efgh", 0, 2);
	tcpstream_acked(t, 2);
	assert_string_equal(o.text, "ab");
	tcpstream_acked(t, 20); /* of bytes not sent: ignored */
	assert_string_equal(o.text, "ab");
	tcpstream_acked(t, 8); /* the other side has them, the capture has not */
	assert_string_equal(o.text, "ab__efgh");
	/* More than ten bytes wait: the first hole is given up. */
	push(t, 9, "jklmn", 0, 3);
	push(t, 15, "pqrst", 0, 4);
	assert_string_equal(o.text, "ab__efgh");
	push(t, 21, "v", 0, 5);
	assert_string_equal(o.text, "ab__efgh_jklmn");
	tcpstream_finish(t);
	assert_string_equal(o.text, "ab__efgh_jklmn_pqrst_v");
	assert_int_equal(tcpstream_counts(t)->gap_bytes, 5);
	tcpstream_free(t);
}

static void
snap_length(void **state)
{
	struct out o;
	struct tcpstream *t = stream(&o, 1000);

	(void)state;
	push(t, 0, "abc", 3, 1);
	push(t, 6, "ghi", 0, 2);
	assert_string_equal(o.text, "abc___ghi");
	push(t, 12, "mn", 2, 3);
	push(t, 9, "jkl", 0, 4);
	assert_string_equal(o.text, "abc___ghijklmn__");
	tcpstream_free(t);
}

static void
restarts(void **state)
{
	struct out o;
	struct tcpstream *t = stream(&o, 1000);

	(void)state;
	syn(t, 100);
	push(t, 101, "ab", 0, 1);
	syn(t, 100); /* the same one again */
	push(t, 103, "c", 0, 2);
	push(t, 110, "lost", 0, 3);
	syn(t, 70000);
	push(t, 70001, "x", 0, 4);
	assert_string_equal(o.text, "abc|x");
	/* Far away three times: another connection whose SYN was not captured. */
	push(t, 0x90000000, "q", 0, 5);
	push(t, 0x90000001, "r", 0, 6);
	assert_int_equal(tcpstream_counts(t)->odd_segments, 2);
	push(t, 0x90000002, "s", 0, 7);
	assert_string_equal(o.text, "abc|x|s");
	tcpstream_free(t);
}

/* Any order of any overlapping pieces of a text gives the text. */
static void
shuffled(void **state)
{
	char text[1001], piece[1001];
	struct out o;
	struct rng rng;

	(void)state;
	rng_init(&rng, 7);
	for (size_t i = 0; i < 1000; i++)
		text[i] = (char)('a' + i % 26);
	text[1000] = '\0';
	for (int round = 0; round < 200; round++) {
		struct tcpstream *t = stream(&o, 100000);
		uint32_t isn = (uint32_t)rng_u64(&rng);
		size_t pieces = 0;

		syn(t, isn);
		for (int64_t at = 1; o.n < 1000; at++) {
			size_t from = rng_below(&rng, 1000), len = 1 + rng_below(&rng, 60);

			len = from + len > 1000 ? 1000 - from : len;
			/* Towards the end mend what chance leaves out. */
			if (pieces++ > 300) {
				from = o.n;
				len = 1000 - from;
			}
			memcpy(piece, text + from, len);
			piece[len] = '\0';
			push(t, isn + 1 + (uint32_t)from, piece, 0, at);
		}
		assert_string_equal(o.text, text);
		assert_int_equal(tcpstream_counts(t)->gap_bytes, 0);
		tcpstream_free(t);
	}
}

/* A segment per other byte, far more than there are places: bounded, and nothing is made up. */
static void
many_holes(void **state)
{
	struct out o;
	struct tcpstream *t = stream(&o, 1 << 20);

	(void)state;
	push(t, 0, "a", 0, 1);
	for (uint32_t i = 0; i < 1500; i++)
		push(t, 2 + 2 * i, "b", 0, 2);
	push(t, 1, "ccc", 0, 3);
	tcpstream_finish(t);
	assert_int_equal(o.n, 1 + 2 * 1500);
	assert_int_equal(strspn(o.text, "ab_"), o.n);
	tcpstream_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_order_and_wrap),
		cmocka_unit_test(out_of_order_keeps_first_instants),
		cmocka_unit_test(retransmission_and_overlap),
		cmocka_unit_test(joined_midway),
		cmocka_unit_test(holes),
		cmocka_unit_test(snap_length),
		cmocka_unit_test(restarts),
		cmocka_unit_test(shuffled),
		cmocka_unit_test(many_holes),
	};

	return cmocka_run_group_tests_name("tcpstream", tests, NULL, NULL);
}
