/* supervisor.c - the life of a lab: build nodes and links, start services in order, keep, end. */
#include "lab/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/ended.h"
#include "lab/lab_internal.h"
#include "lab/layers.h"
#include "lab/rootless.h"
#include "lab/supervisor_internal.h"
#include "lab/wire_child.h"
#include "lib/fs.h"

enum { TICK_MS = 20 };

int
supervisor_send(int socket, json_t *message)
{
	char *text = json_dumps(message, JSON_COMPACT);
	ssize_t n = text == NULL ? -1 : send(socket, text, strlen(text), MSG_NOSIGNAL);
	int rc = n < 0 ? -errno : 0;

	free(text);
	json_decref(message);
	return rc;
}

void
supervisor_fail(struct supervisor *s, const char *text)
{
	if (s->failure.code == 0)
		err_set(&s->failure, EIO, "%s", text);
	s->ending = true;
}

static void
configure_when_standing(struct supervisor *s)
{
	if (s->built < s->plan->topology->nodes_len || !s->wire_ready)
		return;
	for (size_t i = 0; i < s->plan->topology->nodes_len; i++)
		supervisor_order(s, i, NODE_CONFIGURE, 0);
}

/* Its first process is gone, and with it all that was in it. Reaped here: its pid is nobody's then. */
static void
node_died(struct supervisor *s, size_t node)
{
	char text[160], how[48] = "";
	int status;

	if (waitpid(s->nodes[node].pid, &status, 0) == s->nodes[node].pid) {
		s->nodes[node].pid = 0;
		snprintf(how, sizeof(how),
			WIFSIGNALED(status) ? ", ended by signal %d" : ", with status %d",
			WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	}
	snprintf(text, sizeof(text), "node %s died (its first process%s)",
		s->plan->topology->nodes[node].name, how);
	supervisor_fail(s, text);
}

static void
take_news(struct supervisor *s, size_t node)
{
	struct node_report r;
	char control[CMSG_SPACE(sizeof(int))], text[640];
	struct iovec iov = {&r, sizeof(r)};
	struct msghdr msg = {.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control)};
	ssize_t n = recvmsg(s->nodes[node].socket, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	struct cmsghdr *cmsg;
	int pidfd = -1;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n != sizeof(r)) {
		node_died(s, node);
		return;
	}
	cmsg = CMSG_FIRSTHDR(&msg);
	if (cmsg != NULL && cmsg->cmsg_type == SCM_RIGHTS)
		memcpy(&pidfd, CMSG_DATA(cmsg), sizeof(pidfd));
	r.text[sizeof(r.text) - 1] = '\0';
	switch (r.news) {
	case NODE_BUILT:
		s->nodes[node].state = NODE_STATE_STANDING;
		s->built++;
		configure_when_standing(s);
		break;
	case NODE_CONFIGURED:
		s->nodes[node].state = NODE_STATE_RUNNING;
		s->configured++;
		supervisor_start_next(s, node);
		break;
	case NODE_FAILED:
		snprintf(text, sizeof(text), "node %s: %s", s->plan->topology->nodes[node].name,
			r.text);
		supervisor_fail(s, text);
		break;
	default:
		supervisor_service_news(s, node, &r, pidfd);
		break;
	}
	if (pidfd >= 0)
		close(pidfd);
}

static int
spawn_node(struct supervisor *s, size_t i, struct err *e)
{
	struct node *node = &s->nodes[i];
	const char *name = s->plan->topology->nodes[i].name;
	static char scratch[PLACE_BYTES + 8], mark[128];
	int rc;

	snprintf(scratch, sizeof(scratch), "%s/mnt", s->plan->dir);
	snprintf(mark, sizeof(mark), "%s", s->plan->id);
	snprintf(node->log_dir, sizeof(node->log_dir), "%s/log/%s", s->plan->dir, name);
	rc = fs_mkdirs(node->log_dir, e);
	if (rc < 0)
		return rc;
	if (layers_of(s->plan->topology, i, s->plan->layer_dirs, &node->layers) < 0)
		return err_set(e, ENOMEM, "out of memory");
	node->services = calloc(supervisor_role(s, i)->services_len + 1, sizeof(*node->services));
	if (node->services == NULL)
		return err_set(e, ENOMEM, "out of memory");
	for (size_t k = 0; k < supervisor_role(s, i)->services_len; k++)
		node->services[k].pidfd = -1;
	node->plan = (struct node_plan){.topology = s->plan->topology,
		.node = i,
		.rootfs = s->plan->rootfs,
		.layers = node->layers,
		.scratch = scratch,
		.log_dir = node->log_dir,
		.lab_mark = mark};
	return node_spawn(&node->plan, &node->pid, &node->socket, e);
}

static int
spawn_all(struct supervisor *s, struct err *e)
{
	char scratch[PLACE_BYTES + 8];
	pid_t *pids;
	int rc;

	snprintf(scratch, sizeof(scratch), "%s/mnt", s->plan->dir);
	rc = fs_mkdirs(scratch, e);
	for (size_t i = 0; rc == 0 && i < s->plan->topology->nodes_len; i++)
		rc = spawn_node(s, i, e);
	pids = calloc(s->plan->topology->nodes_len + 1, sizeof(*pids));
	if (rc < 0 || pids == NULL) {
		free(pids);
		return rc < 0 ? rc : err_set(e, ENOMEM, "out of memory");
	}
	for (size_t i = 0; i < s->plan->topology->nodes_len; i++)
		pids[i] = s->nodes[i].pid;
	rc = wire_child_spawn(s->plan->topology, pids, &s->wire_pid, &s->wire_socket, e);
	free(pids);
	return rc;
}

static int
write_state(const struct supervisor *s, struct err *e)
{
	const struct topology *t = s->plan->topology;
	json_t *nodes = json_array(), *stacks = json_array(), *state;
	char path[PLACE_BYTES + 16], *text;
	int rc;

	for (size_t i = 0; i < t->nodes_len; i++)
		json_array_append_new(nodes,
			json_pack("{s:s, s:i}", "name", t->nodes[i].name, "pid",
				(int)s->nodes[i].pid));
	for (size_t i = 0; s->plan->stacks[i] != NULL; i++)
		json_array_append_new(stacks, json_string(s->plan->stacks[i]));
	state = json_pack("{s:s, s:s, s:s, s:i, s:s, s:s, s:s, s:o, s:o}", "schema", LAB_SCHEMA,
		"name", s->plan->name, "id", s->plan->id, "supervisor_pid", (int)getpid(),
		"topology", conf_path(t->conf), "variant", s->plan->variant, "rootfs",
		s->plan->rootfs, "stacks", stacks, "nodes", nodes);
	json_object_set_new(state, "rootless", json_boolean(rootless_inside()));
	json_object_set_new(state, "left_out", topology_left_out_json(t));
	text = state == NULL ? NULL : json_dumps(state, JSON_INDENT(1));
	json_decref(state);
	if (text == NULL)
		return err_set(e, EINVAL, "a path or name in the lab's state is not UTF-8");
	snprintf(path, sizeof(path), "%s/state.json", s->plan->dir);
	rc = fs_write(path, text, strlen(text), e);
	free(text);
	return rc;
}

static int
listen_ctl(struct supervisor *s, struct err *e)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};

	s->listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/ctl", s->plan->dir) >=
		(int)sizeof(addr.sun_path))
		return err_set(e, ENAMETOOLONG, "%s: too long a path for a socket", s->plan->dir);
	if (s->listener < 0 ||
		bind(s->listener, (const struct sockaddr *)&addr, sizeof(addr)) < 0 ||
		chmod(addr.sun_path, 0600) < 0 || listen(s->listener, 8) < 0)
		return err_sys(e, errno, "%s", addr.sun_path);
	return 0;
}

static void
tick(struct supervisor *s)
{
	size_t waiting = 0;

	for (size_t i = 0; i < s->plan->topology->nodes_len && !s->ending; i++) {
		const struct topo_role *role = supervisor_role(s, i);

		for (size_t k = 0; k < role->services_len; k++) {
			const struct service *service = &s->nodes[i].services[k];

			if (service->state == SERVICE_STARTING)
				supervisor_try_ready(s, i, k);
			else if (service->restart.ns != 0 && mono_left_ms(service->restart) == 0)
				supervisor_start_service(s, i, k);
			waiting += s->nodes[i].services[k].state != SERVICE_READY;
		}
	}
	if (s->up || s->ending)
		return;
	if (waiting == 0 && s->configured == s->plan->topology->nodes_len) {
		s->up = true;
		if (s->lease >= 0)
			supervisor_send(s->lease, json_pack("{s:b}", "up", 1));
		return;
	}
	if (mono_left_ms(s->deadline) > 0)
		return;
	for (size_t i = 0; i < s->plan->topology->nodes_len; i++)
		for (size_t k = 0; k < supervisor_role(s, i)->services_len; k++)
			if (s->nodes[i].services[k].state == SERVICE_STARTING)
				supervisor_fail_service(s, i, k, "was not ready in time");
	supervisor_fail(s, "the nodes did not come up in time");
}

static bool
anything_starting(const struct supervisor *s)
{
	if (!s->up)
		return true;
	for (size_t i = 0; i < s->plan->topology->nodes_len; i++)
		for (size_t k = 0; k < supervisor_role(s, i)->services_len; k++)
			if (s->nodes[i].services[k].state == SERVICE_STARTING ||
				s->nodes[i].services[k].restart.ns != 0)
				return true;
	return false;
}

static void
take_lease(struct supervisor *s)
{
	char text[256];
	ssize_t n = recv(s->lease, text, sizeof(text), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0)
		s->ending = true; /* whoever wanted the lab is gone */
	else if (memmem(text, (size_t)n, "\"detach\"", 8) == NULL)
		return;
	close(s->lease);
	s->lease = -1;
}

static void
take_wire(struct supervisor *s)
{
	struct err e = {0};

	if (s->wire_ready || wire_child_ready(s->wire_socket, &e) < 0) {
		supervisor_fail(s, e.code ? e.text : "the link emulator died");
		return;
	}
	s->wire_ready = true;
	configure_when_standing(s);
}

static void
take_client(struct supervisor *s)
{
	int fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC);

	for (size_t i = 0; fd >= 0 && i < SUPERVISOR_CLIENTS; i++) {
		if (s->clients[i] >= 0)
			continue;
		s->clients[i] = fd;
		return;
	}
	if (fd >= 0)
		close(fd);
}

/* Poll everything once. The order of the slots: signals, lease, listener, wire, clients, nodes. */
static void
turn(struct supervisor *s, int signals, struct pollfd *fds)
{
	size_t nodes = s->plan->topology->nodes_len, first_node = 4 + SUPERVISOR_CLIENTS;
	struct signalfd_siginfo info;

	fds[0].fd = signals;
	fds[1].fd = s->lease;
	fds[2].fd = s->listener;
	fds[3].fd = s->wire_socket;
	for (size_t i = 0; i < SUPERVISOR_CLIENTS; i++)
		fds[4 + i].fd = s->clients[i];
	for (size_t i = 0; i < nodes; i++)
		fds[first_node + i].fd = s->nodes[i].socket;
	for (size_t i = 0; i < first_node + nodes; i++) {
		fds[i].events = POLLIN;
		fds[i].revents = 0;
	}
	if (poll(fds, first_node + nodes, anything_starting(s) ? TICK_MS : -1) < 0)
		return;
	if (fds[0].revents && read(signals, &info, sizeof(info)) > 0 && info.ssi_signo != SIGCHLD)
		s->ending = true;
	for (size_t i = 0; i < nodes; i++)
		if (fds[first_node + i].revents)
			take_news(s, i);
	if (fds[3].revents)
		take_wire(s);
	if (fds[1].revents)
		take_lease(s);
	if (fds[2].revents)
		take_client(s);
	for (size_t i = 0; i < SUPERVISOR_CLIENTS; i++)
		if (fds[4 + i].revents && supervisor_serve(s, s->clients[i]) < 0) {
			close(s->clients[i]);
			s->clients[i] = -1;
		}
	tick(s);
}

static void
end_process(pid_t pid, int signal)
{
	if (pid <= 0)
		return;
	if (signal != 0)
		kill(pid, signal);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/*
 * PID 1 of each node takes its namespaces with it. The link emulator is not killed but told, by
 * closing its socket: it removes the TAPs side by side, the kernel would do it one by one (90
 * TAPs: 0.1 s against 3.3 s here).
 */
static void
end_all(struct supervisor *s)
{
	for (size_t i = 0; i < s->plan->topology->nodes_len; i++)
		if (s->nodes[i].pid > 0)
			kill(s->nodes[i].pid, SIGKILL);
	if (s->wire_socket >= 0)
		close(s->wire_socket);
	for (size_t i = 0; i < s->plan->topology->nodes_len; i++)
		end_process(s->nodes[i].pid, 0);
	end_process(s->wire_pid, SIGTERM);
	for (size_t i = 0; i < s->plan->topology->nodes_len; i++) {
		layers_free(s->nodes[i].layers);
		free(s->nodes[i].services);
	}
	ended_tidy(s->plan->dir);
}

int
supervisor_run(const struct supervisor_plan *plan)
{
	struct supervisor *s = calloc(1, sizeof(*s));
	struct pollfd *fds =
		calloc(4 + SUPERVISOR_CLIENTS + plan->topology->nodes_len, sizeof(*fds));
	struct err e = {0};
	sigset_t mask;
	int signals;

	if (s == NULL || fds == NULL)
		abort();
	s->plan = plan;
	s->lease = plan->lease;
	s->listener = s->wire_socket = -1;
	s->nodes = calloc(plan->topology->nodes_len + 1, sizeof(*s->nodes));
	for (size_t i = 0; i < plan->topology->nodes_len; i++)
		s->nodes[i].socket = -1;
	for (size_t i = 0; i < SUPERVISOR_CLIENTS; i++)
		s->clients[i] = -1;
	s->deadline = mono_add(mono_now(), plan->start_ms * NS_PER_MS);
	sigemptyset(&mask);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGHUP);
	sigaddset(&mask, SIGCHLD);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	prctl(PR_SET_NAME, "catchment-lab");
	if (listen_ctl(s, &e) < 0 || spawn_all(s, &e) < 0 || write_state(s, &e) < 0)
		supervisor_fail(s, e.text);
	while (!s->ending)
		turn(s, signals, fds);
	if (s->failure.code != 0 && s->up && s->lease < 0)
		ended_leave(plan->dir, s->failure.text);
	end_all(s);
	if (s->failure.code != 0 && s->lease >= 0)
		supervisor_send(s->lease,
			json_pack("{s:s, s:o}", "error", s->failure.text, "log",
				s->failure_log ? s->failure_log : json_array()));
	free(fds);
	free(s->nodes);
	free(s);
	return 0;
}
