/* synth_wire.h - the captures of synth.h, byte by byte: frames, a BGP session, DNS and its ICMP errors. */
#ifndef TESTS_UNIT_BENCH_SYNTH_WIRE_H
#define TESTS_UNIT_BENCH_SYNTH_WIRE_H

#include <arpa/inet.h>
#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define SYNTH_FAULT_NS	     1800000000123456789LL
#define SYNTH_MS	     1000000LL
#define SYNTH_SWITCH_MS	     3105
#define SYNTH_RESTORE_MS     12000
#define SYNTH_BACK_MS	     12800
#define SYNTH_END_MS	     20000
#define SYNTH_WITHDRAW_V4_NS (3010100001LL) /* after the fault; the second half of the UPDATE */
#define SYNTH_WITHDRAW_V6_NS (3010250002LL)

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
static inline void
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
static inline void
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
static inline void
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

#endif
