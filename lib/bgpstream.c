/* bgpstream.c - BGP messages cut out of a byte stream, each with the instant it became complete. */
#include "lib/bgpstream.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct bgpstream {
	bgpstream_message *message;
	void *arg;
	struct bgpstream_counts counts;
	bool seeking; /* the next header may be anywhere */
	size_t have;  /* bytes of the message begun */
	size_t want;  /* its length once the header is known, before that the header's */
	enum bgp_type type;
	struct wall latest; /* of the bytes in `buf` */
	uint64_t packet;    /* that brought `latest` */
	size_t room;
	uint8_t *buf; /* BGP_MAX_BYTES, more once a long message comes */
};

int
bgpstream_new(struct bgpstream **ret, bgpstream_message *message, void *arg)
{
	struct bgpstream *b = calloc(1, sizeof(*b));

	if (b == NULL)
		return -ENOMEM;
	b->room = BGP_MAX_BYTES;
	b->buf = malloc(b->room);
	if (b->buf == NULL) {
		free(b);
		return -ENOMEM;
	}
	b->message = message;
	b->arg = arg;
	b->want = BGP_HEADER_BYTES;
	*ret = b;
	return 0;
}

void
bgpstream_free(struct bgpstream *b)
{
	if (b == NULL)
		return;
	free(b->buf);
	free(b);
}

size_t
bgpstream_held_bytes(const struct bgpstream *b)
{
	return b->room;
}

const struct bgpstream_counts *
bgpstream_counts(const struct bgpstream *b)
{
	return &b->counts;
}

static void
forget(struct bgpstream *b)
{
	b->have = 0;
	b->want = BGP_HEADER_BYTES;
	b->latest.ns = 0;
}

void
bgpstream_restart(struct bgpstream *b)
{
	forget(b);
	b->seeking = false;
}

void
bgpstream_gap(struct bgpstream *b)
{
	b->counts.skipped_bytes += b->have;
	forget(b);
	if (!b->seeking)
		b->counts.resyncs++;
	b->seeking = true;
}

/* The 19 bytes in `buf` are no header: drop up to the next place where one may begin. */
static void
seek(struct bgpstream *b)
{
	size_t i;

	if (!b->seeking)
		b->counts.resyncs++;
	b->seeking = true;
	for (i = 1; i < b->have; i++) {
		size_t n = b->have - i < 16 ? b->have - i : 16, same = 0;

		while (same < n && b->buf[i + same] == 0xff)
			same++;
		if (same == n)
			break;
	}
	memmove(b->buf, b->buf + i, b->have - i);
	b->have -= i;
	b->counts.skipped_bytes += i;
}

/* Room for the message whose header was read; without memory it is looked for the next one. */
static bool
make_room(struct bgpstream *b)
{
	uint8_t *grown;

	if (b->want <= b->room)
		return true;
	grown = realloc(b->buf, BGP_MAX_LONG_BYTES);
	if (grown == NULL)
		return false;
	b->buf = grown;
	b->room = BGP_MAX_LONG_BYTES;
	return true;
}

/* As many bytes as the header or the message still lacks. Returns how many were used. */
static size_t
fill(struct bgpstream *b, const uint8_t *data, size_t len_bytes, struct wall seen, uint64_t packet)
{
	size_t n = b->want - b->have < len_bytes ? b->want - b->have : len_bytes;

	memcpy(b->buf + b->have, data, n);
	b->have += n;
	if (n > 0 && (seen.ns > b->latest.ns || b->have == n)) {
		b->latest = seen;
		b->packet = packet;
	}
	return n;
}

/* Messages that begin and end in `data` need not be put together. Returns how many bytes they are. */
static size_t
push_whole(struct bgpstream *b, const uint8_t *data, size_t len_bytes, struct wall seen,
	uint64_t packet)
{
	size_t used = 0, message_bytes;
	enum bgp_type type;

	while (b->have == 0 && len_bytes - used >= BGP_HEADER_BYTES &&
		bgp_header(data + used, BGP_MAX_LONG_BYTES, &type, &message_bytes, NULL) == 0 &&
		message_bytes <= len_bytes - used) {
		b->seeking = false;
		b->counts.messages++;
		b->message(b->arg, type, data + used, message_bytes, seen, packet);
		used += message_bytes;
	}
	return used;
}

void
bgpstream_push(struct bgpstream *b, const uint8_t *data, size_t len_bytes, struct wall seen,
	uint64_t packet)
{
	size_t whole_bytes = push_whole(b, data, len_bytes, seen, packet);

	data += whole_bytes;
	len_bytes -= whole_bytes;
	while (len_bytes > 0 || (b->have > 0 && b->have == b->want)) {
		size_t n = fill(b, data, len_bytes, seen, packet);

		data += n;
		len_bytes -= n;
		if (b->have < b->want)
			return;
		if (b->want == BGP_HEADER_BYTES) {
			if (bgp_header(b->buf, BGP_MAX_LONG_BYTES, &b->type, &b->want, NULL) < 0 ||
				!make_room(b)) {
				b->want = BGP_HEADER_BYTES;
				seek(b);
				continue;
			}
			b->seeking = false;
			if (b->have < b->want)
				continue;
		}
		b->counts.messages++;
		b->message(b->arg, b->type, b->buf, b->want, b->latest, b->packet);
		forget(b);
	}
}
