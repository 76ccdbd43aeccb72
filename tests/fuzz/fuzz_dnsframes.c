/* fuzz_dnsframes.c - any bytes as a TCP connection in pieces of any size: the same messages come of it as of the whole. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bench/load/dns_frames.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Where the next message begins in the stream, by arithmetic alone; `size` when none is whole. */
static size_t
next_in(const uint8_t *data, size_t size, size_t at)
{
	size_t bytes = size - at < 2 ? size : (size_t)data[at] * 256 + data[at + 1];

	return size - at < 2 || size - at - 2 < bytes ? size : at + 2 + bytes;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct dns_frames f;
	size_t piece, from = 0, seen = 0, bytes, room;
	const uint8_t *message;

	if (size < 2)
		return 0;
	piece = 1 + ((size_t)data[0] << 8 | data[1]) % 3000;
	data += 2;
	size -= 2;
	f.len = f.at = 0;
	while (from < size) {
		uint8_t *to = dns_frames_room(&f, &room);
		size_t n = size - from < piece ? size - from : piece;

		if (room == 0)
			abort();
		n = n < room ? n : room;
		memcpy(to, data + from, n);
		dns_frames_add(&f, n);
		from += n;
		while (dns_frames_take(&f, &message, &bytes)) {
			size_t end = next_in(data, size, seen);

			if (end - seen != 2 + bytes || memcmp(message, data + seen + 2, bytes) != 0)
				abort();
			seen = end;
		}
	}
	if (next_in(data, size, seen) != size)
		abort();
	return 0;
}
