/*
 * dns_wire.h - how queries leave a generator thread and answers come in: one small interface, several kinds.
 *
 * Today's kinds are sockets (UDP by sendmmsg, the same with UDP_SEGMENT, TCP). A kind knows nothing of
 * schedules, ids or statistics, and a wire belongs to one thread: a kind that maps rings of an AF_XDP socket
 * needs no more than these functions.
 */
#ifndef BENCH_LOAD_DNS_WIRE_H
#define BENCH_LOAD_DNS_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "lib/err.h"
#include "lib/inet.h"

enum { WIRE_BATCH = 64, WIRE_IN = 1024 };

enum wire_type { WIRE_UDP, WIRE_UDP_SEGMENT, WIRE_TCP };

/* A query on its way out: borrowed bytes. Equal lengths that lie one behind the other may leave together. */
struct wire_out {
	const uint8_t *bytes;
	uint16_t len;
	int64_t sent_ns; /* out, of what was sent; CLOCK_MONOTONIC */
};

/* What came in: bytes that stay until the next call with the same buffers. */
struct wire_in {
	const uint8_t *bytes;
	size_t len;
	int64_t received_ns; /* CLOCK_MONOTONIC */
};

/* Of a thread, shared by its wires. */
struct wire_buffers;

int wire_buffers_new(struct wire_buffers **ret); /* 0 or -ENOMEM */
void wire_buffers_free(struct wire_buffers *b);

/* Compare the clocks anew: kernel receive stamps are of CLOCK_REALTIME. Every 10 ms or so. */
void wire_buffers_clock(struct wire_buffers *b);

struct wire_setup {
	enum wire_type type;
	struct sockaddr_storage target;
	struct inet source; /* family 0: the kernel's choice */
	bool stamps;	    /* kernel receive stamps instead of the instant of reading */
	bool send_stamps; /* and, over UDP, those of sending instead of the instant before the call */
	struct wire_buffers *buffers;
};

struct wire {
	enum wire_type type;
	int fd;
	bool stamps, send_stamps;
	uint32_t numbered;	    /* packets sent since the kernel began to count them */
	struct wire_errors *errors; /* NULL: none kept */
	struct wire_buffers *buffers;
	struct wire_tcp *tcp; /* NULL: no TCP */
};

/*
 * Open a socket from source to target. An address that this machine does not have yet will do as source
 * (IP_FREEBIND), if answers to it come here.
 *
 * Returns 0 or -errno with `e` naming both addresses: no route, no such source, TCP refused.
 */
int wire_open(const struct wire_setup *s, struct wire *ret, struct err *e);
void wire_close(struct wire *w); /* also of one that was not opened, fd -1 */

/*
 * Send up to n queries, at most WIRE_BATCH.
 *
 * Returns how many left (sent_ns is set), or -errno if the first did not: -EAGAIN (the socket's buffer is
 * full, or TCP: the connection does not stand yet), -ECONNRESET (TCP: what was under way is lost, a new connection is
 * made), another one of the system's.
 */
int wire_send(struct wire *w, struct wire_out out[], int n);

/*
 * Take answers, without waiting: of at most n packets, as the kernel hands them out; it may have joined several answers of one
 * length in one (UDP_GRO).
 *
 *      in      out: room for WIRE_IN
 *
 * Returns how many, 0 if there are none, or -errno: -ECONNRESET as above, else an error is waiting: wire_error().
 */
int wire_receive(struct wire *w, struct wire_in in[static WIRE_IN], int n);

/* The next ICMP error that came back, by the query it quotes. Returns 1, or 0 if there is none. */
int wire_error(struct wire *w, struct wire_in *ret);

/* Answers that the kernel dropped since the wire was opened because its buffer was full. */
uint64_t wire_dropped(const struct wire *w);

#endif
