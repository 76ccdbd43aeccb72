/* dns_schedule.c - when each query is to leave: pure functions of a plan and a seed, no clock. */
#include "bench/load/dns_schedule.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/mono.h"
#include "lib/num.h"

int
schedule_read_steps(const char *text, struct schedule *ret, struct err *e)
{
	char part[64];
	size_t n = 0;

	for (const char *at = text;; at++) {
		size_t len = strcspn(at, ",");
		struct schedule_step *step = &ret->steps[n];
		char *colon;

		if (n == SCHEDULE_STEPS_MAX)
			return err_set(e, EINVAL, "more than %d steps", SCHEDULE_STEPS_MAX);
		snprintf(part, sizeof(part), "%.*s", (int)len, at);
		colon = strchr(part, ':');
		if (colon != NULL)
			*colon = '\0';
		if (colon == NULL || len >= sizeof(part) || num_qps(part, &step->rate_qps) < 0 ||
			!(step->rate_qps > 0) ||
			num_duration_ns(colon + 1, &step->duration_ns) < 0 ||
			step->duration_ns <= 0)
			return err_set(e, EINVAL,
				"'%.*s' is not a step like 5k:10s (a rate and how long)", (int)len,
				at);
		n++;
		at += len;
		if (*at == '\0')
			break;
	}
	ret->steps_len = n;
	return 0;
}

void
schedule_begin(struct schedule_walk *w, const struct schedule *s, unsigned int thread,
	unsigned int threads)
{
	*w = (struct schedule_walk){.schedule = s, .threads = threads, .next = thread};
	rng_init(&w->rng, s->seed + thread);
}

/* Queries of a step: those whose instant, n gaps from its beginning, is before its end. */
static uint64_t
step_queries(const struct schedule_step *step)
{
	double n = step->rate_qps * (double)step->duration_ns / (double)NS_PER_S;

	return n < 1e15 ? (uint64_t)ceil(n - 1e-6) : (uint64_t)1e15;
}

static bool
next_steady(struct schedule_walk *w, int64_t *ret_due_ns)
{
	const struct schedule *s = w->schedule;

	while (w->step < s->steps_len) {
		const struct schedule_step *step = &s->steps[w->step];
		uint64_t queries = step_queries(step), n = w->next - w->step_first;

		if (n < queries) {
			*ret_due_ns = w->step_begin_ns +
				(int64_t)((double)n * ((double)NS_PER_S / step->rate_qps));
			return true;
		}
		w->step_first += queries;
		w->step_begin_ns += step->duration_ns;
		w->step++;
	}
	return false;
}

static bool
next_poisson(struct schedule_walk *w, int64_t *ret_due_ns)
{
	const struct schedule *s = w->schedule;

	while (w->step < s->steps_len) {
		const struct schedule_step *step = &s->steps[w->step];
		double gap_ns = (double)NS_PER_S * w->threads / step->rate_qps;

		w->poisson_ns += -log1p(-rng_unit(&w->rng)) * gap_ns;
		if (w->poisson_ns < (double)step->duration_ns) {
			*ret_due_ns = w->step_begin_ns + (int64_t)w->poisson_ns;
			return true;
		}
		w->poisson_ns = 0; /* it has no memory: the next step begins afresh */
		w->step_begin_ns += step->duration_ns;
		w->step++;
	}
	return false;
}

static bool
next_replay(const struct schedule_walk *w, int64_t *ret_due_ns)
{
	const struct schedule *s = w->schedule;

	if (w->next >= queries_len(s->queries))
		return false;
	*ret_due_ns = (int64_t)((double)queries_at(s->queries, (size_t)w->next).due_ns / s->speed);
	return true;
}

bool
schedule_next(struct schedule_walk *w, uint64_t *ret_number, int64_t *ret_due_ns)
{
	const struct schedule *s = w->schedule;
	bool more = false;

	if (s->count > 0 && w->next >= s->count)
		return false;
	switch (s->kind) {
	case SCHEDULE_STEADY:
		more = next_steady(w, ret_due_ns);
		break;
	case SCHEDULE_POISSON:
		more = next_poisson(w, ret_due_ns);
		break;
	case SCHEDULE_REPLAY:
		more = next_replay(w, ret_due_ns);
		break;
	case SCHEDULE_ASAP:
		*ret_due_ns = 0;
		more = true;
		break;
	}
	if (!more)
		return false;
	*ret_number = w->next;
	w->next += w->threads;
	return true;
}

int64_t
schedule_length_ns(const struct schedule *s)
{
	int64_t sum_ns = 0;

	if (s->kind == SCHEDULE_REPLAY) {
		size_t n = queries_len(s->queries);

		return (int64_t)((double)queries_at(s->queries, n - 1).due_ns / s->speed);
	}
	for (size_t i = 0; i < s->steps_len; i++)
		sum_ns += s->steps[i].duration_ns;
	return sum_ns;
}

uint64_t
schedule_queries(const struct schedule *s)
{
	uint64_t sum = 0;

	if (s->kind == SCHEDULE_POISSON || s->kind == SCHEDULE_ASAP)
		return 0;
	if (s->kind == SCHEDULE_REPLAY)
		sum = queries_len(s->queries);
	else
		for (size_t i = 0; i < s->steps_len; i++)
			sum += step_queries(&s->steps[i]);
	return s->count > 0 && s->count < sum ? s->count : sum;
}
