/* ask.c - ask a daemon inside a node, through its own socket or a program of its own. */
#include "lab/ask.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/enter.h"
#include "lib/fs.h"
#include "lib/mono.h"

enum { ANSWER_MAX_BYTES = 4 << 20 };

static int
dial(pid_t init_pid, const char *socket_path, struct err *e)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd, n;

	n = snprintf(addr.sun_path, sizeof(addr.sun_path), "/proc/%d/root%s", (int)init_pid,
		socket_path);
	if (n >= (int)sizeof(addr.sun_path))
		return err_set(e, ENAMETOOLONG, "%s: path too long", socket_path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return err_sys(e, errno, "socket");
	if (connect(fd, (const struct sockaddr *)&addr, sizeof(addr)) < 0) {
		int code = errno;

		close(fd);
		return err_sys(e, code, "%s", socket_path);
	}
	return fd;
}

static int
send_all(int fd, const char *data, size_t len)
{
	ssize_t n = send(fd, data, len, MSG_NOSIGNAL);

	return n < 0 ? -errno : (size_t)n == len ? 0 : -EIO;
}

/* A growing answer; `done` looks at it after each piece. */
struct answer {
	char *text;
	size_t len;
};

static int
read_until(int fd, struct mono deadline, bool (*done)(const struct answer *), struct answer *a)
{
	for (;;) {
		struct pollfd pfd = {.fd = fd, .events = POLLIN};
		char *grown;
		ssize_t n;

		if (done != NULL && a->text != NULL && done(a))
			return 0;
		n = poll(&pfd, 1, mono_left_ms(deadline));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0 ? -ETIMEDOUT : -errno;
		grown = realloc(a->text, a->len + 16384 + 1);
		if (grown == NULL)
			return -ENOMEM;
		a->text = grown;
		if (a->len > ANSWER_MAX_BYTES)
			return -EFBIG;
		n = read(fd, a->text + a->len, 16384);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
			return n < 0 ? -errno : done == NULL ? 0 : -EPIPE;
		a->len += (size_t)n;
		a->text[a->len] = '\0';
	}
}

/* FRR ends an answer with three NULs and the command's status. */
static bool
frr_done(const struct answer *a)
{
	return a->len >= 4 && memcmp(a->text + a->len - 4, "\0\0\0", 3) == 0;
}

static int
frr_exchange(int fd, const char *command, struct mono deadline, struct answer *a)
{
	int rc = send_all(fd, command, strlen(command) + 1);

	a->len = 0;
	if (rc == 0)
		rc = read_until(fd, deadline, frr_done, a);
	if (rc == 0 && a->text[a->len - 1] != 0)
		rc = -EREMOTEIO;
	return rc;
}

int
ask_frr(pid_t init_pid, const char *socket, const char *command, char **ret_text, struct err *e)
{
	struct mono deadline = mono_add(mono_now(), ASK_TIMEOUT_MS * NS_PER_MS);
	struct answer a = {0};
	int fd = dial(init_pid, socket, e), rc;

	if (fd < 0)
		return fd;
	rc = frr_exchange(fd, "enable", deadline, &a);
	if (rc == 0)
		rc = frr_exchange(fd, command, deadline, &a);
	close(fd);
	if (rc < 0) {
		free(a.text);
		return err_sys(e, -rc, "%s: '%s'", socket, command);
	}
	*ret_text = a.text;
	return 0;
}

/* The last line of an answer starts with a code and a blank; lines before it with code and '-'. */
static bool
bird_done(const struct answer *a)
{
	const char *line = a->text;

	if (a->len == 0 || a->text[a->len - 1] != '\n')
		return false;
	for (const char *p = a->text; p < a->text + a->len - 1; p++)
		if (*p == '\n')
			line = p + 1;
	return strspn(line, "0123456789") == 4 && line[4] == ' ';
}

int
ask_bird(pid_t init_pid, const char *socket, const char *command, char **ret_text, struct err *e)
{
	struct mono deadline = mono_add(mono_now(), ASK_TIMEOUT_MS * NS_PER_MS);
	struct answer a = {0};
	int fd = dial(init_pid, socket, e), rc;
	char line[256];

	if (fd < 0)
		return fd;
	snprintf(line, sizeof(line), "%s\n", command);
	rc = read_until(fd, deadline, bird_done, &a); /* the greeting */
	if (rc == 0) {
		a.len = 0;
		a.text[0] = '\0';
		rc = send_all(fd, line, strlen(line));
	}
	if (rc == 0)
		rc = read_until(fd, deadline, bird_done, &a);
	close(fd);
	if (rc < 0) {
		free(a.text);
		return err_sys(e, -rc, "%s: '%s'", socket, command);
	}
	*ret_text = a.text;
	return 0;
}

int
ask_program(pid_t init_pid, char *const argv[], int timeout_ms, char **ret_text, struct err *e)
{
	struct mono deadline = mono_add(mono_now(), timeout_ms * NS_PER_MS);
	struct answer a = {0};
	int pipes[2], status, rc;
	pid_t pid;

	if (pipe2(pipes, O_CLOEXEC) < 0)
		return err_sys(e, errno, "pipe");
	pid = enter_spawn(init_pid, argv, -1, pipes[1], pipes[1], e);
	close(pipes[1]);
	if (pid < 0) {
		close(pipes[0]);
		return (int)pid;
	}
	rc = read_until(pipes[0], deadline, NULL, &a);
	close(pipes[0]);
	if (rc < 0)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (rc < 0 || ret_text == NULL) {
		free(a.text);
	} else {
		*ret_text = a.text != NULL ? a.text : strdup("");
	}
	if (rc < 0)
		return err_sys(e, -rc, "%s", argv[0]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/*
 * SIGUSR1 kills a keepalived that has not set its handlers yet: ask only when every process of it
 * catches the signal or reads it from a signalfd (blocked).
 */
static bool
takes_usr1(pid_t pid)
{
	unsigned long long caught = 0, blocked = 0;
	char path[64], *text, *at;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	if (fs_read(path, 65536, &text, NULL, NULL) < 0)
		return false;
	if ((at = strstr(text, "\nSigCgt:")) != NULL)
		caught = strtoull(at + 8, NULL, 16);
	if ((at = strstr(text, "\nSigBlk:")) != NULL)
		blocked = strtoull(at + 8, NULL, 16);
	free(text);
	return ((caught | blocked) >> (SIGUSR1 - 1)) & 1;
}

static bool
children_take_usr1(pid_t pid)
{
	char path[80], *text;
	bool good = true;
	size_t n = 0;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)pid, (int)pid);
	if (fs_read(path, 65536, &text, NULL, NULL) < 0)
		return false;
	for (char *p = text, *end; good; p = end) {
		long child = strtol(p, &end, 10);

		if (end == p)
			break;
		good = takes_usr1((pid_t)child);
		n++;
	}
	free(text);
	return good && n > 0;
}

int
ask_keepalived(pid_t init_pid, pid_t keepalived_pid, char state[static 32], struct err *e)
{
	struct mono deadline = mono_add(mono_now(), ASK_TIMEOUT_MS * NS_PER_MS);
	char path[64], *text = NULL, *at;

	snprintf(path, sizeof(path), "/proc/%d/root/tmp/keepalived.data", (int)init_pid);
	if (!takes_usr1(keepalived_pid) || !children_take_usr1(keepalived_pid))
		return err_set(e, EAGAIN, "keepalived is not up yet");
	unlink(path);
	kill(keepalived_pid, SIGUSR1);
	while (mono_left_ms(deadline) > 0) {
		if (fs_read(path, ANSWER_MAX_BYTES, &text, NULL, NULL) == 0) {
			at = strstr(text, "State = ");
			if (at != NULL && strchr(at, '\n') != NULL) {
				size_t len = strcspn(at + 8, " \n");

				snprintf(state, 32, "%.*s", (int)(len > 31 ? 31 : len), at + 8);
				free(text);
				unlink(path);
				return 0;
			}
			free(text);
		}
		poll(NULL, 0, 2);
	}
	return err_set(e, EAGAIN, "keepalived wrote no dump");
}
