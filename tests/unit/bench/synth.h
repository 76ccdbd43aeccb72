/*
 * synth.h - a run directory made up with a known truth: dns-crash at hkg, served by tyo meanwhile.
 *
 * Two cities (hkg with two probes, tyo with one), each probe with an IPv4 and an IPv6 stream, ten
 * queries a second. The fault is at SYNTH_FAULT_NS; hkg's streams then get two ICMP errors each, then
 * silence, and tyo's answers from SYNTH_SWITCH_MS on. The restore is at SYNTH_RESTORE_MS, hkg serves
 * again from SYNTH_BACK_MS. The node at fault is captured at two interfaces, the access node of hkg at
 * one. Included by the tests that need it; what is not used by one is used by another.
 */
#ifndef TESTS_UNIT_BENCH_SYNTH_H
#define TESTS_UNIT_BENCH_SYNTH_H

#include <arpa/inet.h>
#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/answers.h"
#include "lib/fs.h"

#define SYNTH_FAULT_NS	     1800000000123456789LL
#define SYNTH_MS	     1000000LL
#define SYNTH_SWITCH_MS	     3105
#define SYNTH_RESTORE_MS     12000
#define SYNTH_BACK_MS	     12800
#define SYNTH_END_MS	     20000
#define SYNTH_WITHDRAW_V4_NS (3010100001LL) /* after the fault; the second half of the UPDATE */
#define SYNTH_WITHDRAW_V6_NS (3010250002LL)

enum { SYNTH_STREAMS = 6, SYNTH_HKG_STREAMS = 4 };

struct synth_truth {
	unsigned lost[SYNTH_STREAMS];
	unsigned icmp[SYNTH_STREAMS];
	unsigned restore_lost[SYNTH_STREAMS];
	int64_t first_good_ns[SYNTH_STREAMS]; /* wall, 0: none */
	int64_t full_convergence_ns;	      /* from the fault */
	unsigned sent;
};

struct synth_options {
	bool no_withdraw;
	bool clock_step;
	bool no_trial_end;
};

/* ---- a pcap, written by hand ---- */

static void
put32(FILE *f, uint32_t v)
{
	assert(fwrite(&v, 4, 1, f) == 1); /* little-endian host, as the header then says */
}

static FILE *
synth_pcap(const char *path)
{
	FILE *f = fopen(path, "w");

	assert(f != NULL);
	put32(f, 0xa1b23c4d);
	put32(f, 2 | 4 << 16);
	put32(f, 0);
	put32(f, 0);
	put32(f, 512);
	put32(f, 1);
	return f;
}

struct synth_bytes {
	uint8_t data[4096];
	size_t n;
};

static void
b8(struct synth_bytes *b, unsigned v)
{
	assert(b->n < sizeof(b->data));
	b->data[b->n++] = (uint8_t)v;
}

static void
b16(struct synth_bytes *b, unsigned v)
{
	b8(b, v >> 8 & 255);
	b8(b, v & 255);
}

static void
b32(struct synth_bytes *b, uint32_t v)
{
	b16(b, v >> 16);
	b16(b, v & 0xffff);
}

static void
bcopy_in(struct synth_bytes *b, const void *data, size_t len)
{
	assert(b->n + len <= sizeof(b->data));
	if (len > 0)
		memcpy(b->data + b->n, data, len);
	b->n += len;
}

static void
baddr(struct synth_bytes *b, const char *text)
{
	uint8_t a[16];
	bool six = strchr(text, ':') != NULL;

	assert(inet_pton(six ? AF_INET6 : AF_INET, text, a) == 1);
	bcopy_in(b, a, six ? 16 : 4);
}

/* The Internet checksum, so that an oracle that verifies it has no reason to look away. */
static uint32_t
sum16(const uint8_t *p, size_t n, uint32_t sum)
{
	for (size_t i = 0; i < n; i++)
		sum += i % 2 == 0 ? (uint32_t)p[i] << 8 : p[i];
	return sum;
}

static unsigned
fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum & 0xffff;
}

/* One frame with the IP payload given; `checksum_at` in it is filled in. */
static void
synth_frame(FILE *f, int64_t wall_ns, const char *src, const char *dst, unsigned proto,
	struct synth_bytes *l4, size_t checksum_at)
{
	struct synth_bytes b = {.n = 0};
	bool six = strchr(src, ':') != NULL;
	size_t ip_at = 14, addr_at;
	uint32_t pseudo = proto + (uint32_t)l4->n;
	unsigned sum;

	for (int i = 0; i < 12; i++)
		b8(&b, 2);
	b16(&b, six ? 0x86dd : 0x0800);
	if (six) {
		b32(&b, 0x60000000);
		b16(&b, (unsigned)l4->n);
		b8(&b, proto);
		b8(&b, 64);
	} else {
		b16(&b, 0x4500);
		b16(&b, 20 + (unsigned)l4->n);
		b32(&b, 0);
		b8(&b, 64);
		b8(&b, proto);
		b16(&b, 0);
	}
	addr_at = b.n;
	baddr(&b, src);
	baddr(&b, dst);
	if (!six) {
		sum = fold(sum16(b.data + ip_at, 20, 0));
		b.data[ip_at + 10] = (uint8_t)(sum >> 8);
		b.data[ip_at + 11] = (uint8_t)sum;
	}
	if (proto != 1)
		pseudo = sum16(b.data + addr_at, b.n - addr_at, pseudo);
	else
		pseudo = 0;
	l4->data[checksum_at] = l4->data[checksum_at + 1] = 0;
	sum = fold(sum16(l4->data, l4->n, pseudo));
	l4->data[checksum_at] = (uint8_t)(sum >> 8);
	l4->data[checksum_at + 1] = (uint8_t)sum;
	bcopy_in(&b, l4->data, l4->n);
	put32(f, (uint32_t)(wall_ns / 1000000000));
	put32(f, (uint32_t)(wall_ns % 1000000000));
	put32(f, (uint32_t)(b.n < 512 ? b.n : 512));
	put32(f, (uint32_t)b.n);
	assert(fwrite(b.data, b.n < 512 ? b.n : 512, 1, f) == 1);
}

/* ---- BGP ---- */

struct synth_session {
	FILE *f;
	const char *us, *them;
	uint32_t our_seq, their_seq;
	uint16_t their_port;
};

static void
synth_tcp(struct synth_session *s, int64_t wall_ns, bool from_us, unsigned flags, uint32_t seq,
	const uint8_t *data, size_t len)
{
	struct synth_bytes b = {.n = 0};

	b16(&b, from_us ? 179 : s->their_port);
	b16(&b, from_us ? s->their_port : 179);
	b32(&b, seq);
	b32(&b, flags == 2 ? 0 : from_us ? s->their_seq : s->our_seq);
	b8(&b, 5 << 4);
	b8(&b, flags);
	b16(&b, 65535);
	b32(&b, 0);
	bcopy_in(&b, data, len);
	synth_frame(s->f, wall_ns, from_us ? s->us : s->them, from_us ? s->them : s->us, 6, &b, 16);
}

static void
synth_say(struct synth_session *s, int64_t wall_ns, bool from_us, const struct synth_bytes *m)
{
	uint32_t *seq = from_us ? &s->our_seq : &s->their_seq;

	synth_tcp(s, wall_ns, from_us, 0x18, *seq, m->data, m->n);
	*seq += (uint32_t)m->n;
}

static void
bgp_begin(struct synth_bytes *m, unsigned type)
{
	m->n = 0;
	for (int i = 0; i < 16; i++)
		b8(m, 0xff);
	b16(m, 0);
	b8(m, type);
}

static void
bgp_end(struct synth_bytes *m)
{
	m->data[16] = (uint8_t)(m->n >> 8);
	m->data[17] = (uint8_t)m->n;
}

static void
bgp_open(struct synth_bytes *m, uint32_t as, unsigned id)
{
	static const uint8_t caps[] = {2, 14, 1, 4, 0, 1, 0, 1, 1, 4, 0, 2, 0, 1, 2, 0};

	bgp_begin(m, 1);
	b8(m, 4);
	b16(m, as > 65535 ? 23456 : as);
	b16(m, 9);
	b32(m, id);
	b8(m, sizeof(caps) + 8);
	bcopy_in(m, caps, sizeof(caps));
	b8(m, 2);
	b8(m, 6);
	b8(m, 65);
	b8(m, 4);
	b32(m, as);
	bgp_end(m);
}

static void
bgp_keepalive(struct synth_bytes *m)
{
	bgp_begin(m, 4);
	bgp_end(m);
}

static void
bgp_withdraw(struct synth_bytes *m, bool six)
{
	bgp_begin(m, 2);
	if (!six) {
		b16(m, 4);
		bcopy_in(m, "\x18\xcb\x00\x71", 4);
		b16(m, 0);
	} else {
		b16(m, 0);
		b16(m, 13);
		bcopy_in(m, "\x80\x0f\x0a\x00\x02\x01\x30\x20\x01\x0d\xb8\x00\x53", 13);
	}
	bgp_end(m);
}

static void
bgp_announce(struct synth_bytes *m, bool six)
{
	bgp_begin(m, 2);
	b16(m, 0);
	b16(m, 4 + 9 + (six ? 3 + 5 + 16 + 7 : 7));
	bcopy_in(m, "\x40\x01\x01\x00", 4);
	bcopy_in(m, "\x40\x02\x06\x02\x01\x00\x00\xfb\xf4", 9);
	if (six) {
		bcopy_in(m, "\x80\x0e\x1c\x00\x02\x01\x10", 7);
		baddr(m, "2001:db8:ffff::10");
		bcopy_in(m, "\x00\x30\x20\x01\x0d\xb8\x00\x53", 8);
	} else {
		bcopy_in(m, "\x40\x03\x04\xc6\x33\x64\x0a", 7);
		bcopy_in(m, "\x18\xcb\x00\x71", 4);
	}
	bgp_end(m);
}

/* The session with the route server, seen from its first SYN; our numbers wrap in the OPEN. */
static void
synth_hkix(const char *path, const struct synth_options *o)
{
	struct synth_session s = {
		synth_pcap(path), "198.51.100.10", "198.51.100.1", 0xfffffff0u, 0x12345678, 40001};
	int64_t t = SYNTH_FAULT_NS;
	struct synth_bytes m;

	synth_tcp(&s, t - 4900 * SYNTH_MS, false, 2, s.their_seq++, NULL, 0);
	synth_tcp(&s, t - 4899 * SYNTH_MS, true, 0x12, s.our_seq++, NULL, 0);
	bgp_open(&m, 64500, 0xc633640a);
	synth_say(&s, t - 4890 * SYNTH_MS, true, &m);
	bgp_open(&m, 65536, 0xc6336401);
	synth_say(&s, t - 4889 * SYNTH_MS, false, &m);
	bgp_keepalive(&m);
	synth_say(&s, t - 4880 * SYNTH_MS, true, &m);
	synth_say(&s, t - 4879 * SYNTH_MS, false, &m);
	/* A flap before the fault counts for nothing. */
	bgp_announce(&m, false);
	synth_say(&s, t - 4870 * SYNTH_MS, true, &m);
	bgp_withdraw(&m, false);
	synth_say(&s, t - 3000 * SYNTH_MS, true, &m);
	bgp_announce(&m, false);
	synth_say(&s, t - 2900 * SYNTH_MS, true, &m);
	bgp_announce(&m, true);
	synth_say(&s, t - 2899 * SYNTH_MS, true, &m);
	if (!o->no_withdraw) {
		/* Split in two; both halves are sent again much later. */
		uint32_t seq = s.our_seq;

		bgp_withdraw(&m, false);
		synth_tcp(&s, t + 3009 * SYNTH_MS, true, 0x10, seq, m.data, 10);
		synth_tcp(
			&s, t + SYNTH_WITHDRAW_V4_NS, true, 0x18, seq + 10, m.data + 10, m.n - 10);
		s.our_seq += (uint32_t)m.n;
		synth_tcp(&s, t + 3010200000LL, true, 0x18, seq, m.data, m.n);
		bgp_withdraw(&m, true);
		synth_say(&s, t + SYNTH_WITHDRAW_V6_NS, true, &m);
		synth_tcp(&s, t + 3210 * SYNTH_MS, true, 0x18, seq, m.data, 10);
	}
	/* What the peer withdraws is not ours. */
	bgp_withdraw(&m, false);
	synth_say(&s, t + 3500 * SYNTH_MS, false, &m);
	bgp_announce(&m, false);
	synth_say(&s, t + 12700 * SYNTH_MS, true, &m);
	bgp_announce(&m, true);
	synth_say(&s, t + 12701 * SYNTH_MS, true, &m);
	assert(fclose(s.f) == 0);
}

/* The carrier's session, joined in its middle; it hears of it a little earlier. */
static void
synth_carrier(const char *path, const struct synth_options *o)
{
	struct synth_session s = {
		synth_pcap(path), "2001:db8:a:1::2", "2001:db8:a:1::1", 77, 99, 50123};
	int64_t t = SYNTH_FAULT_NS;
	struct synth_bytes m;

	bgp_keepalive(&m);
	synth_tcp(&s, t - 4000 * SYNTH_MS, true, 0x18, s.our_seq, m.data + 7, m.n - 7);
	s.our_seq += (uint32_t)m.n - 7;
	for (int six = 0; six < 2 && !o->no_withdraw; six++) {
		bgp_withdraw(&m, six);
		synth_say(&s, t + (2990 + six) * SYNTH_MS, true, &m);
	}
	for (int six = 0; six < 2; six++) {
		bgp_announce(&m, six);
		synth_say(&s, t + (12750 + six) * SYNTH_MS, true, &m);
	}
	assert(fclose(s.f) == 0);
}

/* ---- DNS ---- */

static void
dns_message(struct synth_bytes *m, unsigned id, const char *name, const char *nsid)
{
	bool answer = nsid != NULL;

	m->n = 0;
	b16(m, id);
	b16(m, answer ? 0x8400 : 0);
	b16(m, 1);
	b16(m, answer);
	b16(m, 0);
	b16(m, 1);
	for (const char *at = name; *at != '\0';) {
		size_t len = strcspn(at, ".");

		b8(m, (unsigned)len);
		bcopy_in(m, at, len);
		at += len + (at[len] == '.');
	}
	b8(m, 0);
	b32(m, 16 << 16 | 1);
	if (answer) {
		b16(m, 0xc00c);
		b32(m, 16 << 16 | 1);
		b32(m, 0);
		b16(m, 10);
		b8(m, 9);
		bcopy_in(m, "catchment", 9);
	}
	b8(m, 0);
	b16(m, 41);
	b16(m, 1232);
	b32(m, 0);
	b16(m, 4 + (answer ? (unsigned)strlen(nsid) : 0));
	b16(m, 3);
	b16(m, answer ? (unsigned)strlen(nsid) : 0);
	if (answer)
		bcopy_in(m, nsid, strlen(nsid));
}

static void
udp_packet(struct synth_bytes *u, unsigned sport, unsigned dport, const struct synth_bytes *m)
{
	u->n = 0;
	b16(u, sport);
	b16(u, dport);
	b16(u, 8 + (unsigned)m->n);
	b16(u, 0);
	bcopy_in(u, m->data, m->n);
}

/* ICMP port unreachable, quoting the query's headers. */
static void
synth_unreachable(FILE *f, int64_t wall_ns, const char *us, const char *service,
	const struct synth_bytes *udp)
{
	struct synth_bytes b = {.n = 0};
	bool six = strchr(us, ':') != NULL;

	b16(&b, six ? 0x0104 : 0x0303);
	b16(&b, 0);
	b32(&b, 0);
	if (six) {
		b32(&b, 0x60000000);
		b16(&b, (unsigned)udp->n);
		b16(&b, 0x1140);
	} else {
		b16(&b, 0x4500);
		b16(&b, 20 + (unsigned)udp->n);
		b32(&b, 0);
		b16(&b, 0x4011);
		b16(&b, 0);
	}
	baddr(&b, us);
	baddr(&b, service);
	bcopy_in(&b, udp->data, udp->n);
	synth_frame(f, wall_ns, service, us, six ? 58 : 1, &b, 2);
}

/* ---- streams ---- */

static const struct {
	const char *city, *source, *target;
	int probe;
} synth_stream[SYNTH_STREAMS] = {
	{"hkg", "198.18.11.10", "203.0.113.53", 0},
	{"hkg", "2001:db8:11::10", "2001:db8:53::53", 0},
	{"hkg", "198.18.11.11", "203.0.113.53", 1},
	{"hkg", "2001:db8:11::11", "2001:db8:53::53", 1},
	{"tyo", "198.18.12.10", "203.0.113.53", 2},
	{"tyo", "2001:db8:12::10", "2001:db8:53::53", 2},
};

/* Packets are written in order of time, so answers wait in a list. */
struct synth_reply {
	int64_t wall_ns;
	unsigned stream, seq, kind; /* 0 answer of hkg, 1 of tyo, 2 ICMP, 3 the query itself */
};

static int
by_wall(const void *a, const void *b)
{
	const struct synth_reply *x = a, *y = b;

	return (x->wall_ns > y->wall_ns) - (x->wall_ns < y->wall_ns);
}

static void
synth_access(const char *path, struct synth_reply *packets, size_t n)
{
	static const char *const nsid[] = {"hkg", "tyo"};
	FILE *f = synth_pcap(path);

	qsort(packets, n, sizeof(packets[0]), by_wall);
	for (size_t i = 0; i < n; i++) {
		const struct synth_reply *p = &packets[i];
		const char *us = synth_stream[p->stream].source;
		const char *service = synth_stream[p->stream].target;
		struct synth_bytes m, u;
		char name[64];
		unsigned port = 40000 + p->stream;

		snprintf(name, sizeof(name), "s%u-q%u-cafe.probe.example", p->stream, p->seq);
		dns_message(&m, p->seq * 7 + p->stream, name, p->kind < 2 ? nsid[p->kind] : NULL);
		udp_packet(&u, p->kind < 2 ? 53 : port, p->kind < 2 ? port : 53, &m);
		if (p->kind == 2)
			synth_unreachable(f, p->wall_ns, us, service, &u);
		else if (p->kind == 3)
			synth_frame(f, p->wall_ns, us, service, 17, &u, 6);
		else
			synth_frame(f, p->wall_ns, service, us, 17, &u, 6);
	}
	assert(fclose(f) == 0);
}

struct synth_outcome {
	enum answers_status status;
	int site; /* 0 hkg, 1 tyo */
	int64_t rtt_ns;
};

/* What becomes of a query of stream i sent `at` nanoseconds after the fault; `nth` lost one of it. */
static struct synth_outcome
synth_decide(unsigned i, int64_t at, unsigned nth)
{
	if (i >= SYNTH_HKG_STREAMS)
		return (struct synth_outcome){ANSWERS_GOOD, 1, 6200000 + i};
	if (at < -1000000 || at >= SYNTH_BACK_MS * SYNTH_MS)
		return (struct synth_outcome){ANSWERS_GOOD, 0, 1400000 + i};
	/* On its way when the fault struck, or after it: two refusals, then silence. */
	if (at < SYNTH_SWITCH_MS * SYNTH_MS)
		return (struct synth_outcome){
			at >= 0 && nth < 2 ? ANSWERS_UNREACHABLE : ANSWERS_UNANSWERED, -1, 1300000};
	/* The way back to hkg costs stream 0 one query. */
	if (i == 0 && at >= (SYNTH_BACK_MS - 100) * SYNTH_MS)
		return (struct synth_outcome){ANSWERS_UNANSWERED, -1, 0};
	return (struct synth_outcome){ANSWERS_GOOD, 1, 52500000 + i};
}

static void
synth_plan(char *out, size_t out_bytes)
{
	int n = snprintf(out, out_bytes,
		"{\"schema\":\"catchment.probe-plan/1\",\"seed\":1,\"rate_qps\":10,\"streams\":[");

	for (int i = 0; i < SYNTH_STREAMS; i++)
		n += snprintf(out + n, out_bytes - (size_t)n,
			"%s{\"id\":%d,\"probe\":%d,\"city\":\"%s\",\"node\":\"acc-%s\",\"source\":"
			"\"%s\",\"target\":\"%s\",\"port\":53}",
			i == 0 ? "" : ",", i, synth_stream[i].probe, synth_stream[i].city,
			synth_stream[i].city, synth_stream[i].source, synth_stream[i].target);
	snprintf(out + n, out_bytes - (size_t)n, "]}");
}

static void
synth_count(struct synth_truth *truth, unsigned i, int64_t at, int64_t sent_ns,
	const struct synth_outcome *o, bool in_flight)
{
	bool lost = o->status != ANSWERS_GOOD;

	truth->sent++;
	if (at >= SYNTH_RESTORE_MS * SYNTH_MS) {
		truth->restore_lost[i] += lost;
	} else if (at >= 0 || in_flight) {
		truth->lost[i] += lost;
		truth->icmp[i] += o->status == ANSWERS_UNREACHABLE;
	}
	if (!lost && at >= 0 && i < SYNTH_HKG_STREAMS && truth->first_good_ns[i] == 0) {
		truth->first_good_ns[i] = sent_ns + o->rtt_ns;
		if (truth->first_good_ns[i] - SYNTH_FAULT_NS > truth->full_convergence_ns)
			truth->full_convergence_ns = truth->first_good_ns[i] - SYNTH_FAULT_NS;
	}
}

static void
synth_answers(const char *dir, struct synth_truth *truth)
{
	/* Stream 3's query number 50 leaves 0.7 ms before the fault: it is lost in flight. */
	int64_t t0 = SYNTH_FAULT_NS - 5050700000LL;
	struct synth_reply *packets = calloc(4096, sizeof(*packets));
	struct answers_writer *w;
	size_t n = 0;
	char path[512], plan[4096];
	struct err e;

	assert(packets != NULL);
	synth_plan(plan, sizeof(plan));
	snprintf(path, sizeof(path), "%s/answers", dir);
	assert(answers_create(path, plan, SYNTH_STREAMS, (struct wall){t0},
		       (struct mono){1000000000}, &w, &e) == 0);
	for (unsigned i = 0; i < SYNTH_STREAMS; i++) {
		unsigned nth = 0;

		for (unsigned k = 0;; k++) {
			int64_t sent = t0 + k * 100000000LL + i * 100000000LL / SYNTH_STREAMS;
			int64_t at = sent - SYNTH_FAULT_NS;
			struct synth_outcome o = synth_decide(i, at, nth);
			struct answers_query q = {.status = o.status,
				.rcode = o.status == ANSWERS_GOOD ? 0 : ANSWERS_RCODE_NONE,
				.stream = (uint16_t)i,
				.seq = k,
				.nsid = ANSWERS_NSID_NONE,
				.sent = {sent}};

			if (at > SYNTH_END_MS * SYNTH_MS)
				break;
			if (o.status == ANSWERS_GOOD)
				q.nsid = answers_intern_nsid(
					w, (const uint8_t *)(o.site == 0 ? "hkg" : "tyo"), 3);
			if (o.rtt_ns > 0 && o.status != ANSWERS_UNANSWERED)
				q.received.ns = sent + o.rtt_ns;
			assert(answers_write_query(w, &q) == 0);
			synth_count(truth, i, at, sent, &o, at >= -1000000);
			nth += at >= 0 && o.status != ANSWERS_GOOD;
			if (i >= SYNTH_HKG_STREAMS)
				continue;
			assert(n + 2 < 4096);
			packets[n++] = (struct synth_reply){sent, i, k, 3};
			if (q.received.ns != 0)
				packets[n++] = (struct synth_reply){q.received.ns, i, k,
					o.status == ANSWERS_GOOD ? (unsigned)o.site : 2};
		}
	}
	assert(answers_close(w, &e) == 0);
	snprintf(path, sizeof(path), "%s/captures/acc-hkg.hkix.pcap", dir);
	synth_access(path, packets, n);
	free(packets);
}

/* ---- the rest of a trial, and the run ---- */

static void
synth_write(const char *dir, const char *name, const char *text)
{
	char path[512];
	struct err e;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert(fs_write(path, text, strlen(text), &e) == 0);
}

static void
synth_events(const char *dir, const struct synth_options *o)
{
	static const struct {
		const char *name, *more;
		int at_ms;
	} rows[] = {{"trial_start", "\"trial\":1", -9000},
		{"steady", "\"catchment\":{\"hkg\":{\"v4\":\"hkg\",\"v6\":\"hkg\"}}", -8000},
		{"clock", "\"offset_ns\":1700000000000000000,\"error_ns\":50", -7000},
		{"pressure", "\"cpu_some_us\":1000,\"steal_us\":0,\"foreign_us\":0", -7000},
		{"fault", "\"action\":\"kill\",\"target\":\"hkg/knotd\",\"phase_ms\":250.5", 0},
		{"restore", "\"action\":\"start\",\"target\":\"hkg/knotd\"", SYNTH_RESTORE_MS},
		{"pressure", "\"cpu_some_us\":2001000,\"steal_us\":0,\"foreign_us\":0", 13000}};
	char text[4096];
	size_t n = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
			"{\"event\":\"%s\",\"wall_ns\":%lld,\"mono_ns\":1,%s}\n", rows[i].name,
			SYNTH_FAULT_NS + rows[i].at_ms * SYNTH_MS, rows[i].more);
	n += (size_t)snprintf(text + n, sizeof(text) - n,
		"{\"event\":\"clock\",\"wall_ns\":%lld,\"mono_ns\":1,\"offset_ns\":%lld,"
		"\"error_ns\":50}\n",
		SYNTH_FAULT_NS + 14000 * SYNTH_MS,
		1700000000000000000LL + (o->clock_step ? 250100 : 100));
	if (!o->no_trial_end)
		snprintf(text + n, sizeof(text) - n,
			"{\"event\":\"trial_end\",\"wall_ns\":%lld,\"mono_ns\":1,\"trial\":1}\n",
			SYNTH_FAULT_NS + 26000 * SYNTH_MS);
	synth_write(dir, "events.jsonl", text);
}

static void
synth_trial(const char *run, int number, const struct synth_options *o, struct synth_truth *truth)
{
	char dir[256], path[512];
	struct err e;

	*truth = (struct synth_truth){0};
	snprintf(dir, sizeof(dir), "%s/trial-%03d", run, number);
	snprintf(path, sizeof(path), "%s/captures", dir);
	assert(fs_mkdirs(path, &e) == 0);
	synth_events(dir, o);
	synth_answers(dir, truth);
	snprintf(path, sizeof(path), "%s/captures/hkg.hkix.pcap", dir);
	synth_hkix(path, o);
	snprintf(path, sizeof(path), "%s/captures/hkg.cara.pcap", dir);
	synth_carrier(path, o);
	synth_write(dir, "capture-plan.json",
		"{\"schema\":\"catchment.capture-plan/1\",\"dir\":\"captures\",\"points\":["
		"{\"file\":\"hkg.hkix.pcap\",\"node\":\"hkg\",\"role\":\"pop\",\"interface\":"
		"\"hkix\","
		"\"addresses\":[\"198.51.100.10\",\"2001:db8:ffff::10\"],\"peer\":\"hkix\"},"
		"{\"file\":\"hkg.cara.pcap\",\"node\":\"hkg\",\"role\":\"pop\",\"interface\":"
		"\"cara\","
		"\"addresses\":[\"198.51.100.130\",\"2001:db8:a:1::2\"],\"peer\":\"cara-hkg\"},"
		"{\"file\":\"acc-hkg.hkix.pcap\",\"node\":\"acc-hkg\",\"role\":\"access\","
		"\"interface\":"
		"\"hkix\",\"addresses\":[\"198.51.100.11\"],\"peer\":\"hkix\"}]}");
	synth_write(dir, "capture-stats.json",
		"{\"points\":[{\"file\":\"hkg.hkix.pcap\",\"received\":20,\"dropped\":0,"
		"\"if_dropped\":0,\"bytes\":1}]}");
	synth_write(dir, "probe-stats.json",
		"{\"lateness_us\":{\"n\":1500,\"p50\":20,\"p99\":90,\"p999\":200,\"max\":250}}");
	synth_write(dir, "wire-stats.json",
		"{\"lateness_us\":{\"n\":1500,\"p50\":30,\"p99\":150,\"p999\":300,\"max\":950}}");
}

static void
synth_run_json(const char *run, int trials)
{
	static const char head[] =
		"{\"schema\":\"catchment.run/1\",\"id\":\"synth\",\"scenario\":\"dns-crash\","
		"\"title\":\"The DNS server of one site dies\",\"variant\":\"documented\","
		"\"complete\":true,\"seed\":1,\"fault_phase\":\"random\",\"rate_qps\":10.0,"
		"\"gap_ms\":100.0,\"timeout_ms\":5000,\"anycast\":{\"prefixes\":[\"203.0.113.0/"
		"24\","
		"\"2001:db8:53::/48\"],\"addresses\":[\"203.0.113.53\",\"2001:db8:53::53\"]},"
		"\"cities\":[{\"name\":\"hkg\",\"title\":\"Hong Kong\",\"access_node\":\"acc-hkg\","
		"\"expected\":{\"v4\":\"hkg\",\"v6\":\"hkg\"},\"reason\":\"at the IXP\","
		"\"path_rtt_ms\":{\"v4\":1.4,\"v6\":1.4}},{\"name\":\"tyo\",\"title\":\"Tokyo\","
		"\"access_node\":\"acc-tyo\",\"expected\":{\"v4\":\"tyo\",\"v6\":\"tyo\"}}],"
		"\"sites\":[{\"name\":\"hkg\",\"node\":\"hkg\",\"nsid\":\"hkg\"},{\"name\":\"tyo\","
		"\"node\":\"tyo\",\"nsid\":\"tyo\"}],\"timeline\":[{\"at_ms\":0,\"action\":"
		"\"kill\","
		"\"target\":\"hkg/"
		"knotd\",\"phase\":\"fault\"},{\"at_ms\":12000,\"action\":\"start\","
		"\"target\":\"hkg/"
		"knotd\",\"phase\":\"restore\"}],\"fault_node\":\"hkg\",\"judges\":["
		"{\"id\":\"crash-withdraw\",\"documented\":\"within 4 "
		"s\",\"metric\":\"withdraw_ms\","
		"\"statistic\":\"max\",\"target\":4000,\"unit\":\"ms\",\"comparison\":\"<=\"},"
		"{\"id\":\"crash-unnoticed\",\"documented\":\"no timeout\",\"metric\":"
		"\"streams_with_loss\",\"statistic\":\"max\",\"target\":0,\"unit\":\"streams\","
		"\"comparison\":\"<=\"},{\"id\":\"rtt-tokyo\",\"metric\":\"rtt_ms\",\"statistic\":"
		"\"median\",\"target\":19}],\"expect\":[{\"line\":14,\"text\":\"hkg by "
		"tyo\",\"kind\":"
		"\"served_by\",\"from_ms\":8000,\"to_ms\":11000,\"city\":\"hkg\",\"site\":\"tyo\"},"
		"{\"line\":15,\"text\":\"soon\",\"kind\":\"metric\",\"metric\":\"first_good_answer_"
		"ms\","
		"\"statistic\":\"p99\",\"comparison\":\"<\",\"value\":3000}],\"limits\":{"
		"\"send_lateness_p99_us\":2000,\"wire_lateness_p99_us\":2000,\"capture_drops\":0,"
		"\"clock_step_us\":100,\"cpu_pressure_ratio\":0.6},\"command\":[\"catchment\"],"
		"\"provenance\":{\"cpus\":2},\"trials_planned\":1,\"trial_dirs\":[";
	char text[8192];
	int n = snprintf(text, sizeof(text), "%s", head);

	for (int i = 1; i <= trials; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "%s\"trial-%03d\"",
			i == 1 ? "" : ",", i);
	snprintf(text + n, sizeof(text) - (size_t)n, "]}\n");
	synth_write(run, "run.json", text);
}

#endif
