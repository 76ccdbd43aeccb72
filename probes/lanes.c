/* lanes.c - streams of one kind and rate take turns in a lane, which has a schedule and a ring of its own. */
#include "probes/lanes.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static bool
is_of(const struct lane *lane, const struct plan_stream *s)
{
	return lane->service == s->service && lane->transport == s->transport &&
		!(lane->rate_qps < s->rate_qps) && !(lane->rate_qps > s->rate_qps);
}

/* Which lane a stream is in; a new one where none fits. -1: too many. */
static int
lane_for(struct lanes *l, const struct plan_stream *s)
{
	struct lane *lane;

	for (uint32_t i = 0; i < l->len; i++)
		if (is_of(&l->list[i], s))
			return (int)i;
	if (l->len == LANES_MAX)
		return -1;
	lane = &l->list[l->len];
	lane->service = s->service;
	lane->transport = s->transport;
	lane->rate_qps = s->rate_qps;
	return (int)l->len++;
}

static int
prepare(struct lane *lane, const struct plan *p)
{
	double total_qps = lane->rate_qps * lane->streams_len;
	double held = total_qps * ((double)p->timeout_ns / 1e9 + 1); /* one second of stall */

	lane->interval_ns = 1e9 / total_qps;
	lane->end = UINT64_MAX;
	if (p->duration_ns > 0)
		lane->end =
			(uint64_t)llround(ceil((double)p->duration_ns / lane->interval_ns - 1e-6));
	lane->streams = calloc(lane->streams_len, sizeof(lane->streams[0]));
	/* twice over: the final half tells late answers from duplicates */
	if (lane->streams == NULL || flight_init(&lane->flight, 2 * (uint64_t)held + 1024) < 0)
		return -ENOMEM;
	if (lane->transport != PLAN_UDP &&
		(lane->tcp = calloc(lane->flight.size, sizeof(lane->tcp[0]))) == NULL)
		return -ENOMEM;
	lane->streams_len = 0; /* dealt below */
	return 0;
}

int
lanes_init(struct lanes *l, const struct plan *p)
{
	*l = (struct lanes){0};
	l->list = calloc(LANES_MAX, sizeof(l->list[0]));
	l->lane_of = calloc(p->streams_len, sizeof(l->lane_of[0]));
	l->place_of = calloc(p->streams_len, sizeof(l->place_of[0]));
	if (l->list == NULL || l->lane_of == NULL || l->place_of == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < p->streams_len; i++) {
		int lane = lane_for(l, &p->streams[i]);

		if (lane < 0)
			return -E2BIG;
		l->lane_of[i] = (uint8_t)lane;
		l->list[lane].streams_len++;
	}
	for (uint32_t i = 0; i < l->len; i++) {
		if (prepare(&l->list[i], p) < 0)
			return -ENOMEM;
		l->list[i].offset_ns = l->list[0].interval_ns * i / l->len;
	}
	for (uint32_t i = 0; i < p->streams_len; i++) {
		struct lane *lane = &l->list[l->lane_of[i]];

		l->place_of[i] = lane->streams_len;
		lane->streams[lane->streams_len++] = i;
	}
	return 0;
}

void
lanes_done(struct lanes *l)
{
	for (uint32_t i = 0; i < l->len; i++) {
		free(l->list[i].streams);
		free(l->list[i].tcp);
		flight_done(&l->list[i].flight);
	}
	free(l->list);
	free(l->lane_of);
	free(l->place_of);
	*l = (struct lanes){0};
}

int64_t
lane_due_ns(const struct lane *lane, uint64_t number)
{
	return (int64_t)(lane->offset_ns + (double)number * lane->interval_ns);
}

struct lane *
lanes_next(const struct lanes *l)
{
	struct lane *first = NULL;
	int64_t first_ns = INT64_MAX;

	for (uint32_t i = 0; i < l->len; i++) {
		struct lane *lane = &l->list[i];
		int64_t due_ns = lane_due_ns(lane, lane->flight.head);

		if (lane->flight.head < lane->end && due_ns < first_ns) {
			first = lane;
			first_ns = due_ns;
		}
	}
	return first;
}

struct lane *
lanes_oldest(const struct lanes *l)
{
	struct lane *oldest = NULL;

	for (uint32_t i = 0; i < l->len; i++) {
		const struct flight_query *q = flight_oldest(&l->list[i].flight);

		if (q != NULL &&
			(oldest == NULL ||
				q->sent_mono.ns < flight_oldest(&oldest->flight)->sent_mono.ns))
			oldest = &l->list[i];
	}
	return oldest;
}

struct lane_tcp *
lane_tcp(const struct lane *lane, uint64_t number)
{
	return &lane->tcp[number & (lane->flight.size - 1)];
}

uint64_t
lanes_open(const struct lanes *l)
{
	uint64_t open = 0;

	for (uint32_t i = 0; i < l->len; i++)
		open += l->list[i].flight.open;
	return open;
}

void
lanes_end(struct lanes *l)
{
	for (uint32_t i = 0; i < l->len; i++)
		if (l->list[i].end > l->list[i].flight.head)
			l->list[i].end = l->list[i].flight.head;
}

struct lane *
lanes_of(const struct lanes *l, uint32_t stream)
{
	return &l->list[l->lane_of[stream]];
}

uint64_t
lanes_number(const struct lanes *l, uint32_t stream, uint32_t seq)
{
	return (uint64_t)seq * lanes_of(l, stream)->streams_len + l->place_of[stream];
}
