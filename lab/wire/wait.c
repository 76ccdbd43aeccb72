/* wait.c - sleep until a file is ready or an instant is near, then poll: punctual and mostly asleep. */
#include "lab/wire/wait.h"

#include <errno.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum {
	LEARN_NS = 250,	 /* step by which the margin follows what it sees */
	LEARN_RATIO = 9, /* one late sleep in ten leaves the margin where it is */
};

static int
use_timer_fd(struct wire_wait *w)
{
	int rc;

	w->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (w->timer_fd < 0)
		return -errno;
	rc = wire_wait_add(w, w->timer_fd, WIRE_WAIT_TIMER);
	if (rc < 0) {
		close(w->timer_fd);
		w->timer_fd = -1;
	}
	return rc;
}

int
wire_wait_init(struct wire_wait *w, int64_t spin_max_ns, bool use_timer, struct err *e)
{
	struct epoll_event ev;
	int rc = 0;

	*w = (struct wire_wait){.timer_fd = -1, .spin_max_ns = spin_max_ns};
	w->epfd = epoll_create1(EPOLL_CLOEXEC);
	if (w->epfd < 0)
		return err_sys(e, errno, "epoll_create1");
	if (use_timer ||
		(epoll_pwait2(w->epfd, &ev, 1, &(struct timespec){0}, NULL) < 0 && errno == ENOSYS))
		rc = use_timer_fd(w);
	if (rc < 0) {
		wire_wait_done(w);
		return err_sys(e, -rc, "cannot make a timer");
	}
	return 0;
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
counted(int n)
{
	if (n >= 0)
		return n;
	return errno == EINTR ? 0 : -errno;
}

/* As wire_wait_for returns. */
static int
sleep_until(struct wire_wait *w, struct mono wake, int64_t left_ns, struct epoll_event *ret_events,
	int max_events)
{
	struct itimerspec at = {.it_value = mono_timespec(wake)};
	struct timespec left = {left_ns / NS_PER_S, left_ns % NS_PER_S};
	int n, kept = 0;

	if (w->timer_fd < 0)
		return counted(epoll_pwait2(w->epfd, ret_events, max_events, &left, NULL));
	if (timerfd_settime(w->timer_fd, TFD_TIMER_ABSTIME, &at, NULL) < 0)
		return -errno;
	n = counted(epoll_wait(w->epfd, ret_events, max_events, -1));
	for (int i = 0; i < n; i++) {
		if (ret_events[i].data.u32 != WIRE_WAIT_TIMER)
			ret_events[kept++] = ret_events[i];
	}
	at.it_value = (struct timespec){0};
	timerfd_settime(w->timer_fd, 0, &at, NULL); /* also takes back its readiness */
	return n < 0 ? n : kept;
}

int
wire_wait_for(struct wire_wait *w, const struct mono *until, struct epoll_event *ret_events,
	int max_events)
{
	struct mono now, wake;
	int64_t left_ns;
	int n;

	if (until == NULL)
		return counted(epoll_wait(w->epfd, ret_events, max_events, -1));
	now = mono_now();
	left_ns = mono_diff_ns(*until, now) - w->margin_ns;
	/* Without a real-time class the kernel lets a sleep run over by a thousandth of it. */
	if (left_ns > 2 * NS_PER_MS)
		left_ns -= left_ns / 512;
	if (left_ns <= 0)
		return counted(epoll_wait(w->epfd, ret_events, max_events, 0));
	wake = mono_add(now, left_ns);
	n = sleep_until(w, wake, left_ns, ret_events, max_events);
	if (n == 0)
		learn(w, mono_diff_ns(mono_now(), wake));
	return n;
}
