/*
 * tcp.h - queries over TCP, a connection for each, as a resolver's that got a truncated answer.
 *
 * Connect, send the query behind its length, read the answer, close: RFC 7766 without reuse. Nothing
 * waits: an epoll descriptor tells when tcp_work has something to do. The instant of an answer is the
 * kernel's receive timestamp of its last segment (SO_TIMESTAMPING, software), that of the connection
 * the kernel's own round trip of the handshake (TCP_INFO); where it gives none, when we noticed.
 */
#ifndef PROBES_TCP_H
#define PROBES_TCP_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"
#include "probes/match.h"
#include "probes/plan.h"

enum { TCP_CONNECTIONS_MAX = 4096 };

struct tcp;

/*
 * Make room for as many connections as the plan's TCP streams can have open at once, at most
 * TCP_CONNECTIONS_MAX, and open the namespaces they start from.
 *
 *      p, m    borrowed until tcp_free
 *
 * Returns 0 or -errno with `e` naming the stream; nothing to free then.
 */
int tcp_new(const struct plan *p, const struct match *m, struct tcp **ret, struct err *e);
void tcp_free(struct tcp *t); /* ends what is open; NULL is fine */

/* How many connections the plan may need: descriptors, on top of one per namespace. */
size_t tcp_connections(const struct plan *p);

/*
 * Begin the connection of a query that was just added to its lane; `q->sent` is when, unless it was
 * sent over UDP before.
 *
 *      number          in the stream's lane
 *      query           the message, copied
 *
 * Returns 0; -errno if there is no connection: EMFILE when all are in use.
 */
int tcp_ask(struct tcp *t, uint32_t stream, uint64_t number, struct flight_query *q,
	const uint8_t *query, size_t len_bytes);

int tcp_fd(const struct tcp *t);      /* readable when there is something to do */
size_t tcp_open(const struct tcp *t); /* connections */

/* Take a bounded number of events. Returns 0, or -errno when the thread could not return home. */
int tcp_work(struct tcp *t);

/* End a query's connection, if it has one, without an answer. */
void tcp_give_up(struct tcp *t, const struct lane *lane, uint64_t number);

/* Is the calling thread where it belongs? Otherwise nothing may go on. */
int tcp_home(const struct tcp *t);

#endif
