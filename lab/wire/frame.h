/*
 * frame.h - memory for frames on their way: fixed slots from one pool, first-in-first-out queues.
 *
 * All memory is reserved at the start and touched on first use; a slot that is given back is the
 * next one given out, so that what is resident is the most that was ever on its way at once.
 */
#ifndef LAB_WIRE_FRAME_H
#define LAB_WIRE_FRAME_H

#include <stdint.h>

#include "lib/err.h"
#include "lib/mono.h"

#define FRAME_SLOT_BYTES 2048
#define FRAME_MAX_BYTES	 (FRAME_SLOT_BYTES - 24 - 1) /* one more, to tell one that is too long */
#define FRAME_SLOTS	 65536			     /* 128 MiB */
#define FRAME_QUEUE_MAX	 32768			     /* one direction takes at most half of them */

struct frame {
	struct mono release;
	uint32_t next;	/* in its queue or in the free list; its next sibling in a heap */
	uint32_t child; /* its first in a heap */
	uint32_t len_bytes;
	uint32_t spare;
	uint8_t bytes[FRAME_SLOT_BYTES - 24];
};

struct frame_pool {
	struct frame *slots;
	uint32_t untouched; /* slots from here on were never used */
	uint32_t free;	    /* list of those given back */
};

#define FRAME_NONE UINT32_MAX

/*
 * A list for frames that come in the order of their release, and a pairing heap (Fredman et al.
 * 1986) for those that do not. The earlier of the two firsts is the first.
 */
struct frame_queue {
	uint32_t head, tail;
	uint32_t root;
	uint32_t len_pkts;
};

int frame_pool_init(struct frame_pool *p, struct err *e);
void frame_pool_done(struct frame_pool *p);

/* A slot, or NULL when all are in use. */
struct frame *frame_take(struct frame_pool *p);
void frame_give(struct frame_pool *p, struct frame *f);

void frame_queue_init(struct frame_queue *q);
struct frame *frame_first(const struct frame_pool *p, const struct frame_queue *q); /* or NULL */

/* Behind all others, whose release must not be later; or wherever its release belongs. */
void frame_push(struct frame_pool *p, struct frame_queue *q, struct frame *f);
void frame_push_sorted(struct frame_pool *p, struct frame_queue *q, struct frame *f);

/* The first, no longer in the queue and not yet given back. The queue must not be empty. */
struct frame *frame_pop(struct frame_pool *p, struct frame_queue *q);

#endif
