/* net_iperf.c - libiperf's client and server, each in a process of its own: the library prints, and exits on errors. */
#include "bench/load/net_iperf.h"

#include <errno.h>
#include <fcntl.h>
#include <iperf_api.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/mono.h"
#include "lib/stop.h"
#include "lib/talk.h"

enum { TEXT_MAX_BYTES = 4 << 20, PATIENCE_S = 10, UDP_BYTES = 1200, LOOK_MS = 200 };

/* In the child: its own signals, one stdout, nothing on stderr, gone when its parent is. */
static struct iperf_test *
begin(int out, char role, const struct net_plan *p)
{
	struct iperf_test *test;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	dup2(null, STDIN_FILENO);
	dup2(out >= 0 ? out : null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	test = iperf_new_test();
	if (test == NULL || iperf_defaults(test) < 0)
		_exit(1);
	iperf_set_test_role(test, role);
	iperf_set_test_server_port(test, p->port);
	iperf_set_test_json_output(test, 1);
	return test;
}

static void
run_client(const struct net_plan *p, int out)
{
	struct iperf_test *test = begin(out, 'c', p);
	char to[INET_TEXT_BYTES], from[INET_TEXT_BYTES];

	iperf_set_test_server_hostname(test, inet_show(&p->to, to));
	if (p->bind.family != 0)
		iperf_set_test_bind_address(test, inet_show(&p->bind, from));
	iperf_set_test_duration(test, p->duration_s);
	iperf_set_test_omit(test, p->omit_s);
	if (p->udp_bps > 0) {
		set_protocol(test, Pudp);
		iperf_set_test_rate(test, p->udp_bps);
		iperf_set_test_blksize(test, UDP_BYTES);
	}
	if (iperf_run_client(test) < 0) {
		/* Where it had begun, its own words were printed. */
		dprintf(STDOUT_FILENO, "{\"error\": \"%s\"}\n", iperf_strerror(i_errno));
		_exit(1);
	}
	fflush(stdout);
	_exit(0);
}

static void
run_server(const struct net_plan *p)
{
	struct iperf_test *test = begin(-1, 's', p);
	char from[INET_TEXT_BYTES];

	if (p->bind.family != 0)
		iperf_set_test_bind_address(test, inet_show(&p->bind, from));
	for (;;) {
		/* Less than -1 is what it cannot begin anew after. */
		if (iperf_run_server(test) < -1)
			_exit(1);
		iperf_reset_test(test);
	}
}

/* All that the child prints. */
static int
hear(const struct net_plan *p, int from, struct buf *text, struct err *e)
{
	struct mono begin = mono_now();
	struct mono deadline = mono_add(begin, (p->duration_s + p->omit_s + PATIENCE_S) * NS_PER_S);

	for (;;) {
		struct pollfd pfd = {.fd = from, .events = POLLIN};
		char piece[8192];
		ssize_t n;

		if (stop_requested())
			return err_set(e, EINTR, "told to stop before it was measured");
		if (mono_left_ms(deadline) == 0)
			return err_set(e, ETIMEDOUT, "the measurement did not end in time");
		talk_live("measuring %s: %.0f of %d s", p->udp_bps > 0 ? "UDP" : "TCP",
			(double)mono_diff_ns(mono_now(), begin) / 1e9, p->duration_s + p->omit_s);
		if (poll(&pfd, 1, LOOK_MS) <= 0)
			continue;
		n = read(from, piece, sizeof(piece));
		if (n == 0)
			return 0;
		if (n > 0 && text->len < TEXT_MAX_BYTES)
			buf_add_len(text, piece, (size_t)n);
	}
}

int
net_client(const struct net_plan *p, char **ret_text, struct err *e)
{
	struct buf text = {0};
	int fds[2], rc;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return err_sys(e, errno, "pipe");
	pid = fork();
	if (pid == 0)
		run_client(p, fds[1]);
	close(fds[1]);
	if (pid < 0) {
		close(fds[0]);
		return err_sys(e, errno, "fork");
	}
	rc = hear(p, fds[0], &text, e);
	close(fds[0]);
	if (rc < 0)
		kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	if (rc == 0 && (text.failed || text.len == 0))
		rc = err_set(e, EIO, "libiperf said nothing");
	if (rc < 0) {
		buf_done(&text);
		return rc;
	}
	*ret_text = text.data;
	return 0;
}

pid_t
net_server(const struct net_plan *p, struct err *e)
{
	pid_t pid = fork();

	if (pid == 0)
		run_server(p);
	return pid < 0 ? err_sys(e, errno, "fork") : pid;
}
