/*
 * dns_tally.h - DNS messages counted per server and NSID, answers with the queries that they answer.
 *
 * What a message said is noted first and counted some messages later, in the order of notes: until then
 * the memory that tells whether it matches is on its way.
 */
#ifndef BENCH_ANALYZE_DNS_TALLY_H
#define BENCH_ANALYZE_DNS_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/analyze/dns_facts.h"
#include "bench/analyze/dns_match.h"
#include "lib/mono.h"

/* A query or an answer. */
struct dns_note {
	struct dns_match_key key;
	struct wall seen;
	unsigned point;
	bool answer;
	bool has_question;
	bool truncated, has_opt, dnssec_ok;
	uint8_t nsid_len_bytes; /* of what is kept; 0: none */
	uint16_t qtype, rcode;
	uint64_t question; /* hash of name, type and class */
	uint32_t server;   /* from dns_tally_server */
	uint32_t hash;	   /* set by dns_tally_note */
	uint8_t nsid[DNS_FACTS_NSID_BYTES];
};

struct dns_tally;

/* As dns_facts_new. Returns 0 or -ENOMEM. */
int dns_tally_new(struct dns_tally **ret, int64_t expiry_ns, size_t queries, uint64_t seed);
void dns_tally_free(struct dns_tally *t);

/* The index of a server, which is new if it was never asked for. */
uint32_t dns_tally_server(struct dns_tally *t, uint8_t family, const uint8_t addr[static 16]);
void dns_tally_icmp_error(struct dns_tally *t, uint32_t server);

/* The place for the next note, to be filled but for `hash`; then it is noted. */
struct dns_note *dns_tally_blank(struct dns_tally *t);
void dns_tally_note(struct dns_tally *t);

/* Nothing more will come: all notes are counted, each query that is left ends. */
void dns_tally_finish(struct dns_tally *t);

/* As dns_facts_servers and dns_facts_nsids. */
const struct dns_server *dns_tally_servers(const struct dns_tally *t, size_t *ret_n);
const struct dns_nsid *dns_tally_nsids(const struct dns_tally *t, size_t *ret_n);

#endif
