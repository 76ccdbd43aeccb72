/*
 * dns_match.h - DNS answers found to their queries in fixed memory: 5-tuple, id and question.
 *
 * A query is remembered for twice the expiry: up to the expiry an answer is in time, behind it late.
 * The same query again while it has no answer is a retransmission and stays the same query, its
 * round trip counted from the first; after its answer it is a new one.
 *
 * With captures of several points: what is seen at another point than where the query was first
 * seen is the same packet again, a copy. Only an answer seen at the query's own point has a round trip.
 */
#ifndef BENCH_ANALYZE_DNS_MATCH_H
#define BENCH_ANALYZE_DNS_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/mono.h"

struct dns_match;

enum { DNS_MATCH_SERVICES = 8192 };

struct dns_match_key {
	uint8_t client[16];
	uint8_t server[16];
	uint16_t client_port;
	uint16_t server_port;
	uint16_t id;
	uint8_t family; /* 4 or 6 */
	uint8_t tcp;
};

enum dns_match_query { DNS_MATCH_NEW, DNS_MATCH_RETRANSMIT, DNS_MATCH_QUERY_COPY };

enum dns_match_answer {
	DNS_MATCH_ANSWERED,
	DNS_MATCH_ANSWER_COPY, /* seen elsewhere too */
	DNS_MATCH_DUPLICATE,
	DNS_MATCH_LATE,
	DNS_MATCH_MISMATCHED, /* addresses, ports and id of a query, but another question */
	DNS_MATCH_ORPHAN,     /* to no query that was seen, or one long forgotten */
};

/* How a query ended that got no answer at its own point. */
enum dns_match_end {
	DNS_MATCH_UNANSWERED,
	DNS_MATCH_ELSEWHERE, /* its answer was seen in time at another point */
	DNS_MATCH_OPEN,	     /* the capture ended before its expiry */
	DNS_MATCH_FORGOTTEN, /* too many at once: given up before its expiry */
};

/* `service` is what the caller handed in with the query. */
typedef void dns_match_ended(void *arg, uint32_t service, enum dns_match_end how);

/*
 * capacity        queries at once, a power of two; 68 bytes each
 * seed            of the hash, so that nobody can write a capture that makes it slow
 *
 * Returns 0 or -ENOMEM.
 */
int dns_match_new(struct dns_match **ret, size_t capacity, int64_t expiry_ns, uint64_t seed,
	dns_match_ended *ended, void *arg);
void dns_match_free(struct dns_match *m);

/*
 * The hash of a key, for those below. Who knows what it is going to ask for some packets ahead has it
 * fetched from memory meanwhile: _soon when the key is known, _next some packets later. Both change
 * nothing but the speed.
 */
uint32_t dns_match_hash(const struct dns_match *m, const struct dns_match_key *key);
void dns_match_soon(const struct dns_match *m, uint32_t hash);
void dns_match_next(const struct dns_match *m, uint32_t hash);

/*
 * question        any hash of name, type and class
 * now             expiry follows the latest that was seen; a round trip is the difference of its own two, 0
 *                 where the clock went back between them, or by more than the expiry before them
 * service         below DNS_MATCH_SERVICES
 */
enum dns_match_query dns_match_query(struct dns_match *m, const struct dns_match_key *key,
	uint32_t hash, uint64_t question, struct wall now, unsigned point, uint32_t service);

/*
 * question        NULL: the answer has none, as some errors and the later messages of a transfer
 * ret_rtt_ns      out: for ANSWERED and LATE
 */
enum dns_match_answer dns_match_answer(struct dns_match *m, const struct dns_match_key *key,
	uint32_t hash, const uint64_t *question, struct wall now, unsigned point,
	int64_t *ret_rtt_ns);

/* Nothing more will come: each query that is left ends. */
void dns_match_finish(struct dns_match *m);

#endif
