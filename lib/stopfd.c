/* stopfd.c - one descriptor that says when a command that works for the runner has to end. */
#include "lib/stopfd.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

int
stopfd_open(int *ret_fd, struct err *e)
{
	pid_t parent = getppid();
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	if (isatty(STDIN_FILENO) && getpid() == getpgrp())
		sigaddset(&set, SIGINT);
	else
		signal(SIGINT, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return err_sys(e, errno, "cannot block signals");
	fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd < 0)
		return err_sys(e, errno, "cannot open a signalfd");
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && getppid() != parent)
		raise(SIGTERM); /* it died before we asked */
	*ret_fd = fd;
	return 0;
}

unsigned int
stopfd_asked(int fd)
{
	struct signalfd_siginfo info;
	unsigned int n = 0;

	while (read(fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
		n++;
	return n;
}
