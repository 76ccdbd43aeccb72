/* bgp_session_io.c - what a session reads and what it writes. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "bench/load/bgp_session_internal.h"
#include "lib/bgp_name.h"

enum {
	SLICE_BYTES = 1 << 18, /* keepalives and farewells wait for so much at most */
	SLICES_AT_ONCE = 16,
	OPEN_ERROR = 2,
	OPEN_BAD_AS = 2,
	OPEN_BAD_HOLD = 6,
	OPEN_CAPABILITY = 7,
	FSM_ERROR = 5,
};

static void
say_why(struct bgp_session *s, const char *who, uint8_t code, uint8_t subcode)
{
	struct bgp_notification n = {code, subcode, cursor_over(NULL, 0)};
	char text[BGP_NAME_BYTES];

	snprintf(s->why, sizeof(s->why), "%s: %s", who, bgp_notification_text(&n, text));
}

void
bgp_session_refuse(struct bgp_session *s, uint8_t code, uint8_t subcode, struct mono now)
{
	struct buf last = {0};

	if (s->why[0] == '\0' || s->state == BGP_STATE_ESTABLISHED)
		say_why(s, "we ended it", code, subcode);
	/* Between two messages only, or once the begun one is finished at once; else there is no saying it. */
	if (s->piece_at == s->slice_end && (s->out_at == 0 || bgp_session_poking(s))) {
		if (bgp_session_poking(s))
			buf_add_len(&last, s->out.data + s->out_at, s->out.len - s->out_at);
		bgp_write_notification(&last, code, subcode);
		ssize_t n = last.failed
			? -1
			: send(s->fd, last.data, last.len, MSG_NOSIGNAL | MSG_DONTWAIT);

		s->counts.bytes_sent += n > 0 ? (uint64_t)n : 0;
		shutdown(s->fd, SHUT_WR);
	}
	buf_done(&last);
	bgp_session_lost(s, true, now);
}

static void
refuse_open(struct bgp_session *s, uint8_t subcode, struct mono now)
{
	bgp_session_refuse(s, OPEN_ERROR, subcode, now);
}

static void
take_open(struct bgp_session *s, const uint8_t *msg, size_t len, struct mono now)
{
	struct bgp_open ours = {.as4 = true}, *o = &s->told;
	struct bgp_error bad;
	uint16_t hold_s;

	s->why[0] = '\0';
	if (bgp_open_parse(msg, len, o, &bad) < 0) {
		bgp_session_refuse(s, bad.code, bad.subcode, now);
		return;
	}
	if (o->as != s->options.peer_as) {
		snprintf(s->why, sizeof(s->why), "the peer says that it is AS %u, not AS %u", o->as,
			s->options.peer_as);
		refuse_open(s, OPEN_BAD_AS, now);
		return;
	}
	hold_s = o->hold_s < s->options.hello.hold_s ? o->hold_s : s->options.hello.hold_s;
	if (hold_s == 1 || hold_s == 2) {
		snprintf(s->why, sizeof(s->why), "the peer wants a hold time of %u s", hold_s);
		refuse_open(s, OPEN_BAD_HOLD, now);
		return;
	}
	if (!o->multiprotocol[0] && !o->multiprotocol[1])
		o->multiprotocol[0] = true; /* RFC 4760: says nothing, carries IPv4 */
	for (int f = 0; f < 2; f++)
		s->carries[f] = o->multiprotocol[f] && s->options.hello.family[f];
	if (!o->as4 || (!s->carries[0] && !s->carries[1])) {
		snprintf(s->why, sizeof(s->why), "%s",
			o->as4 ? "the peer carries none of the families that are to be told"
			       : "the peer does not know AS numbers of four octets");
		refuse_open(s, OPEN_CAPABILITY, now);
		return;
	}
	s->reading = bgp_negotiate(o, &ours);
	s->hold_ns = hold_s * NS_PER_S;
	bgp_write_keepalive(&s->out);
	s->counts.keepalives_sent++;
	s->state = BGP_STATE_OPEN_CONFIRM;
}

static void
take_update(struct bgp_session *s, const uint8_t *msg, size_t len, struct mono now)
{
	struct bgp_update u;
	struct bgp_error bad;

	if (bgp_update_parse(msg, len, &s->reading, &u, &bad) < 0) {
		bgp_session_refuse(s, bad.code, bad.subcode, now);
		return;
	}
	s->counts.updates_received++;
	s->counts.announced_received += u.announced.n + u.mp_announced.n;
	s->counts.withdrawn_received += u.withdrawn.n + u.mp_withdrawn.n;
	if (s->update != NULL)
		s->update(s->arg, &u, now);
}

static void
take_notification(struct bgp_session *s, const uint8_t *msg, size_t len, struct mono now)
{
	struct bgp_notification n;
	char text[BGP_NAME_BYTES];
	bool for_good = s->state == BGP_STATE_ESTABLISHED;

	if (bgp_notification_parse(msg, len, &n, NULL) < 0) {
		snprintf(s->why, sizeof(s->why), "the peer ended it with a malformed NOTIFICATION");
	} else {
		snprintf(s->why, sizeof(s->why), "the peer ended it: %s",
			bgp_notification_text(&n, text));
		for_good |= n.code == OPEN_ERROR;
	}
	bgp_session_lost(s, for_good, now);
}

static void
take_refresh(struct bgp_session *s, const uint8_t *msg, size_t len)
{
	struct bgp_refresh r;

	/* Begin and end of an enhanced refresh (RFC 7313) were not offered and do not concern us. */
	if (bgp_refresh_parse(msg, len, &r, NULL) == 0 && r.subtype == 0 && r.safi == 1 &&
		(r.afi == 1 || r.afi == 2) && s->carries[r.afi - 1])
		s->asked_again[r.afi - 1] = true;
}

static void
take(struct bgp_session *s, enum bgp_type type, const uint8_t *msg, size_t len, struct mono now)
{
	if (type == BGP_NOTIFICATION) {
		take_notification(s, msg, len, now);
	} else if (s->state == BGP_STATE_OPEN_SENT && type == BGP_OPEN) {
		take_open(s, msg, len, now);
	} else if (s->state == BGP_STATE_OPEN_CONFIRM && type == BGP_KEEPALIVE) {
		s->state = BGP_STATE_ESTABLISHED;
		s->why[0] = '\0';
	} else if (s->state == BGP_STATE_ESTABLISHED && type == BGP_UPDATE) {
		take_update(s, msg, len, now);
	} else if (s->state == BGP_STATE_ESTABLISHED && type == BGP_ROUTE_REFRESH) {
		take_refresh(s, msg, len);
	} else if (s->state != BGP_STATE_ESTABLISHED || type != BGP_KEEPALIVE) {
		bgp_session_refuse(s, FSM_ERROR, 0, now);
	}
}

/* Every whole message of what has come. */
static void
take_all(struct bgp_session *s, struct mono now)
{
	size_t at = 0;

	while (s->fd >= 0 && s->in_len - at >= BGP_HEADER_BYTES) {
		enum bgp_type type;
		struct bgp_error bad;
		size_t len;

		if (bgp_header(s->in + at, BGP_MAX_BYTES, &type, &len, &bad) < 0) {
			bgp_session_refuse(s, bad.code, bad.subcode, now);
			return;
		}
		if (s->in_len - at < len)
			break;
		take(s, type, s->in + at, len, now);
		at += len;
	}
	if (s->fd < 0)
		return; /* ended, and in_len with it */
	memmove(s->in, s->in + at, s->in_len - at);
	s->in_len -= at;
}

void
bgp_session_read(struct bgp_session *s, struct mono now)
{
	ssize_t n = recv(s->fd, s->in + s->in_len, IN_BYTES - s->in_len, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0 && s->ceasing) {
		bgp_session_lost(s, true, now);
		return;
	}
	if (n <= 0) {
		snprintf(s->why, sizeof(s->why), "%s",
			n == 0 ? "the peer closed the connection" : strerror(errno));
		bgp_session_lost(s, false, now);
		return;
	}
	s->received = now;
	s->counts.bytes_received += (uint64_t)n;
	s->in_len += (size_t)n;
	take_all(s, now);
}

int
bgp_session_send(struct bgp_session *s, const void *messages, size_t len)
{
	if (len == 0)
		return 0;
	if (s->pieces_len == MAX_PIECES)
		return -ENOBUFS;
	s->piece[s->pieces_len++] = (struct piece){messages, len};
	return 0;
}

struct buf *
bgp_session_buffer(struct bgp_session *s)
{
	return &s->out;
}

bool
bgp_session_borrows(const struct bgp_session *s)
{
	return s->pieces_len > 0;
}

size_t
bgp_session_queued(const struct bgp_session *s)
{
	size_t n = bgp_session_poking(s) ? 0 : s->out.len - s->out_at;

	for (size_t i = 0; i < s->pieces_len; i++)
		n += s->piece[i].len;
	return s->pieces_len > 0 ? n - s->piece_at : n;
}

/* The end of the message that reaches over SLICE_BYTES from here. */
static size_t
next_slice(const struct piece *p, size_t at)
{
	size_t end = at;

	while (end < p->len && end - at < SLICE_BYTES)
		end += (size_t)p->at[end + 16] << 8 | p->at[end + 17];
	return end;
}

/* Returns false when the socket takes no more, or is gone. */
static bool
put(struct bgp_session *s, const void *bytes, size_t len, size_t *at, struct mono now)
{
	ssize_t n = send(s->fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n < 0) {
		/* What the peer said last may still be there to read, and says more than a reset does. */
		int code = errno;

		bgp_session_read(s, now);
		if (s->fd >= 0) {
			snprintf(s->why, sizeof(s->why), "%s", strerror(code));
			bgp_session_lost(s, false, now);
		}
		return false;
	}
	*at += (size_t)n;
	s->counts.bytes_sent += (uint64_t)n;
	s->sent = now;
	return (size_t)n == len;
}

/* Our own small messages: all, or the next byte of a poke when it is due. Returns false when that was all for now. */
static bool
put_own(struct bgp_session *s, struct mono now)
{
	bool poking = bgp_session_poking(s);
	size_t n = poking ? 1 : s->out.len - s->out_at;

	if (poking && mono_diff_ns(now, s->poke_at) < 0)
		return false;
	if (!put(s, s->out.data + s->out_at, n, &s->out_at, now))
		return false;
	if (poking)
		bgp_session_poked(s, now);
	if (s->out_at == s->out.len)
		s->out.len = s->out_at = s->poke_end = 0;
	return !poking;
}

void
bgp_session_write(struct bgp_session *s, struct mono now)
{
	for (int i = 0; i < SLICES_AT_ONCE && s->fd >= 0; i++) {
		bool between = s->pieces_len == 0 || s->piece_at == s->slice_end;

		if (between && s->out.len > s->out_at) {
			if (!put_own(s, now))
				return;
			continue;
		}
		if (s->pieces_len == 0)
			return;
		if (between)
			s->slice_end = next_slice(&s->piece[0], s->piece_at);
		if (!put(s, s->piece[0].at + s->piece_at, s->slice_end - s->piece_at, &s->piece_at,
			    now))
			return;
		if (s->piece_at == s->piece[0].len) {
			bgp_session_poke_for(s, s->piece[0].len, now);
			s->pieces_len--;
			memmove(s->piece, s->piece + 1, s->pieces_len * sizeof(s->piece[0]));
			s->piece_at = s->slice_end = 0;
		}
	}
}
