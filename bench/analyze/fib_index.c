/* fib_index.c - where among the routes of a table a prefix is. */
#include "bench/analyze/fib_index.h"

#include <errno.h>
#include <stdlib.h>

#include "bench/analyze/fibdb_internal.h"

enum { SLOTS_LEAST = 64 };

/* FNV-1a, 64 bits. */
static uint64_t
hash_of(const struct inet *prefix)
{
	uint64_t h = 0xcbf29ce484222325;

	for (size_t i = 0; i < inet_bits(prefix) / 8; i++)
		h = (h ^ prefix->addr[i]) * 0x100000001b3;
	return (h ^ prefix->len) * 0x100000001b3;
}

/* The slot of the prefix, or the free one where it would be. */
static size_t
slot_of(const struct fib_index *x, const struct fib_route *route, const struct inet *prefix)
{
	size_t at = (size_t)(hash_of(prefix) >> 20) & (x->slots - 1);

	for (; x->slot[at] != 0; at = (at + 1) & (x->slots - 1)) {
		const struct inet *p = &route[x->slot[at] - 1].prefix;

		if (p->len == prefix->len && inet_same(p, prefix))
			break;
	}
	return at;
}

size_t
fib_index_find(const struct fib_index *x, const struct fib_route *route, const struct inet *prefix)
{
	return x->slots == 0 ? SIZE_MAX : x->slot[slot_of(x, route, prefix)] - 1;
}

int
fib_index_add(struct fib_index *x, const struct fib_route *route, size_t at)
{
	struct fib_index grown = *x;

	if (2 * (x->used + 1) > x->slots) {
		grown.slots = x->slots == 0 ? SLOTS_LEAST : 2 * x->slots;
		grown.slot = calloc(grown.slots, sizeof(*grown.slot));
		if (grown.slot == NULL)
			return -ENOMEM;
		for (size_t i = 0; i < x->slots; i++)
			if (x->slot[i] != 0)
				grown.slot[slot_of(&grown, route, &route[x->slot[i] - 1].prefix)] =
					x->slot[i];
		free(x->slot);
		*x = grown;
	}
	x->slot[slot_of(x, route, &route[at].prefix)] = at + 1;
	x->used++;
	return 0;
}

void
fib_index_done(struct fib_index *x)
{
	free(x->slot);
	*x = (struct fib_index){0};
}
