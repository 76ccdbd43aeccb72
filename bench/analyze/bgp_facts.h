/* bgp_facts.h - what a capture says about the BGP sessions in it, and when the routes moved. */
#ifndef BENCH_ANALYZE_BGP_FACTS_H
#define BENCH_ANALYZE_BGP_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/analyze/fact_events.h"
#include "bench/analyze/tcptable.h"
#include "lib/bgp.h"
#include "lib/pkt.h"

enum { BGP_FACTS_SESSIONS = 512, BGP_FACTS_BURSTS = 64, BGP_FACTS_COMMUNITIES = 256 };

/* UPDATEs with no more than the quiet time between one and the next. */
struct bgp_burst {
	struct wall first, last;
	uint64_t updates, announced, withdrawn; /* the latter two: prefixes */
};

struct bgp_bursts {
	uint64_t n;  /* also those not kept */
	size_t kept; /* the first ones */
	struct bgp_burst burst[BGP_FACTS_BURSTS];
	struct bgp_burst now; /* updates 0: none */
};

/* What one end sent. By family: [0] IPv4 unicast, [1] IPv6 unicast. */
struct bgp_sender {
	uint64_t messages[BGP_ROUTE_REFRESH + 1]; /* by type */
	uint64_t bytes;				  /* of messages */
	uint64_t malformed;
	uint64_t guessed; /* UPDATEs read without both OPENs at hand */
	uint64_t announced[2], withdrawn[2], end_of_rib[2];
	uint64_t mp_reach, mp_unreach, other_family;	      /* UPDATEs with such an attribute */
	uint64_t with_path_id;				      /* prefixes, RFC 7911 */
	uint64_t with_communities, with_extended, with_large; /* UPDATEs */
	uint64_t longest_as_path;
	struct wall last;
	int64_t longest_silence_ns;
	bool has_open;
	struct bgp_open open; /* the latest */
};

struct bgp_session {
	uint8_t family;
	uint8_t addr[2][16]; /* [0] the lower one */
	uint64_t connections;
	uint64_t established; /* times seen to come up, or found up */
	uint64_t lost;	      /* times that an established one ended */
	uint64_t refused;     /* connections reset before they said anything */
	bool up;	      /* at the end */
	struct bgp_sender sender[2];
	struct bgp_bursts bursts;
};

struct bgp_community {
	uint8_t kind;	   /* 0 plain, 1 extended, 2 large */
	uint32_t value[3]; /* plain: the first; extended: the first two */
	uint64_t updates;
};

struct bgp_facts;

struct bgp_facts_counts {
	uint64_t messages, malformed;
	uint64_t sessions_not_kept;    /* messages of sessions beyond the bound */
	uint64_t communities_not_kept; /* sightings of communities beyond the bound */
	uint64_t resyncs, skipped_bytes;
	struct tcptable_counts tcp;
};

/* quiet_ns: what separates bursts. Returns 0 or -ENOMEM. `events` is borrowed. */
int bgp_facts_new(struct bgp_facts **ret, int64_t quiet_ns, struct fact_events *events);
void bgp_facts_free(struct bgp_facts *b);

/* A TCP packet with port 179 on one side. Returns 0 or -ENOMEM. */
int bgp_facts_take(struct bgp_facts *b, const struct pkt_view *v, const struct fact_place *at);
void bgp_facts_finish(struct bgp_facts *b);

struct bgp_facts_counts bgp_facts_counts(const struct bgp_facts *b);
struct bgp_session *const *bgp_facts_sessions(const struct bgp_facts *b, size_t *ret_n);
const struct bgp_bursts *bgp_facts_bursts(const struct bgp_facts *b); /* of all sessions together */
const struct bgp_community *bgp_facts_communities(const struct bgp_facts *b, size_t *ret_n);

#endif
