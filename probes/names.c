/* names.c - query names that say which query they are, and are asked once. */
#include "probes/names.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/dns.h"
#include "lib/rng.h"

int
names_init(struct names *n, uint64_t seed, const char *zone)
{
	static const char letters[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	struct rng r;

	/* on the wire: a length byte and the label, then the zone's text length plus one */
	if (1 + NAMES_ZONE_AT - 1 + strlen(zone) + 1 > DNS_NAME_WIRE_BYTES)
		return -EINVAL;
	rng_init(&r, seed);
	for (int i = 0; i < NAMES_TAG_CHARS; i++)
		n->tag[i] = letters[rng_below(&r, sizeof(letters) - 1)];
	n->tag[NAMES_TAG_CHARS] = '\0';
	snprintf(n->zone, sizeof(n->zone), "%s", zone);
	return 0;
}

const char *
names_format(
	const struct names *n, uint32_t stream, uint32_t seq, char out[static NAMES_TEXT_BYTES])
{
	snprintf(out, NAMES_TEXT_BYTES, "s%05u-q%08u-%s.%s", stream, seq, n->tag, n->zone);
	return out;
}

static bool
digits(const char *text, int width, uint32_t *ret)
{
	uint32_t value = 0;

	for (int i = 0; i < width; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		value = value * 10 + (uint32_t)(text[i] - '0');
	}
	*ret = value;
	return true;
}

bool
names_parse(const struct names *n, const char *qname, uint32_t *ret_stream, uint32_t *ret_seq)
{
	uint32_t stream, seq;

	if (strnlen(qname, NAMES_ZONE_AT) < NAMES_ZONE_AT || qname[0] != 's' ||
		qname[NAMES_SEQ_AT - 2] != '-' || qname[NAMES_SEQ_AT - 1] != 'q' ||
		qname[NAMES_TAG_AT - 1] != '-' || qname[NAMES_ZONE_AT - 1] != '.')
		return false;
	if (memcmp(qname + NAMES_TAG_AT, n->tag, NAMES_TAG_CHARS) != 0 ||
		strcmp(qname + NAMES_ZONE_AT, n->zone) != 0)
		return false;
	if (!digits(qname + NAMES_STREAM_AT, NAMES_STREAM_DIGITS, &stream) ||
		!digits(qname + NAMES_SEQ_AT, NAMES_SEQ_DIGITS, &seq))
		return false;
	*ret_stream = stream;
	*ret_seq = seq;
	return true;
}
