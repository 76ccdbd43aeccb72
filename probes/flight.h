/*
 * flight.h - queries under way: a ring in the order they were sent.
 *
 * All queries have the same timeout, so they become final in the order they were sent, and one ring
 * holds them: those behind `tail` are final (their record is written) but still remembered, so
 * that a late answer can be told from a duplicate; those from `tail` to `head` are under way. A
 * query is held until its timeout even when it was answered at once: only then is it certain that
 * no duplicate came.
 */
#ifndef PROBES_FLIGHT_H
#define PROBES_FLIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/answers.h"
#include "lib/mono.h"

struct flight_query {
	struct wall sent;
	struct wall received;
	struct mono sent_mono;
	uint32_t lateness_ns;
	uint16_t id;
	uint16_t nsid;
	uint8_t rcode;
	uint8_t flags;
	uint8_t status;
	bool open;     /* nothing decided yet */
	bool answered; /* some answer came, good or not */
};

struct flight {
	struct flight_query *slots;
	uint64_t size; /* a power of two */
	uint64_t head; /* number of the next query to be sent */
	uint64_t tail; /* number of the oldest that is not final */
	uint64_t open; /* how many are not decided */
};

/* Room for at least `queries`. Returns 0 or -ENOMEM; flight_done takes what is all zero. */
int flight_init(struct flight *f, uint64_t queries);
void flight_done(struct flight *f);

/* A slot, open, for the next query; NULL when the ring is full (retire first). */
struct flight_query *flight_add(struct flight *f);

/* The query of that number, under way or final; NULL if it was not sent or is forgotten. */
struct flight_query *flight_find(const struct flight *f, uint64_t number);

/*
 * The number of the youngest query with this id among those of one stream (numbers that are `stream`
 * modulo `streams`), final ones that are remembered included; UINT64_MAX if there is none. For queries
 * whose name does not tell; looks at all of them.
 */
uint64_t flight_by_id(const struct flight *f, uint16_t id, uint32_t stream, uint32_t streams);

/* Decide an open query. */
void flight_decide(struct flight *f, struct flight_query *q, enum answers_status status);

/* The oldest that is not final, NULL if all are; flight_retire makes it final. */
struct flight_query *flight_oldest(const struct flight *f);
void flight_retire(struct flight *f);

#endif
