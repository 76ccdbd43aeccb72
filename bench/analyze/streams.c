/* streams.c - what the fault did to each stream: loss of connectivity, first good answer, convergence. */
#include "bench/analyze/streams.h"

#include <errno.h>
#include <stdlib.h>

#include "lib/answers.h"

#define SUSTAINED_NS (5 * NS_PER_S) /* RFC 6412: the sustained validation time */
#define SETTLE_NS    (10 * NS_PER_S)
#define LAST_NS	     NS_PER_S /* of a trial too short to settle, what is counted of its end */

double
stream_loss_ms(const struct run *r, const struct stream *s)
{
	return s->lost * r->gap_ms;
}

static bool
is_good(const struct query *q)
{
	return q->status == ANSWERS_GOOD;
}

static bool
is_failed(const struct query *q)
{
	return q->status != ANSWERS_GOOD && q->status != ANSWERS_PENDING;
}

static bool
in_window(const struct trial *t, const struct stream *s, const struct query *q)
{
	return q->sent_ns >= s->window_from_ns && q->sent_ns < t->restore_ns;
}

/*
 * A good answer since the fault that whoever mended it had no part in: one that arrives after the restore
 * may be the mended server's, to a query from before.
 */
static bool
is_back(const struct trial *t, const struct query *q)
{
	bool is_mended = t->restore_ns <= t->end_ns && q->received_ns >= t->restore_ns;

	return is_good(q) && q->received_ns >= t->fault_ns && !is_mended;
}

/* A query sent up to the longest round trip before the fault may have died of it. */
static void
find_window(struct trial *t, struct stream *s)
{
	int64_t rtt_ns = 0;

	for (size_t i = 0; i < s->queries; i++) {
		const struct query *q = &s->query[i];

		if (!is_good(q) || q->received_ns >= t->fault_ns)
			continue;
		if (q->received_ns - q->sent_ns > rtt_ns)
			rtt_ns = q->received_ns - q->sent_ns;
		if (s->last_before_ns == NEVER || q->received_ns > s->last_before_ns) {
			s->last_before_ns = q->received_ns;
			s->site_before = q->site;
		}
	}
	s->window_from_ns = t->fault_ns - rtt_ns;
}

static void
count(struct trial *t, struct stream *s)
{
	for (size_t i = 0; i < s->queries; i++) {
		const struct query *q = &s->query[i];
		bool lost = status_is_lost(q->status);

		s->sent++;
		s->pending += q->status == ANSWERS_PENDING;
		if (in_window(t, s, q)) {
			s->lost += lost;
			s->icmp += q->status == ANSWERS_UNREACHABLE;
			s->send_failed += q->status == ANSWERS_SEND_FAILED;
			s->wrong += is_failed(q) && !lost;
			s->moved = s->moved ||
				(is_back(t, q) && s->site_before >= 0 && q->site != s->site_before);
		} else if (q->sent_ns < t->fault_ns) {
			s->lost_before += lost;
		} else {
			s->restore_lost += lost;
			s->restore_wrong += is_failed(q) && !lost;
		}
	}
	s->affected = s->lost > 0 || s->wrong > 0 || s->moved;
}

/* Queries that failed one after the other, whatever was mended between. */
static void
find_longest_outage(const struct trial *t, struct stream *s)
{
	unsigned now = 0;

	for (size_t i = 0; i < s->queries && t->has_fault; i++) {
		const struct query *q = &s->query[i];

		if (q->sent_ns < s->window_from_ns || q->status == ANSWERS_PENDING)
			continue;
		now = is_failed(q) ? now + 1 : 0;
		if (now > s->longest_failed)
			s->longest_failed = now;
	}
}

/*
 * From another PoP where one answered in the window; else, where the same PoP answered again before the
 * restore (over another way), the first good answer to a query sent after the first that failed.
 */
static void
find_first_good(struct trial *t, struct stream *s)
{
	int64_t failed_ns = NEVER;

	for (size_t i = 0; i < s->queries; i++) {
		const struct query *q = &s->query[i];

		if (!in_window(t, s, q))
			continue;
		if (is_failed(q) && failed_ns == NEVER)
			failed_ns = q->sent_ns;
		if (!is_back(t, q))
			continue;
		if (s->moved ? q->site == s->site_before : failed_ns == NEVER)
			continue;
		if (s->first_good_ns == NEVER || q->received_ns < s->first_good_ns) {
			s->first_good_ns = q->received_ns;
			s->site_first = q->site;
		}
	}
}

/* A stream without a good answer: from its first failed query to the answer that ends it. */
struct outage {
	int64_t from_ns;
	int64_t to_ns; /* INT64_MAX: not before the restore */
};

static int
by_start(const void *a, const void *b)
{
	const struct outage *x = a, *y = b;

	return (x->from_ns > y->from_ns) - (x->from_ns < y->from_ns);
}

static size_t
outages_of(const struct trial *t, const struct stream *s, struct outage *out)
{
	size_t n = 0;
	bool down = false;

	for (size_t i = 0; i < s->queries; i++) {
		const struct query *q = &s->query[i];

		if (!in_window(t, s, q))
			continue;
		if (is_failed(q) && !down)
			out[n++] = (struct outage){q->sent_ns, INT64_MAX};
		else if (is_back(t, q) && down)
			out[n - 1].to_ns = q->received_ns;
		if (q->status != ANSWERS_PENDING)
			down = is_failed(q);
	}
	return n;
}

/* The end of the first stretch of outages that no other follows within the sustained time. */
static int64_t
sustained_end(struct outage *outages, size_t n)
{
	int64_t end_ns;

	qsort(outages, n, sizeof(outages[0]), by_start);
	end_ns = outages[0].to_ns;
	for (size_t i = 1; i < n; i++) {
		if (end_ns != INT64_MAX && outages[i].from_ns - end_ns >= SUSTAINED_NS)
			break;
		if (outages[i].to_ns > end_ns)
			end_ns = outages[i].to_ns;
	}
	return end_ns;
}

/* Of all the streams of the cities that the fault touched; 0 when it touched none. */
static int
converge(struct trial *t)
{
	bool affected[MAX_CITIES] = {false};
	struct outage *outages = calloc(t->queries + 1, sizeof(outages[0]));
	int64_t end_ns;
	size_t n = 0;

	if (outages == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < t->streams; i++)
		if (t->stream[i].affected)
			affected[t->stream[i].city] = true;
	for (size_t i = 0; i < t->streams; i++)
		if (affected[t->stream[i].city])
			n += outages_of(t, &t->stream[i], outages + n);
	end_ns = n > 0 ? sustained_end(outages, n) : t->fault_ns;
	t->full_convergence_ns = end_ns == INT64_MAX ? NEVER : end_ns - t->fault_ns;
	free(outages);
	return 0;
}

static void
find_last_from_fault_site(const struct run *r, struct trial *t)
{
	for (size_t i = 0; i < t->queries && r->fault_site >= 0; i++) {
		const struct query *q = &t->query[i];

		if (is_good(q) && q->site == r->fault_site && q->received_ns < t->restore_ns &&
			q->received_ns > t->last_from_fault_site_ns)
			t->last_from_fault_site_ns = q->received_ns;
	}
}

void
stream_measure(struct trial *t, struct stream *s)
{
	s->site_before = s->site_first = -1;
	s->last_before_ns = s->first_good_ns = NEVER;
	find_window(t, s);
	count(t, s);
	find_first_good(t, s);
	find_longest_outage(t, s);
}

int
streams_measure(const struct run *r, struct trial *t)
{
	int rc = 0;

	for (size_t i = 0; i < t->streams; i++)
		stream_measure(t, &t->stream[i]);
	if (t->has_fault)
		rc = converge(t);
	find_last_from_fault_site(r, t);
	return rc;
}

/* How long after the restore nobody is counted yet: a site may come back just before a trial's last second. */
static int64_t
settling_ns(int64_t left_ns)
{
	int64_t settling_ns = left_ns - LAST_NS > left_ns / 2 ? left_ns - LAST_NS : left_ns / 2;

	return settling_ns < SETTLE_NS ? settling_ns : SETTLE_NS;
}

enum phase
stream_phase(
	const struct run *r, const struct trial *t, const struct stream *s, const struct query *q)
{
	const struct city *c = &r->city[s->city];
	int64_t half_ns = (t->restore_ns - t->fault_ns) / 2;
	int64_t during_ns = t->fault_ns + (half_ns < SETTLE_NS ? half_ns : SETTLE_NS);
	int64_t until_ns = t->restore_ns, after_ns;

	if (!t->has_fault || q->sent_ns < s->window_from_ns)
		return BEFORE;
	if (c->during_to_ns != 0) {
		during_ns = t->fault_ns + c->during_from_ns;
		until_ns = t->fault_ns + c->during_to_ns;
	}
	after_ns = t->restore_ns + settling_ns(t->end_ns - t->restore_ns);
	if (q->sent_ns >= during_ns && q->sent_ns < until_ns)
		return DURING;
	if (q->sent_ns >= after_ns && q->sent_ns > t->restore_ns)
		return AFTER;
	return PHASES;
}
