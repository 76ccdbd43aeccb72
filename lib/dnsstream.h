/*
 * dnsstream.h - DNS messages cut out of a TCP byte stream, each with the instant it became complete.
 *
 * A message has nothing but a length in front of it, so that after a gap there is no certain way
 * back: a run of bytes is then taken for the beginning of a message where a whole one that can be
 * read as DNS stands there; until then all is skipped, and counted. Source: RFC 7766 8.
 */
#ifndef LIB_DNSSTREAM_H
#define LIB_DNSSTREAM_H

#include <stddef.h>
#include <stdint.h>

#include "lib/mono.h"

struct dnsstream;

/* One whole message, without its length. `complete`, `packet`: see bgpstream_message. */
typedef void dnsstream_message(
	void *arg, const uint8_t *msg, size_t len_bytes, struct wall complete, uint64_t packet);

struct dnsstream_counts {
	uint64_t messages;
	uint64_t resyncs;
	uint64_t skipped_bytes;
};

/* Returns 0 or -ENOMEM. */
int dnsstream_new(struct dnsstream **ret, dnsstream_message *message, void *arg);
void dnsstream_free(struct dnsstream *d);

/* As those of bgpstream.h. Returns 0, or -ENOMEM: the message begun is lost. */
int dnsstream_push(struct dnsstream *d, const uint8_t *data, size_t len_bytes, struct wall seen,
	uint64_t packet);
void dnsstream_gap(struct dnsstream *d);
void dnsstream_restart(struct dnsstream *d);

/* Memory that it holds for the message begun. */
size_t dnsstream_held_bytes(const struct dnsstream *d);

const struct dnsstream_counts *dnsstream_counts(const struct dnsstream *d);

#endif
