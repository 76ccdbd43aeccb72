/* fuzz_bgp.c - any bytes as a stream of BGP messages, and as a single message that skips the marker. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/bgp.h"
#include "lib/bgpstream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was accepted can be walked, and ends. */
static void
walk(struct bgp_update *u)
{
	struct bgp_prefixes *const lists[] = {
		&u->withdrawn, &u->announced, &u->mp_withdrawn, &u->mp_announced};
	enum bgp_segment segment;
	struct bgp_prefix p;
	uint32_t as, large[3];

	for (size_t i = 0; i < 4; i++) {
		while (bgp_prefix_next(lists[i], &p))
			if (p.bits > (p.family == 4 ? 32 : 128))
				abort();
		if (lists[i]->c.failed)
			abort();
	}
	while (bgp_as_next(&u->as_path, &as, &segment) || bgp_as_next(&u->as4_path, &as, &segment))
		;
	while (bgp_community_next(&u->communities, &as))
		;
	while (bgp_large_community_next(&u->large_communities, large))
		;
}

static void
read_message(void *arg, enum bgp_type type, const uint8_t *msg, size_t len_bytes,
	struct wall complete, uint64_t packet)
{
	struct bgp_notification n;
	struct bgp_refresh r;
	struct bgp_options found;
	struct bgp_update u;
	struct bgp_open o;

	(void)arg;
	(void)complete;
	(void)packet;
	if (type == BGP_OPEN)
		bgp_open_parse(msg, len_bytes, &o, NULL);
	else if (type == BGP_NOTIFICATION)
		bgp_notification_parse(msg, len_bytes, &n, NULL);
	else if (type == BGP_ROUTE_REFRESH)
		bgp_refresh_parse(msg, len_bytes, &r, NULL);
	for (int i = 0; i < 8 && type == BGP_UPDATE; i++) {
		struct bgp_options options = {
			.as4 = i & 1, .addpath = {(i & 2) != 0, (i & 4) != 0}};

		if (bgp_update_parse(msg, len_bytes, &options, &u, NULL) == 0)
			walk(&u);
	}
	if (type == BGP_UPDATE && bgp_update_guess(msg, len_bytes, &u, &found, NULL) == 0)
		walk(&u);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t msg[BGP_MAX_BYTES];
	struct bgpstream *b;
	size_t half = size / 2, len = size + 18 < sizeof(msg) ? size + 18 : sizeof(msg);

	if (size == 0 || bgpstream_new(&b, read_message, NULL) < 0)
		return 0;
	bgpstream_push(b, data, half, (struct wall){1}, 1);
	if (data[0] & 1)
		bgpstream_gap(b);
	bgpstream_push(b, data + half, size - half, (struct wall){2}, 2);
	if (bgpstream_counts(b)->skipped_bytes > size)
		abort();
	bgpstream_free(b);
	/* The first byte is the type, the rest the body: a fuzzer need not guess markers. */
	memset(msg, 0xff, 16);
	msg[16] = (uint8_t)(len >> 8);
	msg[17] = (uint8_t)len;
	memcpy(msg + 18, data, len - 18);
	if (len >= BGP_HEADER_BYTES)
		read_message(NULL, (enum bgp_type)data[0], msg, len, (struct wall){3}, 3);
	return 0;
}
