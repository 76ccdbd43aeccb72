/* wire_child.c - the link emulator as a child process of the supervisor. */
#include "lab/wire_child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lab/wire/wire.h"
#include "lib/openfiles.h"

enum { END_SECONDS = 3 };

static struct wire_link_spec *
make_specs(const struct topology *t, const int *netns_fds)
{
	struct wire_link_spec *specs = calloc(t->links_len + 1, sizeof(*specs));

	for (size_t i = 0; specs != NULL && i < t->links_len; i++) {
		const struct topo_link *link = &t->links[i];

		memcpy(specs[i].name, link->name, sizeof(specs[i].name));
		for (int end = 0; end < 2; end++) {
			const struct topo_iface *iface =
				&t->nodes[link->node[end]].ifaces[link->iface[end]];

			specs[i].netns_fd[end] = netns_fds[link->node[end]];
			memcpy(specs[i].ifname[end], iface->name, sizeof(iface->name));
			memcpy(specs[i].mac[end], iface->mac, sizeof(iface->mac));
			specs[i].impair[end] = link->impair;
			specs[i].impair[end].delay_ns = link->delay_ns;
		}
	}
	return specs;
}

static int
open_netns(const struct topology *t, const pid_t *init_pids, int *netns_fds, struct err *e)
{
	for (size_t i = 0; i < t->nodes_len; i++) {
		char path[64];

		snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)init_pids[i]);
		netns_fds[i] = open(path, O_RDONLY | O_CLOEXEC);
		if (netns_fds[i] < 0)
			return err_sys(e, errno, "%s", path);
	}
	return 0;
}

static void
go_soon(int signal)
{
	(void)signal;
	alarm(END_SECONDS);
}

static void
child_main(const struct topology *t, const pid_t *init_pids, int socket)
{
	int *netns_fds = calloc(t->nodes_len + 1, sizeof(*netns_fds));
	struct wire_link_spec *specs;
	struct wire *wire = NULL;
	struct err e = {0};

	/* Two of each TAP; the soft limit of 1,024 would end at 250 links. */
	if (openfiles_allow(4 * t->links_len + t->nodes_len, &e) < 0)
		goto failed;
	if (netns_fds == NULL || open_netns(t, init_pids, netns_fds, &e) < 0)
		goto failed;
	specs = make_specs(t, netns_fds);
	if (specs == NULL || wire_new(specs, t->links_len, &wire, &e) < 0)
		goto failed;
	for (size_t i = 0; i < t->nodes_len; i++)
		close(netns_fds[i]);
	free(specs);
	free(netns_fds);
	if (send(socket, "ready", 5, MSG_NOSIGNAL) < 0)
		_exit(1);
	if (wire_run(wire, socket, &e) < 0)
		fprintf(stderr, "link emulator: %s\n", e.text);
	wire_free(wire);
	_exit(0);
failed:
	send(socket, e.text, strlen(e.text), MSG_NOSIGNAL);
	_exit(1);
}

int
wire_child_spawn(const struct topology *t, const pid_t *init_pids, pid_t *ret_pid, int *ret_socket,
	struct err *e)
{
	int pair[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(e, errno, "socketpair");
	pid = fork();
	if (pid == 0) {
		struct pollfd hangup = {.fd = pair[1], .events = POLLIN};
		sigset_t none;

		/* The end of the socket is the usual word to go; this is for one that hangs. */
		signal(SIGTERM, go_soon);
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		close(pair[0]);
		if (poll(&hangup, 1, 0) > 0 && (hangup.revents & POLLHUP))
			_exit(1);
		dup2(pair[1], STDERR_FILENO + 1);
		close_range(STDERR_FILENO + 2, ~0U, 0);
		prctl(PR_SET_NAME, "catchment-wire");
		child_main(t, init_pids, STDERR_FILENO + 1);
	}
	close(pair[1]);
	if (pid < 0) {
		int code = errno;

		close(pair[0]);
		return err_sys(e, code, "fork");
	}
	*ret_pid = pid;
	*ret_socket = pair[0];
	return 0;
}

int
wire_child_ready(int socket, struct err *e)
{
	char text[768];
	ssize_t n = recv(socket, text, sizeof(text) - 1, 0);

	if (n <= 0)
		return err_set(e, EIO, "the link emulator died while it started");
	text[n] = '\0';
	if (strcmp(text, "ready") == 0)
		return 0;
	return err_set(e, EIO, "link emulator: %s", text);
}
