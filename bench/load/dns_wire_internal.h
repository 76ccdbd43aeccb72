/* dns_wire_internal.h - what the kinds of wires share. */
#ifndef BENCH_LOAD_DNS_WIRE_INTERNAL_H
#define BENCH_LOAD_DNS_WIRE_INTERNAL_H

#include <netinet/in.h>

#include "bench/load/dns_wire.h"

enum {
	WIRE_ANSWER_BYTES =
		4096 + 64,	  /* no multiple of a page: or all begin in the same cache set */
	WIRE_CONTROL_BYTES = 192, /* stamps of two kinds, and how answers were joined */
	WIRE_STAMPS = 16,
	WIRE_ERRORS = 64,
	WIRE_QUOTE_BYTES = 512,
	WIRE_JOINED = 16,      /* packets read at a time over UDP */
	WIRE_JOINED_MOST = 64, /* answers that the kernel joins in one at most (UDP_GRO_CNT_MAX) */
	WIRE_JOINED_BYTES = 65536 + 64,
};

/* Room for what the kernel says of a packet, or we of one to be cut. */
union wire_control {
	struct cmsghdr align;
	uint8_t bytes[WIRE_CONTROL_BYTES];
};

struct wire_buffers {
	int64_t wall_minus_mono_ns;
	struct mmsghdr out[WIRE_BATCH];
	struct iovec out_iov[WIRE_BATCH];
	union wire_control segment[WIRE_BATCH];
	struct mmsghdr in[WIRE_JOINED];
	struct iovec in_iov[WIRE_JOINED];
	union wire_control control[WIRE_JOINED];
	struct mmsghdr stamp[WIRE_STAMPS];
	struct iovec stamp_iov[WIRE_STAMPS];
	union wire_control stamp_control[WIRE_STAMPS];
	uint8_t stamp_bytes[WIRE_STAMPS][WIRE_QUOTE_BYTES];
	uint8_t joined[WIRE_JOINED][WIRE_JOINED_BYTES];
	uint8_t answer[WIRE_BATCH][WIRE_ANSWER_BYTES]; /* TCP's, and errors' */
};

/* Bind to a source address and a free port. Returns 0 or -errno. */
int wire_bind(int fd, const struct inet *source);
socklen_t wire_address_bytes(const struct sockaddr_storage *a);

/* ICMP errors found while looking for stamps, by the queries that they quote. */
struct wire_errors {
	int len;
	size_t bytes_len[WIRE_ERRORS];
	uint8_t bytes[WIRE_ERRORS][WIRE_QUOTE_BYTES];
};

/* Have the kernel say when each packet leaves, and count them from the beginning. Returns 0 or -errno. */
int wire_stamp_start(struct wire *w);

/*
 * Put the kernel's stamps into what has just been sent. Packets that it has none of yet (a queue stands before the
 * interface) keep their sent_ns; stamps of before are passed over.
 *
 *      begin_ns, end_ns        before and behind the call that sent them
 */
void wire_stamp_take(
	struct wire *w, struct wire_out out[], int n, int64_t begin_ns, int64_t end_ns);

/* Of the error queue: a stamp, and not an error? */
bool wire_stamp_is(struct msghdr *msg);

int wire_tcp_open(const struct wire_setup *s, struct wire *ret);
void wire_tcp_close(struct wire *w);
int wire_tcp_send(struct wire *w, struct wire_out out[], int n);
int wire_tcp_receive(struct wire *w, struct wire_in in[], int n);

#endif
