/*
 * bgpstream.h - BGP messages cut out of a byte stream, each with the instant it became complete.
 *
 * Joined in the middle, or after a gap or a header that makes no sense, it looks for the next
 * marker that is followed by a possible length and type, and counts what it passed over.
 */
#ifndef LIB_BGPSTREAM_H
#define LIB_BGPSTREAM_H

#include <stddef.h>
#include <stdint.h>

#include "lib/bgp.h"
#include "lib/mono.h"

struct bgpstream;

/*
 * One whole message with its header. `complete` and `packet` are those of the packet that showed
 * the last missing byte of it, the latest instant of any of its bytes. `msg` is borrowed.
 */
typedef void bgpstream_message(void *arg, enum bgp_type type, const uint8_t *msg, size_t len_bytes,
	struct wall complete, uint64_t packet);

struct bgpstream_counts {
	uint64_t messages;
	uint64_t resyncs;	/* times that the marker had to be looked for */
	uint64_t skipped_bytes; /* passed over in looking */
};

/* Returns 0 or -ENOMEM. */
int bgpstream_new(struct bgpstream **ret, bgpstream_message *message, void *arg);
void bgpstream_free(struct bgpstream *b);

/* The next bytes of the stream, first visible at `seen` in `packet`. Calls `message` per message. */
void bgpstream_push(struct bgpstream *b, const uint8_t *data, size_t len_bytes, struct wall seen,
	uint64_t packet);

/* Bytes are missing here: the message they belong to is lost. */
void bgpstream_gap(struct bgpstream *b);

/* A new connection: forget what is half read, expect a header. */
void bgpstream_restart(struct bgpstream *b);

/* Memory that it holds for the message begun. */
size_t bgpstream_held_bytes(const struct bgpstream *b);

const struct bgpstream_counts *bgpstream_counts(const struct bgpstream *b);

#endif
