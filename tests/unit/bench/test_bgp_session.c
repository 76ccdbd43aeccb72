/* test_bgp_session.c - a session by hand: its peer is this test, its clock as well. */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "bench/load/bgp_session.h"
#include "lib/bgp.h"

enum { KEEPALIVE_BYTES = 19, LARGE_BYTES = 300000, SMALL_BYTES = 10000, STREAM_BYTES = 1 << 20 };

/* What was heard, and when it is. */
struct world {
	struct bgp_session *s;
	int peer;
	struct mono now;
	uint8_t *heard;
	size_t len;
};

static size_t
hear(struct world *w)
{
	ssize_t n;
	size_t before = w->len;

	while ((n = recv(w->peer, w->heard + w->len, STREAM_BYTES - w->len, MSG_DONTWAIT)) > 0)
		w->len += (size_t)n;
	return w->len - before;
}

static size_t
step(struct world *w, int64_t later_ns)
{
	w->now = mono_add(w->now, later_ns);
	bgp_session_step(w->s, 0, w->now);
	return hear(w);
}

/* Messages of a type from `at` on; all there is must be whole messages. */
static size_t
count(const struct world *w, size_t at, enum bgp_type want)
{
	size_t n = 0;

	while (at < w->len) {
		enum bgp_type type;
		size_t len;

		assert_true(w->len - at >= BGP_HEADER_BYTES);
		assert_int_equal(bgp_header(w->heard + at, BGP_MAX_BYTES, &type, &len, NULL), 0);
		assert_true(len <= w->len - at);
		n += type == want;
		at += len;
	}
	return n;
}

static void
establish(struct world *w, uint16_t hold_s)
{
	struct bgp_hello theirs = {
		.as = 65001, .hold_s = hold_s, .id = {192, 0, 2, 1}, .family = {true}};
	struct bgp_session_options o = {.passive = true,
		.peer_as = 65001,
		.hello = {.as = 65002, .hold_s = hold_s, .id = {192, 0, 2, 2}, .family = {true}}};
	struct buf b = {0};
	int pair[2];

	*w = (struct world){.now = {NS_PER_S}, .heard = malloc(STREAM_BYTES)};
	assert_non_null(w->heard);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	w->peer = pair[1];
	assert_int_equal(bgp_session_new(&w->s, &o, NULL, NULL), 0);
	bgp_session_accept(w->s, pair[0], w->now);
	bgp_write_open(&b, &theirs);
	bgp_write_keepalive(&b);
	assert_int_equal(send(w->peer, b.data, b.len, 0), b.len);
	buf_done(&b);
	for (int i = 0; i < 3; i++)
		bgp_session_step(w->s, POLLIN, w->now);
	assert_int_equal(bgp_session_state(w->s), BGP_STATE_ESTABLISHED);
	hear(w);
}

static void
end(struct world *w)
{
	bgp_session_free(w->s);
	close(w->peer);
	free(w->heard);
}

/* Whole messages, told and heard. Returns where they end. */
static size_t
tell(struct world *w, size_t bytes, struct buf *table)
{
	*table = (struct buf){0};
	while (table->len < bytes)
		bgp_write_end_of_rib(table, 4);
	assert_int_equal(bgp_session_send(w->s, table->data, table->len), 0);
	for (size_t at = w->len; w->len < at + table->len;)
		step(w, 0);
	return w->len;
}

static void
a_large_table_is_followed_by_single_bytes(void **state)
{
	struct buf table;
	struct world w;
	size_t at;

	(void)state;
	establish(&w, 600);
	at = tell(&w, LARGE_BYTES, &table);
	assert_int_equal(step(&w, 50 * NS_PER_MS), 0);
	for (size_t i = 0; i < 2 * KEEPALIVE_BYTES; i++) {
		assert_true(bgp_session_deadline(w.s).ns <= w.now.ns + 60 * NS_PER_MS);
		assert_int_equal(step(&w, 60 * NS_PER_MS), 1);
		assert_int_equal(bgp_session_queued(w.s), 0);
	}
	assert_int_equal(count(&w, at, BGP_KEEPALIVE), 2);
	assert_int_equal(bgp_session_counts(w.s)->keepalives_sent, 1 + 2);
	/* The end of it is the end of a KEEPALIVE, and the usual ones go on. */
	for (int i = 0; i < 130 * 20; i++)
		step(&w, 50 * NS_PER_MS);
	at = w.len;
	assert_int_equal(count(&w, 0, BGP_NOTIFICATION), 0);
	assert_int_equal(step(&w, 200 * NS_PER_S), KEEPALIVE_BYTES);
	assert_int_equal(count(&w, at, BGP_KEEPALIVE), 1);
	buf_done(&table);
	end(&w);
}

/* RFC 4271 4.4: not more than one a second, and none without a hold time; a small table fits into any queue. */
static void
not_more_often_than_allowed(void **state)
{
	struct buf table;
	struct world w;
	size_t at;

	(void)state;
	establish(&w, 90);
	at = tell(&w, LARGE_BYTES, &table);
	for (int i = 0; i < 100000; i++)
		step(&w, NS_PER_MS / 10);
	assert_in_range((w.len - at) / KEEPALIVE_BYTES, 1, 10);
	buf_done(&table);
	end(&w);

	establish(&w, 0);
	at = tell(&w, LARGE_BYTES, &table);
	for (int i = 0; i < 1000; i++)
		step(&w, 100 * NS_PER_MS);
	assert_int_equal(w.len, at);
	buf_done(&table);
	end(&w);

	establish(&w, 90);
	at = tell(&w, SMALL_BYTES, &table);
	for (int i = 0; i < 29; i++)
		assert_int_equal(step(&w, NS_PER_S), 0);
	buf_done(&table);
	end(&w);
}

static void
what_comes_between_finishes_the_begun_one(void **state)
{
	struct buf table, more = {0};
	struct world w;
	size_t at;

	(void)state;
	establish(&w, 90);
	at = tell(&w, LARGE_BYTES, &table);
	for (int i = 0; i < 5; i++)
		assert_int_equal(step(&w, 60 * NS_PER_MS), 1);
	/* An own small message, */
	bgp_write_end_of_rib(bgp_session_buffer(w.s), 4);
	assert_true(bgp_session_queued(w.s) > 0);
	step(&w, 0);
	assert_int_equal(count(&w, at, BGP_KEEPALIVE), 1);
	assert_int_equal(count(&w, at, BGP_UPDATE), 1);
	/* a borrowed one, */
	for (int i = 0; i < 5; i++)
		assert_int_equal(step(&w, 60 * NS_PER_MS), 1);
	bgp_write_end_of_rib(&more, 4);
	assert_int_equal(bgp_session_send(w.s, more.data, more.len), 0);
	step(&w, 0);
	assert_int_equal(count(&w, at, BGP_KEEPALIVE), 2);
	assert_int_equal(count(&w, at, BGP_UPDATE), 2);
	/* and the farewell. */
	for (int i = 0; i < 5; i++)
		assert_int_equal(step(&w, 60 * NS_PER_MS), 1);
	bgp_session_cease(w.s);
	step(&w, 0);
	assert_int_equal(count(&w, at, BGP_KEEPALIVE), 3);
	assert_int_equal(count(&w, at, BGP_NOTIFICATION), 1);
	buf_done(&more);
	buf_done(&table);
	end(&w);
}

/* The peer breaks the protocol in the middle of one: it is told so in whole messages. */
static void
a_refusal_finishes_it_too(void **state)
{
	uint8_t nonsense[KEEPALIVE_BYTES] = {0};
	struct buf table;
	struct world w;
	size_t at;

	(void)state;
	establish(&w, 90);
	at = tell(&w, LARGE_BYTES, &table);
	for (int i = 0; i < 5; i++)
		assert_int_equal(step(&w, 60 * NS_PER_MS), 1);
	assert_int_equal(send(w.peer, nonsense, sizeof(nonsense), 0), sizeof(nonsense));
	bgp_session_step(w.s, POLLIN, w.now);
	hear(&w);
	assert_int_equal(bgp_session_state(w.s), BGP_STATE_DOWN);
	assert_int_equal(count(&w, at, BGP_KEEPALIVE), 1);
	assert_int_equal(count(&w, at, BGP_NOTIFICATION), 1);
	buf_done(&table);
	end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_large_table_is_followed_by_single_bytes),
		cmocka_unit_test(not_more_often_than_allowed),
		cmocka_unit_test(what_comes_between_finishes_the_begun_one),
		cmocka_unit_test(a_refusal_finishes_it_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
