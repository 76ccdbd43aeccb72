/* child.c - the probe engine and the captures as processes of the runner, told to stop in order. */
#include "scenarios/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void
run(const char *command, const char *plan, int out, int err)
{
	char *const argv[] = {(char *)(uintptr_t) "catchment", (char *)(uintptr_t)command,
		(char *)(uintptr_t) "--plan", (char *)(uintptr_t)plan, NULL};
	sigset_t none;
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setsid(); /* a ^C on the terminal is the runner's to decide upon */
	signal(SIGUSR1,
		SIG_IGN); /* what we do is the runner's to say, and our last words are its error */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	dup2(null, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	execv("/proc/self/exe", argv);
	_exit(127);
}

static void
hear(struct child *c)
{
	char text[sizeof(c->words)];
	ssize_t n;

	while ((n = read(c->err, text, sizeof(text) - 1)) > 0) {
		char *end;

		text[n] = '\0';
		while (n > 0 && text[n - 1] == '\n')
			text[--n] = '\0';
		end = strrchr(text, '\n');
		snprintf(c->words, sizeof(c->words), "%s", end ? end + 1 : text);
	}
}

/* Wait for its end until the deadline, then kill it. Returns the wait status. */
static int
reap(struct child *c, struct mono deadline)
{
	int status = 0;

	while (waitpid(c->pid, &status, WNOHANG) == 0) {
		struct pollfd pfd = {.fd = c->err, .events = POLLIN};
		int left = mono_left_ms(deadline);

		if (left == 0) {
			kill(c->pid, SIGKILL);
			waitpid(c->pid, &status, 0);
			break;
		}
		poll(&pfd, 1, left > 20 ? 20 : left);
		hear(c);
		if (pfd.revents & POLLHUP)
			poll(NULL, 0, 5);
	}
	hear(c);
	close(c->out);
	close(c->err);
	c->pid = 0;
	return status;
}

int
child_start(
	struct child *c, const char *command, const char *plan, struct mono deadline, struct err *e)
{
	int out[2], err[2];
	struct pollfd pfd;
	char word[64];
	ssize_t n;

	*c = (struct child){.what = command};
	if (pipe2(out, O_CLOEXEC) < 0)
		return err_sys(e, errno, "pipe");
	if (pipe2(err, O_CLOEXEC) < 0) {
		int code = errno;

		close(out[0]);
		close(out[1]);
		return err_sys(e, code, "pipe");
	}
	c->pid = fork();
	if (c->pid == 0)
		run(command, plan, out[1], err[1]);
	close(out[1]);
	close(err[1]);
	c->out = out[0];
	c->err = err[0];
	if (c->pid < 0) {
		int code = errno;

		close(c->out);
		close(c->err);
		c->pid = 0;
		return err_sys(e, code, "fork");
	}
	fcntl(c->err, F_SETFL, O_NONBLOCK);
	pfd = (struct pollfd){.fd = c->out, .events = POLLIN};
	while (poll(&pfd, 1, mono_left_ms(deadline)) < 0 && errno == EINTR)
		;
	n = pfd.revents & (POLLIN | POLLHUP) ? read(c->out, word, sizeof(word) - 1) : -1;
	if (n > 0 && memmem(word, (size_t)n, "ready", 5) != NULL)
		return 0;
	reap(c, pfd.revents ? mono_add(mono_now(), NS_PER_S) : mono_now());
	if (!pfd.revents)
		return err_set(e, ETIMEDOUT, "catchment %s was not ready in time", command);
	return err_set(e, EIO, "catchment %s did not start: %s", command,
		c->words[0] ? c->words : "no reason given");
}

int
child_alive(struct child *c)
{
	siginfo_t info = {0};

	hear(c);
	return waitid(P_PID, (id_t)c->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
		info.si_pid == 0;
}

int
child_stop(struct child *c, struct mono deadline, struct err *e)
{
	int status;

	if (c->pid <= 0)
		return 0;
	kill(c->pid, SIGTERM);
	status = reap(c, deadline);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	return err_set(e, EIO, "catchment %s failed: %s", c->what,
		c->words[0] ? c->words : "no reason given");
}
