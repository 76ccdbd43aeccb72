/* frame.c - memory for frames on their way: fixed slots from one pool, first-in-first-out queues. */
#include "lab/wire/frame.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>

_Static_assert(sizeof(struct frame) == FRAME_SLOT_BYTES, "a frame fills its slot");

int
frame_pool_init(struct frame_pool *p, struct err *e)
{
	void *m = mmap(NULL, (size_t)FRAME_SLOTS * FRAME_SLOT_BYTES, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (m == MAP_FAILED)
		return err_sys(e, errno, "cannot reserve memory for frames");
	*p = (struct frame_pool){.slots = m, .free = FRAME_NONE};
	return 0;
}

void
frame_pool_done(struct frame_pool *p)
{
	if (p->slots != NULL)
		munmap(p->slots, (size_t)FRAME_SLOTS * FRAME_SLOT_BYTES);
	p->slots = NULL;
}

struct frame *
frame_take(struct frame_pool *p)
{
	struct frame *f;

	if (p->free != FRAME_NONE) {
		f = &p->slots[p->free];
		p->free = f->next;
		return f;
	}
	return p->untouched < FRAME_SLOTS ? &p->slots[p->untouched++] : NULL;
}

static uint32_t
number(const struct frame_pool *p, const struct frame *f)
{
	return (uint32_t)(f - p->slots);
}

void
frame_give(struct frame_pool *p, struct frame *f)
{
	f->next = p->free;
	p->free = number(p, f);
}

void
frame_queue_init(struct frame_queue *q)
{
	*q = (struct frame_queue){.head = FRAME_NONE, .tail = FRAME_NONE, .root = FRAME_NONE};
}

/* Whether the heap's first leaves before the list's. */
static bool
heap_is_first(const struct frame_pool *p, const struct frame_queue *q)
{
	return q->root != FRAME_NONE &&
		(q->head == FRAME_NONE ||
			p->slots[q->root].release.ns < p->slots[q->head].release.ns);
}

struct frame *
frame_first(const struct frame_pool *p, const struct frame_queue *q)
{
	uint32_t first = heap_is_first(p, q) ? q->root : q->head;

	return first == FRAME_NONE ? NULL : &p->slots[first];
}

void
frame_push(struct frame_pool *p, struct frame_queue *q, struct frame *f)
{
	f->next = FRAME_NONE;
	if (q->tail == FRAME_NONE)
		q->head = number(p, f);
	else
		p->slots[q->tail].next = number(p, f);
	q->tail = number(p, f);
	q->len_pkts++;
}

/* The later of two heaps becomes a child of the earlier. */
static uint32_t
meld(struct frame_pool *p, uint32_t a, uint32_t b)
{
	if (a == FRAME_NONE || b == FRAME_NONE)
		return a == FRAME_NONE ? b : a;
	if (p->slots[b].release.ns < p->slots[a].release.ns)
		return meld(p, b, a);
	p->slots[b].next = p->slots[a].child;
	p->slots[a].child = b;
	return a;
}

void
frame_push_sorted(struct frame_pool *p, struct frame_queue *q, struct frame *f)
{
	f->next = f->child = FRAME_NONE;
	q->root = meld(p, q->root, number(p, f));
	q->len_pkts++;
}

/* The children of what was the root: pair by pair from the left, then together from the right. */
static uint32_t
meld_all(struct frame_pool *p, uint32_t list)
{
	uint32_t pairs = FRAME_NONE, heap = FRAME_NONE;

	while (list != FRAME_NONE) {
		uint32_t a = list, b = p->slots[a].next;

		list = b != FRAME_NONE ? p->slots[b].next : FRAME_NONE;
		a = meld(p, a, b);
		p->slots[a].next = pairs;
		pairs = a;
	}
	while (pairs != FRAME_NONE) {
		uint32_t rest = p->slots[pairs].next;

		heap = meld(p, heap, pairs);
		pairs = rest;
	}
	return heap;
}

struct frame *
frame_pop(struct frame_pool *p, struct frame_queue *q)
{
	bool from_heap = heap_is_first(p, q);
	struct frame *f = &p->slots[from_heap ? q->root : q->head];

	q->len_pkts--;
	if (from_heap) {
		q->root = meld_all(p, f->child);
		return f;
	}
	q->head = f->next;
	if (q->head == FRAME_NONE)
		q->tail = FRAME_NONE;
	return f;
}
