/* traffic_bgp.c - BGP sessions that come up and tell each other of routes, made of a seed. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/mono.h"
#include "lib/pkt.h"
#include "lib/rng.h"
#include "tests/bench/traffic.h"
#include "tests/bench/traffic_frame.h"

enum {
	SESSIONS = 48,
	SEGMENT_BYTES = 1448,
	STREAM_BYTES = 16384,
	GAP_NS = 100000, /* between packets, on average */
	OPEN = 1,
	UPDATE = 2,
	KEEPALIVE = 4,
};

/* One direction. */
struct half {
	uint32_t next_seq;
	size_t len; /* written by the daemon, not yet sent */
	uint8_t stream[STREAM_BYTES];
};

struct session {
	struct half half[2];
	unsigned unacked; /* segments of either side since the last ACK of its own */
};

struct bgp_traffic {
	FILE *to;
	struct rng rng;
	uint64_t left; /* packets */
	int64_t now_ns;
	struct session session[SESSIONS];
};

static struct frame_way
way_of(size_t session, unsigned side)
{
	struct frame_way w = {.family = session % 3 == 0 ? 6 : 4, .dport = 179};
	uint8_t *client = side == 0 ? w.src : w.dst, *server = side == 0 ? w.dst : w.src;

	if (w.family == 4) {
		memcpy(client, (uint8_t[]){198, 51, 100, (uint8_t)(2 * session)}, 4);
		memcpy(server, (uint8_t[]){198, 51, 100, (uint8_t)(2 * session + 1)}, 4);
	} else {
		memcpy(client, (uint8_t[]){0x20, 0x01, 0x0d, 0xb8}, 4);
		memcpy(server, (uint8_t[]){0x20, 0x01, 0x0d, 0xb8}, 4);
		client[15] = (uint8_t)(2 * session);
		server[15] = (uint8_t)(2 * session + 1);
	}
	w.sport = (uint16_t)(40000 + session);
	if (side == 1) {
		w.sport = 179;
		w.dport = (uint16_t)(40000 + session);
	}
	return w;
}

static void
put_segment(struct bgp_traffic *b, size_t i, unsigned side, uint8_t flags, uint32_t seq,
	const uint8_t *data, size_t len)
{
	struct session *s = &b->session[i];
	struct frame_tcp tcp = {seq, s->half[!side].next_seq, flags};
	struct frame_way way = way_of(i, side);

	if (b->left == 0)
		return;
	b->left--;
	if (flags == PKT_SYN)
		tcp.ack = 0;
	frame_tcp(b->to, b->now_ns, &way, &tcp, data, len);
	b->now_ns += (int64_t)rng_below(&b->rng, 2 * GAP_NS);
}

/* Half of what is under way, or all of it: in segments that do not care where a message ends. */
static void
send_out(struct bgp_traffic *b, size_t i, unsigned side, bool all)
{
	struct half *h = &b->session[i].half[side];
	size_t done = 0;

	while (h->len - done >= SEGMENT_BYTES || (all && done < h->len)) {
		size_t n = h->len - done < SEGMENT_BYTES ? h->len - done : SEGMENT_BYTES;
		size_t after =
			h->len - done - n < SEGMENT_BYTES ? h->len - done - n : SEGMENT_BYTES;
		bool swapped = after > 0 && rng_below(&b->rng, 100) == 0;
		bool again = rng_below(&b->rng, 200) == 0;

		if (swapped)
			put_segment(b, i, side, PKT_ACK, h->next_seq + (uint32_t)n,
				h->stream + done + n, after);
		put_segment(b, i, side, PKT_PSH | PKT_ACK, h->next_seq, h->stream + done, n);
		if (again)
			put_segment(
				b, i, side, PKT_PSH | PKT_ACK, h->next_seq, h->stream + done, n);
		h->next_seq += (uint32_t)n;
		done += n;
		if (swapped) {
			h->next_seq += (uint32_t)after;
			done += after;
		}
		if (++b->session[i].unacked % 2 == 0)
			put_segment(
				b, i, !side, PKT_ACK, b->session[i].half[!side].next_seq, NULL, 0);
	}
	memmove(h->stream, h->stream + done, h->len - done);
	h->len -= done;
}

/* A message into a daemon's socket. */
static void
say(struct half *h, unsigned type, const uint8_t *body, size_t len)
{
	uint8_t *m = h->stream + h->len;

	memset(m, 0xff, 16);
	frame_put16(m + 16, (unsigned)(19 + len));
	m[18] = (uint8_t)type;
	if (len > 0)
		memcpy(m + 19, body, len);
	h->len += 19 + len;
}

static size_t
put_prefixes(struct bgp_traffic *b, uint8_t *at, unsigned family, uint64_t count)
{
	size_t n = 0;

	for (uint64_t i = 0; i < count; i++) {
		uint64_t bits = rng_u64(&b->rng);

		if (family == 4) {
			memcpy(at + n, (uint8_t[]){24, 10, (uint8_t)bits, (uint8_t)(bits >> 8)}, 4);
			n += 4;
		} else {
			memcpy(at + n,
				(uint8_t[]){48, 0x20, 0x01, 0x0d, 0xb8, (uint8_t)bits,
					(uint8_t)(bits >> 8)},
				7);
			n += 7;
		}
	}
	return n;
}

/* ORIGIN, AS_PATH, next hop or MP_REACH_NLRI, MED, communities. */
static size_t
put_attributes(struct bgp_traffic *b, uint8_t *at, unsigned family, uint64_t prefixes)
{
	unsigned hops = 1 + (unsigned)rng_below(&b->rng, 6);
	unsigned communities = (unsigned)rng_below(&b->rng, 4);
	size_t n = 0, list;

	memcpy(at, (uint8_t[]){0x40, 1, 1, 0, 0x40, 2, (uint8_t)(2 + 4 * hops), 2, (uint8_t)hops},
		9);
	n = 9;
	for (unsigned i = 0; i < hops; i++, n += 4)
		frame_put32(at + n, 64496 + (uint32_t)rng_below(&b->rng, 16));
	if (family == 4) {
		memcpy(at + n, (uint8_t[]){0x40, 3, 4, 198, 51, 100, 1}, 7);
		n += 7;
	} else {
		memcpy(at + n, (uint8_t[]){0x90, 14, 0, 0, 0, 2, 1, 16, 0x20, 0x01, 0x0d, 0xb8},
			12);
		memset(at + n + 12, 0, 13);
		list = put_prefixes(b, at + n + 25, 6, prefixes);
		frame_put16(at + n + 2, (unsigned)(21 + list));
		n += 25 + list;
	}
	memcpy(at + n, (uint8_t[]){0x80, 4, 4, 0, 0, 0, 50}, 7);
	n += 7;
	if (communities > 0) {
		memcpy(at + n, (uint8_t[]){0xc0, 8, (uint8_t)(4 * communities)}, 3);
		n += 3;
		for (unsigned i = 0; i < communities; i++, n += 4)
			frame_put32(at + n, 64496u << 16 | (uint32_t)rng_below(&b->rng, 40));
	}
	return n;
}

static void
say_update(struct bgp_traffic *b, struct half *h, unsigned family)
{
	uint64_t kind = rng_below(&b->rng, 100);
	uint64_t prefixes = kind < 60 ? 1 : kind < 95 ? 1 + rng_below(&b->rng, 20) : 200;
	uint8_t body[4096] = {0};
	size_t n, len;

	if (kind % 5 == 0 && family == 4) {
		len = put_prefixes(b, body + 2, 4, prefixes);
		frame_put16(body, (unsigned)len);
		say(h, UPDATE, body, 2 + len + 2);
		return;
	}
	if (kind % 5 == 0) {
		len = put_prefixes(b, body + 11, 6, prefixes);
		memcpy(body + 4, (uint8_t[]){0x90, 15, 0, 0, 0, 2, 1}, 7);
		frame_put16(body + 6, (unsigned)(3 + len));
		frame_put16(body + 2, (unsigned)(7 + len));
		say(h, UPDATE, body, 11 + len);
		return;
	}
	n = put_attributes(b, body + 4, family, prefixes);
	frame_put16(body + 2, (unsigned)n);
	n += 4;
	if (family == 4)
		n += put_prefixes(b, body + n, 4, prefixes);
	say(h, UPDATE, body, n);
}

static void
say_open(struct half *h, size_t session, unsigned side)
{
	uint8_t open[] = {4, 0x5b, 0xa0, 0, 90, 198, 51, 100, 0, 22, 2, 20, 1, 4, 0, 1, 0, 1, 1, 4,
		0, 2, 0, 1, 2, 0, 65, 4, 0, 0, 0xfb, 0xf0};

	open[8] = (uint8_t)(2 * session + side + 1);
	open[31] = (uint8_t)(0xf0 + session % 16);
	say(h, OPEN, open, sizeof(open));
	say(h, KEEPALIVE, NULL, 0);
}

static void
come_up(struct bgp_traffic *b, size_t i)
{
	for (unsigned side = 0; side < 2; side++) {
		struct half *h = &b->session[i].half[side];

		h->next_seq = (uint32_t)rng_u64(&b->rng);
	}
	put_segment(b, i, 0, PKT_SYN, b->session[i].half[0].next_seq++, NULL, 0);
	put_segment(b, i, 1, PKT_SYN | PKT_ACK, b->session[i].half[1].next_seq++, NULL, 0);
	for (unsigned side = 0; side < 2; side++) {
		say_open(&b->session[i].half[side], i, side);
		send_out(b, i, side, true);
	}
}

void
traffic_bgp(FILE *to, uint64_t packets, uint64_t seed)
{
	struct bgp_traffic *b = calloc(1, sizeof(*b));

	if (b == NULL)
		return;
	b->to = to;
	b->left = packets;
	rng_init(&b->rng, seed);
	frame_file_head(to);
	for (size_t i = 0; i < SESSIONS; i++)
		come_up(b, i);
	while (b->left > 0) {
		size_t i = rng_below(&b->rng, SESSIONS);
		unsigned side = rng_below(&b->rng, 4) == 0;
		struct half *h = &b->session[i].half[side];
		uint64_t updates = 1 + rng_below(&b->rng, rng_below(&b->rng, 20) == 0 ? 12 : 2);

		if (rng_below(&b->rng, 30) == 0)
			say(h, KEEPALIVE, NULL, 0);
		for (uint64_t k = 0; k < updates && h->len < STREAM_BYTES - 4096; k++)
			say_update(b, h, i % 3 == 0 ? 6 : 4);
		send_out(b, i, side, rng_below(&b->rng, 5) != 0);
	}
	free(b);
}
