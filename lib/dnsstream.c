/* dnsstream.c - DNS messages cut out of a TCP byte stream, each with the instant it became complete. */
#include "lib/dnsstream.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/dns.h"

enum { LENGTH_BYTES = 2 };

struct dnsstream {
	dnsstream_message *message;
	void *arg;
	struct dnsstream_counts counts;
	bool seeking;
	struct wall latest;
	uint64_t packet;
	size_t have; /* bytes of length and message in `buf` */
	size_t room;
	uint8_t *buf;
};

int
dnsstream_new(struct dnsstream **ret, dnsstream_message *message, void *arg)
{
	struct dnsstream *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return -ENOMEM;
	d->message = message;
	d->arg = arg;
	*ret = d;
	return 0;
}

void
dnsstream_free(struct dnsstream *d)
{
	if (d == NULL)
		return;
	free(d->buf);
	free(d);
}

size_t
dnsstream_held_bytes(const struct dnsstream *d)
{
	return d->room;
}

const struct dnsstream_counts *
dnsstream_counts(const struct dnsstream *d)
{
	return &d->counts;
}

void
dnsstream_restart(struct dnsstream *d)
{
	d->have = 0;
	d->latest.ns = 0;
	d->seeking = false;
}

void
dnsstream_gap(struct dnsstream *d)
{
	d->counts.skipped_bytes += d->have;
	dnsstream_restart(d);
	d->seeking = true;
	d->counts.resyncs++;
}

/* Does a whole message stand here, one that makes sense? */
static bool
begins(const uint8_t *data, size_t len_bytes)
{
	struct dns_msg msg;
	size_t says_bytes;

	if (len_bytes < LENGTH_BYTES)
		return false;
	says_bytes = (size_t)data[0] << 8 | data[1];
	return says_bytes >= DNS_HEADER_BYTES && says_bytes <= len_bytes - LENGTH_BYTES &&
		dns_read(data + LENGTH_BYTES, says_bytes, &msg) == 0 && msg.qdcount <= 1;
}

static size_t
wanted(const struct dnsstream *d)
{
	return d->have < LENGTH_BYTES ? LENGTH_BYTES
				      : LENGTH_BYTES + ((size_t)d->buf[0] << 8 | d->buf[1]);
}

static int
make_room(struct dnsstream *d, size_t want)
{
	uint8_t *grown;
	size_t room = 512;

	if (want <= d->room)
		return 0;
	while (room < want)
		room *= 2;
	grown = realloc(d->buf, room);
	if (grown == NULL)
		return -ENOMEM;
	d->buf = grown;
	d->room = room;
	return 0;
}

int
dnsstream_push(struct dnsstream *d, const uint8_t *data, size_t len_bytes, struct wall seen,
	uint64_t packet)
{
	if (d->seeking && !begins(data, len_bytes)) {
		d->counts.skipped_bytes += len_bytes;
		return 0;
	}
	d->seeking = false;
	while (len_bytes > 0) {
		size_t want = wanted(d), n;

		if (make_room(d, want) < 0) {
			dnsstream_gap(d);
			return -ENOMEM;
		}
		n = want - d->have < len_bytes ? want - d->have : len_bytes;
		memcpy(d->buf + d->have, data, n);
		if (d->have == 0 || seen.ns > d->latest.ns) {
			d->latest = seen;
			d->packet = packet;
		}
		d->have += n;
		data += n;
		len_bytes -= n;
		if (d->have < LENGTH_BYTES || d->have < wanted(d))
			continue;
		d->counts.messages++;
		d->message(d->arg, d->buf + LENGTH_BYTES, d->have - LENGTH_BYTES, d->latest,
			d->packet);
		d->have = 0;
	}
	return 0;
}
