/* fuzz_pkt.c - any bytes as a captured frame. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "lib/pkt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct pkt_view *v, const uint8_t *data, size_t size)
{
	if (v->payload_bytes > v->payload_wire_bytes || v->payload < data ||
		v->payload + v->payload_bytes > data + size)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pkt_view v, quoted;

	if (size == 0)
		return 0;
	if (pkt_dissect(data[0] & 1 ? PKT_LINK_RAW : PKT_LINK_ETHERNET, data + 1, size - 1, &v) ==
		0) {
		check(&v, data, size);
		if (pkt_quoted(&v, &quoted) == 0)
			check(&quoted, data, size);
	}
	return 0;
}
