/* mrt_as4.c - the AS path of a 2-octet session, with the 4-octet numbers that came beside it. */
#include "bench/load/mrt_as4.h"

#include <string.h>

enum { AS_SET = 1, AS_SEQUENCE = 2, AS_CONFED_SEQUENCE = 3, AS_CONFED_SET = 4, SEGMENT_MAX = 255 };

struct segment {
	uint8_t type, n;
	const uint8_t *numbers;
};

/* Returns false at the end and where it is malformed: then `c` has failed. */
static bool
next(struct cursor *c, size_t octets, struct segment *ret)
{
	if (cursor_left(c) == 0)
		return false;
	ret->type = cursor_u8(c);
	ret->n = cursor_u8(c);
	ret->numbers = cursor_take(c, ret->n * octets);
	if (ret->type < AS_SET || ret->type > AS_CONFED_SET || ret->n == 0)
		c->failed = true;
	return !c->failed;
}

static size_t
counts(const struct segment *s)
{
	return s->type == AS_SEQUENCE ? s->n : s->type == AS_SET;
}

/* How many AS numbers a path counts. Returns false when it is malformed. */
static bool
count(struct cursor c, size_t octets, size_t *ret)
{
	struct segment s;

	*ret = 0;
	while (next(&c, octets, &s))
		*ret += counts(&s);
	return !c.failed;
}

/* What has been written: `last` is where its last segment begins. */
struct path {
	uint8_t *out;
	size_t len, last;
};

/* `n` numbers of a segment. A sequence goes on in one that was the last, where that has room. */
static void
put(struct path *p, const struct segment *s, size_t n, size_t octets)
{
	bool goes_on = p->len > 0 && s->type == AS_SEQUENCE && p->out[p->last] == AS_SEQUENCE &&
		p->out[p->last + 1] + n <= SEGMENT_MAX;

	if (!goes_on) {
		p->last = p->len;
		p->out[p->len++] = s->type;
		p->out[p->len++] = 0;
	}
	p->out[p->last + 1] = (uint8_t)(p->out[p->last + 1] + n);
	for (size_t i = 0; i < n; i++) {
		memset(p->out + p->len, 0, 4 - octets);
		memcpy(p->out + p->len + 4 - octets, s->numbers + i * octets, octets);
		p->len += 4;
	}
}

/* Segments of confederations are prepended along with what stands before them; they count nothing. */
static void
put_leading(struct path *p, struct cursor path, size_t keep)
{
	struct segment s;

	while (next(&path, 2, &s)) {
		size_t n = counts(&s);

		if (n > 0 && keep == 0)
			return;
		put(p, &s, n > keep ? keep : s.n, 2);
		if (n > keep)
			return;
		keep -= n;
	}
}

size_t
mrt_as4_path(struct cursor path, struct cursor as4_path, uint8_t *out)
{
	struct path p = {.out = out};
	struct segment s;
	size_t all, wide;

	if (!count(path, 2, &all))
		return 0;
	if (!count(as4_path, 4, &wide) || wide > all)
		wide = 0;
	put_leading(&p, path, all - wide);
	while (wide > 0 && next(&as4_path, 4, &s))
		if (s.type == AS_SET || s.type == AS_SEQUENCE)
			put(&p, &s, s.n, 4);
	return p.len;
}
