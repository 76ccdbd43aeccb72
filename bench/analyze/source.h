/*
 * source.h - captures of any make read through libpcap, several at once, as one sequence in time.
 *
 * pcap and pcapng, micro- or nanoseconds (nanoseconds are kept), either byte order; what gzip, zstd,
 * xz, bzip2 or lz4 packed is unpacked by these programs, running beside. "-" is standard input.
 *
 * Where a packet was seen is its *point*. Files that overlap in time are points of their own. A file
 * that begins after another of the same link type ended goes on with that one's point: so the
 * slices that a rotating capture writes are one point.
 */
#ifndef BENCH_ANALYZE_SOURCE_H
#define BENCH_ANALYZE_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"
#include "lib/mono.h"

struct source;

struct source_record {
	struct wall seen;
	uint64_t number;     /* in its file, from 1, as tshark counts frames */
	const uint8_t *data; /* valid until the next call */
	size_t captured_bytes;
	size_t wire_bytes;
	uint32_t link; /* as in a pcap header; enum pkt_link names those that can be dissected */
	unsigned file;
	unsigned point;
};

/* Opens all of them. Returns 0, or -errno with `e` naming the file, and the byte where it has one. */
int source_open(const char *const *paths, size_t files, struct source **ret, struct err *e);
void source_free(struct source *s);

/*
 * The earliest packet that is left. Returns 1 with `ret` filled, 0 at the end.
 *
 * A file that is damaged ends at the damage; source_damage tells. Where a file's own packets are not
 * in order of time they are handed out in the order of the file.
 */
int source_next(struct source *s, struct source_record *ret);

size_t source_files(const struct source *s);
const char *source_path(const struct source *s, unsigned file);
uint64_t source_packets(const struct source *s, unsigned file);
unsigned source_point(const struct source *s, unsigned file);

/* What is wrong with a file and at which byte, one line; NULL if nothing (so far). */
const char *source_damage(const struct source *s, unsigned file);

#endif
