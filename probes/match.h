/* match.h - which query a packet belongs to, and what it decides. */
#ifndef PROBES_MATCH_H
#define PROBES_MATCH_H

#include <stdint.h>

#include "lib/answers.h"
#include "lib/dns.h"
#include "probes/engine.h"
#include "probes/flight.h"
#include "probes/lanes.h"
#include "probes/names.h"
#include "probes/plan.h"
#include "probes/socket.h"

/* All borrowed. */
struct match {
	const struct plan *plan;
	const struct names *names, *large; /* of the zone, and of its names with large answers */
	struct lanes *lanes;
	struct answers_writer *writer; /* strays go there */
	struct engine_stats *stats;
	/* Ask the same over TCP; for streams of PLAN_UDP_TCP. */
	void (*fall_back)(void *arg, uint32_t stream, uint32_t seq, struct flight_query *q);
	void *arg;
};

/* What a stream's names are made of. */
const struct names *match_names(const struct match *m, uint32_t stream);

/*
 * Take note of an answer that came to the socket of `stream`.
 *
 * It decides its query if it comes from the address and port asked, and id and question are the
 * query's. Everything else becomes a stray record and leaves the query open: an attacker's or a
 * misrouted packet must not hide the real answer.
 */
void match_answer(const struct match *m, uint32_t stream, const struct socket_packet *p);

/* The same for an ICMP error, by the query that it quotes. Only "unreachable" decides. */
void match_error(const struct match *m, uint32_t stream, const struct socket_packet *p);

/* Judge an answer that is certain to be this open query's, and decide it. Returns its status. */
enum answers_status match_decide(const struct match *m, uint32_t stream, struct flight_query *q,
	const struct dns_msg *msg, struct wall received);

/* Write a stray down. `msg` may be NULL, `seq` ANSWERS_SEQ_UNKNOWN. */
void match_stray(const struct match *m, enum answers_stray_kind kind, uint32_t stream, uint32_t seq,
	const struct dns_msg *msg, struct wall received);

#endif
