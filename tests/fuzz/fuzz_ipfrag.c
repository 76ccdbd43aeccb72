/* fuzz_ipfrag.c - any bytes as a series of IP packets in fragments: a byte of length, then the packet. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "lib/ipfrag.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned sum = 0;
	struct ipfrag *f;
	int64_t now_ns = 0;

	if (ipfrag_new(&f, 4, 1000) < 0)
		return 0;
	while (size > 0) {
		size_t len = data[0] < size - 1 ? data[0] : size - 1;
		struct pkt_view v, whole;

		if (pkt_dissect_ip(data + 1, len, &v) == 0 && v.fragment &&
			ipfrag_take(f, &v, len & 1, (struct wall){now_ns += 100}, &whole) == 1) {
			if (whole.fragment || whole.transport_bytes > 65535)
				abort();
			for (size_t i = 0; i < whole.payload_bytes; i++)
				sum += whole.payload[i];
		}
		data += 1 + len;
		size -= 1 + len;
	}
	if (ipfrag_counts(f)->whole > ipfrag_counts(f)->fragments || sum == UINT32_MAX)
		abort();
	ipfrag_free(f);
	return 0;
}
