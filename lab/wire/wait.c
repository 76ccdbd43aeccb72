/* wait.c - sleep until a file is ready or an instant is near, then poll: punctual and mostly asleep. */
#include "lab/wire/wait.h"

#include <errno.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum {
	LEARN_NS = 250,	 /* step by which the margin follows what it sees */
	LEARN_RATIO = 9, /* one late sleep in ten leaves the margin where it is */
	CLOSE_NS = 2000, /* an alarm this near to the wanted one is left as it is */
};

int
wire_wait_init(struct wire_wait *w, int64_t spin_max_ns, struct err *e)
{
	struct epoll_event ev = {.events = EPOLLIN | EPOLLET, .data.u32 = WIRE_WAIT_TIMER};
	int rc = 0;

	*w = (struct wire_wait){.timer_fd = -1, .spin_max_ns = spin_max_ns};
	w->epfd = epoll_create1(EPOLL_CLOEXEC);
	if (w->epfd >= 0)
		w->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (w->timer_fd < 0 || epoll_ctl(w->epfd, EPOLL_CTL_ADD, w->timer_fd, &ev) < 0) {
		rc = err_sys(e, errno, "cannot make a timer to wait with");
		wire_wait_done(w);
	}
	return rc;
}

void
wire_wait_done(struct wire_wait *w)
{
	if (w->timer_fd >= 0)
		close(w->timer_fd);
	if (w->epfd >= 0)
		close(w->epfd);
	w->epfd = w->timer_fd = -1;
}

int
wire_wait_add(struct wire_wait *w, int fd, uint32_t id)
{
	struct epoll_event ev = {.events = EPOLLIN | EPOLLRDHUP, .data.u32 = id};

	return epoll_ctl(w->epfd, EPOLL_CTL_ADD, fd, &ev) < 0 ? -errno : 0;
}

int
wire_wait_change(struct wire_wait *w, int fd, uint32_t id, uint32_t events)
{
	struct epoll_event ev = {.events = events, .data.u32 = id};

	return epoll_ctl(w->epfd, EPOLL_CTL_MOD, fd, &ev) < 0 ? -errno : 0;
}

void
wire_wait_drop(struct wire_wait *w, int fd)
{
	epoll_ctl(w->epfd, EPOLL_CTL_DEL, fd, NULL);
}

/* Follow the 90 % quantile of how late sleeps end: up by nine steps or down by one. */
static void
learn(struct wire_wait *w, int64_t late_ns)
{
	if (late_ns > w->margin_ns)
		w->margin_ns += LEARN_RATIO * LEARN_NS;
	else
		w->margin_ns -= LEARN_NS;
	if (w->margin_ns > w->spin_max_ns)
		w->margin_ns = w->spin_max_ns;
	if (w->margin_ns < 0)
		w->margin_ns = 0;
}

static int
wait_files(struct wire_wait *w, int timeout_ms, struct epoll_event *ret_events, int max_events)
{
	int n = epoll_wait(w->epfd, ret_events, max_events, timeout_ms);
	int kept = 0;

	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	for (int i = 0; i < n; i++) {
		if (ret_events[i].data.u32 != WIRE_WAIT_TIMER)
			ret_events[kept++] = ret_events[i];
		else
			w->alarm.ns = 0;
	}
	return kept;
}

static int
set_alarm(struct wire_wait *w, struct mono at)
{
	struct itimerspec spec = {.it_value = mono_timespec(at)};
	int64_t off_ns = mono_diff_ns(w->alarm, at);

	if (off_ns <= CLOSE_NS && off_ns >= -CLOSE_NS)
		return 0;
	w->alarm = at;
	return timerfd_settime(w->timer_fd, TFD_TIMER_ABSTIME, &spec, NULL) < 0 ? -errno : 0;
}

int
wire_wait_for(struct wire_wait *w, const struct mono *until, struct epoll_event *ret_events,
	int max_events)
{
	struct mono wake, alarm;
	int n;

	if (until == NULL)
		return wait_files(w, -1, ret_events, max_events);
	wake = mono_add(*until, -w->margin_ns);
	if (mono_diff_ns(wake, mono_now()) <= 0)
		return wait_files(w, 0, ret_events, max_events);
	n = set_alarm(w, wake);
	if (n < 0)
		return n;
	alarm = w->alarm;
	n = wait_files(w, -1, ret_events, max_events);
	if (n == 0 && w->alarm.ns == 0)
		learn(w, mono_diff_ns(mono_now(), alarm));
	return n;
}
