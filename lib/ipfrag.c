/* ipfrag.c - fragmented IP packets put together again, within bounded memory. */
#include "lib/ipfrag.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_RUNS = 64, MAX_BYTES = 65535 };

/* The part [from, to) is there. */
struct run {
	uint32_t from, to;
};

struct datagram {
	bool used;
	bool bad; /* overlapped: what still comes of it is refused */
	uint8_t family, proto;
	unsigned point;
	uint32_t id;
	uint8_t src[16], dst[16];
	struct wall first;
	uint32_t total_bytes; /* 0: the last fragment has not come */
	size_t runs;
	struct run run[MAX_RUNS];
	size_t room;
	uint8_t *data; /* kept from one packet to the next in this place */
};

struct ipfrag {
	size_t max_packets;
	int64_t timeout_ns;
	struct ipfrag_counts counts;
	struct datagram *datagram;
};

int
ipfrag_new(struct ipfrag **ret, size_t max_packets, int64_t timeout_ns)
{
	struct ipfrag *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return -ENOMEM;
	f->datagram = calloc(max_packets, sizeof(*f->datagram));
	if (f->datagram == NULL) {
		free(f);
		return -ENOMEM;
	}
	f->max_packets = max_packets;
	f->timeout_ns = timeout_ns;
	*ret = f;
	return 0;
}

void
ipfrag_free(struct ipfrag *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < f->max_packets; i++)
		free(f->datagram[i].data);
	free(f->datagram);
	free(f);
}

const struct ipfrag_counts *
ipfrag_counts(const struct ipfrag *f)
{
	return &f->counts;
}

static void
abandon(struct ipfrag *f, struct datagram *d)
{
	f->counts.abandoned += !d->bad;
	d->used = false;
}

/* Next header is that of the first fragment in IPv6; only there it is not part of the key. */
static bool
same(const struct datagram *d, const struct pkt_view *v, unsigned point)
{
	return d->used && d->point == point && d->id == v->fragment_id && d->family == v->family &&
		(v->family == 6 || d->proto == v->proto) && memcmp(d->src, v->src, 16) == 0 &&
		memcmp(d->dst, v->dst, 16) == 0;
}

/* The place of a fragment's packet: its own, else an empty one, else the oldest. */
static struct datagram *
place_of(struct ipfrag *f, const struct pkt_view *v, unsigned point, struct wall seen)
{
	struct datagram *best = &f->datagram[0];

	for (size_t i = 0; i < f->max_packets; i++) {
		struct datagram *d = &f->datagram[i];

		if (d->used && wall_diff_ns(seen, d->first) > f->timeout_ns)
			abandon(f, d);
		if (same(d, v, point))
			return d;
		if (best->used && (!d->used || wall_diff_ns(best->first, d->first) > 0))
			best = d;
	}
	if (best->used)
		abandon(f, best);
	best->used = true;
	best->bad = false;
	best->family = v->family;
	best->proto = v->proto;
	best->point = point;
	best->id = v->fragment_id;
	memcpy(best->src, v->src, 16);
	memcpy(best->dst, v->dst, 16);
	best->first = seen;
	best->total_bytes = 0;
	best->runs = 0;
	return best;
}

/* Note the run; runs are sorted and touching ones joined. Returns 1 if new, 0 if known, -EBADMSG. */
static int
add_run(struct datagram *d, uint32_t from, uint32_t to)
{
	size_t i = 0;

	while (i < d->runs && d->run[i].to < from)
		i++;
	if (i < d->runs && d->run[i].from <= from && d->run[i].to >= to && from < to)
		return 0;
	if ((i < d->runs && d->run[i].from < to && d->run[i].to > from) ||
		(i + 1 < d->runs && d->run[i + 1].from < to))
		return -EBADMSG;
	if (i < d->runs && d->run[i].to == from) {
		d->run[i].to = to;
		if (i + 1 < d->runs && d->run[i + 1].from == to) {
			d->run[i].to = d->run[i + 1].to;
			d->runs--;
			memmove(d->run + i + 1, d->run + i + 2,
				(d->runs - i - 1) * sizeof(d->run[0]));
		}
		return 1;
	}
	if (i < d->runs && d->run[i].from == to) {
		d->run[i].from = from;
		return 1;
	}
	if (d->runs == MAX_RUNS)
		return -EBADMSG;
	memmove(d->run + i + 1, d->run + i, (d->runs - i) * sizeof(d->run[0]));
	d->run[i] = (struct run){from, to};
	d->runs++;
	return 1;
}

static int
refuse(struct ipfrag *f, struct datagram *d, int rc)
{
	f->counts.refused++;
	d->bad = true;
	return rc;
}

static int
keep_bytes(struct datagram *d, uint32_t from, const uint8_t *data, size_t len)
{
	if (from + len > d->room) {
		size_t room = from + len < 4096 ? 4096 : MAX_BYTES;
		uint8_t *grown = realloc(d->data, room);

		if (grown == NULL)
			return -ENOMEM;
		d->data = grown;
		d->room = room;
	}
	if (len > 0)
		memcpy(d->data + from, data, len);
	return 0;
}

int
ipfrag_take(struct ipfrag *f, const struct pkt_view *v, unsigned point, struct wall seen,
	struct pkt_view *ret)
{
	struct datagram *d = place_of(f, v, point, seen);
	uint32_t from = v->fragment_at_bytes, to = from + (uint32_t)v->transport_wire_bytes;
	struct pkt_view whole;
	int rc;

	f->counts.fragments++;
	if (d->bad)
		return refuse(f, d, -EBADMSG);
	if (v->transport_bytes < v->transport_wire_bytes)
		return refuse(f, d, -EMSGSIZE);
	if (to > MAX_BYTES || to == from || (v->more && (to - from) % 8 != 0) ||
		(d->total_bytes != 0 &&
			(to > d->total_bytes || (!v->more && to != d->total_bytes))))
		return refuse(f, d, -EBADMSG);
	rc = add_run(d, from, to);
	if (rc < 0)
		return refuse(f, d, rc);
	if (rc == 0)
		return 0;
	rc = keep_bytes(d, from, v->transport, v->transport_bytes);
	if (rc < 0)
		return rc;
	if (!v->more)
		d->total_bytes = to;
	if (d->total_bytes != 0 && d->run[d->runs - 1].to > d->total_bytes)
		return refuse(f, d, -EBADMSG);
	if (from == 0)
		d->proto = v->proto;
	if (d->total_bytes == 0 || d->runs != 1 || d->run[0].from != 0 ||
		d->run[0].to != d->total_bytes)
		return 0;
	d->used = false;
	whole = *v;
	whole.proto = d->proto;
	rc = pkt_transport(&whole, d->data, d->total_bytes);
	if (rc < 0) {
		f->counts.refused++;
		return rc;
	}
	f->counts.whole++;
	*ret = whole;
	return 1;
}
