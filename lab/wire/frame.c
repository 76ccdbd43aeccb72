/* frame.c - memory for frames on their way: fixed slots from one pool, first-in-first-out queues. */
#include "lab/wire/frame.h"

#include <errno.h>
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
	*q = (struct frame_queue){.head = FRAME_NONE, .tail = FRAME_NONE};
}

struct frame *
frame_first(const struct frame_pool *p, const struct frame_queue *q)
{
	return q->head == FRAME_NONE ? NULL : &p->slots[q->head];
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

struct frame *
frame_pop(struct frame_pool *p, struct frame_queue *q)
{
	struct frame *f = &p->slots[q->head];

	q->head = f->next;
	if (q->head == FRAME_NONE)
		q->tail = FRAME_NONE;
	q->len_pkts--;
	return f;
}
