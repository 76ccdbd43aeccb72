/* names.h - query names that say which query they are, and are asked once. */
#ifndef PROBES_NAMES_H
#define PROBES_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * s<stream, 5 digits>-q<seq, 8 digits>-<tag, 8 letters or digits>.<zone>
 *
 * The numbers have a fixed width, so that a query is made by overwriting digits in a template; the
 * tag keeps the names of two runs with different seeds apart.
 */
enum {
	NAMES_STREAM_DIGITS = 5,
	NAMES_SEQ_DIGITS = 8,
	NAMES_SEQ_END = 100000000,
	NAMES_TAG_CHARS = 8,
	NAMES_STREAM_AT = 1, /* offsets in the first label */
	NAMES_SEQ_AT = 8,
	NAMES_TAG_AT = 17,
	NAMES_ZONE_AT = 26, /* in the text: behind the label's dot */
	NAMES_TEXT_BYTES = 300,
};

struct names {
	char tag[NAMES_TAG_CHARS + 1];
	char zone[256];
};

/*
 *      zone            lower case, with its last dot
 *
 * Returns 0, or -EINVAL if the zone is too long for a name to fit in front of it.
 */
int names_init(struct names *n, uint64_t seed, const char *zone);

/* The name as text. Returns `out`. */
const char *names_format(
	const struct names *n, uint32_t stream, uint32_t seq, char out[static NAMES_TEXT_BYTES]);

/*
 * Is this (lower case, any content) one of our names, and which?
 * Returns true, or false with the others untouched.
 */
bool names_parse(const struct names *n, const char *qname, uint32_t *ret_stream, uint32_t *ret_seq);

#endif
