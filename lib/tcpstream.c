/* tcpstream.c - one direction of a TCP connection put back in order from captured segments. */
#include "lib/tcpstream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/pkt.h"

/*
 * A segment adds at most one piece per hole between the pieces there are, and two more. Cleared to
 * half before each segment, there are never more than this and a few.
 */
enum { MAX_PIECES = 1024, ODD_BEFORE_REJOIN = 3 };

#define MAX_AHEAD_BYTES (1 << 30) /* the largest window there can be, RFC 7323 2.3 */

/*
 * A run of bytes that waits, known by its offset in the stream: sequence numbers are unwrapped to
 * 64 bits once, at the door. `data` NULL is a run that the snap length cut off.
 */
struct piece {
	uint64_t from;
	uint64_t to;
	uint8_t *data;
	struct wall seen;
	uint64_t packet;
};

/* Pieces are sorted, do not overlap, and none begins at or before `next`. */
struct tcpstream {
	struct tcpstream_sink sink;
	size_t max_pending_bytes;
	bool joined;
	uint64_t
		next; /* offset of the next byte to hand out; low 32 bits are its sequence number */
	uint64_t start;	   /* where this connection was joined */
	uint64_t isn_next; /* offset behind the SYN that began this connection, 0: joined midway */
	uint64_t pending_bytes;
	size_t pieces;
	int odd; /* odd segments in a row */
	struct tcpstream_counts counts;
	size_t room;	     /* pieces that there is memory for */
	struct piece *piece; /* most streams never need one */
};

int
tcpstream_new(struct tcpstream **ret, const struct tcpstream_sink *sink, size_t max_pending_bytes)
{
	struct tcpstream *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return -ENOMEM;
	t->sink = *sink;
	t->max_pending_bytes = max_pending_bytes;
	*ret = t;
	return 0;
}

static void
drop_pieces(struct tcpstream *t)
{
	for (size_t i = 0; i < t->pieces; i++)
		free(t->piece[i].data);
	t->pieces = 0;
	t->pending_bytes = 0;
}

void
tcpstream_free(struct tcpstream *t)
{
	if (t == NULL)
		return;
	drop_pieces(t);
	free(t->piece);
	free(t);
}

const struct tcpstream_counts *
tcpstream_counts(const struct tcpstream *t)
{
	return &t->counts;
}

size_t
tcpstream_pending_bytes(const struct tcpstream *t)
{
	return (size_t)t->pending_bytes;
}

/* A sequence number as an offset: the one nearest to `next`. */
static int64_t
ahead(const struct tcpstream *t, uint32_t seq)
{
	return (int32_t)(seq - (uint32_t)t->next);
}

static void
hand_out(struct tcpstream *t, const struct piece *p, const uint8_t *data)
{
	size_t len = (size_t)(p->to - p->from);

	t->next = p->to;
	if (data != NULL) {
		t->sink.bytes(t->sink.arg, data, len, p->seen, p->packet);
	} else {
		t->counts.gap_bytes += len;
		t->sink.gap(t->sink.arg, len);
	}
}

static void
hand_out_first(struct tcpstream *t)
{
	struct piece p = t->piece[0];

	t->pieces--;
	t->pending_bytes -= p.to - p.from;
	memmove(t->piece, t->piece + 1, t->pieces * sizeof(t->piece[0]));
	hand_out(t, &p, p.data);
	free(p.data);
}

static void
hand_out_ready(struct tcpstream *t)
{
	while (t->pieces > 0 && t->piece[0].from <= t->next)
		hand_out_first(t);
}

/* Give up on the hole before the first piece. */
static void
skip_hole(struct tcpstream *t, uint64_t to)
{
	struct piece hole = {.from = t->next, .to = to};

	if (to > t->next)
		hand_out(t, &hole, NULL);
	hand_out_ready(t);
}

static int
make_room(struct tcpstream *t)
{
	size_t room = t->room == 0 ? 16 : 2 * t->room;
	struct piece *grown;

	if (t->pieces < t->room)
		return 0;
	grown = realloc(t->piece, room * sizeof(*grown));
	if (grown == NULL)
		return -ENOMEM;
	t->piece = grown;
	t->room = room;
	return 0;
}

/* Keep the run [from, to) of segment `s`, which overlaps no piece, at place i. */
static int
keep(struct tcpstream *t, size_t i, const struct tcpstream_segment *s, uint64_t begin,
	uint64_t from, uint64_t to)
{
	size_t len = (size_t)(to - from), skip = (size_t)(from - begin);
	bool cut = skip >= s->len_bytes;
	uint8_t *data = NULL;

	if (make_room(t) < 0)
		return -ENOMEM;
	if (!cut) {
		data = malloc(len);
		if (data == NULL)
			return -ENOMEM;
		memcpy(data, s->data + skip, len);
	}
	memmove(t->piece + i + 1, t->piece + i, (t->pieces - i) * sizeof(t->piece[0]));
	t->piece[i] = (struct piece){from, to, data, s->seen, s->packet};
	t->pieces++;
	t->pending_bytes += len;
	return 0;
}

/* Keep what of [from, to) no piece covers; the bytes at `begin` are those of the segment's start. */
static int
keep_uncovered(struct tcpstream *t, const struct tcpstream_segment *s, uint64_t begin,
	uint64_t from, uint64_t to)
{
	size_t i = t->pieces;

	/* Segments mostly come in order: look from the back. */
	while (i > 0 && t->piece[i - 1].to > from)
		i--;
	while (from < to) {
		uint64_t until = i < t->pieces && t->piece[i].from < to ? t->piece[i].from : to;

		if (from < until) {
			int rc = keep(t, i, s, begin, from, until);

			if (rc < 0)
				return rc;
			i++;
		}
		if (until == to)
			break;
		from = t->piece[i].to;
		t->counts.repeated_bytes += (from < to ? from : to) - until;
		i++;
	}
	return 0;
}

static void
rejoin(struct tcpstream *t, uint64_t at)
{
	if (t->joined) {
		drop_pieces(t);
		if (t->sink.restart != NULL)
			t->sink.restart(t->sink.arg);
	}
	t->joined = true;
	t->odd = 0;
	/* Offsets never go back, so keep the high half growing. */
	t->next = ((t->next >> 32) + 2) << 32 | (uint32_t)at;
	t->start = t->next;
	t->isn_next = 0;
}

static void
take_syn(struct tcpstream *t, const struct tcpstream_segment *s)
{
	if (t->joined && t->isn_next != 0 && (uint32_t)t->isn_next == s->seq + 1)
		return; /* the same SYN again */
	rejoin(t, s->seq + 1);
	t->isn_next = t->next;
}

/* A run of the segment that begins at or before `next` and waits for nothing. */
static void
pass_through(struct tcpstream *t, const struct tcpstream_segment *s, uint64_t begin, uint64_t to)
{
	struct piece p = {.from = t->next, .to = to, .seen = s->seen, .packet = s->packet};

	if (p.to > p.from)
		hand_out(t, &p, s->data + (p.from - begin));
}

static void
count_known(struct tcpstream *t, uint64_t begin, uint64_t end)
{
	uint64_t known = end < t->next ? end : t->next, early = end < t->start ? end : t->start;

	if (begin < early)
		t->counts.early_bytes += early - begin;
	if (begin < t->start)
		begin = t->start;
	if (begin < known)
		t->counts.repeated_bytes += known - begin;
}

/* The captured part [begin, captured) and the part behind the snap length [captured, end). */
static int
place(struct tcpstream *t, const struct tcpstream_segment *s, uint64_t begin, uint64_t end)
{
	uint64_t captured = begin + s->len_bytes, from;
	int rc = 0;

	while (t->pieces > MAX_PIECES / 2)
		skip_hole(t, t->piece[0].from);
	from = begin > t->next ? begin : t->next;
	count_known(t, begin, end);
	if (end <= t->next)
		return 0;
	if (begin > t->next)
		t->counts.reordered_bytes += end - begin;
	if (t->pieces == 0 && begin <= t->next) {
		pass_through(t, s, begin, captured);
		from = t->next;
	}
	if (from < captured)
		rc = keep_uncovered(t, s, begin, from, captured);
	from = captured > t->next ? captured : t->next;
	if (rc == 0 && from < end)
		rc = keep_uncovered(t, s, begin, from, end);
	hand_out_ready(t);
	while (t->pieces > 0 && t->pending_bytes > t->max_pending_bytes)
		skip_hole(t, t->piece[0].from);
	return rc;
}

int
tcpstream_push(struct tcpstream *t, const struct tcpstream_segment *s)
{
	uint32_t seq = s->seq;
	size_t wire_bytes = s->wire_bytes > s->len_bytes ? s->wire_bytes : s->len_bytes;
	int64_t distance;
	uint64_t begin;

	if (s->flags & PKT_SYN) {
		take_syn(t, s);
		seq++;
	}
	if (wire_bytes == 0 || (s->flags & PKT_RST))
		return 0;
	t->counts.segments++;
	if (!t->joined)
		rejoin(t, seq);
	distance = ahead(t, seq);
	if (distance > MAX_AHEAD_BYTES || distance < -MAX_AHEAD_BYTES ||
		wire_bytes > MAX_AHEAD_BYTES) {
		t->counts.odd_segments++;
		if (++t->odd < ODD_BEFORE_REJOIN || wire_bytes > MAX_AHEAD_BYTES)
			return 0;
		/* The ports were used again and we missed the SYN. */
		rejoin(t, seq);
		distance = 0;
	}
	t->odd = 0;
	begin = (uint64_t)((int64_t)t->next + distance);
	return place(t, s, begin, begin + wire_bytes);
}

void
tcpstream_acked(struct tcpstream *t, uint32_t ack)
{
	uint64_t until, last;

	if (!t->joined || t->pieces == 0 || ahead(t, ack) <= 0)
		return;
	until = t->next + (uint64_t)ahead(t, ack);
	last = t->piece[t->pieces - 1].to;
	if (until > last + 1) /* + 1: a FIN */
		return;
	if (until > last)
		until = last;
	while (t->pieces > 0 && t->next < until)
		skip_hole(t, t->piece[0].from < until ? t->piece[0].from : until);
}

void
tcpstream_finish(struct tcpstream *t)
{
	while (t->pieces > 0)
		skip_hole(t, t->piece[0].from);
}
