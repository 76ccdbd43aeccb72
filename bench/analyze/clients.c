/* clients.c - what a resolver would have seen: a modelled lookup begun at each query of a stream. */
#include "bench/analyze/clients.h"

#include <errno.h>
#include <stdlib.h>

#include "lib/answers.h"
#include "lib/stat.h"

enum { TRIES = 3 };

#define GIVE_UP_NS (5 * NS_PER_S)

/* How long each try waits before the next begins: tries at 0, 400 and 1200 ms. */
static const int64_t patience_ns[TRIES] = {400 * NS_PER_MS, 800 * NS_PER_MS, 3800 * NS_PER_MS};

enum outcome { ANSWERED, FAILED, UNDECIDED };

/*
 * Play one lookup from query `first` on. An answer counts from any try still open, so that a slow
 * one may overtake the next try's.
 */
static enum outcome
play(const struct stream *s, size_t first, int64_t *ret_latency_ns, int *ret_tries)
{
	int64_t at_ns = 0, best_ns = INT64_MAX; /* from the start of the lookup */
	int64_t start_ns = s->query[first].sent_ns;
	size_t i = first;

	for (int try = 0; try < TRIES && at_ns < best_ns; try++) {
		const struct query *q;
		int64_t back_ns;

		while (i < s->queries && s->query[i].sent_ns < start_ns + at_ns)
			i++;
		if (i == s->queries || s->query[i].status == ANSWERS_PENDING)
			return UNDECIDED;
		q = &s->query[i];
		back_ns = q->received_ns > q->sent_ns ? q->received_ns - q->sent_ns : 0;
		*ret_tries = try + 1;
		if (q->status == ANSWERS_GOOD && at_ns + back_ns < best_ns)
			best_ns = at_ns + back_ns;
		if ((q->status == ANSWERS_UNREACHABLE || q->status == ANSWERS_SEND_FAILED) &&
			back_ns < patience_ns[try])
			at_ns += back_ns;
		else
			at_ns += patience_ns[try];
	}
	*ret_latency_ns = best_ns;
	return best_ns <= GIVE_UP_NS ? ANSWERED : FAILED;
}

/* The median round trip before the fault, -1 where there was no answer. */
static double
usual_ms(const struct stream *s, double *scratch)
{
	size_t n = 0;

	for (size_t i = 0; i < s->queries; i++) {
		const struct query *q = &s->query[i];

		if (q->status == ANSWERS_GOOD && q->sent_ns < s->window_from_ns)
			scratch[n++] = (double)(q->received_ns - q->sent_ns) / 1e6;
	}
	stat_sort(scratch, n);
	return n == 0 ? -1 : stat_quantile(scratch, n, 0.5);
}

int
clients_measure(struct run *r, struct trial *t)
{
	double *scratch = calloc(t->queries + 1, sizeof(scratch[0]));
	int rc = 0;

	if (scratch == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < t->streams && rc == 0; i++) {
		struct stream *s = &t->stream[i];
		double usual = usual_ms(s, scratch);

		for (size_t k = 0; k < s->queries && rc == 0; k++) {
			int64_t sent_ns = s->query[k].sent_ns, latency_ns = 0;
			enum outcome outcome;
			int tries = 0;

			if (sent_ns < s->window_from_ns || sent_ns >= t->restore_ns)
				continue;
			outcome = play(s, k, &latency_ns, &tries);
			s->lookups += outcome != UNDECIDED;
			s->lookup_failures += outcome == FAILED;
			if (outcome == ANSWERED && tries > 1 && usual >= 0 && t->valid)
				rc = samples_add(r->latency_added_ms[s->family],
					(double)latency_ns / 1e6 - usual, t->number);
		}
	}
	free(scratch);
	return rc;
}
