/*
 * socket.h - the UDP socket of one stream: bound to its source, in its namespace, not connected.
 *
 * Not connected, so that an answer from a wrong address reaches us and can be counted; ICMP errors
 * come over the socket's error queue with the query quoted in them.
 */
#ifndef PROBES_SOCKET_H
#define PROBES_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "lib/err.h"
#include "lib/mono.h"
#include "probes/plan.h"

enum { SOCKET_PACKET_BYTES = 4096 };

struct socket_packet {
	uint8_t data[SOCKET_PACKET_BYTES];
	size_t len_bytes;
	struct inet from; /* errors: where the query that caused it was sent to */
	uint16_t port;
	struct wall received; /* when the kernel got it */
	uint32_t dropped;     /* by the socket's full buffer since it was opened */
	bool unreachable;     /* errors: ICMP destination unreachable, not another kind */
};

/*
 * Open, bind (an address that is not there yet will do) and set up the socket of a stream, in the
 * stream's namespace. The calling thread is back home afterwards.
 *
 * Returns 0 or -errno with `e` naming the stream.
 */
int socket_open(const struct plan_stream *s, uint32_t index, int *ret_fd, struct err *e);

/*
 * Take one packet, or one entry of the error queue, without waiting.
 *
 * Returns 1, 0 if there is none, -errno for an error the socket carried (it is cleared by this).
 */
int socket_receive(int fd, struct socket_packet *ret);
int socket_receive_error(int fd, struct socket_packet *ret);

#endif
