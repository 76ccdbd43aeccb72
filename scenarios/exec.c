/* exec.c - commands that a timeline runs inside nodes: started on time, waited for later. */
#include "scenarios/exec.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/enter.h"
#include "lib/fs.h"
#include "scenarios/scenario_check.h"

enum { UNDO_MS = 60000 };

static int
open_log(struct lab *lab, const char *node)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/log/%s/exec.log", lab_dir(lab), node);
	return open(path, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0644);
}

/* TRIAL/checks/check-NN.SUFFIX of a check; its folder is made. */
static int
check_path(const struct exec_jobs *jobs, const struct action *a, const char *suffix,
	char path[PATH_MAX], struct err *e)
{
	int rc;

	snprintf(path, PATH_MAX, "%s/checks", jobs->dir);
	rc = fs_mkdirs(path, e);
	snprintf(path, PATH_MAX, "%s/checks/check-%02zu.%s", jobs->dir,
		check_number(jobs->scenario, a), suffix);
	return rc;
}

static int
open_output(struct exec_jobs *jobs, struct lab *lab, const struct action *a, struct err *e)
{
	char path[PATH_MAX];

	if (a->kind != ACTION_CHECK)
		return open_log(lab, a->node);
	if (check_path(jobs, a, "txt", path, e) < 0)
		return -1;
	return open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644);
}

/* What became of a check, for analysis to compare with what the scenario says. */
static int
write_check(const struct exec_jobs *jobs, const struct exec_job *job, bool ended, int status,
	struct err *e)
{
	json_t *o = json_pack("{s:s, s:b, s:i}", "schema", "catchment.check/1", "ended", ended,
		"exit", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	char path[PATH_MAX], *text = json_dumps(o, JSON_INDENT(1));
	int rc = text == NULL ? err_set(e, ENOMEM, "out of memory")
			      : check_path(jobs, job->action, "json", path, e);

	if (rc == 0)
		rc = fs_write(path, text, strlen(text), e);
	free(text);
	json_decref(o);
	return rc;
}

/* Those that ended well make room for others; what failed is kept for exec_finish() to tell. */
static void
reap(struct exec_jobs *jobs)
{
	size_t kept = 0;

	for (size_t i = 0; i < jobs->len; i++) {
		struct exec_job job = jobs->list[i];

		if (!job.ended && job.action->kind != ACTION_CHECK)
			job.ended = waitpid(job.pid, &job.status, WNOHANG) == job.pid;
		if (!job.ended || !WIFEXITED(job.status) || WEXITSTATUS(job.status) != 0)
			jobs->list[kept++] = job;
	}
	jobs->len = kept;
}

/* Has it ended by the deadline? It is not waited for as a child: a check's status is exec_finish()'s to take. */
static bool
has_ended(const struct exec_job *job, struct mono deadline)
{
	int left_ms = mono_left_ms(deadline);
	struct pollfd pfd = {.events = POLLIN};
	bool ended;

	if (job->ended)
		return true;
	pfd.fd = (int)syscall(SYS_pidfd_open, job->pid, 0);
	if (pfd.fd < 0)
		return false;
	ended = poll(&pfd, 1, left_ms > 0 ? left_ms : 0) == 1;
	close(pfd.fd);
	return ended;
}

bool
exec_settle(struct exec_jobs *jobs, struct mono deadline)
{
	bool all = true;

	for (size_t i = 0; i < jobs->len; i++)
		all &= has_ended(&jobs->list[i], deadline);
	reap(jobs);
	return all;
}

static int
spawn(struct exec_jobs *jobs, struct lab *lab, const struct action *action, char *const argv[],
	struct lab_instant *ret, struct err *e)
{
	int node = topology_node(lab_topology(lab), action->node), log;
	pid_t pid;

	reap(jobs);
	if (jobs->len == EXEC_JOBS || node < 0)
		return err_set(e, EINVAL, "more than %d commands at once", EXEC_JOBS);
	log = open_output(jobs, lab, action, e);
	ret->before_wall = wall_now();
	ret->before_mono = mono_now();
	pid = enter_spawn(lab_node_pid(lab, (size_t)node), argv, -1, log, log, e);
	ret->after_mono = mono_now();
	ret->after_wall = wall_now();
	if (log >= 0)
		close(log);
	if (pid < 0)
		return pid;
	jobs->list[jobs->len++] = (struct exec_job){.pid = pid, .action = action};
	return 0;
}

int
exec_start(struct exec_jobs *jobs, struct lab *lab, const struct action *action,
	struct lab_instant *ret, struct err *e)
{
	return spawn(jobs, lab, action, action->argv, ret, e);
}

/* Wait for one; true when it ended by itself. */
static bool
await_end(pid_t pid, struct mono deadline, int *ret_status)
{
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0), left_ms = mono_left_ms(deadline);
	struct pollfd pfd = {.fd = pidfd, .events = POLLIN};
	bool ended = pidfd >= 0 && poll(&pfd, 1, left_ms > 0 ? left_ms : 0) == 1;

	if (!ended)
		kill(pid, SIGKILL);
	while (waitpid(pid, ret_status, 0) < 0 && errno == EINTR)
		;
	if (pidfd >= 0)
		close(pidfd);
	return ended;
}

int
exec_finish(struct exec_jobs *jobs, struct mono deadline, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < jobs->len; i++) {
		const struct action *a = jobs->list[i].action;
		int status = jobs->list[i].status;
		bool ended = jobs->list[i].ended || await_end(jobs->list[i].pid, deadline, &status);

		if (a->kind == ACTION_CHECK) {
			if (write_check(jobs, &jobs->list[i], ended, status, e) < 0)
				rc = -EIO;
			continue;
		}
		if (rc < 0 || (ended && WIFEXITED(status) && WEXITSTATUS(status) == 0))
			continue;
		rc = !ended
			? err_set(e, EIO, "'%s' takes too long", a->target)
			: err_set(e, EIO, "'%s' returned %d; what it said is in log/%s/exec.log",
				  a->target, WEXITSTATUS(status), a->node);
	}
	jobs->len = 0;
	return rc;
}

int
exec_undo(struct lab *lab, const struct action *action, struct lab_instant *ret, struct err *e)
{
	struct exec_jobs jobs = {.len = 0};
	int rc = spawn(&jobs, lab, action, action->undo, ret, e);

	return rc < 0 ? rc : exec_finish(&jobs, mono_add(mono_now(), UNDO_MS * NS_PER_MS), e);
}
