/* tcptable.c - the TCP connections of one service in a capture, reassembled within bounded memory. */
#include "bench/analyze/tcptable.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 4096, MAX_PENDING_BYTES = 1 << 20 };

struct tcptable {
	uint16_t port;
	size_t max_connections, connections;
	size_t max_held_bytes, held_bytes;
	struct tcptable_hooks hooks;
	struct tcptable_counts counts;
	struct fact_place place;
	struct tcp_connection *oldest, *newest;
	struct tcp_connection *bucket[BUCKETS];
};

int
tcptable_new(struct tcptable **ret, uint16_t port, size_t max_connections, size_t max_held_bytes,
	const struct tcptable_hooks *hooks)
{
	struct tcptable *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return -ENOMEM;
	t->port = port;
	t->max_connections = max_connections;
	t->max_held_bytes = max_held_bytes;
	t->hooks = *hooks;
	*ret = t;
	return 0;
}

static void
unlink_used(struct tcptable *t, struct tcp_connection *c)
{
	*(c->older == NULL ? &t->oldest : &c->older->newer) = c->newer;
	*(c->newer == NULL ? &t->newest : &c->newer->older) = c->older;
}

static void
link_newest(struct tcptable *t, struct tcp_connection *c)
{
	c->newer = NULL;
	c->older = t->newest;
	*(t->newest == NULL ? &t->oldest : &t->newest->newer) = c;
	t->newest = c;
}

static void
add_counts(struct tcpstream_counts *to, const struct tcpstream_counts *from)
{
	to->segments += from->segments;
	to->repeated_bytes += from->repeated_bytes;
	to->reordered_bytes += from->reordered_bytes;
	to->gap_bytes += from->gap_bytes;
	to->early_bytes += from->early_bytes;
	to->odd_segments += from->odd_segments;
}

static void
forget(struct tcptable *t, struct tcp_connection *c)
{
	struct tcp_connection **at = &t->bucket[c->bucket];

	for (int side = 0; side < 2; side++) {
		struct tcp_half *h = &c->half[side];

		if (h->stream == NULL)
			continue;
		tcpstream_finish(h->stream);
		add_counts(&t->counts.streams, tcpstream_counts(h->stream));
		t->held_bytes -= h->held_bytes;
		t->hooks.close(h);
		tcpstream_free(h->stream);
	}
	while (*at != c)
		at = &(*at)->chain;
	*at = c->chain;
	unlink_used(t, c);
	t->connections--;
	free(c);
}

void
tcptable_free(struct tcptable *t)
{
	if (t == NULL)
		return;
	while (t->oldest != NULL)
		forget(t, t->oldest);
	free(t);
}

static void
on_bytes(void *arg, const uint8_t *data, size_t len_bytes, struct wall seen, uint64_t packet)
{
	struct tcp_half *h = arg;

	h->connection->table->hooks.bytes(h, data, len_bytes, seen, packet);
}

static void
on_gap(void *arg, uint64_t missing_bytes)
{
	struct tcp_half *h = arg;

	h->connection->table->hooks.gap(h, missing_bytes);
}

static void
on_restart(void *arg)
{
	struct tcp_half *h = arg;

	h->connection->table->hooks.restart(h);
}

static bool
is_of(const struct tcp_connection *c, const struct pkt_view *v, unsigned side)
{
	return c->family == v->family && c->port[side] == v->sport && c->port[!side] == v->dport &&
		memcmp(c->addr[side], v->src, 16) == 0 && memcmp(c->addr[!side], v->dst, 16) == 0;
}

/* Both directions have the same one. */
static uint32_t
bucket_of(const struct pkt_view *v)
{
	uint64_t a, b, c, d, sum;

	memcpy(&a, v->src, 8);
	memcpy(&b, v->src + 8, 8);
	memcpy(&c, v->dst, 8);
	memcpy(&d, v->dst + 8, 8);
	sum = (a * 3 + b) * 0x9e3779b97f4a7c15u + v->sport * 0xd6e8feb86659fd93u;
	sum += (c * 3 + d) * 0x9e3779b97f4a7c15u + v->dport * 0xd6e8feb86659fd93u;
	return (uint32_t)((sum ^ sum >> 29) % BUCKETS);
}

static struct tcp_connection *
connection_of(struct tcptable *t, const struct pkt_view *v, unsigned side)
{
	uint32_t bucket;
	struct tcp_connection *c = t->newest;

	if (c != NULL && is_of(c, v, side))
		return c;
	bucket = bucket_of(v);
	for (c = t->bucket[bucket]; c != NULL && !is_of(c, v, side); c = c->chain)
		;
	if (c != NULL) {
		unlink_used(t, c);
		link_newest(t, c);
		return c;
	}
	if (t->connections == t->max_connections) {
		t->counts.forgotten++;
		forget(t, t->oldest);
	}
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return NULL;
	c->table = t;
	c->family = v->family;
	memcpy(c->addr[side], v->src, 16);
	memcpy(c->addr[!side], v->dst, 16);
	c->port[side] = v->sport;
	c->port[!side] = v->dport;
	for (unsigned i = 0; i < 2; i++)
		c->half[i] = (struct tcp_half){.connection = c, .side = i};
	c->bucket = bucket;
	c->chain = t->bucket[bucket];
	t->bucket[bucket] = c;
	link_newest(t, c);
	t->connections++;
	t->counts.connections++;
	return c;
}

static int
start(struct tcptable *t, struct tcp_half *h)
{
	struct tcpstream_sink sink = {on_bytes, on_gap, on_restart, h};
	int rc;

	if (h->stream != NULL)
		return 0;
	rc = tcpstream_new(&h->stream, &sink, MAX_PENDING_BYTES);
	if (rc < 0)
		return rc;
	rc = t->hooks.open(t->hooks.arg, h);
	if (rc < 0) {
		tcpstream_free(h->stream);
		h->stream = NULL;
	}
	return rc;
}

static void
weigh(struct tcptable *t, struct tcp_half *h)
{
	size_t held_bytes = tcpstream_pending_bytes(h->stream) + t->hooks.held(h);

	t->held_bytes += held_bytes - h->held_bytes;
	h->held_bytes = held_bytes;
}

static void
tell_flags(struct tcptable *t, struct tcp_half *h, uint8_t flags)
{
	static const enum pkt_tcp_flag kinds[] = {PKT_SYN, PKT_FIN, PKT_RST};

	/* A SYN with new numbers begins a new connection: what the old one ended with is forgotten. */
	if ((flags & PKT_SYN) && (h->flags & (PKT_FIN | PKT_RST)))
		h->flags = 0;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!(flags & kinds[i]) || (h->flags & kinds[i]))
			continue;
		h->flags |= (uint8_t)kinds[i];
		if (t->hooks.flag != NULL)
			t->hooks.flag(t->hooks.arg, h, kinds[i], &t->place);
	}
}

int
tcptable_push(struct tcptable *t, const struct pkt_view *v, const struct fact_place *at)
{
	unsigned side =
		v->sport == t->port && (v->dport != t->port || memcmp(v->src, v->dst, 16) > 0);
	struct tcp_connection *c = connection_of(t, v, side);
	struct tcp_half *h, *other;
	struct tcpstream_segment s = {.seq = v->seq,
		.flags = v->flags,
		.data = v->payload,
		.len_bytes = v->payload_bytes,
		.wire_bytes = v->payload_wire_bytes,
		.seen = at->seen,
		.packet = at->packet};
	int rc = 0;

	if (c == NULL)
		return -ENOMEM;
	t->place = *at;
	h = &c->half[side];
	other = &c->half[!side];
	if ((s.wire_bytes > 0 || (v->flags & PKT_SYN)) && start(t, h) < 0)
		return -ENOMEM;
	if (v->flags & PKT_SYN)
		tell_flags(t, h, PKT_SYN);
	if (h->stream != NULL) {
		rc = tcpstream_push(h->stream, &s);
		weigh(t, h);
	}
	if ((v->flags & PKT_ACK) && other->stream != NULL) {
		tcpstream_acked(other->stream, v->ack);
		weigh(t, other);
	}
	tell_flags(t, h, v->flags & (PKT_FIN | PKT_RST));
	while (t->held_bytes > t->max_held_bytes && t->oldest != t->newest) {
		t->counts.forgotten++;
		forget(t, t->oldest);
	}
	return rc;
}

const struct fact_place *
tcptable_place(const struct tcptable *t)
{
	return &t->place;
}

void
tcptable_finish(struct tcptable *t)
{
	for (struct tcp_connection *c = t->oldest; c != NULL; c = c->newer)
		for (int side = 0; side < 2; side++)
			if (c->half[side].stream != NULL)
				tcpstream_finish(c->half[side].stream);
}

struct tcptable_counts
tcptable_counts(const struct tcptable *t)
{
	struct tcptable_counts counts = t->counts;

	for (const struct tcp_connection *c = t->oldest; c != NULL; c = c->newer)
		for (int side = 0; side < 2; side++)
			if (c->half[side].stream != NULL)
				add_counts(&counts.streams, tcpstream_counts(c->half[side].stream));
	return counts;
}
