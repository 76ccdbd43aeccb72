/* record.c - routes and log lines of a whole lab, stamped when they were read, in one loop. */
#include "bench/record/record.h"

#include <errno.h>
#include <jansson.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "bench/record/lines.h"
#include "bench/record/out.h"
#include "bench/record/routes.h"
#include "lib/fs.h"
#include "lib/hist.h"
#include "lib/hist_json.h"
#include "lib/mono.h"
#include "lib/stopfd.h"

enum {
	EVENTS = 64,
	SETTLE_MS = 10000,
	TICK_MS = 10,
	TICKS_PER_FLUSH = 100,
	DRAIN_TURNS = 1000, /* at the end; a service that writes without end does not keep us */
	KEY_STOP = 0,
	KEY_TICK,
	KEY_LINES,
	KEY_ROUTES, /* and one each for the further nodes */
};

struct record {
	const struct record_plan *plan;
	struct out *routes_out, *lines_out;
	struct routes *routes;
	struct lines *lines;
	int epoll_fd, tick_fd;
	bool realtime, stopping;
	struct mono begin, tick_due;
	int64_t begin_cpu_ns;
	uint64_t ticks;
	struct hist lateness;
};

/* As the probes: the lowest real-time priority is above everything that merely computes. */
static bool
go_realtime(void)
{
	struct sched_param low = {.sched_priority = sched_get_priority_min(SCHED_FIFO)};

	prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
	return sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &low) == 0;
}

static int64_t
cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

static int
start_ticks(struct record *r, struct err *e)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.u64 = KEY_TICK};
	struct itimerspec every = {.it_interval = {0, TICK_MS * NS_PER_MS}};

	r->begin = mono_now();
	r->begin_cpu_ns = cpu_ns();
	r->tick_due = mono_add(r->begin, TICK_MS * NS_PER_MS);
	every.it_value = mono_timespec(r->tick_due);
	r->tick_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (r->tick_fd < 0 || timerfd_settime(r->tick_fd, TFD_TIMER_ABSTIME, &every, NULL) < 0 ||
		epoll_ctl(r->epoll_fd, EPOLL_CTL_ADD, r->tick_fd, &ev) < 0)
		return err_sys(e, errno, "cannot start a timer");
	return 0;
}

/* How late we come to it is how late we come to anything: the oldest tick not yet heeded counts. */
static int
tick(struct record *r, struct err *e)
{
	uint64_t n;
	int rc = 0;

	if (read(r->tick_fd, &n, sizeof(n)) != (ssize_t)sizeof(n))
		return 0;
	hist_add(&r->lateness, mono_diff_ns(mono_now(), r->tick_due));
	r->tick_due = mono_add(r->tick_due, (int64_t)n * TICK_MS * NS_PER_MS);
	if (++r->ticks % TICKS_PER_FLUSH == 0) {
		rc = out_flush(r->routes_out, e);
		rc = rc < 0 ? rc : out_flush(r->lines_out, e);
	}
	return rc;
}

/* Returns how many descriptors had something, or -errno. */
static int
turn(struct record *r, int stop_fd, int timeout_ms, struct err *e)
{
	struct epoll_event events[EVENTS];
	int rc = 0, n;

	if (r->lines != NULL && lines_pending(r->lines)) {
		rc = lines_read(r->lines, e);
		timeout_ms = 0;
	}
	n = epoll_wait(r->epoll_fd, events, EVENTS, timeout_ms);
	if (n < 0)
		return errno == EINTR ? 0 : err_sys(e, errno, "waiting for something to record");
	for (int i = 0; rc == 0 && i < n; i++) {
		uint64_t key = events[i].data.u64;

		if (key == KEY_TICK)
			rc = tick(r, e);
		else if (key == KEY_LINES)
			rc = lines_read(r->lines, e);
		else if (key >= KEY_ROUTES)
			rc = routes_read(r->routes, key - KEY_ROUTES, e);
		else if (stopfd_asked(stop_fd) > 0)
			r->stopping = true;
	}
	return rc < 0 ? rc : n;
}

static int
settle(struct record *r, struct err *e)
{
	struct mono deadline = mono_add(mono_now(), SETTLE_MS * NS_PER_MS);
	int rc = 0;

	while (rc >= 0 && !routes_settled(r->routes)) {
		rc = turn(r, -1, mono_left_ms(deadline), e);
		if (rc >= 0 && mono_left_ms(deadline) == 0)
			return err_set(e, ETIMEDOUT, "the routes were not all told in %d s",
				SETTLE_MS / 1000);
	}
	return rc < 0 ? rc : 0;
}

int
record_open(const struct record_plan *p, struct record **ret, struct err *e)
{
	struct record *r = calloc(1, sizeof(*r));
	int rc = 0;

	if (r == NULL)
		abort();
	r->plan = p;
	r->tick_fd = -1;
	r->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (r->epoll_fd < 0)
		rc = err_sys(e, errno, "cannot open an epoll descriptor");
	if (rc == 0)
		rc = out_open(p->routes_path, "catchment.routes/1", &r->routes_out, e);
	if (rc == 0)
		rc = out_open(p->lines_path, "catchment.lines/1", &r->lines_out, e);
	if (rc == 0)
		rc = routes_open(p, r->routes_out, r->epoll_fd, KEY_ROUTES, &r->routes, e);
	if (rc == 0)
		rc = settle(r, e);
	/* After the many routes of the beginning, so that they delay no line. */
	if (rc == 0)
		rc = lines_open(p, r->lines_out, r->epoll_fd, KEY_LINES, &r->lines, e);
	if (rc == 0) {
		r->realtime = go_realtime();
		rc = start_ticks(r, e);
	}
	if (rc < 0) {
		record_free(r);
		return rc;
	}
	*ret = r;
	return 0;
}

/* What there is more to say of the end: how much, how late, at what cost. */
static int
write_stats(const struct record *r, struct err *e)
{
	const struct routes_stats *routes = routes_stats(r->routes);
	const struct lines_stats *lines = lines_stats(r->lines);
	double span_ns = (double)mono_diff_ns(mono_now(), r->begin);
	json_t *o = json_pack("{s:s, s:s, s:f, s:f, s:o, s:{s:i, s:I, s:I, s:I, s:I, s:I}, "
			      "s:{s:i, s:I, s:I, s:I, s:I}}",
		"schema", "catchment.record-stats/1", "scheduler", r->realtime ? "fifo" : "other",
		"recording_s", span_ns / (double)NS_PER_S, "cpu_ratio",
		(double)(cpu_ns() - r->begin_cpu_ns) / (span_ns > 0 ? span_ns : 1),
		"reading_error_us", hist_json_us(&r->lateness), "routes", "nodes",
		(int)r->plan->nodes_len, "have", (json_int_t)routes->have, "set",
		(json_int_t)routes->set, "gone", (json_int_t)routes->gone, "link",
		(json_int_t)routes->link, "lost", (json_int_t)routes->lost, "lines", "logs",
		(int)r->plan->logs_len, "lines", (json_int_t)lines->lines, "bytes",
		(json_int_t)lines->bytes, "cut", (json_int_t)lines->cut, "absent",
		(json_int_t)lines->absent);
	char *text = o == NULL ? NULL : json_dumps(o, JSON_INDENT(1));
	int rc;

	json_decref(o);
	if (text == NULL)
		return err_sys(e, ENOMEM, "%s", r->plan->stats_path);
	rc = fs_write(r->plan->stats_path, text, strlen(text), e);
	free(text);
	return rc;
}

/* Every queue, once more, whether or not anybody said that there is something. */
static int
drain(struct record *r, struct err *e)
{
	int rc = 0;

	for (int i = 0; rc == 0 && i < DRAIN_TURNS && (i == 0 || !routes_settled(r->routes)); i++)
		for (size_t n = 0; rc == 0 && n < r->plan->nodes_len; n++)
			rc = routes_read(r->routes, n, e);
	for (int i = 0; rc == 0 && i < DRAIN_TURNS && (i == 0 || lines_pending(r->lines)); i++)
		rc = lines_read(r->lines, e);
	if (rc == 0)
		lines_finish(r->lines);
	return rc;
}

int
record_run(struct record *r, int stop_fd, struct err *e)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.u64 = KEY_STOP};
	struct err ignored;
	int rc = 0, closed;

	if (epoll_ctl(r->epoll_fd, EPOLL_CTL_ADD, stop_fd, &ev) < 0)
		return err_sys(e, errno, "cannot watch the stop descriptor");
	while (rc >= 0 && !r->stopping)
		rc = turn(r, stop_fd, -1, e);
	rc = rc < 0 ? rc : drain(r, e);
	closed = out_close(r->routes_out, rc < 0 ? &ignored : e);
	rc = rc < 0 ? rc : closed;
	closed = out_close(r->lines_out, rc < 0 ? &ignored : e);
	rc = rc < 0 ? rc : closed;
	r->routes_out = r->lines_out = NULL;
	closed = write_stats(r, rc < 0 ? &ignored : e);
	return rc < 0 ? rc : closed;
}

void
record_free(struct record *r)
{
	if (r == NULL)
		return;
	routes_free(r->routes);
	lines_free(r->lines);
	out_close(r->routes_out, NULL);
	out_close(r->lines_out, NULL);
	if (r->epoll_fd >= 0)
		close(r->epoll_fd);
	if (r->tick_fd >= 0)
		close(r->tick_fd);
	free(r);
}
