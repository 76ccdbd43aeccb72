/* resolvers.c - what users of real resolvers saw: each lookup, its outcome and how much longer than usual it took. */
#include "bench/analyze/resolvers.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/answers.h"
#include "lib/stat.h"

#define SLOW_MS 1000.0

enum { SERVFAIL = 2 };

static enum lookup_outcome
outcome_of(const struct query *q)
{
	switch (q->status) {
	case ANSWERS_GOOD:
		return LOOKUP_GOOD;
	case ANSWERS_WRONG_RCODE:
		return q->rcode == SERVFAIL ? LOOKUP_SERVFAIL : LOOKUP_OTHER_RCODE;
	case ANSWERS_UNANSWERED:
	case ANSWERS_UNREACHABLE:
	case ANSWERS_SEND_FAILED:
		return LOOKUP_UNANSWERED;
	default:
		return LOOKUP_WRONG;
	}
}

static double
latency_ms(const struct query *q)
{
	return q->received_ns > q->sent_ns ? (double)(q->received_ns - q->sent_ns) / 1e6 : NAN;
}

/* The median of the good lookups that were over before the fault, and when the fault began to matter. */
static double
usual_ms(struct trial *t, struct stream *s, double *scratch)
{
	size_t n = 0;
	double longest_ms = 0;

	for (size_t i = 0; i < s->queries; i++) {
		const struct query *q = &s->query[i];

		if (q->status != ANSWERS_GOOD || q->received_ns >= t->fault_ns)
			continue;
		scratch[n++] = latency_ms(q);
		longest_ms = fmax(longest_ms, latency_ms(q));
	}
	s->window_from_ns = t->fault_ns - (int64_t)(longest_ms * 1e6);
	stat_sort(scratch, n);
	return stat_quantile(scratch, n, 0.5);
}

static void
add_lookups(struct trial *t, size_t side, double usual)
{
	const struct stream *s = &t->side[side];

	for (size_t i = 0; i < s->queries; i++) {
		const struct query *q = &s->query[i];
		struct lookup l = {.side = (uint16_t)side,
			.outcome = (uint8_t)outcome_of(q),
			.phase = q->sent_ns < s->window_from_ns ? BEFORE
				: q->sent_ns < t->restore_ns	? DURING
								: AFTER,
			.sent_ns = q->sent_ns,
			.latency_ms = latency_ms(q)};

		if (q->status == ANSWERS_PENDING)
			continue;
		l.added_ms = l.outcome == LOOKUP_GOOD ? l.latency_ms - usual : NAN;
		t->lookup[t->lookups++] = l;
	}
}

int
resolvers_measure(struct trial *t)
{
	double *scratch = calloc(t->side_queries + 1, sizeof(scratch[0]));

	t->lookup = calloc(t->side_queries + 1, sizeof(t->lookup[0]));
	if (scratch == NULL || t->lookup == NULL) {
		free(scratch);
		return -ENOMEM;
	}
	for (size_t i = 0; i < t->sides; i++)
		if (t->side[i].service == SERVICE_RESOLVER)
			add_lookups(t, i, usual_ms(t, &t->side[i], scratch));
	free(scratch);
	return 0;
}

static bool
is_slow(const struct lookup *l)
{
	return l->outcome != LOOKUP_GOOD || l->added_ms > SLOW_MS;
}

static int
collect_added(const struct run *r, const struct trial *t, metric_family f, struct samples *ret)
{
	int rc = 0;

	for (size_t i = 0; i < t->lookups && rc == 0; i++) {
		const struct lookup *l = &t->lookup[i];
		const struct stream *s = &t->side[l->side];

		if (l->phase == DURING && isfinite(l->added_ms) && r->city[s->city].affected &&
			(f == FAMILIES || f == (metric_family)s->family))
			rc = samples_add(ret, l->added_ms, t->number);
	}
	return rc;
}

int
resolvers_collect(const struct run *r, const struct trial *t, metric_family f,
	enum resolver_metric what, struct samples *ret)
{
	static const enum phase phases[] = {[RESOLVER_FAILURES] = DURING,
		[RESOLVER_SLOW] = DURING,
		[RESOLVER_RESTORE_FAILURES] = AFTER,
		[RESOLVER_BEFORE_FAILURES] = BEFORE};
	size_t lookups = 0, counted = 0;

	if (what == RESOLVER_LATENCY_ADDED)
		return collect_added(r, t, f, ret);
	for (size_t i = 0; i < t->lookups; i++) {
		const struct lookup *l = &t->lookup[i];

		if (l->phase != phases[what] ||
			(f != FAMILIES && f != (metric_family)t->side[l->side].family))
			continue;
		lookups++;
		counted += what == RESOLVER_SLOW ? is_slow(l) : l->outcome != LOOKUP_GOOD;
	}
	return lookups == 0 ? 0 : samples_add(ret, (double)counted, t->number);
}
