/*
 * tcptable.h - the TCP connections of one service in a capture, reassembled within bounded memory.
 *
 * The connection that was quiet the longest is forgotten when there are too many, or when what waits
 * behind holes, with what the readers hold, is too much in all.
 */
#ifndef BENCH_ANALYZE_TCPTABLE_H
#define BENCH_ANALYZE_TCPTABLE_H

#include <stddef.h>
#include <stdint.h>

#include "bench/analyze/fact_events.h"
#include "lib/pkt.h"
#include "lib/tcpstream.h"

struct tcptable;
struct tcp_connection;

/* One direction. */
struct tcp_half {
	struct tcp_connection *connection;
	unsigned side; /* of its sender: 0 client, 1 server */
	struct tcpstream *stream;
	void *reader;  /* the user's, made in hooks.open */
	uint8_t flags; /* FIN, RST and SYN that were seen */
	size_t held_bytes;
};

struct tcp_connection {
	uint8_t family;
	uint8_t addr[2][16]; /* [0] client, [1] server: who has the service's port */
	uint16_t port[2];
	struct tcp_half half[2];
	void *owner; /* the user's */
	struct tcptable *table;
	struct tcp_connection *older, *newer; /* by last use */
	struct tcp_connection *chain;	      /* in its bucket */
	uint32_t bucket;
};

struct tcptable_hooks {
	/* Make a half's reader. Returns 0 or -ENOMEM. */
	int (*open)(void *arg, struct tcp_half *h);
	void (*bytes)(struct tcp_half *h, const uint8_t *data, size_t len_bytes, struct wall seen,
		uint64_t packet);
	void (*gap)(struct tcp_half *h, uint64_t missing_bytes);
	void (*restart)(struct tcp_half *h);
	/* SYN, FIN or RST from this side, the first of its kind in the connection. May be NULL. */
	void (*flag)(
		void *arg, struct tcp_half *h, enum pkt_tcp_flag flag, const struct fact_place *at);
	size_t (*held)(const struct tcp_half *h); /* bytes that the reader holds */
	void (*close)(struct tcp_half *h);	  /* its reader goes */
	void *arg;
};

/* Returns 0 or -ENOMEM. */
int tcptable_new(struct tcptable **ret, uint16_t port, size_t max_connections,
	size_t max_held_bytes, const struct tcptable_hooks *hooks);
void tcptable_free(struct tcptable *t);

/* One TCP packet of the service, not a later fragment. Returns 0 or -ENOMEM. */
int tcptable_push(struct tcptable *t, const struct pkt_view *v, const struct fact_place *at);

/* The packet being pushed just now; callbacks ask for file and point. */
const struct fact_place *tcptable_place(const struct tcptable *t);

/* Hand out what waits everywhere. */
void tcptable_finish(struct tcptable *t);

struct tcptable_counts {
	uint64_t connections;
	uint64_t forgotten;		 /* pushed out */
	struct tcpstream_counts streams; /* of all directions, also those forgotten */
};
struct tcptable_counts tcptable_counts(const struct tcptable *t);

#endif
