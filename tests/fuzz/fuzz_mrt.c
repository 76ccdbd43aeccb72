/* fuzz_mrt.c - any bytes as an MRT file: its records, the routes and messages in them, their path attributes. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "bench/load/mrt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Path attributes that were taken are read the same when they are taken again. */
static void
take_attrs(struct cursor attrs, bool as4)
{
	uint8_t once[MRT_ATTRS_MAX_BYTES], again[MRT_ATTRS_MAX_BYTES];
	const char *why;
	int len = mrt_attrs(attrs, as4, once, &why);

	if (len > MRT_ATTRS_MAX_BYTES)
		abort();
	if (len > 0 && mrt_attrs(cursor_over(once, (size_t)len), true, again, &why) != len)
		abort();
}

static void
take_record(const struct mrt_record *r)
{
	const uint8_t *at = r->body;
	const char *why;
	struct mrt_peers peers;
	struct mrt_peer peer;
	struct mrt_rib rib;
	struct mrt_entry entry;
	struct mrt_message m;

	if (r->kind == MRT_PEERS && mrt_peers_parse(r, &peers, &at, &why) == 0) {
		while (mrt_peer_next(&peers, &peer))
			;
		if (peers.n != 0)
			abort();
	} else if (r->kind == MRT_RIB && mrt_rib_parse(r, &rib, &at, &why) == 0) {
		if (rib.bits > (rib.family == 4 ? 32 : 128))
			abort();
		while (mrt_entry_next(&rib, &entry))
			take_attrs(entry.attrs, true);
		if (rib.n != 0)
			abort();
	} else if (r->kind == MRT_MESSAGE && mrt_message_parse(r, &m, &at, &why) == 0) {
		if (m.len > r->len)
			abort();
		take_attrs(cursor_over(m.bytes, m.len), m.as4);
	}
	if (r->len > 0 && (at < r->body || at > r->body + r->len))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mrt_record r;
	struct mrt_file *f;
	struct err e;

	if (mrt_open_memory(&f, data, size, &e) < 0)
		return 0;
	while (mrt_next(f, &r, &e) > 0)
		take_record(&r);
	mrt_close(f);
	return 0;
}
