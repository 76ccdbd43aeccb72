/* due.c - which of a fixed set of queues is due first: a binary heap that knows where each one is. */
#include "lab/wire/due.h"

#include <errno.h>
#include <stdlib.h>

int
due_init(struct due *d, size_t n, struct err *e)
{
	*d = (struct due){
		.heap = calloc(n + 1, sizeof(*d->heap)), .where = calloc(n + 1, sizeof(*d->where))};
	if (d->heap == NULL || d->where == NULL) {
		due_done(d);
		return err_set(e, ENOMEM, "out of memory for %zu queues", n);
	}
	for (size_t i = 0; i < n; i++)
		d->where[i] = DUE_ABSENT;
	return 0;
}

void
due_done(struct due *d)
{
	free(d->heap);
	free(d->where);
	*d = (struct due){0};
}

static void
place(struct due *d, size_t i, struct due_entry x)
{
	d->heap[i] = x;
	d->where[x.id] = (uint32_t)i;
}

/* Find x its place, starting at the hole i. */
static void
settle(struct due *d, size_t i, struct due_entry x)
{
	while (i > 0 && x.at.ns < d->heap[(i - 1) / 2].at.ns) {
		place(d, i, d->heap[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	for (;;) {
		size_t child = 2 * i + 1;

		if (child + 1 < d->len && d->heap[child + 1].at.ns < d->heap[child].at.ns)
			child++;
		if (child >= d->len || x.at.ns <= d->heap[child].at.ns)
			break;
		place(d, i, d->heap[child]);
		i = child;
	}
	place(d, i, x);
}

void
due_set(struct due *d, uint32_t id, struct mono at)
{
	size_t i = d->where[id];

	if (i == DUE_ABSENT)
		i = d->len++;
	settle(d, i, (struct due_entry){.at = at, .id = id});
}

void
due_remove(struct due *d, uint32_t id)
{
	size_t i = d->where[id];

	if (i == DUE_ABSENT)
		return;
	d->where[id] = DUE_ABSENT;
	d->len--;
	if (i < d->len)
		settle(d, i, d->heap[d->len]);
}
