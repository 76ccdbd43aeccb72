/* dns_facts.h - what a capture says about the DNS servers in it, per server address. */
#ifndef BENCH_ANALYZE_DNS_FACTS_H
#define BENCH_ANALYZE_DNS_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/analyze/fact_events.h"
#include "bench/analyze/tcptable.h"
#include "lib/hist.h"
#include "lib/pkt.h"

enum {
	DNS_FACTS_PORT = 53,
	DNS_FACTS_SERVERS = 512, /* told apart; all others together are one more */
	DNS_FACTS_NSIDS = 512,	 /* over all servers */
	DNS_FACTS_RCODES = 24,	 /* 0 to 22, and one for all above */
	DNS_FACTS_NSID_BYTES = 64,
};

struct dns_rtt {
	struct hist hist;
	int64_t sum_ns;
};

struct dns_nsid {
	uint32_t server;
	uint8_t len_bytes; /* of what is kept */
	uint8_t bytes[DNS_FACTS_NSID_BYTES];
	uint64_t answers;
	uint64_t first_ns, last_ns; /* wall */
	struct dns_rtt *rtt;	    /* NULL until one is known */
};

/* [0] UDP, [1] TCP where there are two. */
struct dns_server {
	uint8_t family; /* 0: those for whom there was no place */
	uint8_t addr[16];
	uint64_t queries[2]; /* without retransmissions and copies */
	uint64_t answered[2];
	uint64_t retransmits, query_copies;
	uint64_t answers; /* messages, without copies: answered, duplicate, late and the rest */
	uint64_t duplicates, late, mismatched, orphans, answer_copies, transfer_messages;
	uint64_t unanswered, answered_elsewhere, open, forgotten;
	uint64_t truncated, edns_queries, dnssec_ok_queries, icmp_errors;
	uint64_t rcode[DNS_FACTS_RCODES];
	struct wall first, last; /* queries, the retransmitted too */
	int64_t second;		 /* that is being counted */
	uint64_t second_queries, peak_queries;
	struct dns_rtt *rtt[2];
	uint64_t nsid_overflow; /* answers whose NSID found no place */
};

struct dns_facts;

struct dns_facts_counts {
	uint64_t messages[2];
	uint64_t malformed;
	uint64_t cut; /* by the snap length: read to the end of the question only */
	struct tcptable_counts tcp;
	uint64_t stream_resyncs, stream_skipped_bytes;
};

/* queries (capacity), seed: see dns_match.h. Returns 0 or -ENOMEM. `events` is borrowed. */
int dns_facts_new(struct dns_facts **ret, int64_t expiry_ns, size_t queries, uint64_t seed,
	struct fact_events *events);
void dns_facts_free(struct dns_facts *d);

/* A UDP or TCP packet with port 53 on one side, or an ICMP error that quotes one. 0 or -ENOMEM. */
int dns_facts_take(struct dns_facts *d, const struct pkt_view *v, const struct fact_place *at);
void dns_facts_take_error(
	struct dns_facts *d, const struct pkt_view *quoted, const struct fact_place *at);
void dns_facts_finish(struct dns_facts *d);

struct dns_facts_counts dns_facts_counts(const struct dns_facts *d);
const struct dns_server *dns_facts_servers(const struct dns_facts *d, size_t *ret_n);
const struct dns_nsid *dns_facts_nsids(const struct dns_facts *d, size_t *ret_n);

#endif
