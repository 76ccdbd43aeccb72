/* traffic_frame.c - frames of captures to measure readers with: pcap, Ethernet, IP, UDP and TCP. */
#include "tests/bench/traffic_frame.h"

#include <string.h>

#include "lib/mono.h"

void
frame_put16(uint8_t *at, unsigned v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

void
frame_put32(uint8_t *at, uint32_t v)
{
	frame_put16(at, v >> 16);
	frame_put16(at + 2, v & 0xffff);
}

/* The file's own numbers are little-endian, as most machines write them. */
static void
put32_file(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

void
frame_file_head(FILE *to)
{
	uint8_t head[24] = {0};

	put32_file(head, 0xa1b23c4d);
	put32_file(head + 4, 2 | 4 << 16);
	put32_file(head + 16, 65535);
	put32_file(head + 20, 1);
	fwrite(head, sizeof(head), 1, to);
}

/* Ethernet and IP headers around `len_bytes` bytes. Returns where the transport begins in the frame. */
static size_t
put_ip(uint8_t *f, const struct frame_way *way, uint8_t proto, size_t len_bytes)
{
	memcpy(f, (uint8_t[]){2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2}, 12);
	frame_put16(f + 12, way->family == 4 ? 0x0800 : 0x86dd);
	if (way->family == 4) {
		memcpy(f + 14, (uint8_t[]){0x45, 0, 0, 0, 0, 0, 0x40, 0, 57, proto, 0, 0}, 12);
		frame_put16(f + 16, (unsigned)(20 + len_bytes));
		memcpy(f + 26, way->src, 4);
		memcpy(f + 30, way->dst, 4);
		return 34;
	}
	memcpy(f + 14, (uint8_t[]){0x60, 0, 0, 0, 0, 0, proto, 57}, 8);
	frame_put16(f + 18, (unsigned)len_bytes);
	memcpy(f + 22, way->src, 16);
	memcpy(f + 38, way->dst, 16);
	return 54;
}

static void
write_frame(FILE *to, int64_t at_ns, const uint8_t *f, size_t len_bytes)
{
	uint8_t head[16];

	put32_file(head, (uint32_t)(1800000000 + at_ns / NS_PER_S));
	put32_file(head + 4, (uint32_t)(at_ns % NS_PER_S));
	put32_file(head + 8, (uint32_t)len_bytes);
	put32_file(head + 12, (uint32_t)len_bytes);
	fwrite(head, sizeof(head), 1, to);
	fwrite(f, len_bytes, 1, to);
}

void
frame_udp(
	FILE *to, int64_t at_ns, const struct frame_way *way, const uint8_t *data, size_t len_bytes)
{
	uint8_t f[FRAME_BYTES];
	size_t at = put_ip(f, way, 17, 8 + len_bytes);

	frame_put16(f + at, way->sport);
	frame_put16(f + at + 2, way->dport);
	frame_put16(f + at + 4, (unsigned)(8 + len_bytes));
	frame_put16(f + at + 6, 0);
	memcpy(f + at + 8, data, len_bytes);
	write_frame(to, at_ns, f, at + 8 + len_bytes);
}

void
frame_tcp(FILE *to, int64_t at_ns, const struct frame_way *way, const struct frame_tcp *tcp,
	const uint8_t *data, size_t len_bytes)
{
	uint8_t f[FRAME_BYTES];
	size_t at = put_ip(f, way, 6, 32 + len_bytes);

	memset(f + at, 0, 32);
	frame_put16(f + at, way->sport);
	frame_put16(f + at + 2, way->dport);
	frame_put32(f + at + 4, tcp->seq);
	frame_put32(f + at + 8, tcp->ack);
	f[at + 12] = 0x80;
	f[at + 13] = tcp->flags;
	frame_put16(f + at + 14, 512);
	/* Timestamps, as everybody sends them. */
	memcpy(f + at + 20, (uint8_t[]){1, 1, 8, 10}, 4);
	frame_put32(f + at + 24, (uint32_t)(at_ns / NS_PER_MS));
	if (len_bytes > 0)
		memcpy(f + at + 32, data, len_bytes);
	write_frame(to, at_ns, f, at + 32 + len_bytes);
}

void
frame_unreachable(FILE *to, int64_t at_ns, const struct frame_way *way)
{
	struct frame_way back = {.family = way->family};
	uint8_t f[FRAME_BYTES], quoted[FRAME_BYTES];
	size_t ip_bytes = way->family == 4 ? 20 : 40, at;

	memcpy(back.src, way->dst, 16);
	memcpy(back.dst, way->src, 16);
	put_ip(quoted, way, 17, 8);
	at = put_ip(f, &back, way->family == 4 ? 1 : 58, 8 + ip_bytes + 8);
	memset(f + at, 0, 8);
	f[at] = way->family == 4 ? 3 : 1;
	f[at + 1] = way->family == 4 ? 3 : 4;
	memcpy(f + at + 8, quoted + 14, ip_bytes);
	frame_put16(f + at + 8 + ip_bytes, way->sport);
	frame_put16(f + at + 8 + ip_bytes + 2, way->dport);
	frame_put32(f + at + 8 + ip_bytes + 4, 8 << 16);
	write_frame(to, at_ns, f, at + 8 + ip_bytes + 8);
}
