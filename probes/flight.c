/* flight.c - queries under way: a ring in the order they were sent. */
#include "probes/flight.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int
flight_init(struct flight *f, uint64_t queries)
{
	*f = (struct flight){.size = 1};
	while (f->size < queries)
		f->size *= 2;
	f->slots = calloc(f->size, sizeof(*f->slots));
	if (f->slots == NULL)
		return -ENOMEM;
	memset(f->slots, 0xff, f->size * sizeof(*f->slots)); /* page faults now, not when sending */
	return 0;
}

void
flight_done(struct flight *f)
{
	free(f->slots);
	*f = (struct flight){0};
}

struct flight_query *
flight_add(struct flight *f)
{
	struct flight_query *q = &f->slots[f->head & (f->size - 1)];

	if (f->head - f->tail == f->size)
		return NULL;
	f->head++;
	f->open++;
	*q = (struct flight_query){
		.nsid = ANSWERS_NSID_NONE, .rcode = ANSWERS_RCODE_NONE, .open = true};
	return q;
}

struct flight_query *
flight_find(const struct flight *f, uint64_t number)
{
	if (number >= f->head || f->head - number > f->size)
		return NULL;
	return &f->slots[number & (f->size - 1)];
}

uint64_t
flight_by_id(const struct flight *f, uint16_t id, uint32_t stream, uint32_t streams)
{
	uint64_t oldest = f->head > f->size ? f->head - f->size : 0;

	for (uint64_t number = f->head; number-- > oldest;)
		if (number % streams == stream && f->slots[number & (f->size - 1)].id == id)
			return number;
	return UINT64_MAX;
}

void
flight_decide(struct flight *f, struct flight_query *q, enum answers_status status)
{
	q->status = (uint8_t)status;
	q->open = false;
	f->open--;
}

struct flight_query *
flight_oldest(const struct flight *f)
{
	return f->tail == f->head ? NULL : &f->slots[f->tail & (f->size - 1)];
}

void
flight_retire(struct flight *f)
{
	f->tail++;
}
