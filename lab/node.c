/* node.c - PID 1 of a node: made in its namespaces, builds its root, starts services, reaps, reports. */
#include "lab/node.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NODE_SOCKET = 3 }; /* PID 1 keeps this and stdio of what it inherits */

/* What PID 1 remembers of its children. */
struct init {
	const struct node_plan *plan;
	int socket, log_dir;
	pid_t *service_pids; /* by service index, 0: not running */
	pid_t try_pid;
	uint32_t try_service;
};

static int
send_report(int socket, const struct node_report *report, int fd)
{
	char control[CMSG_SPACE(sizeof(int))] = {0};
	struct iovec iov = {(void *)(uintptr_t)report, sizeof(*report)};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};

	if (fd >= 0) {
		struct cmsghdr *cmsg;

		msg.msg_control = control;
		msg.msg_controllen = sizeof(control);
		cmsg = CMSG_FIRSTHDR(&msg);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(cmsg), &fd, sizeof(int));
	}
	return sendmsg(socket, &msg, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static void
report(const struct init *init, enum node_news news, uint32_t service, int status, const char *text)
{
	struct node_report r = {.news = news, .service = service, .status = status};

	snprintf(r.text, sizeof(r.text), "%s", text ? text : "");
	if (send_report(init->socket, &r, -1) < 0)
		_exit(1); /* the maker is gone: so is this node, and all in it */
}

pid_t
node_run(char *const argv[], int log_fd, const char *lab_mark)
{
	pid_t pid = fork();
	sigset_t none;
	int null;

	if (pid != 0)
		return pid < 0 ? -errno : pid;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	null = open("/dev/null", O_RDONLY);
	dup2(null, STDIN_FILENO);
	dup2(log_fd, STDOUT_FILENO);
	dup2(log_fd, STDERR_FILENO);
	close_range(STDERR_FILENO + 1, ~0U, 0);
	clearenv();
	setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
	setenv("LANG", "C.UTF-8", 1);
	setenv("CATCHMENT_LAB", lab_mark, 1);
	execvp(argv[0], argv);
	dprintf(STDERR_FILENO, "cannot run %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

static int
open_log(const struct init *init, const char *service)
{
	char name[64];

	snprintf(name, sizeof(name), "%s.log", service);
	return openat(init->log_dir, name, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0644);
}

static int
run_to_end(char *const argv[], int log_fd, const char *lab_mark)
{
	pid_t pid = node_run(argv, log_fd, lab_mark);
	int status;

	if (pid < 0)
		return pid;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return status;
}

static void
start_service(struct init *init, uint32_t index)
{
	const struct topo_service *service = &init->plan->topology->services[index];
	struct node_report r = {.news = NODE_STARTED, .service = index};
	int log_fd = open_log(init, service->name), pidfd = -1;
	pid_t pid = 0;

	if (log_fd < 0) {
		report(init, NODE_EXITED, index, 127 << 8, "cannot open the log");
		return;
	}
	for (size_t i = 0; i < service->prepare_len; i++) {
		int status = run_to_end(service->prepare[i].argv, log_fd, init->plan->lab_mark);

		if (status != 0) {
			close(log_fd);
			report(init, NODE_EXITED, index, status, "preparing it failed");
			return;
		}
	}
	pid = node_run(service->run.argv, log_fd, init->plan->lab_mark);
	close(log_fd);
	if (pid > 0)
		pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (pid < 0 || pidfd < 0) {
		report(init, NODE_EXITED, index, 127 << 8, strerror(errno));
		return;
	}
	init->service_pids[index] = pid;
	if (send_report(init->socket, &r, pidfd) < 0)
		_exit(1);
	close(pidfd);
}

static void
try_service(struct init *init, uint32_t index)
{
	const struct topo_service *service = &init->plan->topology->services[index];
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	init->try_pid = node_run(service->ready_command.argv, null, init->plan->lab_mark);
	init->try_service = index;
	close(null);
	if (init->try_pid < 0) {
		init->try_pid = 0;
		report(init, NODE_TRIED, index, 127 << 8, strerror(errno));
	}
}

static void
reap(struct init *init)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == init->try_pid) {
			init->try_pid = 0;
			report(init, NODE_TRIED, init->try_service, status, NULL);
			continue;
		}
		for (size_t i = 0; i < init->plan->topology->services_len; i++) {
			if (init->service_pids[i] != pid)
				continue;
			init->service_pids[i] = 0;
			report(init, NODE_EXITED, (uint32_t)i, status, NULL);
		}
	}
}

static void
obey(struct init *init)
{
	struct node_request request;
	struct err e;
	ssize_t n = recv(init->socket, &request, sizeof(request), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n != sizeof(request))
		_exit(0); /* the maker closed its end */
	switch (request.order) {
	case NODE_CONFIGURE:
		if (node_configure_net(init->plan, &e) < 0)
			report(init, NODE_FAILED, 0, 0, e.text);
		else
			report(init, NODE_CONFIGURED, 0, 0, NULL);
		break;
	case NODE_START:
		start_service(init, request.service);
		break;
	case NODE_TRY:
		try_service(init, request.service);
		break;
	}
}

void
node_main(const struct node_plan *plan, int socket)
{
	struct init init = {.plan = plan, .socket = socket};
	const char *name = plan->topology->nodes[plan->node].name;
	struct pollfd fds[2] = {{.fd = socket, .events = POLLIN}, {.events = POLLIN}};
	struct err e = {0};
	sigset_t mask;

	prctl(PR_SET_NAME, name);
	init.service_pids = calloc(plan->topology->services_len + 1, sizeof(pid_t));
	init.log_dir = open(plan->log_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	sigfillset(&mask);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	if (init.service_pids == NULL || init.log_dir < 0) {
		report(&init, NODE_FAILED, 0, 0, "cannot open the log folder");
		_exit(1);
	}
	umask(022); /* the root folder's own mode is made under it, and the daemons are not root */
	if (sethostname(name, strlen(name)) < 0)
		err_sys(&e, errno, "cannot set the host name");
	if (e.code != 0 || node_build_root(plan, &e) < 0) {
		report(&init, NODE_FAILED, 0, 0, e.text);
		_exit(1);
	}
	sigemptyset(&mask);
	sigaddset(&mask, SIGCHLD);
	fds[1].fd = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	report(&init, NODE_BUILT, 0, 0, NULL);
	for (;;) {
		struct signalfd_siginfo info;

		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			_exit(1);
		while (read(fds[1].fd, &info, sizeof(info)) > 0)
			;
		reap(&init);
		if (fds[0].revents != 0)
			obey(&init);
	}
}

int
node_spawn(const struct node_plan *plan, pid_t *ret_pid, int *ret_socket, struct err *e)
{
	struct clone_args args = {
		.flags = CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID,
		.exit_signal = SIGCHLD,
	};
	int pair[2];
	long pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(e, errno, "socketpair");
	pid = syscall(SYS_clone3, &args, sizeof(args));
	if (pid == 0) {
		struct pollfd hangup = {.fd = pair[1], .events = POLLIN};

		/* Dying with the maker is asked for first; then: is the maker still there? */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(pair[0]); /* else the hang-up would never show */
		if (poll(&hangup, 1, 0) > 0 && (hangup.revents & POLLHUP))
			_exit(1);
		dup2(pair[1], NODE_SOCKET);
		close_range(NODE_SOCKET + 1, ~0U, 0); /* the ends of its siblings, among others */
		node_main(plan, NODE_SOCKET);
	}
	close(pair[1]);
	if (pid < 0) {
		int code = errno;

		close(pair[0]);
		return err_sys(e, code,
			"cannot make the namespaces of node %s (in a container it needs "
			"CAP_SYS_ADMIN and CAP_NET_ADMIN; 'catchment doctor' tells the rest)",
			plan->topology->nodes[plan->node].name);
	}
	*ret_pid = (pid_t)pid;
	*ret_socket = pair[0];
	return 0;
}
