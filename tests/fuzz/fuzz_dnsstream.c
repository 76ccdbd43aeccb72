/* fuzz_dnsstream.c - any bytes as DNS over TCP: a byte of how many, then these; 255 is a gap, 254 a new connection. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "lib/dns.h"
#include "lib/dnsstream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
on_message(void *arg, const uint8_t *msg, size_t len_bytes, struct wall complete, uint64_t packet)
{
	struct dns_msg m;
	uint64_t *bytes = arg;

	(void)complete;
	(void)packet;
	*bytes += len_bytes;
	dns_read(msg, len_bytes, &m);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t bytes = 0, all = size;
	struct dnsstream *d;
	int64_t at_ns = 0;

	if (dnsstream_new(&d, on_message, &bytes) < 0)
		return 0;
	while (size > 0) {
		size_t len = data[0] < size - 1 ? data[0] : size - 1;

		at_ns++;
		if (data[0] == 255)
			dnsstream_gap(d);
		if (data[0] == 254)
			dnsstream_restart(d);
		dnsstream_push(d, data + 1, len, (struct wall){at_ns}, (uint64_t)at_ns);
		data += 1 + len;
		size -= 1 + len;
	}
	if (bytes + dnsstream_counts(d)->skipped_bytes > all)
		abort();
	dnsstream_free(d);
	return 0;
}
