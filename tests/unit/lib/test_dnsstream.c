/* test_dnsstream.c - DNS messages cut out of a byte stream at every place it can be cut, and after gaps. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lib/dnsstream.h"

/* A message of 12 bytes, one of 29 with a question for a.example, one of no bytes. */
static const char two[] = "\x00\x0c\x00\x01\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00"
			  "\x00\x1b\x00\x02\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00"
			  "\x01"
			  "a\x07"
			  "example\x00\x00\x10\x00\x01";

static struct {
	size_t n, bytes;
	uint64_t packet;
	int64_t at_ns;
} got;

static void
on_message(void *arg, const uint8_t *msg, size_t len_bytes, struct wall complete, uint64_t packet)
{
	assert_ptr_equal(arg, &got);
	if (len_bytes == 12)
		assert_memory_equal(msg, two + 2, 12);
	else if (len_bytes == 27)
		assert_memory_equal(msg, two + 16, 27);
	got.n++;
	got.bytes += len_bytes;
	got.packet = packet;
	got.at_ns = complete.ns;
}

static struct dnsstream *
fresh(void)
{
	struct dnsstream *d;

	memset(&got, 0, sizeof(got));
	assert_int_equal(dnsstream_new(&d, on_message, &got), 0);
	return d;
}

static void
push(struct dnsstream *d, size_t from, size_t to, uint64_t packet)
{
	assert_int_equal(dnsstream_push(d, (const uint8_t *)two + from, to - from,
				 (struct wall){(int64_t)packet * 10}, packet),
		0);
}

static void
cut_anywhere(void **state)
{
	size_t all = sizeof(two) - 1;

	(void)state;
	assert_int_equal(all, 14 + 29);
	for (size_t a = 0; a <= all; a++) {
		for (size_t b = a; b <= all; b++) {
			struct dnsstream *d = fresh();

			push(d, 0, a, 1);
			push(d, a, b, 2);
			push(d, b, all, 3);
			assert_int_equal(got.n, 2);
			assert_int_equal(got.bytes, 12 + 27);
			assert_int_equal(got.packet, b < all ? 3 : a < all ? 2 : 1);
			assert_int_equal(got.at_ns, (int64_t)got.packet * 10);
			assert_int_equal(dnsstream_counts(d)->skipped_bytes, 0);
			dnsstream_free(d);
		}
	}
}

static void
after_a_gap(void **state)
{
	struct dnsstream *d = fresh();

	(void)state;
	push(d, 0, 20, 1);
	dnsstream_gap(d); /* the message begun is lost */
	push(d, 30, 43, 2);
	assert_int_equal(got.n, 1);
	assert_int_equal(dnsstream_counts(d)->skipped_bytes, 6 + 13);
	/* A run that begins with a whole message is believed. */
	push(d, 14, 43, 3);
	assert_int_equal(got.n, 2);
	push(d, 0, 14, 4);
	assert_int_equal(got.n, 3);
	assert_int_equal(dnsstream_counts(d)->resyncs, 1);
	/* A new connection starts clean. */
	push(d, 0, 5, 5);
	dnsstream_restart(d);
	push(d, 0, 14, 6);
	assert_int_equal(got.n, 4);
	dnsstream_free(d);
}

static void
longest_and_none(void **state)
{
	static uint8_t data[2 + 65535 + 2];
	struct dnsstream *d = fresh();

	(void)state;
	data[0] = data[1] = 0xff;
	for (size_t at = 0; at < sizeof(data); at += 1000)
		assert_int_equal(dnsstream_push(d, data + at,
					 sizeof(data) - at < 1000 ? sizeof(data) - at : 1000,
					 (struct wall){1}, 1),
			0);
	assert_int_equal(got.n, 2);
	assert_int_equal(got.bytes, 65535);
	assert_true(dnsstream_held_bytes(d) <= 131072);
	dnsstream_free(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(after_a_gap),
		cmocka_unit_test(longest_and_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
