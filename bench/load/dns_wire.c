/* dns_wire.c - how queries leave and answers come in over UDP: sendmmsg, recvmmsg, UDP_SEGMENT. */
#include "bench/load/dns_wire.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <linux/sock_diag.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/load/dns_wire_internal.h"
#include "lib/mono.h"

enum { SOCKET_BYTES = 4 << 20, SEGMENTS_BYTES = 65000 };

int
wire_buffers_new(struct wire_buffers **ret)
{
	struct wire_buffers *b = calloc(1, sizeof(*b));

	if (b == NULL)
		return -ENOMEM;
	for (int i = 0; i < WIRE_JOINED; i++) {
		b->in_iov[i] = (struct iovec){b->joined[i], WIRE_JOINED_BYTES};
		b->in[i].msg_hdr = (struct msghdr){
			.msg_iov = &b->in_iov[i], .msg_iovlen = 1, .msg_control = &b->control[i]};
	}
	wire_buffers_clock(b);
	*ret = b;
	return 0;
}

void
wire_buffers_free(struct wire_buffers *b)
{
	free(b);
}

void
wire_buffers_clock(struct wire_buffers *b)
{
	b->wall_minus_mono_ns = clock_offset_ns(NULL);
}

socklen_t
wire_address_bytes(const struct sockaddr_storage *a)
{
	return a->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
}

int
wire_bind(int fd, const struct inet *source)
{
	static const int on = 1;
	bool v6 = source->family == AF_INET6;
	struct sockaddr_storage addr;
	socklen_t len = inet_sockaddr(source, 0, &addr);

	if (setsockopt(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_FREEBIND : IP_FREEBIND, &on,
		    sizeof(on)) < 0)
		return -errno;
	return bind(fd, (struct sockaddr *)&addr, len) < 0 ? -errno : 0;
}

static void
set_buffers(int fd)
{
	static const int bytes = SOCKET_BYTES;

	/* beyond the system's limit where we may, up to it where not */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof(bytes)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
}

static int
udp_open(const struct wire_setup *s, int fd)
{
	static const int on = 1;
	bool v6 = s->target.ss_family == AF_INET6;
	int rc = 0;

	set_buffers(fd);
	if (setsockopt(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_RECVERR : IP_RECVERR, &on,
		    sizeof(on)) < 0 ||
		(s->stamps && setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) < 0))
		return -errno;
	/* Where the kernel has not that, they come one by one; so they do, also for a capture, where instants matter. */
	if (!s->send_stamps)
		setsockopt(fd, IPPROTO_UDP, UDP_GRO, &on, sizeof(on));
	if (s->source.family != 0)
		rc = wire_bind(fd, &s->source);
	if (rc == 0 &&
		connect(fd, (const struct sockaddr *)&s->target, wire_address_bytes(&s->target)) <
			0)
		rc = -errno;
	return rc;
}

int
wire_open(const struct wire_setup *s, struct wire *ret, struct err *e)
{
	char to[INET_TEXT_BYTES], from[INET_TEXT_BYTES] = "";
	struct inet target = {.family = (uint8_t)s->target.ss_family};
	bool v6 = target.family == AF_INET6;
	int rc;

	*ret = (struct wire){.type = s->type,
		.fd = -1,
		.stamps = s->stamps,
		.send_stamps = s->send_stamps && s->type != WIRE_TCP,
		.buffers = s->buffers};
	if (s->type == WIRE_TCP) {
		rc = wire_tcp_open(s, ret);
	} else {
		ret->fd = socket(target.family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		rc = ret->fd < 0 ? -errno : udp_open(s, ret->fd);
		if (rc == 0 && ret->send_stamps)
			rc = wire_stamp_start(ret);
	}
	if (rc == 0)
		return 0;
	wire_close(ret);
	if (v6)
		memcpy(target.addr,
			&((const struct sockaddr_in6 *)(const void *)&s->target)->sin6_addr, 16);
	else
		memcpy(target.addr,
			&((const struct sockaddr_in *)(const void *)&s->target)->sin_addr, 4);
	if (s->source.family != 0)
		inet_show(&s->source, from);
	return err_sys(e, -rc, "cannot reach %s%s%s%s", inet_show(&target, to),
		s->type == WIRE_TCP ? " over TCP" : "", from[0] == '\0' ? "" : " from ", from);
}

void
wire_close(struct wire *w)
{
	if (w->tcp != NULL)
		wire_tcp_close(w);
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
	free(w->errors);
	w->errors = NULL;
}

/* What left between two instants left one after the other. */
static void
stamp(struct wire_out out[], int n, int64_t begin_ns, int64_t end_ns)
{
	for (int i = 0; i < n; i++)
		out[i].sent_ns = begin_ns + (end_ns - begin_ns) * i / n;
}

static void
point_at(struct wire_buffers *b, const struct wire_out out[], int n)
{
	for (int i = 0; i < n; i++) {
		union {
			const uint8_t *in;
			void *out;
		} bytes = {.in = out[i].bytes}; /* sendmmsg() does not write there */

		b->out_iov[i] = (struct iovec){bytes.out, out[i].len};
	}
}

static int
send_many(struct wire *w, struct wire_out out[], int n)
{
	struct wire_buffers *b = w->buffers;
	int64_t begin_ns, end_ns;
	int sent, code = 0;

	point_at(b, out, n);
	for (int i = 0; i < n; i++)
		b->out[i].msg_hdr = (struct msghdr){.msg_iov = &b->out_iov[i], .msg_iovlen = 1};
	begin_ns = mono_now().ns;
	sent = n > 1 ? sendmmsg(w->fd, b->out, (unsigned int)n, 0)
		: send(w->fd, out[0].bytes, out[0].len, 0) < 0 ? -1
							       : 1;
	if (sent < 0)
		code = errno;
	if (sent < n && w->send_stamps && wire_stamp_start(w) < 0)
		w->send_stamps = false; /* whether the kernel counted what failed is not known */
	if (sent < 0)
		return -code;
	if (!w->send_stamps && n == 1) {
		out[0].sent_ns = begin_ns;
		return 1;
	}
	end_ns = mono_now().ns;
	stamp(out, sent, begin_ns, end_ns);
	if (w->send_stamps && sent == n)
		wire_stamp_take(w, out, sent, begin_ns, end_ns);
	return sent;
}

/* One message of the queries from `at` on that have one length, for the kernel to cut apart. Returns how many. */
static int
join(struct wire_buffers *b, struct msghdr *msg, union wire_control *control,
	const struct wire_out out[], int at, int n)
{
	int run = 1;

	while (at + run < n && out[at + run].len == out[at].len &&
		(run + 1) * out[at].len <= SEGMENTS_BYTES)
		run++;
	*msg = (struct msghdr){.msg_iov = &b->out_iov[at], .msg_iovlen = (size_t)run};
	if (run > 1) {
		struct cmsghdr *c = &control->align;

		c->cmsg_level = IPPROTO_UDP;
		c->cmsg_type = UDP_SEGMENT;
		c->cmsg_len = CMSG_LEN(sizeof(uint16_t));
		memcpy(CMSG_DATA(c), &out[at].len, sizeof(uint16_t));
		msg->msg_control = control;
		msg->msg_controllen = CMSG_SPACE(sizeof(uint16_t));
	}
	return run;
}

/* One call: neighbours of one length are one message each, cut by the kernel into queries. */
static int
send_segments(struct wire *w, struct wire_out out[], int n)
{
	struct wire_buffers *b = w->buffers;
	int64_t begin_ns;
	int messages = 0, sent, queries = 0;

	point_at(b, out, n);
	for (int at = 0; at < n; messages++)
		at += join(b, &b->out[messages].msg_hdr, &b->segment[messages], out, at, n);
	begin_ns = mono_now().ns;
	sent = sendmmsg(w->fd, b->out, (unsigned int)messages, 0);
	if (sent < 0 && (errno == EIO || errno == EINVAL) && messages < n) {
		w->type = WIRE_UDP; /* not on this way out, with this kernel */
		return send_many(w, out, n);
	}
	if (sent < 0)
		return -errno;
	for (int i = 0; i < sent; i++)
		queries += (int)b->out[i].msg_hdr.msg_iovlen;
	stamp(out, queries, begin_ns, mono_now().ns);
	return queries;
}

int
wire_send(struct wire *w, struct wire_out out[], int n)
{
	if (w->type == WIRE_TCP)
		return wire_tcp_send(w, out, n);
	return w->type == WIRE_UDP_SEGMENT ? send_segments(w, out, n) : send_many(w, out, n);
}

/* What the kernel says of a packet: when it came, and the length of each of the answers that it joined. */
struct packet {
	int64_t received_ns;
	size_t each;
};

static struct packet
packet_of(const struct wire_buffers *b, struct msghdr *msg, size_t len, int64_t now_ns)
{
	struct packet p = {.received_ns = now_ns, .each = len};

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
		struct timespec ts;
		int each;

		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
			memcpy(&ts, CMSG_DATA(c), sizeof(ts));
			p.received_ns =
				(int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec - b->wall_minus_mono_ns;
		} else if (c->cmsg_level == IPPROTO_UDP && c->cmsg_type == UDP_GRO) {
			memcpy(&each, CMSG_DATA(c), sizeof(each));
			if (each > 0 && (size_t)each < len)
				p.each = (size_t)each;
		}
	}
	return p;
}

int
wire_receive(struct wire *w, struct wire_in in[static WIRE_IN], int n)
{
	struct wire_buffers *b = w->buffers;
	int64_t now_ns;
	int got, taken = 0;

	_Static_assert(WIRE_JOINED * WIRE_JOINED_MOST <= WIRE_IN, "all that may come has room");
	if (w->type == WIRE_TCP)
		return wire_tcp_receive(w, in, n);
	n = n < WIRE_JOINED ? n : WIRE_JOINED;
	for (int i = 0; i < n; i++)
		b->in[i].msg_hdr.msg_controllen = WIRE_CONTROL_BYTES;
	got = recvmmsg(w->fd, b->in, (unsigned int)n, MSG_DONTWAIT, NULL);
	if (got < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	now_ns = mono_now().ns;
	for (int i = 0; i < got; i++) {
		size_t len = b->in[i].msg_len, at = 0;
		struct packet p = packet_of(b, &b->in[i].msg_hdr, len, now_ns);

		do {
			in[taken++] = (struct wire_in){.bytes = b->joined[i] + at,
				.len = len - at < p.each ? len - at : p.each,
				.received_ns = p.received_ns};
			at += p.each;
		} while (at < len && taken < WIRE_IN);
	}
	return taken;
}

int
wire_error(struct wire *w, struct wire_in *ret)
{
	struct wire_buffers *b = w->buffers;
	struct wire_errors *k = w->errors;
	uint8_t control[512];
	struct iovec iov = {b->answer[0], WIRE_ANSWER_BYTES};
	struct msghdr msg;
	ssize_t n;

	if (w->type == WIRE_TCP)
		return 0;
	if (k != NULL && k->len > 0) {
		k->len--;
		*ret = (struct wire_in){.bytes = k->bytes[k->len],
			.len = k->bytes_len[k->len],
			.received_ns = mono_now().ns};
		return 1;
	}
	do { /* a stamp that came too late to be of use */
		msg = (struct msghdr){.msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof(control)};
		n = recvmsg(w->fd, &msg, MSG_ERRQUEUE | MSG_DONTWAIT);
		if (n < 0)
			return 0;
	} while (wire_stamp_is(&msg));
	*ret = (struct wire_in){
		.bytes = b->answer[0], .len = (size_t)n, .received_ns = mono_now().ns};
	return 1;
}

uint64_t
wire_dropped(const struct wire *w)
{
	uint32_t info[SK_MEMINFO_VARS] = {0};
	socklen_t len = sizeof(info);

	if (w->fd < 0 || getsockopt(w->fd, SOL_SOCKET, SO_MEMINFO, info, &len) < 0)
		return 0;
	return info[SK_MEMINFO_DROPS];
}
