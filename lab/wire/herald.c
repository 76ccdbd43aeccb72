/* herald.c - a thread beside the forwarding one that makes the kernel announce carrier changes. */
#include "lab/wire/herald.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

struct order {
	struct wire_notice *notice;
	uint32_t tap, change;
};

void
wire_notice_begin(struct wire_notice *n, uint32_t change, uint32_t taps)
{
	n->total = taps;
	atomic_store(&n->left, (uint64_t)change << 32 | taps);
}

bool
wire_notice_done(const struct wire_notice *n, struct wall *ret)
{
	if (n->total == 0 || (uint32_t)atomic_load(&n->left) != 0)
		return false;
	ret->ns = atomic_load(&n->wall_ns);
	return true;
}

/* One less to go, unless the notice counts for another change by now. */
static void
tick(const struct order *o)
{
	uint64_t left = atomic_load(&o->notice->left);

	if (left >> 32 == o->change)
		atomic_store(&o->notice->wall_ns, wall_now().ns);
	while (left >> 32 == o->change && (uint32_t)left > 0 &&
		!atomic_compare_exchange_weak(&o->notice->left, &left, left - 1))
		;
}

static void *
herald_main(void *arg)
{
	const struct wire_herald *h = arg;
	struct order o;

	for (;;) {
		ssize_t len = read(h->pipe_fd[0], &o, sizeof(o));

		if (len == (ssize_t)sizeof(o)) {
			wire_tap_announce(&h->taps[o.tap]);
			tick(&o);
		} else if (len == 0 || errno != EINTR) {
			return NULL;
		}
	}
}

int
wire_herald_init(struct wire_herald *h, const struct wire_tap *taps, struct err *e)
{
	sigset_t all, old;
	int rc;

	h->taps = taps;
	if (pipe2(h->pipe_fd, O_CLOEXEC) < 0)
		return err_sys(e, errno, "cannot make a pipe");
	fcntl(h->pipe_fd[1], F_SETFL, O_NONBLOCK);
	sigfillset(&all); /* signals are the first thread's */
	pthread_sigmask(SIG_SETMASK, &all, &old);
	rc = pthread_create(&h->thread, NULL, herald_main, h);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (rc == 0)
		return 0;
	close(h->pipe_fd[0]);
	close(h->pipe_fd[1]);
	return err_sys(e, rc, "cannot start a thread");
}

void
wire_herald_done(struct wire_herald *h)
{
	close(h->pipe_fd[1]);
	pthread_join(h->thread, NULL);
	close(h->pipe_fd[0]);
}

void
wire_herald_announce(
	const struct wire_herald *h, uint32_t i, struct wire_notice *n, uint32_t change)
{
	struct order o = {.notice = n, .tap = i, .change = change};

	(void)!write(h->pipe_fd[1], &o, sizeof(o));
}
