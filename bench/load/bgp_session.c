/* bgp_session.c - one BGP session of a speaker that has much to say and little to learn. */
#include "bench/load/bgp_session.h"

#include <errno.h>
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/load/bgp_session_internal.h"

static const int64_t RETRY_NS = 500 * NS_PER_MS, OPEN_WAIT_NS = 10 * NS_PER_S,
		     FAREWELL_NS = NS_PER_S;

int
bgp_session_new(struct bgp_session **ret, const struct bgp_session_options *options,
	bgp_session_update *update, void *arg)
{
	struct bgp_session *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return -ENOMEM;
	s->in = malloc(IN_BYTES);
	if (s->in == NULL) {
		free(s);
		return -ENOMEM;
	}
	s->options = *options;
	s->update = update;
	s->arg = arg;
	s->fd = -1;
	*ret = s;
	return 0;
}

void
bgp_session_free(struct bgp_session *s)
{
	if (s == NULL)
		return;
	if (s->fd >= 0)
		close(s->fd);
	buf_done(&s->out);
	free(s->in);
	free(s);
}

int
bgp_session_fd(const struct bgp_session *s)
{
	return s->fd;
}

short
bgp_session_events(const struct bgp_session *s)
{
	if (s->state == BGP_STATE_CONNECTING)
		return POLLOUT;
	return bgp_session_queued(s) > 0 ? POLLIN | POLLOUT : POLLIN;
}

enum bgp_state
bgp_session_state(const struct bgp_session *s)
{
	return s->state;
}

const char *
bgp_session_why(const struct bgp_session *s)
{
	return s->why;
}

bool
bgp_session_carries(const struct bgp_session *s, int family6)
{
	return s->carries[family6];
}

bool
bgp_session_asked_again(struct bgp_session *s, int family6)
{
	bool asked = s->asked_again[family6];

	s->asked_again[family6] = false;
	return asked;
}

const struct bgp_session_counts *
bgp_session_counts(const struct bgp_session *s)
{
	return &s->counts;
}

struct mono
bgp_session_deadline(const struct bgp_session *s)
{
	struct mono t = s->timer;

	if (s->state == BGP_STATE_ESTABLISHED && !s->silent && s->hold_ns > 0) {
		struct mono keep = mono_add(s->sent, s->hold_ns / 3),
			    hold = mono_add(s->received, s->hold_ns);

		t = keep.ns < hold.ns ? keep : hold;
		return s->poke_until.ns != 0 && s->poke_at.ns < t.ns ? s->poke_at : t;
	}
	if ((s->state == BGP_STATE_ESTABLISHED && !s->silent) || s->state == BGP_STATE_DOWN ||
		(s->state == BGP_STATE_IDLE && s->options.passive))
		t.ns = INT64_MAX;
	return t;
}

/* No connection any more: to be tried again while none was established, else for good. */
void
bgp_session_lost(struct bgp_session *s, bool for_good, struct mono now)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	s->in_len = 0;
	s->out.len = s->out_at = 0;
	s->pieces_len = 0;
	s->slice_end = s->poke_end = 0;
	s->poke_until.ns = 0;
	if (for_good || s->state == BGP_STATE_ESTABLISHED || s->ceasing)
		s->state = BGP_STATE_DOWN;
	else
		s->state = BGP_STATE_IDLE;
	s->timer = mono_add(now, RETRY_NS);
}

static void
connected(struct bgp_session *s, struct mono now)
{
	int one = 1;

	setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	bgp_write_open(&s->out, &s->options.hello);
	s->state = BGP_STATE_OPEN_SENT;
	s->timer = mono_add(now, OPEN_WAIT_NS);
	s->sent = s->received = now;
}

static void
start_connecting(struct bgp_session *s, struct mono now)
{
	struct sockaddr_storage to, from;
	socklen_t to_len = inet_sockaddr(&s->options.peer, s->options.port, &to);
	int rc = 0, code;

	s->counts.connections++;
	s->fd = socket(s->options.peer.family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s->fd >= 0 && s->options.source.family != 0)
		rc = bind(s->fd, (struct sockaddr *)&from,
			inet_sockaddr(&s->options.source, 0, &from));
	if (s->fd < 0 || rc < 0) {
		code = errno;
		snprintf(s->why, sizeof(s->why), "%s: %s", s->fd < 0 ? "socket" : "its own address",
			strerror(code));
		bgp_session_lost(s, code == EADDRNOTAVAIL, now);
		return;
	}
	s->state = BGP_STATE_CONNECTING;
	s->timer = mono_add(now, OPEN_WAIT_NS);
	if (connect(s->fd, (struct sockaddr *)&to, to_len) == 0) {
		connected(s, now);
	} else if (errno != EINPROGRESS) {
		snprintf(s->why, sizeof(s->why), "%s", strerror(errno));
		bgp_session_lost(s, false, now);
	}
}

static void
finish_connecting(struct bgp_session *s, struct mono now)
{
	int code = 0;
	socklen_t len = sizeof(code);

	if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &code, &len) < 0)
		code = errno;
	if (code == 0) {
		connected(s, now);
		return;
	}
	snprintf(s->why, sizeof(s->why), "%s", strerror(code));
	bgp_session_lost(s, false, now);
}

void
bgp_session_accept(struct bgp_session *s, int fd, struct mono now)
{
	if (s->state != BGP_STATE_IDLE) {
		close(fd);
		return;
	}
	s->counts.connections++;
	s->fd = fd;
	connected(s, now);
}

static void
keep_time(struct bgp_session *s, struct mono now)
{
	if (s->silent)
		return;
	if (s->state == BGP_STATE_ESTABLISHED) {
		if (s->hold_ns == 0)
			return;
		if (mono_diff_ns(now, s->received) >= s->hold_ns) {
			bgp_session_refuse(s, 4, 0, now);
		} else if (mono_diff_ns(now, s->sent) >= s->hold_ns / 3) {
			bgp_write_keepalive(&s->out);
			s->counts.keepalives_sent++;
			s->sent = now;
		} else if (!s->ceasing) {
			bgp_session_poke(s, now);
		}
		return;
	}
	if (mono_diff_ns(now, s->timer) < 0)
		return;
	if (s->state == BGP_STATE_IDLE && !s->options.passive) {
		start_connecting(s, now);
	} else if (s->state != BGP_STATE_IDLE) {
		snprintf(s->why, sizeof(s->why), "%s",
			s->state == BGP_STATE_CONNECTING ? "no answer to the connection"
							 : "connected, but nobody says BGP's OPEN");
		bgp_session_lost(s, false, now);
	}
}

void
bgp_session_step(struct bgp_session *s, short revents, struct mono now)
{
	if (s->state == BGP_STATE_DOWN)
		return;
	if (s->state == BGP_STATE_CONNECTING && (revents & (POLLOUT | POLLERR | POLLHUP)))
		finish_connecting(s, now);
	else if (s->fd >= 0 && (revents & (POLLIN | POLLERR | POLLHUP)))
		bgp_session_read(s, now);
	if (s->state != BGP_STATE_DOWN)
		keep_time(s, now);
	if (s->fd >= 0 && s->state >= BGP_STATE_OPEN_SENT && s->state != BGP_STATE_DOWN)
		bgp_session_write(s, now);
	/* Closing with something unread would reset the connection, and our last words with it: the peer closes first. */
	if (s->ceasing && s->fd >= 0 && !s->silent && bgp_session_queued(s) == 0) {
		shutdown(s->fd, SHUT_WR);
		s->silent = true;
		s->timer = mono_add(now, FAREWELL_NS);
	} else if (s->silent && s->fd >= 0 && mono_diff_ns(now, s->timer) >= 0) {
		bgp_session_lost(s, true, now);
	}
}

void
bgp_session_cease(struct bgp_session *s)
{
	if (s->ceasing || s->state == BGP_STATE_DOWN)
		return;
	s->ceasing = true;
	/* What is begun is finished, the rest is dropped. */
	if (s->pieces_len > 0 && s->piece_at < s->slice_end) {
		s->piece[0].len = s->slice_end;
		s->pieces_len = 1;
	} else {
		s->pieces_len = 0;
	}
	if (s->state >= BGP_STATE_OPEN_SENT)
		bgp_write_notification(&s->out, 6, 2);
	else
		bgp_session_lost(s, true, mono_now());
}

size_t
bgp_session_unacked(const struct bgp_session *s)
{
	int n = 0;

	if (s->fd < 0 || ioctl(s->fd, SIOCOUTQ, &n) < 0)
		return 0;
	return n > 0 ? (size_t)n : 0;
}
