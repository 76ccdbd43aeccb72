/* dns_thread.c - one generator thread: wait for the schedule, send, read, and look after the clocks. */
#include "bench/load/dns_thread.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

#include "lib/stop.h"

enum {
	READ_NS = 1000000,   /* how often a socket is looked at, for the kernel stamps what comes */
	DUTY_NS = 1000000,   /* how often timeouts are looked for */
	CLOCK_NS = 10000000, /* how often the clocks are compared */
	READ_ROUNDS = 16,    /* reads of one socket in a row at most */
	GRACE_NS = 100000000, /* how long after its end a schedule that was not kept may go on */
	LINGER_NS = 10000000, /* how long duplicates are waited for */
	NAP_NS = 1000000,     /* the longest sleep */
	SPIN_MIN_NS = 5000,
	SPIN_MAX_NS = 100000,
	PACED_READ =
		16, /* answers at a time between two queries that are due, so that none is held up long */
};

static int
open_lanes(struct dns_thread *t, struct err *e)
{
	const struct dns_plan *p = t->plan;
	int rc;

	for (size_t i = 0; i < t->lanes_len; i++)
		t->lanes[i].wire.fd = -1;
	for (size_t i = 0; i < t->lanes_len; i++) {
		size_t nth = i * p->threads + t->index;
		struct wire_setup s = {.type = p->wire,
			.target = p->targets[nth % p->targets_len],
			.stamps = p->stamps,
			.send_stamps = p->send_stamps,
			.buffers = t->buffers};

		if (p->sources_len > 0)
			s.source = p->sources[nth / p->targets_len % p->sources_len];
		rc = wire_open(&s, &t->lanes[i].wire, e);
		if (rc == 0 && track_init(&t->lanes[i].track, (uint16_t)rng_u64(&t->rng)) < 0)
			rc = err_set(e, ENOMEM, "no memory for the queries under way");
		if (rc < 0)
			return rc;
	}
	return 0;
}

int
dns_thread_new(const struct dns_plan *p, unsigned int index, struct dns_thread **ret, struct err *e)
{
	struct dns_thread *t = aligned_alloc(_Alignof(struct dns_thread), sizeof(*t));
	int rc = 0;

	if (t == NULL)
		return err_set(e, ENOMEM, "no memory for a thread");
	*t = (struct dns_thread){.plan = p, .index = index, .spin_ns = SPIN_MIN_NS};
	rng_init(&t->rng, p->fresh_seed ^ (0x6c6f6164U + index));
	t->hash_seed = rng_u64(&t->rng);
	t->lanes_len = p->sockets;
	t->lanes = calloc(t->lanes_len, sizeof(*t->lanes));
	t->bytes = malloc(DNS_BATCH_BYTES);
	t->stats.ticks = calloc(DNS_TICKS, sizeof(*t->stats.ticks));
	if (t->lanes == NULL || t->bytes == NULL || t->stats.ticks == NULL ||
		wire_buffers_new(&t->buffers) < 0)
		rc = err_set(e, ENOMEM, "no memory for a thread");
	if (rc == 0 && p->bucket_ns > 0)
		rc = dns_timeline_new(
			p->bucket_ns, schedule_length_ns(&p->schedule) + GRACE_NS, &t->timeline);
	if (rc == -E2BIG)
		err_set(e, E2BIG, "the timeline would have more than %d buckets: make them wider",
			TIMELINE_BUCKETS);
	if (rc == 0)
		rc = open_lanes(t, e);
	if (rc < 0) {
		dns_thread_free(t);
		return rc;
	}
	*ret = t;
	return 0;
}

void
dns_thread_free(struct dns_thread *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; t->lanes != NULL && i < t->lanes_len; i++) {
		wire_close(&t->lanes[i].wire);
		track_done(&t->lanes[i].track);
	}
	dns_timeline_free(t->timeline);
	wire_buffers_free(t->buffers);
	free(t->stats.ticks);
	free(t->bytes);
	free(t->lanes);
	free(t);
}

/* What is done now and then, whatever else happens. */
static void
duty(struct dns_thread *t, int64_t now_ns)
{
	struct dns_stats *s = &t->stats;

	if (now_ns < t->duty_ns)
		return;
	if (t->duty_ns / CLOCK_NS != now_ns / CLOCK_NS)
		wire_buffers_clock(t->buffers);
	t->duty_ns = now_ns + DUTY_NS;
	dns_expire(t, now_ns);
	atomic_store_explicit(&t->live.sent, s->sent, memory_order_relaxed);
	atomic_store_explicit(&t->live.answered, s->answered, memory_order_relaxed);
	atomic_store_explicit(&t->live.lost, s->timed_out + s->unreachable + s->lost_connection,
		memory_order_relaxed);
}

/* Look at the next socket if something may have come. Returns how many answers it had. */
static int
read_one(struct dns_thread *t, int64_t now_ns, int64_t every_ns, int n)
{
	struct dns_lane *lane = &t->lanes[t->reading];
	int got = 0;

	if (now_ns - lane->read_ns >= every_ns) {
		got = dns_take(t, lane, n);
		if (got < n)
			lane->read_ns = now_ns;
	}
	if (got < n)
		t->reading = (t->reading + 1) % t->lanes_len;
	return got;
}

static void
sleep_until(int64_t at_ns)
{
	struct timespec ts = mono_timespec((struct mono){at_ns});

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
}

/*
 * Wait for the next query's instant: asleep while it is far, then awake. How early a sleep ends follows how late
 * sleeps ended of late.
 */
static void
wait_due(struct dns_thread *t, int64_t now_ns)
{
	int64_t until_ns = t->has_next ? t->next_due_ns - t->spin_ns : now_ns + NAP_NS, late_ns;

	if (until_ns > now_ns + NAP_NS)
		until_ns = now_ns + NAP_NS;
	if (until_ns - now_ns < SPIN_MIN_NS) {
		sched_yield(); /* the kernel's thread that has our answers may wait for this processor */
		return;
	}
	sleep_until(until_ns);
	late_ns = mono_now().ns - until_ns;
	if (late_ns > t->spin_ns)
		t->spin_ns = late_ns + late_ns / 4;
	if (t->spin_ns < SPIN_MIN_NS)
		t->spin_ns = SPIN_MIN_NS;
	if (t->spin_ns > SPIN_MAX_NS)
		t->spin_ns = SPIN_MAX_NS;
}

/* Wait until something comes on any socket, or a little while. */
static void
wait_answers(struct dns_thread *t)
{
	enum { WATCHED = 64 };
	struct pollfd p[WATCHED];
	struct dns_lane *lanes[WATCHED];
	size_t n = 0;

	for (size_t i = 0; i < t->lanes_len && n < WATCHED; i++) {
		if (t->lanes[i].track.open == 0)
			continue;
		lanes[n] = &t->lanes[i];
		p[n++] = (struct pollfd){.fd = t->lanes[i].wire.fd, .events = POLLIN};
	}
	poll(p, (nfds_t)n, 1);
	for (size_t i = 0; i < n; i++) /* stamps that came late would end each wait at once */
		if ((p[i].revents & POLLERR) != 0)
			dns_take_errors(t, lanes[i]);
}

/* The schedule could not be kept: what it still has is not sent. */
static void
give_up(struct dns_thread *t)
{
	uint64_t number;
	int64_t due_ns;

	for (t->stats.not_sent += t->has_next; schedule_next(&t->walk, &number, &due_ns);)
		t->stats.not_sent++;
	t->has_next = false;
}

static void
load_open(struct dns_thread *t)
{
	while (t->has_next && !stop_requested()) {
		int64_t now_ns = mono_now().ns;
		int sent, got;

		if (now_ns > t->end_ns + GRACE_NS) {
			give_up(t);
			return;
		}
		sent = dns_send_due(t, now_ns);
		got = read_one(t, now_ns, READ_NS, sent == WIRE_BATCH ? WIRE_BATCH : PACED_READ);
		duty(t, now_ns);
		if (sent > 0) /* earlier sleeps may have become punctual: try a shorter spin */
			t->spin_ns -= t->spin_ns / 1024;
		if (sent == 0 && got == 0)
			wait_due(t, now_ns);
	}
}

/* Read every socket that has queries under way until nothing is left there. */
static int
read_all(struct dns_thread *t)
{
	int all = 0;

	for (size_t i = 0; i < t->lanes_len; i++) {
		int got = WIRE_BATCH;

		for (int k = 0; k < READ_ROUNDS && got >= WIRE_BATCH && t->lanes[i].track.open > 0;
			k++) {
			got = dns_take(t, &t->lanes[i], WIRE_BATCH);
			all += got;
		}
	}
	return all;
}

/*
 * All that the window has room for, then all that came, in turns: few large batches.
 */
static void
load_closed(struct dns_thread *t)
{
	while (t->has_next && !stop_requested()) {
		int64_t now_ns = mono_now().ns;
		unsigned int sent = 0;
		int n;

		if (now_ns >= t->end_ns)
			return;
		/* no more than a window at a time, for what fails at once leaves it as free as it was */
		while (sent < t->plan->window && (n = dns_send_due(t, now_ns)) > 0)
			sent += (unsigned int)n;
		duty(t, now_ns);
		if (read_all(t) > 0 || sent > 0)
			continue;
		if (t->open > 0)
			wait_answers(t);
		else
			wait_due(t, now_ns);
	}
}

/* Nothing more is sent: what is under way may still come, and duplicates a moment longer. */
static void
collect(struct dns_thread *t)
{
	int64_t now_ns = mono_now().ns, last_ns = now_ns, quiet_ns = now_ns;

	while (t->open > 0 ? now_ns - last_ns <= t->plan->timeout_ns
			   : now_ns - quiet_ns < LINGER_NS) {
		int got = 0;

		for (size_t i = 0; i < t->lanes_len; i++)
			got += dns_take(t, &t->lanes[i], WIRE_BATCH);
		if (t->open > 0)
			quiet_ns = now_ns;
		if (got == 0 && t->open > 0)
			wait_answers(t);
		else if (got == 0)
			sleep_until(now_ns + NAP_NS);
		now_ns = mono_now().ns;
		duty(t, now_ns);
	}
	dns_expire(t, INT64_MAX);
}

static void
settle_down(const struct dns_thread *t)
{
	const struct dns_plan *p = t->plan;
	cpu_set_t set;

	prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
	if (p->cpus_len == 0)
		return;
	CPU_ZERO(&set);
	CPU_SET((size_t)p->cpus[t->index % p->cpus_len], &set);
	sched_setaffinity(0, sizeof(set), &set);
}

void
dns_thread_run(struct dns_thread *t, struct mono begin)
{
	struct timespec cpu;
	int64_t due_ns = 0;

	settle_down(t);
	t->begin = begin;
	t->end_ns = begin.ns + schedule_length_ns(&t->plan->schedule);
	t->duty_ns = begin.ns;
	schedule_begin(&t->walk, &t->plan->schedule, t->index, t->plan->threads);
	t->has_next = schedule_next(&t->walk, &t->next_number, &due_ns);
	t->next_due_ns = begin.ns + due_ns;
	sleep_until(begin.ns - SPIN_MAX_NS);
	if (t->plan->window > 0)
		load_closed(t);
	else
		load_open(t);
	collect(t);
	for (size_t i = 0; i < t->lanes_len; i++)
		t->stats.local_drops += wire_dropped(&t->lanes[i].wire);
	if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu) == 0)
		t->stats.cpu_ns = (int64_t)cpu.tv_sec * NS_PER_S + cpu.tv_nsec;
	atomic_store_explicit(&t->live.ended, true, memory_order_release);
}
