/* traffic_frame.h - frames of captures to measure readers with: pcap, Ethernet, IP, UDP and TCP. */
#ifndef TESTS_BENCH_TRAFFIC_FRAME_H
#define TESTS_BENCH_TRAFFIC_FRAME_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { FRAME_BYTES = 2048 };

struct frame_way {
	uint8_t family; /* 4 or 6 */
	uint8_t src[16], dst[16];
	uint16_t sport, dport;
};

struct frame_tcp {
	uint32_t seq, ack;
	uint8_t flags;
};

void frame_put16(uint8_t *at, unsigned v);
void frame_put32(uint8_t *at, uint32_t v);

/* Each writes one packet at an instant counted from the capture's beginning. */
void frame_file_head(FILE *to);
void frame_udp(FILE *to, int64_t at_ns, const struct frame_way *way, const uint8_t *data,
	size_t len_bytes);
void frame_tcp(FILE *to, int64_t at_ns, const struct frame_way *way, const struct frame_tcp *tcp,
	const uint8_t *data, size_t len_bytes);

/* "Port unreachable" to whoever sent a UDP packet that way. */
void frame_unreachable(FILE *to, int64_t at_ns, const struct frame_way *way);

#endif
