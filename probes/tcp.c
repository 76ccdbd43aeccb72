/* tcp.c - queries over TCP, a connection for each, as a resolver's that got a truncated answer. */
#include "probes/tcp.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <math.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "lib/dns.h"
#include "probes/tcp_home.h"

enum {
	EVENTS = 16,
	LENGTH_BYTES = 2,
	BUFFER_BYTES =
		LENGTH_BYTES + 65535 + 1, /* virtual memory: only what comes is ever touched */
	SPARE = 16,
};

enum state { FREE, CONNECTING, ASKED };

struct conn {
	int fd;
	enum state state;
	uint32_t next_free; /* of the free ones, 1 up; 0: none */
	uint32_t stream;
	uint64_t number;
	size_t sent_bytes, got_bytes;
	struct wall received; /* of the last bytes */
	bool kernel_received;
	size_t len_bytes;
	uint8_t query[LENGTH_BYTES + DNS_QUERY_MAX_BYTES];
};

struct tcp {
	const struct plan *plan;
	const struct match *match;
	struct tcp_home home;
	int epoll_fd;
	int stamps_fd;	    /* asks for timestamps all the time */
	struct conn *conns; /* 1 up */
	uint8_t *buffers;
	uint32_t conns_len;
	uint32_t first_free;
	size_t open;
};

static const int receive_stamps = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;

size_t
tcp_connections(const struct plan *p)
{
	double qps = 0, open;

	for (uint32_t i = 0; i < p->streams_len; i++)
		qps += p->streams[i].transport != PLAN_UDP ? p->streams[i].rate_qps : 0;
	if (!(qps > 0))
		return 0;
	open = ceil(qps * ((double)p->timeout_ns / 1e9 + 1)) + SPARE;
	return open > TCP_CONNECTIONS_MAX ? TCP_CONNECTIONS_MAX : (size_t)open;
}

/*
 * The kernel stamps what it receives while some socket asks for that, and begins a while after the first one did: a socket
 * per connection would be too late for its own answer. Returns a descriptor, or -1, which costs stamps and nothing else.
 */
static int
keep_stamping(void)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd >= 0)
		setsockopt(
			fd, SOL_SOCKET, SO_TIMESTAMPING, &receive_stamps, sizeof(receive_stamps));
	return fd;
}

int
tcp_new(const struct plan *p, const struct match *m, struct tcp **ret, struct err *e)
{
	struct tcp *t = calloc(1, sizeof(*t));
	int rc;

	if (t == NULL)
		abort();
	t->plan = p;
	t->match = m;
	t->epoll_fd = -1;
	t->stamps_fd = -1;
	t->conns_len = (uint32_t)tcp_connections(p);
	rc = tcp_home_open(p, &t->home, e);
	if (rc == 0) {
		t->conns = calloc(t->conns_len + 1, sizeof(t->conns[0]));
		t->buffers = calloc(t->conns_len, BUFFER_BYTES);
		t->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
		t->stamps_fd = keep_stamping();
		if (t->conns == NULL || t->buffers == NULL)
			rc = err_sys(e, ENOMEM, "no room for the TCP connections");
		else if (t->epoll_fd < 0)
			rc = err_sys(e, errno, "cannot open an epoll descriptor");
	}
	if (rc < 0) {
		tcp_free(t);
		return rc;
	}
	for (uint32_t i = t->conns_len; i > 0; i--) {
		t->conns[i].next_free = t->first_free;
		t->first_free = i;
	}
	*ret = t;
	return 0;
}

/* Close and forget. An abort sends RST where FIN would be repeated into a dead path. */
static void
end(struct tcp *t, uint32_t index, bool abort_it)
{
	static const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
	struct conn *c = &t->conns[index];

	if (abort_it)
		setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	close(c->fd);
	lane_tcp(lanes_of(t->match->lanes, c->stream), c->number)->conn = 0;
	c->state = FREE;
	c->next_free = t->first_free;
	t->first_free = index;
	t->open--;
}

void
tcp_free(struct tcp *t)
{
	if (t == NULL)
		return;
	for (uint32_t i = 1; t->conns != NULL && i <= t->conns_len; i++)
		if (t->conns[i].state != FREE)
			end(t, i, true);
	tcp_home_close(&t->home);
	if (t->epoll_fd >= 0)
		close(t->epoll_fd);
	if (t->stamps_fd >= 0)
		close(t->stamps_fd);
	free(t->conns);
	free(t->buffers);
	free(t);
}

int
tcp_fd(const struct tcp *t)
{
	return t->epoll_fd;
}

size_t
tcp_open(const struct tcp *t)
{
	return t->open;
}

int
tcp_home(const struct tcp *t)
{
	return t->home.lost ? -ENOTRECOVERABLE : 0;
}

/* Bound to the stream's source, timestamps asked for. Returns a descriptor or -errno. */
static int
open_socket(struct tcp *t, uint32_t stream)
{
	static const int on = 1;
	const struct plan_stream *s = &t->plan->streams[stream];
	bool v6 = s->source.family == AF_INET6;
	struct sockaddr_storage from;
	socklen_t from_len = inet_sockaddr(&s->source, 0, &from);
	int fd = tcp_home_socket(&t->home, stream, s->source.family), rc;

	if (fd < 0)
		return fd;
	/* the port is chosen when connecting, so that it need differ per peer only */
	if (setsockopt(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_FREEBIND : IP_FREEBIND, &on,
		    sizeof(on)) < 0 ||
		setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on)) < 0 ||
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) < 0 ||
		bind(fd, (const struct sockaddr *)&from, from_len) < 0) {
		rc = -errno;
		close(fd);
		return rc;
	}
	/* without it the instant of reading has to do: the record says which it is */
	setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &receive_stamps, sizeof(receive_stamps));
	return fd;
}

static void
note_sent(struct flight_query *q)
{
	if ((q->flags & ANSWERS_FELL_BACK) != 0)
		return; /* over UDP, before */
	q->sent_mono = mono_now();
	q->sent = wall_now();
}

static int
start(struct tcp *t, struct conn *c, struct flight_query *q)
{
	const struct plan_stream *s = &t->plan->streams[c->stream];
	struct epoll_event ev = {.events = EPOLLOUT, .data.u32 = (uint32_t)(c - t->conns)};
	struct sockaddr_storage to;
	socklen_t to_len = inet_sockaddr(&s->target, s->port, &to);

	c->fd = open_socket(t, c->stream);
	note_sent(q);
	if (c->fd < 0)
		return c->fd;
	if ((connect(c->fd, (const struct sockaddr *)&to, to_len) < 0 && errno != EINPROGRESS) ||
		epoll_ctl(t->epoll_fd, EPOLL_CTL_ADD, c->fd, &ev) < 0) {
		int rc = -errno;

		close(c->fd);
		return rc;
	}
	return 0;
}

int
tcp_ask(struct tcp *t, uint32_t stream, uint64_t number, struct flight_query *q,
	const uint8_t *query, size_t len_bytes)
{
	struct lane *lane = lanes_of(t->match->lanes, stream);
	uint32_t index = t->first_free;
	struct conn *c = &t->conns[index];
	int rc;

	*lane_tcp(lane, number) = (struct lane_tcp){0};
	if (index == 0) {
		note_sent(q);
		return -EMFILE;
	}
	*c = (struct conn){.state = CONNECTING,
		.next_free = c->next_free,
		.stream = stream,
		.number = number,
		.len_bytes = LENGTH_BYTES + len_bytes};
	c->query[0] = (uint8_t)(len_bytes >> 8);
	c->query[1] = (uint8_t)len_bytes;
	memcpy(c->query + LENGTH_BYTES, query, len_bytes);
	rc = start(t, c, q);
	if (rc < 0) {
		c->state = FREE;
		return rc;
	}
	t->first_free = c->next_free;
	t->open++;
	lane_tcp(lane, number)->conn = index;
	return 0;
}

void
tcp_give_up(struct tcp *t, const struct lane *lane, uint64_t number)
{
	uint32_t index = lane_tcp(lane, number)->conn;

	if (index != 0)
		end(t, index, true);
}

static struct flight_query *
query_of(const struct tcp *t, const struct conn *c)
{
	return flight_find(&lanes_of(t->match->lanes, c->stream)->flight, c->number);
}

/* The connection came to nothing. */
static void
fail(struct tcp *t, uint32_t index, enum answers_status status)
{
	struct conn *c = &t->conns[index];
	struct flight_query *q = query_of(t, c);

	if (status != ANSWERS_UNANSWERED)
		q->received = wall_now();
	flight_decide(&lanes_of(t->match->lanes, c->stream)->flight, q, status);
	end(t, index, true);
}

static enum answers_status
status_of(int error, enum state state)
{
	switch (error) {
	case ECONNREFUSED:
		return ANSWERS_REFUSED;
	case ECONNRESET:
	case EPIPE:
		return state == CONNECTING ? ANSWERS_REFUSED : ANSWERS_RESET;
	case ETIMEDOUT:
		return ANSWERS_UNANSWERED;
	default:
		return ANSWERS_UNREACHABLE; /* an ICMP error, by its errno */
	}
}

/* The round trip of the handshake as the kernel measured it; 0 when it was repeated, or not measured. */
static int64_t
handshake_ns(int fd)
{
	struct tcp_info info = {0};
	socklen_t len = sizeof(info);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) < 0 || info.tcpi_total_retrans > 0)
		return 0;
	return (int64_t)info.tcpi_rtt * NS_PER_US;
}

static void
note_connected(struct tcp *t, struct conn *c)
{
	struct lane_tcp *at = lane_tcp(lanes_of(t->match->lanes, c->stream), c->number);
	int64_t kernel_ns = handshake_ns(c->fd);

	c->state = ASKED;
	at->times.asked = wall_now();
	at->times.connect_ns = wall_diff_ns(at->times.asked, query_of(t, c)->sent);
	if (kernel_ns > 0 && kernel_ns <= at->times.connect_ns) {
		at->times.connect_ns = kernel_ns;
		at->times.flags |= ANSWERS_KERNEL_CONNECT;
	}
}

/* Connected, or not; then the query goes out. */
static void
on_writable(struct tcp *t, uint32_t index)
{
	struct conn *c = &t->conns[index];
	struct epoll_event ev = {.events = EPOLLIN, .data.u32 = index};
	int error = 0;
	socklen_t len = sizeof(error);
	ssize_t n;

	if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0 && error != 0) {
		fail(t, index, status_of(error, c->state));
		return;
	}
	if (c->state == CONNECTING)
		note_connected(t, c);
	n = send(c->fd, c->query + c->sent_bytes, c->len_bytes - c->sent_bytes,
		MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		fail(t, index, status_of(errno, c->state));
		return;
	}
	c->sent_bytes += n > 0 ? (size_t)n : 0;
	if (c->sent_bytes == c->len_bytes)
		epoll_ctl(t->epoll_fd, EPOLL_CTL_MOD, c->fd, &ev);
}

/* Is it the answer to the question of this connection's query? */
static bool
is_ours(const struct tcp *t, const struct conn *c, const struct dns_msg *msg)
{
	const struct match *m = t->match;
	const struct lane *lane = lanes_of(m->lanes, c->stream);
	char name[NAMES_TEXT_BYTES];

	if (msg->id != query_of(t, c)->id || msg->qdcount != 1 || msg->qtype != m->plan->qtype ||
		msg->qclass != m->plan->qclass)
		return false;
	return strcmp(msg->qname,
		       m->plan->fixed_name
			       ? m->plan->zone
			       : names_format(match_names(m, c->stream), c->stream,
					 (uint32_t)(c->number / lane->streams_len), name)) == 0;
}

/* A message is whole. True when the connection ended with it. */
static bool
take_message(struct tcp *t, uint32_t index, const uint8_t *data, size_t len_bytes)
{
	struct conn *c = &t->conns[index];
	struct lane *lane = lanes_of(t->match->lanes, c->stream);
	struct lane_tcp *at = lane_tcp(lane, c->number);
	struct flight_query *q = query_of(t, c);
	struct dns_msg msg;

	if (dns_read(data, len_bytes, &msg) < 0 || (msg.flags & DNS_QR) == 0) {
		fail(t, index, ANSWERS_DAMAGED);
		return true;
	}
	if (!is_ours(t, c, &msg)) {
		match_stray(t->match, ANSWERS_MISMATCH, c->stream,
			(uint32_t)(c->number / lane->streams_len), &msg, c->received);
		return false;
	}
	at->times.flags |= c->kernel_received ? ANSWERS_KERNEL_RECEIVED : 0;
	/* by the kernel's clock it may have come in time, or not, whenever it was read */
	if (wall_diff_ns(c->received, q->sent) >= t->plan->timeout_ns) {
		match_stray(t->match, ANSWERS_LATE, c->stream,
			(uint32_t)(c->number / lane->streams_len), &msg, c->received);
		flight_decide(&lane->flight, q, ANSWERS_UNANSWERED);
	} else if (match_decide(t->match, c->stream, q, &msg, c->received) == ANSWERS_GOOD) {
		hist_add(&lane->connect, at->times.connect_ns);
		hist_add(&lane->answer, wall_diff_ns(c->received, at->times.asked));
	}
	end(t, index, false);
	return true;
}

/* Read what is there, with the kernel's stamp of its last byte. Returns as recv() does. */
static ssize_t
receive(struct conn *c, uint8_t *to, size_t room_bytes)
{
	union {
		struct cmsghdr align;
		uint8_t bytes[256];
	} control;
	struct iovec iov = {to, room_bytes};
	struct msghdr msg = {.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control)};
	ssize_t n = recvmsg(c->fd, &msg, MSG_DONTWAIT);

	if (n <= 0)
		return n;
	c->received = wall_now();
	c->kernel_received = false;
	for (struct cmsghdr *h = CMSG_FIRSTHDR(&msg); h != NULL; h = CMSG_NXTHDR(&msg, h)) {
		struct scm_timestamping stamps;

		if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_TIMESTAMPING)
			continue;
		memcpy(&stamps, CMSG_DATA(h), sizeof(stamps));
		if (stamps.ts[0].tv_sec == 0)
			continue;
		c->received.ns = (int64_t)stamps.ts[0].tv_sec * NS_PER_S + stamps.ts[0].tv_nsec;
		c->kernel_received = true;
	}
	return n;
}

static void
on_readable(struct tcp *t, uint32_t index)
{
	struct conn *c = &t->conns[index];
	uint8_t *data = t->buffers + (size_t)(index - 1) * BUFFER_BYTES;
	ssize_t n = receive(c, data + c->got_bytes, BUFFER_BYTES - c->got_bytes);

	if (n == 0) {
		fail(t, index, ANSWERS_SHORT);
		return;
	}
	if (n < 0) {
		if (errno != EAGAIN && errno != EINTR)
			fail(t, index, status_of(errno, c->state));
		return;
	}
	c->got_bytes += (size_t)n;
	while (c->got_bytes >= LENGTH_BYTES) {
		size_t len_bytes = (size_t)(data[0] << 8 | data[1]);

		if (c->got_bytes < LENGTH_BYTES + len_bytes ||
			take_message(t, index, data + LENGTH_BYTES, len_bytes))
			return;
		c->got_bytes -= LENGTH_BYTES + len_bytes;
		memmove(data, data + LENGTH_BYTES + len_bytes, c->got_bytes);
	}
}

int
tcp_work(struct tcp *t)
{
	struct epoll_event events[EVENTS];
	int n = epoll_wait(t->epoll_fd, events, EVENTS, 0);

	for (int i = 0; i < n; i++) {
		uint32_t index = events[i].data.u32;
		struct conn *c = &t->conns[index];

		/* one descriptor, one event: none of these was ended by an earlier one */
		if (c->state == CONNECTING || c->sent_bytes < c->len_bytes)
			on_writable(t, index);
		else
			on_readable(t, index);
	}
	return tcp_home(t);
}
