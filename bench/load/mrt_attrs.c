/* mrt_attrs.c - path attributes of an MRT file as a table keeps them: checked, in order, the session's own left out. */
#include "bench/load/mrt.h"

#include <errno.h>
#include <string.h>

#include "bench/load/mrt_as4.h"

enum {
	FLAG_OPTIONAL = 0x80,
	FLAG_TRANSITIVE = 0x40,
	FLAG_PARTIAL = 0x20,
	FLAG_EXTENDED = 0x10,
	ATTR_AS_PATH = 2,
	ATTR_NEXT_HOP = 3,
	ATTR_MED = 4,
	ATTR_LOCAL_PREF = 5,
	ATTR_AGGREGATOR = 7,
	ATTR_AS4_PATH = 17,
	ATTR_AS4_AGGREGATOR = 18,
	MAX_ATTRS = 64,
	AS_TRANS = 23456,
};

struct attr {
	uint8_t flags, type;
	const uint8_t *value;
	size_t len;
};

/* Does it go on to the next neighbour, and is not the session's to say? */
static bool
goes_on(const struct attr *a)
{
	switch (a->type) {
	case ATTR_NEXT_HOP:
	case ATTR_LOCAL_PREF:
	case ATTR_AS4_PATH:
	case ATTR_AS4_AGGREGATOR:
		return false;
	case ATTR_MED:
		return true;
	default:
		return a->flags & FLAG_TRANSITIVE;
	}
}

/* A set of attributes is good if an UPDATE made of nothing else is; a next hop in a RIB's short form aside. */
static int
check(const struct attr *attr, size_t n, bool as4, const char **ret_why)
{
	struct bgp_options options = {.as4 = as4, .long_messages = true};
	uint8_t m[BGP_HEADER_BYTES + 4 + MRT_ATTRS_MAX_BYTES];
	struct bgp_update u;
	size_t len = BGP_HEADER_BYTES + 4;

	memset(m, 0xff, 16);
	for (size_t i = 0; i < n; i++) {
		if (len + 4 + attr[i].len > sizeof(m)) {
			*ret_why = "attributes of more than 3900 bytes";
			return -E2BIG;
		}
		m[len++] = attr[i].flags | FLAG_EXTENDED;
		m[len++] = attr[i].type;
		m[len++] = (uint8_t)(attr[i].len >> 8);
		m[len++] = (uint8_t)attr[i].len;
		if (attr[i].len > 0)
			memcpy(m + len, attr[i].value, attr[i].len);
		len += attr[i].len;
	}
	m[16] = (uint8_t)(len >> 8);
	m[17] = (uint8_t)len;
	m[18] = BGP_UPDATE;
	m[19] = m[20] = 0;
	m[21] = (uint8_t)((len - BGP_HEADER_BYTES - 4) >> 8);
	m[22] = (uint8_t)(len - BGP_HEADER_BYTES - 4);
	*ret_why = "malformed path attributes";
	if (bgp_update_parse(m, len, &options, &u, NULL) < 0)
		return -EBADMSG;
	if ((u.has & (BGP_HAS_ORIGIN | BGP_HAS_AS_PATH)) == (BGP_HAS_ORIGIN | BGP_HAS_AS_PATH))
		return 0;
	*ret_why = "path attributes without ORIGIN or AS_PATH";
	return -EBADMSG;
}

/* What comes beside an AS_PATH and an AGGREGATOR of 2-octet numbers: the numbers that do not fit. */
struct beside {
	struct attr path, aggregator; /* no value: there is none */
};

/* One that speaks of 4-octet numbers, of what the session's own neighbour did not understand and handed on. */
static void
note_beside(struct beside *b, const struct attr *a)
{
	if (a->type == ATTR_AS4_PATH && a->len <= MRT_ATTRS_MAX_BYTES)
		b->path = *a;
	else if (a->type == ATTR_AS4_AGGREGATOR && a->len == 8)
		b->aggregator = *a;
}

/* Somebody who aggregated without understanding it made it untrue: RFC 6793 4.2.3. */
static void
judge_beside(struct beside *b, const struct attr *attr, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (attr[i].type == ATTR_AGGREGATOR && attr[i].len == 6 &&
			(attr[i].value[0] << 8 | attr[i].value[1]) != AS_TRANS)
			*b = (struct beside){0};
}

/*
 * The value, with 2-octet AS numbers made wide. Returns its length; `out` has room for twice the value, 2 and
 * the path beside it.
 */
static size_t
put_value(const struct attr *a, bool as4, const struct beside *b, uint8_t *out)
{
	if (!as4 && a->type == ATTR_AS_PATH)
		return mrt_as4_path(cursor_over(a->value, a->len),
			cursor_over(b->path.value, b->path.len), out);
	if (!as4 && a->type == ATTR_AGGREGATOR && a->len == 6) {
		if (b->aggregator.len == 8) {
			memcpy(out, b->aggregator.value, 8);
			return 8;
		}
		out[0] = out[1] = 0;
		memcpy(out + 2, a->value, 6);
		return 8;
	}
	if (a->len > 0)
		memcpy(out, a->value, a->len);
	return a->len;
}

static int
write_out(const struct attr *attr, size_t n, bool as4, const struct beside *b, uint8_t *out,
	const char **ret_why)
{
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		uint8_t value[3 * MRT_ATTRS_MAX_BYTES + 2];
		size_t bytes = put_value(&attr[i], as4, b, value), head = bytes > 255 ? 4 : 3;

		if (len + head + bytes > MRT_ATTRS_MAX_BYTES) {
			*ret_why = "attributes of more than 3900 bytes";
			return -E2BIG;
		}
		out[len++] = (uint8_t)((attr[i].flags &
					       (FLAG_OPTIONAL | FLAG_TRANSITIVE | FLAG_PARTIAL)) |
			(head == 4 ? FLAG_EXTENDED : 0));
		out[len++] = attr[i].type;
		if (head == 4)
			out[len++] = (uint8_t)(bytes >> 8);
		out[len++] = (uint8_t)bytes;
		memcpy(out + len, value, bytes);
		len += bytes;
	}
	return (int)len;
}

int
mrt_attrs(struct cursor attrs, bool as4, uint8_t out[static MRT_ATTRS_MAX_BYTES],
	const char **ret_why)
{
	struct attr attr[MAX_ATTRS];
	struct beside b = {0};
	size_t n = 0;
	int rc;

	*ret_why = "path attributes are cut off";
	while (cursor_left(&attrs) > 0) {
		struct attr a = {.flags = cursor_u8(&attrs)};
		struct cursor v;
		size_t at = n;

		a.type = cursor_u8(&attrs);
		a.len = a.flags & FLAG_EXTENDED ? cursor_u16(&attrs) : cursor_u8(&attrs);
		v = cursor_sub(&attrs, a.len);
		a.value = v.at;
		if (attrs.failed)
			return -EBADMSG;
		note_beside(&b, &a);
		if (!goes_on(&a))
			continue;
		if (n == MAX_ATTRS) {
			*ret_why = "more than 64 path attributes";
			return -EBADMSG;
		}
		for (; at > 0 && attr[at - 1].type > a.type; at--)
			attr[at] = attr[at - 1];
		attr[at] = a;
		n++;
	}
	if (attrs.failed)
		return -EBADMSG;
	rc = check(attr, n, as4, ret_why);
	judge_beside(&b, attr, n);
	return rc < 0 ? rc : write_out(attr, n, as4, &b, out, ret_why);
}
