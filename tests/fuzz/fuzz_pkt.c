/* fuzz_pkt.c - any bytes as a captured frame. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/pkt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct pkt_view *v, const uint8_t *data, size_t size)
{
	if (v->payload_bytes > v->payload_wire_bytes || v->payload < data ||
		v->payload + v->payload_bytes > data + size)
		abort();
}

/* A frame says the same however long the way is on which it was read: behind Linux's cooked header too. */
static void
check_ways(const uint8_t *frame, size_t size)
{
	uint8_t cooked[2048] = {0};
	struct pkt_view v, w;
	int rc;

	if (size < 14 || size > sizeof(cooked) - 2)
		return;
	memcpy(cooked + 14, frame + 12, size - 12);
	rc = pkt_dissect(PKT_LINK_ETHERNET, frame, size, &v);
	if (rc != pkt_dissect(PKT_LINK_SLL, cooked, size + 2, &w))
		abort();
	if (rc != 0)
		return;
	if (v.transport - frame + 2 != w.transport - cooked ||
		v.payload - frame + 2 != w.payload - cooked)
		abort();
	if (memcmp(v.src, w.src, 16) != 0 || memcmp(v.dst, w.dst, 16) != 0 ||
		v.family != w.family || v.proto != w.proto || v.hops != w.hops ||
		v.fragment != w.fragment || v.later != w.later || v.more != w.more ||
		v.vlan != w.vlan || v.fragment_id != w.fragment_id || v.sport != w.sport ||
		v.dport != w.dport || v.transport_bytes != w.transport_bytes ||
		v.transport_wire_bytes != w.transport_wire_bytes ||
		v.payload_bytes != w.payload_bytes || v.payload_wire_bytes != w.payload_wire_bytes)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pkt_view v, quoted;

	if (size == 0)
		return 0;
	check_ways(data + 1, size - 1);
	if (pkt_dissect(data[0] & 1 ? PKT_LINK_RAW : PKT_LINK_ETHERNET, data + 1, size - 1, &v) ==
		0) {
		check(&v, data, size);
		if (pkt_quoted(&v, &quoted) == 0)
			check(&quoted, data, size);
	}
	return 0;
}
