/* dns_run.c - a whole DNS load: threads, live line, and all their counts in one result. */
#include "bench/load/dns_run.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "bench/load/dns_thread.h"
#include "lib/openfiles.h"
#include "lib/stop.h"
#include "lib/talk.h"
#include "lib/wakeful.h"

enum { START_NS = 20000000, LOOK_MS = 100, SPARE_FILES = 64 };

struct worker {
	struct dns_thread *thread;
	pthread_t id;
	struct mono begin;
	bool started;
};

static void *
work(void *arg)
{
	struct worker *w = arg;

	dns_thread_run(w->thread, w->begin);
	return NULL;
}

static int
start(struct worker *workers, unsigned int n, struct mono begin, struct err *e)
{
	sigset_t all, before;
	int rc = 0;

	sigfillset(&all); /* signals are for the first thread */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	for (unsigned int i = 0; i < n && rc == 0; i++) {
		workers[i].begin = begin;
		rc = pthread_create(&workers[i].id, NULL, work, &workers[i]);
		workers[i].started = rc == 0;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc == 0 ? 0 : err_sys(e, rc, "cannot start a thread");
}

/* What the live line said last. */
struct shown {
	struct mono at;
	uint64_t sent, answered;
};

static void
show_live(const struct worker *workers, unsigned int n, struct mono begin, struct shown *last)
{
	uint64_t sent = 0, answered = 0, lost = 0;
	struct mono now = mono_now();
	double s = (double)mono_diff_ns(now, last->at) / (double)NS_PER_S;

	if (s < 0.5)
		return;
	for (unsigned int i = 0; i < n; i++) {
		const struct dns_live *l = &workers[i].thread->live;

		sent += atomic_load_explicit(&l->sent, memory_order_relaxed);
		answered += atomic_load_explicit(&l->answered, memory_order_relaxed);
		lost += atomic_load_explicit(&l->lost, memory_order_relaxed);
	}
	talk_live("%.0f s: %.0f q/s sent, %.0f q/s answered, %llu lost so far",
		(double)mono_diff_ns(now, begin) / (double)NS_PER_S,
		(double)(sent - last->sent) / s, (double)(answered - last->answered) / s,
		(unsigned long long)lost);
	*last = (struct shown){now, sent, answered};
}

static void
watch(const struct worker *workers, unsigned int n, struct mono begin, bool quiet)
{
	struct shown last = {.at = begin};

	for (unsigned int ended = 0; ended < n;) {
		poll(NULL, 0, LOOK_MS);
		ended = 0;
		for (unsigned int i = 0; i < n; i++)
			ended += atomic_load_explicit(
				&workers[i].thread->live.ended, memory_order_acquire);
		if (!quiet && ended < n)
			show_live(workers, n, begin, &last);
	}
}

static void
add_up(const struct dns_plan *p, struct worker *workers, struct dns_result *r)
{
	struct dns_stats *s = &r->stats;
	int64_t gap_ns;

	for (unsigned int i = 0; i < p->threads; i++) {
		struct dns_thread *t = workers[i].thread;

		if (i == 0) { /* its arrays become the result's */
			*s = t->stats;
			r->timeline = t->timeline;
			t->stats.ticks = NULL;
			t->timeline = NULL;
			continue;
		}
		dns_stats_merge(s, &t->stats);
		if (r->timeline != NULL)
			dns_timeline_merge(r->timeline, t->timeline);
	}
	/* n queries in equal gaps take n gaps, though the last left after n - 1 of them */
	gap_ns = s->sent > 1 ? (s->last_sent_ns - s->first_sent_ns) / (int64_t)(s->sent - 1) : 0;
	r->sending_ns = s->last_sent_ns - s->first_sent_ns + gap_ns;
	r->planned_ns = schedule_length_ns(&p->schedule);
	if (r->sending_ns > 0) {
		r->sent_qps = (double)s->sent * (double)NS_PER_S / (double)r->sending_ns;
		r->answered_qps = (double)s->answered * (double)NS_PER_S / (double)r->sending_ns;
	}
	r->tick_deviation = dns_stats_tick_deviation(s,
		(size_t)((s->first_sent_ns - r->began_mono.ns) / NS_PER_MS) + 1,
		(size_t)((s->last_sent_ns - r->began_mono.ns) / NS_PER_MS));
}

static int
open_all(const struct dns_plan *p, struct worker *workers, struct err *e)
{
	int rc = openfiles_allow((size_t)p->threads * p->sockets + SPARE_FILES, e);

	for (unsigned int i = 0; i < p->threads && rc == 0; i++)
		rc = dns_thread_new(p, i, &workers[i].thread, e);
	return rc;
}

int
dns_run(const struct dns_plan *p, bool quiet, struct dns_result *ret, struct err *e)
{
	struct worker *workers = calloc(p->threads, sizeof(*workers));
	struct dns_result r = {0};
	int64_t offset_ns;
	int rc, wakeful = -1;

	if (workers == NULL)
		rc = err_set(e, ENOMEM, "no memory for %u threads", p->threads);
	else
		rc = open_all(p, workers, e);
	if (rc == 0) {
		wakeful = wakeful_begin();
		offset_ns = clock_offset_ns(NULL);
		r.began_mono = mono_add(mono_now(), START_NS);
		r.began.ns = r.began_mono.ns + offset_ns;
		rc = start(workers, p->threads, r.began_mono, e);
	}
	if (rc == 0) {
		watch(workers, p->threads, r.began_mono, quiet);
		r.clock_ns = clock_offset_ns(NULL) - offset_ns;
		r.stopped = stop_requested() > 0;
	}
	for (unsigned int i = 0; workers != NULL && i < p->threads; i++)
		if (workers[i].started)
			pthread_join(workers[i].id, NULL);
	wakeful_end(wakeful);
	if (rc == 0) {
		add_up(p, workers, &r);
		*ret = r;
	}
	for (unsigned int i = 0; workers != NULL && i < p->threads; i++)
		dns_thread_free(workers[i].thread);
	free(workers);
	return rc;
}

void
dns_result_done(struct dns_result *r)
{
	free(r->stats.ticks);
	dns_timeline_free(r->timeline);
	*r = (struct dns_result){0};
}

enum dns_verdict
dns_judge(const struct dns_plan *p, const struct dns_result *r)
{
	const struct dns_stats *s = &r->stats;
	double late = (double)(s->generator_late + s->not_sent);

	if (late > p->late_ratio * (double)(s->sent + s->not_sent))
		return DNS_LATE;
	if ((double)s->local_drops > 0.001 * (double)s->sent)
		return DNS_DROPPED;
	return s->answered == 0 ? DNS_NOTHING : DNS_GOOD;
}

const char *
dns_verdict_name(enum dns_verdict v)
{
	return v == DNS_GOOD ? "good" : v == DNS_NOTHING ? "nothing answered" : "inconclusive";
}
