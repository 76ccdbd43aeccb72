/* due.h - which of a fixed set of queues is due first: a binary heap that knows where each one is. */
#ifndef LAB_WIRE_DUE_H
#define LAB_WIRE_DUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"
#include "lib/mono.h"

struct due_entry {
	struct mono at;
	uint32_t id;
};

struct due {
	size_t len;
	struct due_entry *heap; /* [n] */
	uint32_t *where;	/* [n], by id; DUE_ABSENT */
};

#define DUE_ABSENT UINT32_MAX

/* For ids 0 to n - 1. Returns 0 or -ENOMEM with `e` filled. */
int due_init(struct due *d, size_t n, struct err *e);
void due_done(struct due *d);

/* Put an id in, or move it, so that it is due at `at`. */
void due_set(struct due *d, uint32_t id, struct mono at);

/* Take an id out; nothing when it is not in. */
void due_remove(struct due *d, uint32_t id);

/* The earliest, or NULL when none is due. */
static inline const struct due_entry *
due_first(const struct due *d)
{
	return d->len > 0 ? &d->heap[0] : NULL;
}

#endif
