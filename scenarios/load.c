/* load.c - load generators that a timeline runs in nodes' networks, as children of the runner. */
#include "scenarios/load.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/command.h"
#include "lib/fs.h"
#include "lib/netns.h"

enum { STOP_MS = 8000, LOG_BYTES = 1 << 20, OPTIONS = 3 /* catchment load ... --json */ };

extern char **environ;

/* Where the data is, and whose processes these are. */
static bool
is_kept(const char *assignment)
{
	static const char *const kept[] = {"CATCHMENT_DATA=", "CATCHMENT_NAME=", "CATCHMENT_LAB="};

	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (strncmp(assignment, kept[i], strlen(kept[i])) == 0)
			return true;
	return false;
}

/* What the user set for the runner's own flags is not meant for the generator. */
static void
forget_flags(void)
{
	for (char **at = environ; *at != NULL;) {
		char name[128];
		const char *end = strchr(*at, '=');

		if (strncmp(*at, "CATCHMENT_", 10) != 0 || end == NULL ||
			end - *at >= (ptrdiff_t)sizeof(name) || is_kept(*at)) {
			at++;
			continue;
		}
		snprintf(name, sizeof(name), "%.*s", (int)(end - *at), *at);
		unsetenv(name); /* which closes the gap */
	}
}

/* In the child: the words between our own, in the folder, with these as its files. Does not return. */
static void
run(const char *folder, char *const words[], const char *last, int out, int err)
{
	size_t n = 0;
	char **argv;
	sigset_t none;

	while (words[n] != NULL)
		n++;
	argv = calloc(n + OPTIONS + 1, sizeof(*argv));
	if (argv == NULL || chdir(folder) < 0)
		_exit(EXIT_ENVIRONMENT);
	argv[0] = (char *)(uintptr_t) "catchment";
	argv[1] = (char *)(uintptr_t) "load";
	memcpy(argv + 2, words, n * sizeof(*argv));
	argv[n + 2] = (char *)(uintptr_t)last;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setsid(); /* a ^C on the terminal is the runner's to decide upon */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	forget_flags();
	dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	execv("/proc/self/exe", argv);
	_exit(127);
}

/* The last line of what it said, without whose it is; how to have it again is not what went wrong. "" where there is none. */
static void
last_line(char *text, char *out, size_t out_bytes)
{
	char *line = text;

	for (size_t len = strlen(text); len > 0; len = (size_t)(line - text)) {
		while (len > 0 && text[len - 1] == '\n')
			text[--len] = '\0';
		line = strrchr(text, '\n');
		line = line != NULL ? line + 1 : text;
		if (strncmp(line, "again:", 6) != 0)
			break;
		*line = '\0';
	}
	if (strncmp(line, "catchment", 9) == 0 && strstr(line, ": ") != NULL)
		line = strstr(line, ": ") + 2;
	snprintf(out, out_bytes, "%s", line);
}

/* TRIAL/load-NAME.json, TRIAL/log/load-NAME.log */
static void
file_of(const struct load_jobs *jobs, const struct action *a, bool log, char out[static PATH_MAX])
{
	snprintf(out, PATH_MAX, log ? "%s/log/load-%s.log" : "%s/load-%s.json", jobs->dir,
		a->load.name);
}

static int
open_files(const struct load_jobs *jobs, const struct action *a, int ret[static 2], struct err *e)
{
	char path[PATH_MAX];
	int rc;

	snprintf(path, sizeof(path), "%s/log", jobs->dir);
	rc = fs_mkdirs(path, e);
	if (rc < 0)
		return rc;
	for (int log = 0; log < 2; log++) {
		file_of(jobs, a, log, path);
		ret[log] = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644);
		if (ret[log] < 0) {
			rc = err_sys(e, errno, "%s", path);
			if (log)
				close(ret[0]);
			return rc;
		}
	}
	return 0;
}

static void
begin(struct lab_instant *at)
{
	at->before_wall = wall_now();
	at->before_mono = mono_now();
}

static void
end(struct lab_instant *at)
{
	at->after_mono = mono_now();
	at->after_wall = wall_now();
}

int
load_start(struct load_jobs *jobs, struct lab *lab, const struct action *action,
	struct lab_instant *ret, struct err *e)
{
	int node = topology_node(lab_topology(lab), action->node);
	char netns[64];

	if (node < 0)
		return err_set(e, EINVAL, "the network has no node '%s'", action->node);
	snprintf(netns, sizeof(netns), "/proc/%d/ns/net", (int)lab_node_pid(lab, (size_t)node));
	return load_start_in(jobs, netns, action, ret, e);
}

int
load_start_in(struct load_jobs *jobs, const char *netns, const struct action *action,
	struct lab_instant *ret, struct err *e)
{
	struct load_job job = {.action = action};
	int files[2], home, rc;

	if (jobs->len == LOAD_JOBS)
		return err_set(e, EINVAL, "more than %d loads", LOAD_JOBS);
	rc = open_files(jobs, action, files, e);
	if (rc < 0)
		return rc;
	begin(ret);
	rc = netns_enter(netns, &home, e);
	if (rc == 0) {
		job.pid = fork();
		if (job.pid == 0)
			run(jobs->folder, action->argv, "--json", files[0], files[1]);
		if (job.pid < 0)
			rc = err_sys(e, errno, "fork");
		if (netns_leave(home, rc < 0 ? NULL : e) < 0)
			abort(); /* what follows would be in the node's network */
	}
	end(ret);
	close(files[0]);
	close(files[1]);
	if (rc < 0)
		return rc;
	job.pidfd = (int)syscall(SYS_pidfd_open, job.pid, 0);
	if (action->for_ns > 0)
		job.stop_at = mono_add(ret->after_mono, action->for_ns);
	jobs->list[jobs->len++] = job;
	return 0;
}

/* SIGTERM is what every command of ours takes for "end well". */
static void
tell_to_stop(struct load_job *job)
{
	if (job->ended || job->kill_at.ns != 0)
		return;
	syscall(SYS_pidfd_send_signal, job->pidfd, SIGTERM, NULL, 0);
	job->kill_at = mono_add(mono_now(), STOP_MS * NS_PER_MS);
}

void
load_stop(struct load_jobs *jobs, const char *name, struct lab_instant *ret)
{
	begin(ret);
	for (size_t i = 0; i < jobs->len; i++)
		if (strcmp(jobs->list[i].action->load.name, name) == 0)
			tell_to_stop(&jobs->list[i]);
	end(ret);
}

size_t
load_poll(const struct load_jobs *jobs, struct pollfd out[static LOAD_JOBS])
{
	size_t n = 0;

	for (size_t i = 0; jobs != NULL && i < jobs->len; i++)
		if (!jobs->list[i].ended)
			out[n++] = (struct pollfd){.fd = jobs->list[i].pidfd, .events = POLLIN};
	return n;
}

struct mono
load_next(const struct load_jobs *jobs, struct mono otherwise)
{
	for (size_t i = 0; jobs != NULL && i < jobs->len; i++) {
		const struct load_job *job = &jobs->list[i];
		struct mono at = job->kill_at.ns != 0 ? job->kill_at : job->stop_at;

		if (!job->ended && at.ns != 0 && at.ns < otherwise.ns)
			otherwise = at;
	}
	return otherwise;
}

/* Its end, in the diary; if it was the fault, that is over with it. */
static void
note_end(struct load_jobs *jobs, const struct load_job *job, int code, const char *said)
{
	bool asked = job->kill_at.ns != 0;

	events_add(jobs->events, "load_end",
		json_pack("{s:s, s:i, s:b, s:s}", "name", job->action->load.name, "exit", code,
			"asked", asked, "said", said));
	/* Where a step ended it, that step was the restore. */
	if (job->action->load.fault && (!asked || job->stop_at.ns != 0))
		events_add(jobs->events, "restore",
			json_pack(
				"{s:s, s:s}", "action", "load-end", "target", job->action->target));
}

/* If it has ended: was that well? */
static int
reap(struct load_jobs *jobs, struct load_job *job, struct err *e)
{
	char path[PATH_MAX], *text = NULL, said[300] = "";
	int status, code;
	pid_t pid = waitpid(job->pid, &status, WNOHANG);

	if (pid == 0 || (pid < 0 && errno == EINTR))
		return 0;
	job->ended = true;
	close(job->pidfd);
	code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	file_of(jobs, job->action, true, path);
	if (fs_read(path, LOG_BYTES, &text, NULL, NULL) == 0)
		last_line(text, said, sizeof(said));
	free(text);
	note_end(jobs, job, code, said);
	/* The last is of one that was told to end before it could heed that. */
	if (code == EXIT_GOOD || code == EXIT_INCONCLUSIVE ||
		(job->kill_at.ns != 0 && (code == EXIT_INTERRUPTED || code == 128 + SIGTERM)))
		return 0;
	if (code == 128 + SIGKILL && job->kill_at.ns != 0)
		return err_set(e, EIO, "load %s did not end when told to and was killed",
			job->action->load.name);
	return err_set(e, EIO, "load %s failed (status %d): %s", job->action->load.name, code,
		said[0] ? said : "it gave no reason");
}

int
load_see(struct load_jobs *jobs, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; jobs != NULL && i < jobs->len; i++) {
		struct load_job *job = &jobs->list[i];
		struct err later;
		int one;

		if (job->ended)
			continue;
		if (job->stop_at.ns != 0 && mono_diff_ns(job->stop_at, mono_now()) <= 0)
			tell_to_stop(job);
		if (job->kill_at.ns != 0 && mono_diff_ns(job->kill_at, mono_now()) <= 0)
			syscall(SYS_pidfd_send_signal, job->pidfd, SIGKILL, NULL, 0);
		one = reap(jobs, job, rc < 0 ? &later : e);
		rc = rc < 0 ? rc : one;
	}
	return rc;
}

int
load_finish(struct load_jobs *jobs, struct err *e)
{
	struct pollfd fds[LOAD_JOBS];
	struct err later;
	int rc = 0, one;
	size_t n;

	for (size_t i = 0; i < jobs->len; i++)
		tell_to_stop(&jobs->list[i]);
	while ((n = load_poll(jobs, fds)) > 0) {
		struct mono far = mono_add(mono_now(), NS_PER_S);

		(void)poll(fds, n, mono_left_ms(load_next(jobs, far)));
		one = load_see(jobs, rc < 0 ? &later : e);
		rc = rc < 0 ? rc : one;
	}
	jobs->len = 0;
	return rc;
}

/* All it says until it closes its end or the deadline; the first line of it is the reason. */
static void
hear(int from, struct mono deadline, char *out, size_t out_bytes)
{
	size_t len = 0;
	ssize_t n = 1;

	while (n > 0 && len + 1 < out_bytes) {
		struct pollfd pfd = {.fd = from, .events = POLLIN};

		if (poll(&pfd, 1, mono_left_ms(deadline)) <= 0)
			break;
		n = read(from, out + len, out_bytes - 1 - len);
		len += n > 0 ? (size_t)n : 0;
	}
	out[len] = '\0';
	out[strcspn(out, "\n")] = '\0';
}

int
load_check(const char *folder, char *const argv[], struct mono deadline, struct err *e)
{
	char said[300], reason[300];
	int fds[2], null, status;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return err_sys(e, errno, "pipe");
	null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	pid = fork();
	if (pid == 0)
		run(folder, argv, "--check", null, fds[1]);
	close(fds[1]);
	if (null >= 0)
		close(null);
	if (pid < 0) {
		close(fds[0]);
		return err_sys(e, errno, "fork");
	}
	hear(fds[0], deadline, said, sizeof(said));
	close(fds[0]);
	if (mono_left_ms(deadline) == 0)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	last_line(said, reason, sizeof(reason));
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	return err_set(e, EINVAL, "%s", reason[0] ? reason : "the generator does not take it");
}
