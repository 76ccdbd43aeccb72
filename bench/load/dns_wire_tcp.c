/* dns_wire_tcp.c - queries over TCP: one connection that is kept, pipelined, made anew when it is lost. */
#include "bench/load/dns_wire.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/load/dns_frames.h"
#include "bench/load/dns_wire_internal.h"
#include "lib/mono.h"

enum {
	OUT_BYTES = 65536,
	CONNECT_MS = 3000,
	AGAIN_NS =
		10000000, /* from one connection to the next, or a server that refuses is flooded */
};

struct wire_tcp {
	struct wire_setup setup;
	bool connecting;
	int64_t dialled_ns;
	size_t out_len; /* written behind the last query that left whole */
	uint8_t out[OUT_BYTES];
	struct dns_frames in;
};

/* Begin a connection. Returns 0 (perhaps still on its way) or -errno. */
static int
dial(struct wire *w)
{
	static const int on = 1;
	struct wire_tcp *t = w->tcp;
	const struct wire_setup *s = &t->setup;
	int rc = 0;

	t->out_len = t->in.len = t->in.at = 0;
	t->connecting = true;
	t->dialled_ns = mono_now().ns;
	w->fd = socket(s->target.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (w->fd < 0)
		return -errno;
	if (setsockopt(w->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) < 0)
		return -errno;
	if (s->source.family != 0)
		rc = wire_bind(w->fd, &s->source);
	if (rc == 0 &&
		connect(w->fd, (const struct sockaddr *)&s->target,
			wire_address_bytes(&s->target)) < 0 &&
		errno != EINPROGRESS)
		rc = -errno;
	return rc;
}

/* Wait for it up to `ms`. Returns 1 (it stands), 0 (not yet) or -errno. */
static int
ready(struct wire *w, int ms)
{
	struct pollfd p = {.events = POLLOUT};
	int error = 0;
	socklen_t len = sizeof(error);

	if (w->fd < 0) {
		if (mono_now().ns - w->tcp->dialled_ns < AGAIN_NS)
			return 0;
		error = dial(w);
		if (error < 0)
			return error;
	}
	if (!w->tcp->connecting)
		return 1;
	p.fd = w->fd;
	if (poll(&p, 1, ms) <= 0)
		return 0;
	if (getsockopt(w->fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
		return -errno;
	if (error != 0)
		return -error;
	w->tcp->connecting = false;
	return 1;
}

int
wire_tcp_open(const struct wire_setup *s, struct wire *ret)
{
	int rc;

	ret->tcp = calloc(1, sizeof(*ret->tcp));
	if (ret->tcp == NULL)
		return -ENOMEM;
	ret->tcp->setup = *s;
	rc = dial(ret);
	if (rc < 0)
		return rc;
	rc = ready(ret, CONNECT_MS);
	return rc < 0 ? rc : rc == 0 ? -ETIMEDOUT : 0;
}

void
wire_tcp_close(struct wire *w)
{
	free(w->tcp);
	w->tcp = NULL;
}

/* What was under way on the old connection is lost; the next call makes a new one. */
static int
lost(struct wire *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
	return -ECONNRESET;
}

/* Put what is left of the buffer into the connection. Returns 0, -EAGAIN, or another -errno. */
static int
flush(struct wire *w)
{
	struct wire_tcp *t = w->tcp;
	ssize_t n;

	if (t->out_len == 0)
		return 0;
	n = send(w->fd, t->out, t->out_len, MSG_NOSIGNAL);
	if (n < 0)
		return -errno;
	memmove(t->out, t->out + n, t->out_len - (size_t)n);
	t->out_len -= (size_t)n;
	return t->out_len == 0 ? 0 : -EAGAIN;
}

int
wire_tcp_send(struct wire *w, struct wire_out out[], int n)
{
	struct wire_tcp *t = w->tcp;
	int rc = ready(w, 0), taken = 0;
	int64_t now_ns;

	if (rc < 0)
		return lost(w);
	if (rc == 0)
		return -EAGAIN;
	rc = flush(w);
	if (rc == -EAGAIN)
		return rc;
	if (rc < 0)
		return lost(w);
	now_ns = mono_now().ns;
	while (taken < n && t->out_len + 2 + out[taken].len <= OUT_BYTES) {
		t->out[t->out_len] = (uint8_t)(out[taken].len >> 8);
		t->out[t->out_len + 1] = (uint8_t)out[taken].len;
		memcpy(t->out + t->out_len + 2, out[taken].bytes, out[taken].len);
		t->out_len += 2U + out[taken].len;
		out[taken++].sent_ns = now_ns;
	}
	rc = flush(w); /* what does not fit now goes before the next ones */
	return rc < 0 && rc != -EAGAIN ? lost(w) : taken;
}

/* Whole messages that lie in the buffer. */
static int
take(struct wire_tcp *t, struct wire_in in[], int n, int64_t now_ns)
{
	int got = 0;
	const uint8_t *message;
	size_t len;

	while (got < n && dns_frames_take(&t->in, &message, &len))
		in[got++] = (struct wire_in){.bytes = message, .len = len, .received_ns = now_ns};
	return got;
}

int
wire_tcp_receive(struct wire *w, struct wire_in in[], int n)
{
	struct wire_tcp *t = w->tcp;
	int rc = ready(w, 0);
	uint8_t *room;
	size_t bytes;
	ssize_t got;

	if (rc <= 0)
		return rc < 0 ? lost(w) : 0;
	if (t->out_len > 0 && (rc = flush(w)) < 0 && rc != -EAGAIN)
		return lost(w);
	rc = take(t, in, n, mono_now().ns); /* what was too many for the last call */
	if (rc > 0)
		return rc;
	room = dns_frames_room(&t->in, &bytes);
	got = recv(w->fd, room, bytes, 0);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (got <= 0)
		return lost(w);
	dns_frames_add(&t->in, (size_t)got);
	return take(t, in, n, mono_now().ns);
}
