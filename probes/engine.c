/* engine.c - the query engine: sends by the clock alone, and takes note of all that comes back. */
#include "probes/engine.h"

#include <errno.h>
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "lib/openfiles.h"
#include "lib/rng.h"
#include "lib/stopfd.h"
#include "probes/flight.h"
#include "probes/lanes.h"
#include "probes/match.h"
#include "probes/names.h"
#include "probes/socket.h"
#include "probes/tcp.h"

enum {
	START_DELAY_NS = 20000000, /* from engine_open to t0 */
	EVENTS = 16,	      /* taken at a time, so that reading never delays sending by much */
	COLLECT_NS = 2000000, /* how often answers are read while queries are due all the time */
	BURST = 32,	      /* sent at a time when behind, so that answers still get read */
	UDP_BYTES = 1232,
	STOP_KEY = -1,
	TCP_KEY = -2,
	SPARE_FILES =
		256, /* namespaces, and a socket that is closed later than the next is opened */
};

struct endpoint {
	int fd;
	socklen_t to_len;
	uint32_t dropped;
	struct sockaddr_storage to;
};

/* A query that is sent, but for its id and the digits in its name. */
struct template
{
	size_t len_bytes;
	uint8_t bytes[DNS_QUERY_MAX_BYTES];
};

struct engine {
	const struct plan *plan;
	struct names names, large_names;
	struct match match;
	struct lanes lanes;
	struct tcp *tcp; /* NULL: no stream goes over it */
	struct answers_writer *writer;
	struct endpoint *endpoints;
	struct rng rng;
	struct mono t0;
	struct mono next_flush;
	struct mono next_collect;
	int epoll_fd;
	bool abandoned;
	bool file_failed; /* the answers file cannot be written */
	struct template query, large_query;
	struct socket_packet packet;
	struct engine_stats stats;
};

static int
watch(struct engine *en, int fd, int key)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.fd = key};

	return epoll_ctl(en->epoll_fd, EPOLL_CTL_ADD, fd, &ev) < 0 ? -errno : 0;
}

static int
open_sockets(struct engine *en, struct err *e)
{
	const struct plan *p = en->plan;
	int rc = openfiles_allow(p->streams_len + tcp_connections(p) + SPARE_FILES, e);

	if (rc < 0)
		return rc;
	en->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (en->epoll_fd < 0)
		return err_sys(e, errno, "cannot open an epoll descriptor");
	for (uint32_t i = 0; i < p->streams_len; i++) {
		struct endpoint *to = &en->endpoints[i];

		if (p->streams[i].transport == PLAN_TCP)
			continue; /* a socket for each query */
		to->to_len = inet_sockaddr(&p->streams[i].target, p->streams[i].port, &to->to);
		rc = socket_open(&p->streams[i], i, &to->fd, e);
		if (rc < 0)
			return rc;
		rc = watch(en, to->fd, (int)i);
		if (rc < 0)
			return err_sys(e, -rc, "cannot watch a socket");
	}
	if (tcp_connections(p) == 0)
		return 0;
	rc = tcp_new(p, &en->match, &en->tcp, e);
	if (rc < 0)
		return rc;
	rc = watch(en, tcp_fd(en->tcp), TCP_KEY);
	return rc < 0 ? err_sys(e, -rc, "cannot watch the TCP connections") : 0;
}

static int
write_template(const struct plan *p, const char *name, struct template *ret, struct err *e)
{
	int len = dns_query_write(name, p->qtype, UDP_BYTES, ret->bytes);

	if (len < 0)
		return err_set(e, EINVAL, "zone '%s' is not a domain name", p->zone);
	ret->len_bytes = (size_t)len;
	dns_query_change(ret->bytes, ret->len_bytes, p->qclass, false);
	if (p->plain)
		ret->len_bytes = dns_query_cut_opt(ret->bytes, ret->len_bytes);
	return 0;
}

static int
write_templates(struct engine *en, struct err *e)
{
	const struct plan *p = en->plan;
	char name[NAMES_TEXT_BYTES], zone[NAMES_TEXT_BYTES];
	bool large = false;
	int rc;

	for (uint32_t i = 0; i < p->streams_len; i++)
		large = large || p->streams[i].service == PLAN_LARGE;
	if (p->fixed_name)
		return write_template(p, p->zone, &en->query, e);
	snprintf(zone, sizeof(zone), "%s%s", PLAN_LARGE_LABEL, p->zone);
	if (names_init(&en->names, p->seed, p->zone) < 0 ||
		(large && names_init(&en->large_names, p->seed, zone) < 0))
		return err_set(e, EINVAL, "zone '%s' is too long", p->zone);
	rc = write_template(p, names_format(&en->names, 0, 0, name), &en->query, e);
	if (rc == 0 && large)
		rc = write_template(
			p, names_format(&en->large_names, 0, 0, name), &en->large_query, e);
	return rc;
}

static int
prepare(struct engine *en, struct err *e)
{
	const struct plan *p = en->plan;
	int rc = write_templates(en, e);

	if (rc < 0)
		return rc;
	rng_init(&en->rng, p->seed ^ 0x6964); /* ids; the names' tag has its own */
	rc = lanes_init(&en->lanes, p);
	en->stats.lanes = &en->lanes;
	if (rc == -E2BIG)
		return err_set(e, E2BIG, "streams of more than %d kinds and rates", LANES_MAX);
	return rc < 0 ? err_sys(e, -rc, "no room for the queries under way") : 0;
}

static void fall_back(void *arg, uint32_t stream, uint32_t seq, struct flight_query *q);

int
engine_open(const struct plan *p, struct engine **ret, struct err *e)
{
	struct engine *en = calloc(1, sizeof(*en));
	struct wall t0_wall;
	int rc;

	if (en == NULL || (en->endpoints = calloc(p->streams_len, sizeof(*en->endpoints))) == NULL)
		abort();
	en->plan = p;
	en->epoll_fd = -1;
	for (uint32_t i = 0; i < p->streams_len; i++)
		en->endpoints[i].fd = -1;
	en->match = (struct match){.plan = p,
		.names = &en->names,
		.large = &en->large_names,
		.lanes = &en->lanes,
		.stats = &en->stats,
		.fall_back = fall_back,
		.arg = en};
	rc = prepare(en, e);
	if (rc == 0)
		rc = open_sockets(en, e);
	if (rc == 0) {
		en->t0 = mono_add(mono_now(), START_DELAY_NS);
		t0_wall.ns = en->t0.ns + clock_offset_ns(NULL);
		rc = answers_create(
			p->answers_path, p->json, p->streams_len, t0_wall, en->t0, &en->writer, e);
	}
	if (rc < 0) {
		engine_free(en);
		return rc;
	}
	en->match.writer = en->writer;
	*ret = en;
	return 0;
}

static struct mono
due(const struct engine *en, const struct lane *lane)
{
	return mono_add(en->t0, lane_due_ns(lane, lane->flight.head));
}

/* Write the oldest query of a lane down for good. */
static void
retire(struct engine *en, struct lane *lane)
{
	uint64_t number = lane->flight.tail;
	struct flight_query *q = flight_oldest(&lane->flight);
	struct answers_query record;

	if (q->open)
		flight_decide(&lane->flight, q, ANSWERS_PENDING);
	record = (struct answers_query){.status = q->status,
		.rcode = q->rcode,
		.flags = q->flags,
		.stream = (uint16_t)lane->streams[number % lane->streams_len],
		.nsid = q->nsid,
		.seq = (uint32_t)(number / lane->streams_len),
		.lateness_ns = q->lateness_ns,
		.sent = q->sent,
		.received = q->received};
	if (lane->tcp != NULL)
		tcp_give_up(en->tcp, lane, number);
	if (lane->transport == PLAN_TCP) {
		record.over_tcp = true;
		record.tcp = lane_tcp(lane, number)->times;
	}
	en->stats.by_status[q->status]++;
	lane->by_status[q->status]++;
	if (answers_write_query(en->writer, &record) < 0)
		en->file_failed = true;
	flight_retire(&lane->flight);
}

/* What was sent a timeout ago is final. Only when every socket has been read. */
static void
expire(struct engine *en, struct mono now)
{
	struct lane *lane;

	while ((lane = lanes_oldest(&en->lanes)) != NULL) {
		struct flight_query *q = flight_oldest(&lane->flight);

		if (mono_diff_ns(now, q->sent_mono) < en->plan->timeout_ns)
			break;
		if (q->open)
			flight_decide(&lane->flight, q, ANSWERS_UNANSWERED);
		retire(en, lane);
	}
	if (mono_diff_ns(now, en->next_flush) >= 0) {
		en->next_flush = mono_add(now, NS_PER_S);
		if (answers_flush(en->writer) < 0)
			en->file_failed = true;
	}
}

/*
 * sendto() hands out an ICMP error that came for an earlier query instead of sending; the error
 * queue has it too, so ask again. Twice in a row is this query's own failure.
 */
static int
send_one(const struct endpoint *to, const struct template *query, struct flight_query *q)
{
	for (int attempt = 0;; attempt++) {
		q->sent_mono = mono_now();
		q->sent = wall_now();
		if (sendto(to->fd, query->bytes, query->len_bytes, MSG_DONTWAIT,
			    (const struct sockaddr *)&to->to, to->to_len) >= 0)
			return 0;
		if (errno == EAGAIN || errno == ENOBUFS || attempt == 1)
			return -errno;
	}
}

/* Where the name does not tell a query, its id has to: one that no remembered query has. */
static uint16_t
choose_id(struct engine *en, const struct lane *lane, uint32_t place)
{
	uint16_t id = (uint16_t)rng_u64(&en->rng);

	while (en->plan->fixed_name &&
		flight_by_id(&lane->flight, id, place, lane->streams_len) != UINT64_MAX)
		id = (uint16_t)rng_u64(&en->rng);
	return id;
}

/* Make the template this query. */
static const struct template *
patch(struct engine *en, uint32_t stream, uint32_t seq, uint16_t id)
{
	bool large = en->plan->streams[stream].service == PLAN_LARGE;
	struct template *query = large ? &en->large_query : &en->query;
	uint8_t *label = query->bytes + DNS_HEADER_BYTES + 1;

	dns_set_id(query->bytes, id);
	dns_set_recurse(query->bytes, en->plan->streams[stream].recurse);
	if (!en->plan->fixed_name) {
		dns_patch_digits(label + NAMES_STREAM_AT, NAMES_STREAM_DIGITS, stream);
		dns_patch_digits(label + NAMES_SEQ_AT, NAMES_SEQ_DIGITS, seq);
	}
	return query;
}

/* The answer over UDP was truncated: the same again over TCP, within the same timeout. */
static void
fall_back(void *arg, uint32_t stream, uint32_t seq, struct flight_query *q)
{
	struct engine *en = arg;
	uint64_t number = lanes_number(&en->lanes, stream, seq);
	const struct template *query = patch(en, stream, seq, q->id);

	if (tcp_ask(en->tcp, stream, number, q, query->bytes, query->len_bytes) < 0)
		flight_decide(&lanes_of(&en->lanes, stream)->flight, q, ANSWERS_TRUNCATED);
}

static void
send_next(struct engine *en, struct lane *lane)
{
	uint64_t number = lane->flight.head;
	uint32_t place = (uint32_t)(number % lane->streams_len);
	uint32_t stream = lane->streams[place];
	struct mono when = due(en, lane);
	uint16_t id = choose_id(en, lane, place);
	struct flight_query *q = flight_add(&lane->flight);
	const struct template *query;
	int64_t lateness_ns;
	int rc;

	if (q == NULL) {
		en->stats.forced++;
		retire(en, lane);
		q = flight_add(&lane->flight);
	}
	q->id = id;
	query = patch(en, stream, (uint32_t)(number / lane->streams_len), id);
	if (lane->tcp != NULL)
		*lane_tcp(lane, number) = (struct lane_tcp){0};
	if (lane->transport == PLAN_TCP)
		rc = tcp_ask(en->tcp, stream, number, q, query->bytes, query->len_bytes);
	else
		rc = send_one(&en->endpoints[stream], query, q);
	lateness_ns = mono_diff_ns(q->sent_mono, when);
	q->lateness_ns = lateness_ns > UINT32_MAX ? UINT32_MAX : (uint32_t)lateness_ns;
	hist_add(&en->stats.lateness, lateness_ns);
	hist_add(&lane->lateness, lateness_ns);
	en->stats.queries++;
	lane->queries++;
	if (rc < 0) {
		en->stats.send_errnos[-rc < ENGINE_ERRNOS ? -rc : 0]++;
		flight_decide(&lane->flight, q, ANSWERS_SEND_FAILED);
	}
}

static void
receive(struct engine *en, uint32_t stream, uint32_t events)
{
	struct endpoint *at = &en->endpoints[stream];

	if ((events & EPOLLERR) != 0 && socket_receive_error(at->fd, &en->packet) > 0)
		match_error(&en->match, stream, &en->packet);
	if (socket_receive(at->fd, &en->packet) > 0) {
		at->dropped = en->packet.dropped > at->dropped ? en->packet.dropped : at->dropped;
		match_answer(&en->match, stream, &en->packet);
	}
}

/* Told to stop: first no more sending, then no more waiting. */
static void
stop(struct engine *en, int stop_fd)
{
	if (stopfd_asked(stop_fd) == 0)
		return;
	if (en->stats.told_to_stop || lanes_next(&en->lanes) == NULL)
		en->abandoned = true;
	en->stats.told_to_stop = true;
	lanes_end(&en->lanes);
}

/* When something has to be done that no packet announces. */
static struct mono
next_duty(const struct engine *en, struct mono now)
{
	const struct lane *next = lanes_next(&en->lanes), *oldest;

	if (next != NULL)
		return due(en, next);
	oldest = lanes_oldest(&en->lanes);
	if (oldest != NULL)
		return mono_add(flight_oldest(&oldest->flight)->sent_mono, en->plan->timeout_ns);
	return mono_add(now, NS_PER_S);
}

/*
 * Take what is there, at most EVENTS packets; wait up to `wait_ns` for the first. When all sockets
 * were found empty, what was sent a timeout ago is final.
 */
static int
collect(struct engine *en, int stop_fd, struct mono now, int64_t wait_ns, struct err *e)
{
	struct timespec ts = mono_timespec((struct mono){wait_ns});
	struct epoll_event events[EVENTS];
	int n = epoll_pwait2(en->epoll_fd, events, EVENTS, &ts, NULL);

	if (n < 0 && errno != EINTR)
		return err_sys(e, errno, "waiting for answers (epoll_pwait2, Linux 5.11)");
	for (int i = 0; i < n; i++) {
		if (events[i].data.fd == STOP_KEY)
			stop(en, stop_fd);
		else if (events[i].data.fd == TCP_KEY)
			tcp_work(en->tcp);
		else
			receive(en, (uint32_t)events[i].data.fd, events[i].events);
	}
	if (n == 0) {
		en->next_collect = mono_add(now, COLLECT_NS);
		expire(en, now);
	}
	return 0;
}

/* A connection that stands has to be asked over at once, or our delay were part of the round trip. */
static int
sleep_with_tcp(struct engine *en, int64_t wait_ns, struct err *e)
{
	struct timespec ts = mono_timespec((struct mono){wait_ns > 0 ? wait_ns : 0});
	struct epoll_event event;
	int n = epoll_pwait2(tcp_fd(en->tcp), &event, 1, &ts, NULL);

	if (n < 0 && errno != EINTR)
		return err_sys(e, errno, "waiting for answers (epoll_pwait2, Linux 5.11)");
	if (n > 0)
		tcp_work(en->tcp);
	return 0;
}

/*
 * The kernel stamps what comes in, so nothing is won by reading it at once, and waking up costs more
 * than reading: while queries are due all the time, sleep from one to the next and read in
 * between every COLLECT_NS. With time enough, wait for packets as usual.
 */
static int
sleep_or_collect(struct engine *en, int stop_fd, struct mono now, struct err *e)
{
	struct mono wake = next_duty(en, now);
	int64_t wait_ns = mono_diff_ns(wake, now);
	bool sending = lanes_next(&en->lanes) != NULL;
	struct timespec ts;

	if (wait_ns > COLLECT_NS)
		return collect(en, stop_fd, now, wait_ns, e);
	if (mono_diff_ns(now, en->next_collect) >= 0)
		return collect(en, stop_fd, now, 0, e);
	if (sending && wait_ns <= 0)
		return 0;
	if (!sending || wake.ns > en->next_collect.ns)
		wake = en->next_collect;
	if (en->tcp != NULL && tcp_open(en->tcp) > 0)
		return sleep_with_tcp(en, mono_diff_ns(wake, now), e);
	ts = mono_timespec(wake);
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
	return 0;
}

/* The lowest real-time priority is above everything that merely computes. */
static bool
go_realtime(void)
{
	struct sched_param prio = {.sched_priority = sched_get_priority_min(SCHED_FIFO)};

	prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL); /* ns; for where the next is refused */
	return sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &prio) == 0;
}

static int64_t
cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

static int
loop(struct engine *en, int stop_fd, struct err *e)
{
	int rc = 0;

	while (rc == 0 && !en->abandoned && !en->file_failed) {
		struct mono now = mono_now();
		struct lane *lane = lanes_next(&en->lanes);

		for (int i = 0; i < BURST && lane != NULL && mono_diff_ns(now, due(en, lane)) >= 0;
			i++) {
			send_next(en, lane);
			lane = lanes_next(&en->lanes);
			now = mono_now();
		}
		if (lane == NULL && lanes_open(&en->lanes) == 0)
			return 0;
		rc = sleep_or_collect(en, stop_fd, now, e);
		if (en->tcp != NULL && tcp_home(en->tcp) < 0)
			rc = err_set(
				e, ENOTRECOVERABLE, "cannot return to our own network namespace");
	}
	return rc;
}

/* How long queries were sent: to the last one of any lane. */
static void
note_sending(struct engine *en)
{
	for (uint32_t i = 0; i < en->lanes.len; i++) {
		const struct flight *f = &en->lanes.list[i].flight;
		const struct flight_query *last = f->head > 0 ? flight_find(f, f->head - 1) : NULL;
		int64_t ns = last != NULL ? mono_diff_ns(last->sent_mono, en->t0) : 0;

		if (ns > en->stats.sending_ns)
			en->stats.sending_ns = ns;
	}
}

int
engine_run(struct engine *en, int stop_fd, struct err *e)
{
	int64_t cpu_before_ns = cpu_ns();
	struct lane *lane;
	int rc = watch(en, stop_fd, STOP_KEY), closed;

	if (rc < 0)
		return err_sys(e, -rc, "cannot watch the stop descriptor");
	en->stats.realtime = go_realtime();
	en->next_flush = mono_add(en->t0, NS_PER_S);
	rc = loop(en, stop_fd, e);
	en->stats.cpu_ns = cpu_ns() - cpu_before_ns;
	note_sending(en);
	while ((lane = lanes_oldest(&en->lanes)) != NULL)
		retire(en, lane);
	for (uint32_t i = 0; i < en->plan->streams_len; i++)
		en->stats.receive_dropped += en->endpoints[i].dropped;
	closed = answers_close(en->writer, rc < 0 ? NULL : e);
	en->writer = NULL;
	return rc < 0 ? rc : closed;
}

const struct engine_stats *
engine_stats(const struct engine *en)
{
	return &en->stats;
}

void
engine_free(struct engine *en)
{
	if (en == NULL)
		return;
	answers_close(en->writer, NULL);
	tcp_free(en->tcp);
	for (uint32_t i = 0; i < en->plan->streams_len; i++)
		if (en->endpoints[i].fd >= 0)
			close(en->endpoints[i].fd);
	if (en->epoll_fd >= 0)
		close(en->epoll_fd);
	lanes_done(&en->lanes);
	free(en->endpoints);
	free(en);
}
