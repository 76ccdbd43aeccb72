/*
 * neighbour_facts.h - what a capture says about who keeps watch on whom: BFD, OSPF Hellos and VRRP.
 *
 * Each sender is followed at the point where it was first seen, so that the same packet captured at
 * both ends of a link, a delay later, is not taken for a change back.
 */
#ifndef BENCH_ANALYZE_NEIGHBOUR_FACTS_H
#define BENCH_ANALYZE_NEIGHBOUR_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/analyze/fact_events.h"
#include "lib/bfd.h"
#include "lib/ospf.h"
#include "lib/pkt.h"
#include "lib/vrrp.h"

enum { NEIGHBOUR_SENDERS = 256, NEIGHBOUR_LIST = 32 };

/* One sender's packets to one receiver (BFD), into one link (OSPF, VRRP). */
struct neighbour_sender {
	uint8_t family;
	uint8_t src[16], dst[16]; /* dst: zero but for BFD */
	uint16_t port;		  /* BFD: of the receiver */
	uint32_t id;		  /* VRRP: VRID; OSPF: the router id */
	unsigned point;
	uint64_t packets;
	uint64_t changes;  /* BFD: of state; VRRP: of priority; OSPF: of the list of neighbours */
	uint64_t silences; /* longer than what its neighbours wait for */
	struct wall last;
	int64_t longest_gap_ns;
	int64_t dead_ns;	 /* how long the neighbours wait, from the last packet; 0 unknown */
	struct bfd_packet bfd;	 /* the last */
	struct vrrp_advert vrrp; /* the last */
	struct ospf_hello ospf;	 /* the last, without its list */
	size_t heard;		 /* OSPF: router ids in the last list, the first ones kept */
	uint32_t heard_id[NEIGHBOUR_LIST];
};

struct neighbour_table {
	const char *protocol;
	size_t n;
	struct neighbour_sender *sender; /* NEIGHBOUR_SENDERS of them */
	uint64_t packets, malformed;
	uint64_t not_kept; /* packets of senders beyond the bound */
};

struct neighbour_facts {
	struct neighbour_table bfd, ospf, vrrp;
	struct fact_events *events;
};

/* Returns 0 or -ENOMEM. `events` is borrowed. */
int neighbour_facts_init(struct neighbour_facts *n, struct fact_events *events);
void neighbour_facts_done(struct neighbour_facts *n);

/* A packet that is whole; what is of no such protocol is left alone. */
void neighbour_facts_take(
	struct neighbour_facts *n, const struct pkt_view *v, const struct fact_place *at);

/* The capture ends: who has been silent for too long by then is told of. */
void neighbour_facts_finish(struct neighbour_facts *n, const struct fact_place *at);

#endif
