/* herald.c - a thread beside the forwarding one that makes the kernel announce carrier changes. */
#include "lab/wire/herald.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static void *
herald_main(void *arg)
{
	const struct wire_herald *h = arg;
	uint32_t i;

	for (;;) {
		ssize_t len = read(h->pipe_fd[0], &i, sizeof(i));

		if (len == (ssize_t)sizeof(i))
			wire_tap_announce(&h->taps[i]);
		else if (len == 0 || errno != EINTR)
			return NULL;
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
wire_herald_announce(const struct wire_herald *h, uint32_t i)
{
	(void)!write(h->pipe_fd[1], &i, sizeof(i));
}
