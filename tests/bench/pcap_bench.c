/* pcap_bench.c - how many packets a second the analyzer's way through a capture takes: read, dissect, reassemble. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/analyze/pcapfile.h"
#include "lib/bgpstream.h"
#include "lib/mono.h"
#include "lib/pkt.h"
#include "lib/tcpstream.h"

enum { PACKETS = 1000000, BGP_EVERY = 10, DNS_BYTES = 60 };

static uint64_t messages;

static void
put32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

/* An Ethernet frame with an IPv4 header, `proto`, and room for `len` bytes behind it. */
static size_t
frame(uint8_t *f, uint8_t proto, size_t len)
{
	memset(f, 0, 34 + len);
	f[12] = 0x08;
	f[14] = 0x45;
	f[16] = (uint8_t)((20 + len) >> 8);
	f[17] = (uint8_t)(20 + len);
	f[22] = 64;
	f[23] = proto;
	f[26] = 198;
	f[30] = 203;
	return 34 + len;
}

/* A KEEPALIVE in each BGP packet, DNS-sized UDP in all the others. */
static size_t
make(uint8_t *f, uint32_t i)
{
	uint32_t seq = i / BGP_EVERY * BGP_HEADER_BYTES;
	size_t n;

	if (i % BGP_EVERY != 0) {
		n = frame(f, PKT_UDP, 8 + DNS_BYTES);
		f[37] = 53;
		f[39] = 8 + DNS_BYTES;
		return n;
	}
	n = frame(f, PKT_TCP, 20 + BGP_HEADER_BYTES);
	f[35] = BGP_PORT;
	for (int k = 0; k < 4; k++)
		f[38 + k] = (uint8_t)(seq >> (24 - 8 * k));
	f[46] = 0x50;
	f[47] = PKT_ACK;
	memset(f + 54, 0xff, 16);
	f[71] = BGP_HEADER_BYTES;
	f[72] = BGP_KEEPALIVE;
	return n;
}

static void
write_capture(FILE *f)
{
	uint8_t record[16 + 256], head[24] = {0};

	put32(head, 0xa1b23c4d);
	put32(head + 16, 512);
	put32(head + 20, PKT_LINK_ETHERNET);
	fwrite(head, sizeof(head), 1, f);
	for (uint32_t i = 0; i < PACKETS; i++) {
		size_t n = make(record + 16, i);

		put32(record, i / 1000);
		put32(record + 4, i % 1000 * 1000);
		put32(record + 8, (uint32_t)n);
		put32(record + 12, (uint32_t)n);
		fwrite(record, 16 + n, 1, f);
	}
}

static void
on_message(void *arg, enum bgp_type type, const uint8_t *msg, size_t len_bytes,
	struct wall complete, uint64_t packet)
{
	(void)arg;
	(void)type;
	(void)msg;
	(void)len_bytes;
	(void)complete;
	(void)packet;
	messages++;
}

static void
on_bytes(void *arg, const uint8_t *data, size_t len_bytes, struct wall seen, uint64_t packet)
{
	bgpstream_push(arg, data, len_bytes, seen, packet);
}

static void
on_gap(void *arg, uint64_t missing_bytes)
{
	(void)missing_bytes;
	bgpstream_gap(arg);
}

/* Depth 0: read; 1: and dissect; 2: and reassemble TCP and cut out BGP. */
static int
pass(const char *path, int depth, const char *what)
{
	struct tcpstream_sink sink = {.bytes = on_bytes, .gap = on_gap};
	struct mono begin = mono_now();
	struct pcap_record rec;
	struct pcapfile *p;
	struct tcpstream *t;
	struct bgpstream *b;
	struct pkt_view v;
	struct err e;
	uint64_t n = 0;
	double seconds;

	if (bgpstream_new(&b, on_message, NULL) < 0)
		return 1;
	sink.arg = b;
	if (tcpstream_new(&t, &sink, 1 << 20) < 0 || pcapfile_open(path, &p, &e) < 0)
		return 1;
	for (; pcapfile_next(p, &rec, &e) == 1; n++) {
		if (depth == 0 ||
			pkt_dissect(pcapfile_link(p), rec.data, rec.captured_bytes, &v) < 0 ||
			depth == 1 || v.proto != PKT_TCP)
			continue;
		tcpstream_push(t,
			&(struct tcpstream_segment){v.seq, v.flags, v.payload, v.payload_bytes,
				v.payload_wire_bytes, rec.seen, rec.number});
	}
	seconds = (double)mono_diff_ns(mono_now(), begin) / 1e9;
	printf("%-28s %6.2f M packets/s\n", what, (double)n / seconds / 1e6);
	pcapfile_free(p);
	tcpstream_free(t);
	bgpstream_free(b);
	return n != PACKETS;
}

int
main(void)
{
	char path[] = "/tmp/catchment-bench-XXXXXX";
	int fd = mkstemp(path), rc;
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");

	if (f == NULL)
		return 3;
	write_capture(f);
	rc = fclose(f) != 0;
	rc |= pass(path, 0, "read");
	rc |= pass(path, 1, "read, dissect");
	rc |= pass(path, 2, "read, dissect, TCP and BGP");
	unlink(path);
	if (messages != PACKETS / BGP_EVERY) {
		fprintf(stderr, "%llu messages, not %d\n", (unsigned long long)messages,
			PACKETS / BGP_EVERY);
		rc = 1;
	}
	return rc;
}
