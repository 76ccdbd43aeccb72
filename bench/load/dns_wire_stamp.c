/* dns_wire_stamp.c - when queries really left: the kernel's stamps of sending, from a socket's error queue. */
#include <time.h> /* before errqueue.h, which needs it and does not say so */

#include <errno.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <stdlib.h>
#include <string.h>

#include "bench/load/dns_wire_internal.h"
#include "lib/mono.h"

enum { CLOCK_OFF_NS = 20000 }; /* the clocks were compared a moment ago */

int
wire_stamp_start(struct wire *w)
{
	static const int none = 0,
			 flags = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE |
		SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY;

	w->numbered = 0;
	if (setsockopt(w->fd, SOL_SOCKET, SO_TIMESTAMPING, &none, sizeof(none)) < 0 ||
		setsockopt(w->fd, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof(flags)) < 0)
		return -errno;
	return 0;
}

/*
 * A message of the error queue: the number of a packet and when it left. False: it is something else, an ICMP error
 * maybe, which is stamped too.
 */
static bool
read_stamp(struct msghdr *msg, uint32_t *ret_number, int64_t *ret_wall_ns)
{
	bool numbered = false, stamped = false;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
		struct scm_timestamping ts;
		struct sock_extended_err err;

		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPING) {
			memcpy(&ts, CMSG_DATA(c), sizeof(ts));
			*ret_wall_ns = (int64_t)ts.ts[0].tv_sec * NS_PER_S + ts.ts[0].tv_nsec;
			stamped = *ret_wall_ns != 0;
		} else if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) ||
			(c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR)) {
			memcpy(&err, CMSG_DATA(c), sizeof(err));
			numbered = err.ee_origin == SO_EE_ORIGIN_TIMESTAMPING;
			*ret_number = err.ee_data;
		}
	}
	return numbered && stamped;
}

bool
wire_stamp_is(struct msghdr *msg)
{
	uint32_t number;
	int64_t ns;

	return read_stamp(msg, &number, &ns);
}

/* An ICMP error that stood between the stamps: it is for wire_error(). */
static void
keep_error(struct wire *w, const uint8_t *bytes, size_t len)
{
	struct wire_errors *k = w->errors;

	if (k == NULL)
		k = w->errors = calloc(1, sizeof(*k));
	if (k == NULL || k->len == WIRE_ERRORS)
		return; /* its query will be unanswered */
	memcpy(k->bytes[k->len], bytes, len);
	k->bytes_len[k->len++] = len;
}

static int
read_queue(struct wire *w, int n)
{
	struct wire_buffers *b = w->buffers;

	for (int i = 0; i < n; i++) {
		b->stamp_iov[i] = (struct iovec){b->stamp_bytes[i], WIRE_QUOTE_BYTES};
		b->stamp[i].msg_hdr = (struct msghdr){.msg_iov = &b->stamp_iov[i],
			.msg_iovlen = 1,
			.msg_control = &b->stamp_control[i],
			.msg_controllen = sizeof(b->stamp_control[i])};
	}
	return recvmmsg(w->fd, b->stamp, (unsigned int)n, MSG_ERRQUEUE | MSG_DONTWAIT, NULL);
}

void
wire_stamp_take(struct wire *w, struct wire_out out[], int n, int64_t begin_ns, int64_t end_ns)
{
	struct wire_buffers *b = w->buffers;
	uint32_t first = w->numbered;
	int got, missing = n;

	w->numbered += (uint32_t)n;
	do { /* those of earlier calls may stand before ours */
		got = read_queue(w, missing < WIRE_STAMPS ? missing : WIRE_STAMPS);
		for (int i = 0; i < got; i++) {
			uint32_t number = 0;
			int64_t ns = 0;

			if (!read_stamp(&b->stamp[i].msg_hdr, &number, &ns)) {
				keep_error(w, b->stamp_bytes[i], b->stamp[i].msg_len);
				continue;
			}
			ns -= b->wall_minus_mono_ns;
			number -= first;
			if (number >= (uint32_t)n)
				continue;
			missing--;
			if (ns >= begin_ns - CLOCK_OFF_NS && ns <= end_ns + CLOCK_OFF_NS)
				out[number].sent_ns = ns;
		}
	} while (got > 0 && missing > 0);
}
