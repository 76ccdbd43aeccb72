/* test_dns_match.c - each way that a query ends, at its edges, and what a full table does. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "bench/analyze/dns_match.h"

#define EXPIRY_NS (5 * NS_PER_S)

static int ends[4];

static void
on_ended(void *arg, uint32_t service, enum dns_match_end how)
{
	assert_ptr_equal(arg, ends);
	assert_int_equal(service, 7);
	ends[how]++;
}

static struct dns_match *
fresh(size_t capacity)
{
	struct dns_match *m;

	memset(ends, 0, sizeof(ends));
	assert_int_equal(dns_match_new(&m, capacity, EXPIRY_NS, 1, on_ended, ends), 0);
	return m;
}

static struct dns_match_key
key(uint16_t id)
{
	return (struct dns_match_key){.client = {198, 51, 100, 1},
		.server = {203, 0, 113, 53},
		.client_port = 4000,
		.server_port = 53,
		.id = id,
		.family = 4};
}

static enum dns_match_query
ask(struct dns_match *m, uint16_t id, uint64_t question, int64_t ms, unsigned point)
{
	struct dns_match_key k = key(id);

	return dns_match_query(
		m, &k, dns_match_hash(m, &k), question, (struct wall){ms * NS_PER_MS}, point, 7);
}

static enum dns_match_answer
reply(struct dns_match *m, uint16_t id, uint64_t question, int64_t ms, unsigned point, int64_t *rtt)
{
	struct dns_match_key k = key(id);

	return dns_match_answer(m, &k, dns_match_hash(m, &k), question == 0 ? NULL : &question,
		(struct wall){ms * NS_PER_MS}, point, rtt);
}

static void
done(struct dns_match *m, int unanswered, int elsewhere, int open, int forgotten)
{
	dns_match_finish(m);
	assert_int_equal(ends[DNS_MATCH_UNANSWERED], unanswered);
	assert_int_equal(ends[DNS_MATCH_ELSEWHERE], elsewhere);
	assert_int_equal(ends[DNS_MATCH_OPEN], open);
	assert_int_equal(ends[DNS_MATCH_FORGOTTEN], forgotten);
	dns_match_free(m);
}

static void
answers_and_repetitions(void **state)
{
	struct dns_match *m = fresh(64);
	int64_t rtt = -1;

	(void)state;
	assert_int_equal(ask(m, 1, 10, 1000, 0), DNS_MATCH_NEW);
	assert_int_equal(ask(m, 1, 10, 1400, 0), DNS_MATCH_RETRANSMIT);
	/* The same ports and id for another question: a query of its own. */
	assert_int_equal(ask(m, 1, 11, 1500, 0), DNS_MATCH_NEW);
	assert_int_equal(reply(m, 1, 12, 1600, 0, &rtt), DNS_MATCH_MISMATCHED);
	assert_int_equal(reply(m, 2, 10, 1600, 0, &rtt), DNS_MATCH_ORPHAN);
	assert_int_equal(rtt, -1);
	assert_int_equal(reply(m, 1, 10, 1700, 0, &rtt), DNS_MATCH_ANSWERED);
	assert_int_equal(rtt, 700 * NS_PER_MS);
	assert_int_equal(reply(m, 1, 10, 1701, 0, &rtt), DNS_MATCH_DUPLICATE);
	/* Without a question: the one that still waits. */
	assert_int_equal(reply(m, 1, 0, 1800, 0, &rtt), DNS_MATCH_ANSWERED);
	assert_int_equal(rtt, 300 * NS_PER_MS);
	/* After its answer the same query is a new one. */
	assert_int_equal(ask(m, 1, 10, 1900, 0), DNS_MATCH_NEW);
	assert_int_equal(reply(m, 1, 10, 1950, 0, &rtt), DNS_MATCH_ANSWERED);
	assert_int_equal(rtt, 50 * NS_PER_MS);
	done(m, 0, 0, 0, 0);
}

static void
every_part_of_the_key_counts(void **state)
{
	struct dns_match *m = fresh(64);
	struct dns_match_key k = key(1);
	uint64_t question = 10;
	int64_t rtt;

	(void)state;
	assert_int_equal(ask(m, 1, 10, 0, 0), DNS_MATCH_NEW);
	for (size_t i = 0; i < sizeof(k); i++) {
		((uint8_t *)&k)[i] ^= 1;
		assert_int_equal(dns_match_answer(m, &k, dns_match_hash(m, &k), &question,
					 (struct wall){1}, 0, &rtt),
			DNS_MATCH_ORPHAN);
		((uint8_t *)&k)[i] ^= 1;
	}
	assert_int_equal(reply(m, 1, 10, 1, 0, &rtt), DNS_MATCH_ANSWERED);
	done(m, 0, 0, 0, 0);
}

static void
late_and_never(void **state)
{
	struct dns_match *m = fresh(64);
	int64_t rtt = 0;

	(void)state;
	for (uint16_t id = 1; id <= 5; id++)
		assert_int_equal(ask(m, id, 10, 0, 0), DNS_MATCH_NEW);
	/* At the expiry in time, a nanosecond behind it late; late twice is a duplicate. */
	assert_int_equal(reply(m, 1, 10, 5000, 0, &rtt), DNS_MATCH_ANSWERED);
	assert_int_equal(reply(m, 2, 10, 5001, 0, &rtt), DNS_MATCH_LATE);
	assert_int_equal(rtt, 5001 * NS_PER_MS);
	assert_int_equal(reply(m, 2, 10, 5002, 0, &rtt), DNS_MATCH_DUPLICATE);
	/* Asked again behind the expiry it is a new query. */
	assert_int_equal(ask(m, 3, 10, 6000, 0), DNS_MATCH_NEW);
	assert_int_equal(reply(m, 3, 10, 6001, 0, &rtt), DNS_MATCH_ANSWERED);
	assert_int_equal(rtt, NS_PER_MS);
	assert_int_equal(reply(m, 4, 10, 10000, 0, &rtt), DNS_MATCH_LATE);
	assert_int_equal(reply(m, 5, 10, 10001, 0, &rtt), DNS_MATCH_ORPHAN);
	assert_int_equal(ask(m, 6, 10, 10002, 0), DNS_MATCH_NEW);
	done(m, 4, 0, 1, 0); /* a late answer does not make its query answered */
}

static void
points(void **state)
{
	struct dns_match *m = fresh(64);
	int64_t rtt = -1;

	(void)state;
	assert_int_equal(ask(m, 1, 10, 0, 3), DNS_MATCH_NEW);
	assert_int_equal(ask(m, 1, 10, 1, 4), DNS_MATCH_QUERY_COPY);
	assert_int_equal(reply(m, 1, 10, 2, 4, &rtt), DNS_MATCH_ANSWER_COPY);
	assert_int_equal(rtt, -1);
	assert_int_equal(reply(m, 1, 10, 3, 3, &rtt), DNS_MATCH_ANSWERED);
	assert_int_equal(rtt, 3 * NS_PER_MS);
	/* Answered at another point only: not at its own, and not unanswered either. */
	assert_int_equal(ask(m, 2, 10, 10, 3), DNS_MATCH_NEW);
	assert_int_equal(reply(m, 2, 10, 12, 4, &rtt), DNS_MATCH_ANSWER_COPY);
	assert_int_equal(ask(m, 9, 10, 20000, 3), DNS_MATCH_NEW);
	done(m, 0, 1, 1, 0);
}

static void
more_than_fit(void **state)
{
	struct dns_match *m = fresh(16);
	int64_t rtt;

	(void)state;
	for (uint16_t id = 0; id < 40; id++)
		assert_int_equal(ask(m, id, 10, id, 0), DNS_MATCH_NEW);
	for (uint16_t id = 0; id < 24; id++)
		assert_int_equal(reply(m, id, 10, 50, 0, &rtt), DNS_MATCH_ORPHAN);
	for (uint16_t id = 24; id < 40; id++)
		assert_int_equal(reply(m, id, 10, 50, 0, &rtt), DNS_MATCH_ANSWERED);
	done(m, 0, 0, 0, 24);
}

static void
time_that_goes_back(void **state)
{
	struct dns_match *m = fresh(16);
	int64_t rtt = -1;

	(void)state;
	assert_int_equal(ask(m, 1, 10, 1000, 0), DNS_MATCH_NEW);
	assert_int_equal(reply(m, 1, 10, 999, 0, &rtt), DNS_MATCH_ANSWERED);
	assert_int_equal(rtt, 0);
	/* Packets a little out of order: the round trip is that of its own two. */
	assert_int_equal(ask(m, 2, 10, 3000, 0), DNS_MATCH_NEW);
	assert_int_equal(ask(m, 3, 10, 2990, 0), DNS_MATCH_NEW);
	assert_int_equal(reply(m, 3, 10, 2995, 0, &rtt), DNS_MATCH_ANSWERED);
	assert_int_equal(rtt, 5 * NS_PER_MS);
	assert_int_equal(reply(m, 2, 10, 3007, 0, &rtt), DNS_MATCH_ANSWERED);
	assert_int_equal(rtt, 7 * NS_PER_MS);
	/* A clock set back by an hour: no query is given up for that. */
	assert_int_equal(ask(m, 4, 10, 3600 * 1000, 0), DNS_MATCH_NEW);
	assert_int_equal(reply(m, 4, 10, 3600 * 1000 + 1, 0, &rtt), DNS_MATCH_ANSWERED);
	assert_int_equal(ask(m, 5, 10, 1000, 0), DNS_MATCH_NEW);
	assert_int_equal(reply(m, 5, 10, 1003, 0, &rtt), DNS_MATCH_ANSWERED);
	assert_int_equal(rtt, 0);
	done(m, 0, 0, 0, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_and_repetitions),
		cmocka_unit_test(every_part_of_the_key_counts),
		cmocka_unit_test(late_and_never),
		cmocka_unit_test(points),
		cmocka_unit_test(more_than_fit),
		cmocka_unit_test(time_that_goes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
