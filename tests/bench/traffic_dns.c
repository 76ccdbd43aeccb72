/* traffic_dns.c - DNS traffic of a large anycast service, made of a seed. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/mono.h"
#include "lib/pkt.h"
#include "lib/rng.h"
#include "tests/bench/traffic.h"
#include "tests/bench/traffic_frame.h"

enum {
	CLIENTS = 5000,
	SERVICES = 3,
	POPULAR = 2000,
	QUERIES_QPS = 50000,
	MAX_PENDING = 1 << 17,
	MESSAGE_BYTES = 600,
	ANSWER_WAIT_MS = 400,
	TYPE_SOA = 6,
	TYPE_RRSIG = 46,
};

/* What is to be seen next of a query; each leads to the next. */
enum step { ASK, ANSWER, ANSWER_AGAIN, UNREACHABLE, TCP_ASK, TCP_ANSWER, TCP_END };

struct pending {
	int64_t at_ns;
	enum step step;
	uint8_t tries;
	uint8_t wants; /* bits of what the client wants: enum want */
	uint16_t id, sport, qtype;
	uint32_t client, name;
};

enum want { WANT_EDNS = 1, WANT_NSID = 2, WANT_DO = 4, WANT_V6 = 8, WANT_MIXED = 16 };

struct dns_traffic {
	FILE *to;
	struct rng rng;
	uint64_t left; /* packets */
	int64_t now_ns;
	uint32_t unique;
	size_t pending;
	struct pending heap[MAX_PENDING]; /* the earliest first */
};

static bool
earlier(const struct pending *a, const struct pending *b)
{
	return a->at_ns < b->at_ns || (a->at_ns == b->at_ns && a->client < b->client);
}

static void
later(struct dns_traffic *d, const struct pending *p, enum step step, int64_t wait_ns)
{
	struct pending x = *p;
	size_t i;

	if (d->pending == MAX_PENDING)
		return;
	x.step = step;
	x.at_ns = d->now_ns + wait_ns;
	for (i = d->pending++; i > 0 && earlier(&x, &d->heap[(i - 1) / 2]); i = (i - 1) / 2)
		d->heap[i] = d->heap[(i - 1) / 2];
	d->heap[i] = x;
}

static struct pending
take_earliest(struct dns_traffic *d)
{
	struct pending first = d->heap[0], last = d->heap[--d->pending];
	size_t i = 0, child;

	while ((child = 2 * i + 1) < d->pending) {
		child += child + 1 < d->pending && earlier(&d->heap[child + 1], &d->heap[child]);
		if (!earlier(&d->heap[child], &last))
			break;
		d->heap[i] = d->heap[child];
		i = child;
	}
	d->heap[i] = last;
	return first;
}

static bool
chance(struct dns_traffic *d, unsigned per_mille)
{
	return rng_below(&d->rng, 1000) < per_mille;
}

static struct frame_way
way_of(const struct pending *p, bool answer)
{
	struct frame_way w = {.family = p->wants & WANT_V6 ? 6 : 4};
	uint8_t *client = answer ? w.dst : w.src, *server = answer ? w.src : w.dst;

	if (w.family == 4) {
		memcpy(client, (uint8_t[]){198, 18, p->client >> 8 & 255, p->client & 255}, 4);
		memcpy(server, (uint8_t[]){203, 0, 113, 53}, 4);
		server[3] = (uint8_t)(53 + p->client % SERVICES);
	} else {
		memcpy(client, (uint8_t[]){0x20, 0x01, 0x0d, 0xb8, 0, 0x18}, 6);
		frame_put16(client + 14, p->client);
		memcpy(server, (uint8_t[]){0x20, 0x01, 0x0d, 0xb8, 0, 0x53}, 6);
		server[15] = (uint8_t)(53 + p->client % SERVICES);
	}
	w.sport = answer ? 53 : p->sport;
	w.dport = answer ? p->sport : 53;
	return w;
}

static size_t
put_name(uint8_t *q, const struct pending *p)
{
	static const char *const zones[] = {"example", "test", "invalid"};
	const char *zone = zones[p->name % 3];
	char label[32], *c;
	size_t n = 0, len;

	snprintf(label, sizeof(label), p->name < POPULAR ? "www%u" : "p%08u", p->name);
	for (c = label; (p->wants & WANT_MIXED) && *c != '\0'; c++)
		*c = (char)(*c >= 'a' && *c <= 'z' && (p->id >> (c - label) % 16 & 1) ? *c - 32
										      : *c);
	for (int i = 0; i < 3; i++) {
		const char *text = i == 0 ? label : i == 1 ? "probe" : zone;

		len = strlen(text);
		q[n++] = (uint8_t)len;
		memcpy(q + n, text, len);
		n += len;
	}
	q[n++] = 0;
	return n;
}

static size_t
put_opt(uint8_t *at, const struct pending *p, bool answer)
{
	static const char *const sites[] = {"ams", "fra", "hkg", "iad", "nrt", "scl", "syd"};
	char name[16];
	size_t len = 0;

	if (!(p->wants & WANT_EDNS))
		return 0;
	memcpy(at, (uint8_t[]){0, 0, 41, 4, 0xd0, 0, 0, 0, 0, 0, 0}, 11);
	at[7] = p->wants & WANT_DO ? 0x80 : 0;
	if (!(p->wants & WANT_NSID))
		return 11;
	snprintf(name, sizeof(name), "%u.%s", p->client % 2 + 1, sites[p->client / 7 % 7]);
	if (answer)
		len = strlen(name);
	at[10] = (uint8_t)(4 + len);
	memcpy(at + 11, (uint8_t[]){0, 3, 0, (uint8_t)len}, 4);
	memcpy(at + 15, name, len);
	return 15 + len;
}

/*
 * A record with the question's owner: an address, a signature that nobody checks, an SOA. The names
 * in the latter two are the root.
 */
static size_t
put_record(uint8_t *at, unsigned type, unsigned len)
{
	memcpy(at, (uint8_t[]){0xc0, 12, 0, 0, 0, 1, 0, 0, 0, 60}, 10);
	frame_put16(at + 2, type);
	frame_put16(at + 10, len);
	for (unsigned i = 0; i < len; i++)
		at[12 + i] = (uint8_t)(type * 31 + i * 7);
	if (type == TYPE_RRSIG)
		at[12 + 18] = 0;
	if (type == TYPE_SOA)
		at[12] = at[13] = 0;
	return 12 + len;
}

static size_t
put_message(uint8_t *m, const struct pending *p, bool answer, bool cut)
{
	unsigned rcode = p->name % 50 == 0 ? 5 : p->name % 9 == 0 ? 3 : 0;
	size_t n;

	memset(m, 0, 12);
	frame_put16(m, p->id);
	m[2] = (uint8_t)((answer ? 0x84 : 0) | (cut ? 2 : 0));
	m[3] = (uint8_t)(answer ? rcode : 0);
	m[5] = 1;
	m[11] = (p->wants & WANT_EDNS) != 0;
	n = 12 + put_name(m + 12, p);
	frame_put16(m + n, p->qtype);
	frame_put16(m + n + 2, 1);
	n += 4;
	if (answer && rcode == 0 && !cut) {
		m[7] = 1;
		n += put_record(m + n, p->qtype, p->qtype == 1 ? 4 : 16);
		if (p->wants & WANT_DO) {
			m[7] = 2;
			n += put_record(m + n, TYPE_RRSIG, 96);
		}
	} else if (answer && rcode == 3) {
		m[9] = 1;
		n += put_record(m + n, TYPE_SOA, 22);
	}
	return n + put_opt(m + n, p, answer);
}

static void
put_udp(struct dns_traffic *d, const struct pending *p, bool answer, bool cut)
{
	struct frame_way way = way_of(p, answer);
	uint8_t m[MESSAGE_BYTES];
	size_t n = put_message(m, p, answer, cut);

	frame_udp(d->to, d->now_ns, &way, m, n);
	d->left--;
}

static void
put_tcp(struct dns_traffic *d, const struct pending *p, bool answer, uint8_t flags, bool data)
{
	struct frame_way way = way_of(p, answer);
	struct frame_tcp tcp = {p->id * 65537u, p->id * 257u + 1, flags};
	uint8_t m[MESSAGE_BYTES] = {0};
	size_t n = data ? put_message(m + 2, p, answer, false) : 0, asked;
	uint8_t other[MESSAGE_BYTES];

	if (d->left == 0)
		return;
	d->left--;
	/* Sequence numbers: the client starts at id x 65537, the server at id x 257. */
	asked = 2 + put_message(other, p, false, false);
	if (answer)
		tcp = (struct frame_tcp){p->id * 257u, p->id * 65537u + 1, flags};
	if (!(flags & PKT_SYN))
		tcp.seq++;
	if (answer && !(flags & PKT_SYN))
		tcp.ack += (uint32_t)asked;
	if (!answer && (flags & PKT_FIN))
		tcp.seq += (uint32_t)asked;
	if (flags == PKT_SYN)
		tcp.ack = 0;
	frame_put16(m, (unsigned)n);
	frame_tcp(d->to, d->now_ns, &way, &tcp, m, data ? n + 2 : 0);
}

static int64_t
rtt_ns(struct dns_traffic *d, const struct pending *p)
{
	return (int64_t)(1 + p->client * 7919u % 120) * NS_PER_MS +
		(int64_t)rng_below(&d->rng, (uint64_t)NS_PER_MS);
}

static void
ask(struct dns_traffic *d, struct pending *p)
{
	put_udp(d, p, false, false);
	p->tries++;
	if (chance(d, 10)) { /* lost: asked again, once or twice */
		if (p->tries < 3)
			later(d, p, ASK, ANSWER_WAIT_MS * NS_PER_MS);
	} else if (chance(d, 2)) {
		later(d, p, UNREACHABLE, rtt_ns(d, p));
	} else if (chance(d, 1)) {
		later(d, p, ANSWER, 6 * NS_PER_S);
	} else {
		later(d, p, ANSWER, rtt_ns(d, p));
	}
}

static void
answer(struct dns_traffic *d, struct pending *p)
{
	bool cut = (p->wants & WANT_DO) && chance(d, 5);

	put_udp(d, p, true, cut);
	if (cut) {
		p->sport ^= 1;
		later(d, p, TCP_ASK, NS_PER_MS);
	} else if (chance(d, 1)) {
		later(d, p, ANSWER_AGAIN, 30 * NS_PER_US);
	}
}

static void
play(struct dns_traffic *d, struct pending *p)
{
	struct frame_way way;

	d->now_ns = p->at_ns;
	switch (p->step) {
	case ASK:
		ask(d, p);
		break;
	case ANSWER:
		answer(d, p);
		break;
	case ANSWER_AGAIN:
		put_udp(d, p, true, false);
		break;
	case UNREACHABLE:
		way = way_of(p, false);
		frame_unreachable(d->to, d->now_ns, &way);
		d->left--;
		break;
	case TCP_ASK:
		put_tcp(d, p, false, PKT_SYN, false);
		put_tcp(d, p, true, PKT_SYN | PKT_ACK, false);
		put_tcp(d, p, false, PKT_PSH | PKT_ACK, true);
		later(d, p, TCP_ANSWER, rtt_ns(d, p));
		break;
	case TCP_ANSWER:
		put_tcp(d, p, true, PKT_PSH | PKT_ACK, true);
		later(d, p, TCP_END, NS_PER_MS);
		break;
	case TCP_END:
		put_tcp(d, p, false, PKT_FIN | PKT_ACK, false);
		put_tcp(d, p, true, PKT_FIN | PKT_ACK, false);
		break;
	}
}

static struct pending
new_query(struct dns_traffic *d, int64_t at_ns)
{
	struct pending p = {.at_ns = at_ns, .step = ASK};
	uint64_t bits = rng_u64(&d->rng);

	p.client = (uint32_t)rng_below(&d->rng, CLIENTS);
	p.id = (uint16_t)bits;
	p.sport = (uint16_t)(1024 + (bits >> 16) % 64000);
	p.qtype = bits >> 33 & 1 ? 1 : 28;
	p.name = chance(d, 500) ? (uint32_t)rng_below(&d->rng, POPULAR) : POPULAR + d->unique++;
	p.wants = (uint8_t)((chance(d, 920) ? WANT_EDNS : 0) | (chance(d, 300) ? WANT_V6 : 0));
	if (p.wants & WANT_EDNS)
		p.wants |= (uint8_t)((chance(d, 700) ? WANT_NSID : 0) |
			(chance(d, 500) ? WANT_DO : 0));
	if (chance(d, 250))
		p.wants |= WANT_MIXED;
	return p;
}

void
traffic_dns(FILE *to, uint64_t packets, uint64_t seed)
{
	struct dns_traffic *d = calloc(1, sizeof(*d));
	int64_t next_ns = 0;

	if (d == NULL)
		return;
	d->to = to;
	d->left = packets;
	rng_init(&d->rng, seed);
	frame_file_head(to);
	while (d->left > 0) {
		struct pending p;

		if (d->pending > 0 && d->heap[0].at_ns <= next_ns) {
			p = take_earliest(d);
		} else {
			p = new_query(d, next_ns);
			next_ns +=
				(int64_t)rng_below(&d->rng, 2 * (uint64_t)NS_PER_S / QUERIES_QPS);
		}
		play(d, &p);
	}
	free(d);
}
