/*
 * lanes.h - streams of one kind and rate take turns in a lane, which has a schedule and a ring of its own.
 *
 * Query g of a lane of n streams (the k-th of its i-th stream, g = k·n + i) is due at t0 + offset +
 * g / (n·rate). Lanes know nothing of each other, so that what else is measured moves no query of the
 * anycast service; their offsets differ, so that their queries do not fall on one instant.
 */
#ifndef PROBES_LANES_H
#define PROBES_LANES_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/answers.h"
#include "lib/hist.h"
#include "lib/mono.h"
#include "probes/flight.h"
#include "probes/plan.h"

enum { LANES_MAX = 32 };

/* What there is to a query over TCP beside the rest; in the ring's slot of the same number. */
struct lane_tcp {
	uint32_t conn; /* of probes/tcp.h while it is open; 0: none */
	struct answers_tcp times;
};

struct lane {
	enum plan_service service;
	enum plan_transport transport;
	double rate_qps;   /* of each stream */
	uint32_t *streams; /* of the plan, in its order */
	uint32_t streams_len;
	double interval_ns; /* between queries of all its streams together */
	double offset_ns;
	uint64_t end; /* number behind the last query; UINT64_MAX: no end */
	struct flight flight;
	struct lane_tcp *tcp; /* as many as the ring has slots; NULL where there is none */
	/* what came of it */
	uint64_t queries;
	uint64_t by_status[ANSWERS_STATUSES];
	struct hist lateness;
	struct hist rtt;     /* of good answers */
	struct hist connect; /* TCP: of these, until the connection stood */
	struct hist answer;  /* TCP: of these, from the query to the whole answer */
};

struct lanes {
	struct lane *list;
	uint32_t len;
	uint8_t *lane_of;   /* by stream of the plan */
	uint32_t *place_of; /* within its lane */
};

/* Returns 0, -E2BIG (more than LANES_MAX kinds and rates) or -ENOMEM. lanes_done takes what is all zero. */
int lanes_init(struct lanes *l, const struct plan *p);
void lanes_done(struct lanes *l);

/* The lane whose next query is due first; NULL when all have sent all. */
struct lane *lanes_next(const struct lanes *l);
/* When query `number` of a lane is due, from t0. */
int64_t lane_due_ns(const struct lane *lane, uint64_t number);

/* The lane with the oldest query that is not final, NULL when all are. */
struct lane *lanes_oldest(const struct lanes *l);
/* What TCP adds to a query of a TCP lane. */
struct lane_tcp *lane_tcp(const struct lane *lane, uint64_t number);

/* How many queries are not decided. */
uint64_t lanes_open(const struct lanes *l);
/* Send no more. */
void lanes_end(struct lanes *l);

struct lane *lanes_of(const struct lanes *l, uint32_t stream);
/* The number of a stream's query in its lane. */
uint64_t lanes_number(const struct lanes *l, uint32_t stream, uint32_t seq);

#endif
