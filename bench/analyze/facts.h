/* facts.h - all that a capture says, packet by packet in bounded memory: DNS, BGP, BFD, OSPF, VRRP. */
#ifndef BENCH_ANALYZE_FACTS_H
#define BENCH_ANALYZE_FACTS_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

#include "bench/analyze/bgp_facts.h"
#include "bench/analyze/dns_facts.h"
#include "bench/analyze/fact_events.h"
#include "bench/analyze/neighbour_facts.h"
#include "bench/analyze/source.h"
#include "lib/ipfrag.h"

struct facts_options {
	int64_t expiry_ns; /* of a DNS query */
	int64_t quiet_ns;  /* between bursts of UPDATEs */
	uint64_t seed;	   /* of hashes; no result depends on it */
	size_t queries;	   /* remembered at once, a power of two; 0: 262,144 */
};

struct facts {
	struct facts_options options;
	uint64_t packets, bytes; /* as on the wire */
	uint64_t other_link;	 /* neither IPv4 nor IPv6, or a link type that is not read */
	uint64_t cut;		 /* by the snap length, within the headers */
	uint64_t malformed;	 /* headers that contradict each other */
	struct wall first, last;
	struct fact_place latest;
	struct ipfrag *fragments;
	struct dns_facts *dns;
	struct bgp_facts *bgp;
	struct neighbour_facts neighbours;
	struct fact_events events;
};

/* Returns 0 or -ENOMEM. */
int facts_init(struct facts *f, const struct facts_options *options);
void facts_done(struct facts *f);

/* The next packet. Returns 0 or -ENOMEM. */
int facts_take(struct facts *f, const struct source_record *rec);

/* No more packets: what was waited for ends. Once, before anything is shown. */
void facts_finish(struct facts *f);

/* "catchment.facts/1" of doc/formats.md. A new reference, NULL when out of memory. */
json_t *facts_json(const struct facts *f, const struct source *s);

/* The same for people. */
void facts_text(const struct facts *f, const struct source *s, FILE *to);

#endif
