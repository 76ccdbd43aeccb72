/*
 * tcpstream.h - one direction of a TCP connection put back in order from captured segments.
 *
 * Bytes come out in stream order, each run with the wall instant of the packet by which it first
 * became visible: a retransmission changes nothing about a byte already seen, and a byte that
 * overtook a hole keeps its own instant although it is handed out when the hole is filled.
 *
 * What the capture never held (a drop, the part behind the snap length) becomes a gap, reported in
 * its place: when the other side acknowledges past it, when more than the bound waits behind it,
 * or at the end. A stream joined in its middle begins at the first segment seen.
 *
 * Source: RFC 9293 3.4 (sequence numbers), 3.10.7.4 (overlap: what came first stays).
 */
#ifndef LIB_TCPSTREAM_H
#define LIB_TCPSTREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/mono.h"

struct tcpstream;

/* Where the bytes go. Callbacks must not call back into the stream. */
struct tcpstream_sink {
	/* `seen`, `packet`: of the packet that first showed these bytes. `data` is borrowed. */
	void (*bytes)(void *arg, const uint8_t *data, size_t len_bytes, struct wall seen,
		uint64_t packet);
	void (*gap)(void *arg, uint64_t missing_bytes);
	/* A new connection on the same ports: what is half read belongs to the old one. May be NULL. */
	void (*restart)(void *arg);
	void *arg;
};

struct tcpstream_segment {
	uint32_t seq;
	uint8_t flags;	     /* enum pkt_tcp_flag of lib/pkt.h */
	const uint8_t *data; /* captured payload, borrowed */
	size_t len_bytes;
	size_t wire_bytes; /* payload on the wire, at least len_bytes */
	struct wall seen;
	uint64_t packet; /* the caller's number for the packet, handed back with its bytes */
};

struct tcpstream_counts {
	uint64_t segments;	  /* with payload */
	uint64_t repeated_bytes;  /* seen before: retransmission or overlap */
	uint64_t reordered_bytes; /* that waited behind a hole */
	uint64_t gap_bytes;	  /* never captured */
	uint64_t early_bytes;	  /* before the place where the stream was joined */
	uint64_t odd_segments;	  /* far outside any window, ignored */
};

/*
 * max_pending_bytes bounds what waits behind a hole (payload; at most 1024 pieces besides).
 * Returns 0 or -ENOMEM.
 */
int tcpstream_new(
	struct tcpstream **ret, const struct tcpstream_sink *sink, size_t max_pending_bytes);
void tcpstream_free(struct tcpstream *t);

/* One captured segment, in the order of capture. Returns 0, or -ENOMEM (the stream stays usable). */
int tcpstream_push(struct tcpstream *t, const struct tcpstream_segment *s);

/*
 * The other side acknowledged everything before `ack`: a hole before it was filled by packets that
 * the capture missed. Acknowledgements of bytes not yet sent are ignored.
 */
void tcpstream_acked(struct tcpstream *t, uint32_t ack);

/* Nothing more will come: hand out what waits, with the gaps. */
void tcpstream_finish(struct tcpstream *t);

/* Payload that waits behind a hole just now. */
size_t tcpstream_pending_bytes(const struct tcpstream *t);

const struct tcpstream_counts *tcpstream_counts(const struct tcpstream *t);

#endif
