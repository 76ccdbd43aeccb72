/* enter.c - run a program inside a node, from outside. */
#include "lab/enter.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t passed_on_to; /* who gets the signals that end us */

static void
pass_on(int signal)
{
	kill(passed_on_to, signal);
}

/*
 * Wait for a child as a shell does: ^C and ^\\ reach it through the terminal and are its business,
 * what else would end us is passed on to it.
 */
static int
wait_passing_on(pid_t pid)
{
	struct sigaction act = {.sa_handler = pass_on};
	int status;

	passed_on_to = pid;
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGHUP, &act, NULL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* The program gets its signals as our caller had them, not as we handle them. */
static void
exec_inside(char *const argv[])
{
	static const int ours[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGPIPE};
	const char *term = getenv("TERM");
	struct sigaction old;
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (sigaction(ours[i], NULL, &old) == 0 &&
			(old.sa_handler != SIG_IGN || ours[i] == SIGPIPE))
			signal(ours[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
	if (term == NULL)
		setenv("TERM", "dumb", 1);
	unsetenv("LD_LIBRARY_PATH");
	unsetenv("LD_PRELOAD");
	setenv("HOME", "/root", 1);
	execvp(argv[0], argv);
	fprintf(stderr, "catchment: cannot run %s in the node: %s\n", argv[0], strerror(errno));
	_exit(errno == EACCES ? 126 : 127);
}

/* Entering a PID namespace counts from the next child on, hence the process in between. */
static void
go_between(int pidfd, int root, char *const argv[])
{
	pid_t pid;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (setns(pidfd, CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID) <
		0) {
		fprintf(stderr, "catchment: cannot enter the node: %s\n", strerror(errno));
		_exit(126);
	}
	/* The root of its mount namespace is not the node's own when the lab was made in a chroot. */
	if (fchdir(root) < 0 || chroot(".") < 0 || chdir("/") < 0) {
		fprintf(stderr, "catchment: cannot enter the node's root: %s\n", strerror(errno));
		_exit(126);
	}
	pid = fork();
	if (pid == 0)
		exec_inside(argv);
	if (pid < 0)
		_exit(126);
	_exit(wait_passing_on(pid));
}

pid_t
enter_spawn(pid_t init_pid, char *const argv[], int in, int out, int err, struct err *e)
{
	int pidfd = (int)syscall(SYS_pidfd_open, init_pid, 0);
	char path[64];
	pid_t pid;
	int root;

	if (pidfd < 0)
		return err_sys(e, errno, "the node's first process (pid %d)", (int)init_pid);
	snprintf(path, sizeof(path), "/proc/%d/root", (int)init_pid);
	root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0) {
		int code = errno;

		close(pidfd);
		return err_sys(e, code, "%s", path);
	}
	pid = fork();
	if (pid < 0) {
		int code = errno;

		close(root);
		close(pidfd);
		return err_sys(e, code, "fork");
	}
	if (pid == 0) {
		if (in < 0)
			in = open("/dev/null", O_RDONLY | O_CLOEXEC);
		dup2(in, STDIN_FILENO);
		if (out >= 0)
			dup2(out, STDOUT_FILENO);
		if (err >= 0)
			dup2(err, STDERR_FILENO);
		go_between(pidfd, root, argv);
	}
	close(root);
	close(pidfd);
	return pid;
}

int
enter_wait(pid_t pid)
{
	return wait_passing_on(pid);
}
