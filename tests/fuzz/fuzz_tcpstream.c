/* fuzz_tcpstream.c - any segments in any order: the bytes that come out are those of their places. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "lib/cursor.h"
#include "lib/pkt.h"
#include "lib/tcpstream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every byte of a connection is the low byte of its sequence number, so each can be checked. */
struct check {
	uint8_t next;
	bool begun;
	uint64_t handed_out;
};

static void
on_bytes(void *arg, const uint8_t *data, size_t len_bytes, struct wall seen, uint64_t packet)
{
	struct check *c = arg;

	if (seen.ns != (int64_t)packet || len_bytes == 0)
		abort();
	for (size_t i = 0; i < len_bytes; i++) {
		if (c->begun && data[i] != c->next)
			abort();
		c->begun = true;
		c->next = (uint8_t)(data[i] + 1);
	}
	c->handed_out += len_bytes;
}

static void
on_gap(void *arg, uint64_t missing_bytes)
{
	struct check *c = arg;

	if (missing_bytes == 0)
		abort();
	c->next = (uint8_t)(c->next + missing_bytes);
}

static void
on_restart(void *arg)
{
	((struct check *)arg)->begun = false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct check check = {0};
	struct tcpstream_sink sink = {on_bytes, on_gap, on_restart, &check};
	struct cursor c = cursor_over(data, size);
	struct tcpstream *t;
	uint8_t payload[256];
	uint64_t pushed = 0;
	int64_t at = 1;

	if (tcpstream_new(&t, &sink, 512) < 0)
		return 0;
	/* Eight bytes are a segment: place, length, length cut by the capture, flags. */
	while (cursor_left(&c) >= 8) {
		struct tcpstream_segment s = {.seq = cursor_u32(&c), .data = payload};
		uint32_t first;

		s.len_bytes = cursor_u8(&c);
		s.wire_bytes = s.len_bytes + cursor_u8(&c);
		s.flags = cursor_u8(&c) & (PKT_SYN | PKT_FIN | PKT_RST);
		s.seen.ns = at;
		s.packet = (uint64_t)at++;
		first = s.seq + ((s.flags & PKT_SYN) != 0);
		for (size_t i = 0; i < s.len_bytes; i++)
			payload[i] = (uint8_t)(first + i);
		pushed += s.len_bytes;
		if (cursor_u8(&c) & 1)
			tcpstream_acked(t, s.seq);
		else if (tcpstream_push(t, &s) < 0)
			abort();
	}
	tcpstream_finish(t);
	if (check.handed_out > pushed)
		abort();
	tcpstream_free(t);
	return 0;
}
