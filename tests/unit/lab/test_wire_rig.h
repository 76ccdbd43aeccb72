/*
 * test_wire_rig.h - two network namespaces joined by one emulated link, for tests and the benchmark.
 *
 * End 0 is 192.0.2.1, end 1 is 192.0.2.2; neighbours are fixed and IPv6 is off, so that nothing
 * crosses the link that the test did not send. The emulator runs in a child, which dies with us.
 */
#ifndef TESTS_UNIT_LAB_TEST_WIRE_RIG_H
#define TESTS_UNIT_LAB_TEST_WIRE_RIG_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jansson.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "lab/wire/wire.h"
#include "lib/mono.h"

#define RIG_LINK "left:eth0--right:eth0"

struct rig {
	int home_fd;
	int netns_fd[2];
	int udp_fd[2];	/* each connected to the other */
	int link_fd[2]; /* rtnetlink, link changes */
	int ctl_fd;
	pid_t pid;
};

static const uint8_t rig_mac[2][6] = {{2, 0, 0, 0, 0, 1}, {2, 0, 0, 0, 0, 2}};

/* Why it cannot run here, or NULL. */
static inline const char *
rig_missing(void)
{
	if (geteuid() != 0)
		return "not root";
	if (access("/dev/net/tun", R_OK | W_OK) < 0)
		return "no /dev/net/tun";
	return NULL;
}

static inline void
rig_die(const char *what)
{
	fprintf(stderr, "rig: %s: %s\n", what, strerror(errno));
	exit(1);
}

static inline void
rig_enter(int netns_fd)
{
	if (setns(netns_fd, CLONE_NEWNET) < 0)
		rig_die("setns");
}

static inline int
rig_netns(void)
{
	int fd, off;

	if (unshare(CLONE_NEWNET) < 0)
		rig_die("unshare");
	fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		rig_die("open netns");
	off = open("/proc/sys/net/ipv6/conf/all/disable_ipv6", O_WRONLY | O_CLOEXEC);
	if (off >= 0) {
		if (write(off, "1", 1) != 1)
			rig_die("disable_ipv6");
		close(off);
	}
	return fd;
}

static inline struct sockaddr_in
rig_addr(int end, uint16_t port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};

	a.sin_addr.s_addr = htonl(0xc0000201U + (uint32_t)end);
	return a;
}

/* Address, up, the neighbour's MAC. */
static inline void
rig_plumb(int fd, int end)
{
	struct sockaddr_in addr = rig_addr(end, 0), mask = addr, peer = rig_addr(end ^ 1, 0);
	struct ifreq ifr = {.ifr_name = "eth0"};
	struct arpreq arp = {.arp_flags = ATF_PERM | ATF_COM, .arp_dev = "eth0"};

	memcpy(&ifr.ifr_addr, &addr, sizeof(addr));
	if (ioctl(fd, SIOCSIFADDR, &ifr) < 0)
		rig_die("SIOCSIFADDR");
	mask.sin_addr.s_addr = htonl(0xffffff00U);
	memcpy(&ifr.ifr_netmask, &mask, sizeof(mask));
	if (ioctl(fd, SIOCSIFNETMASK, &ifr) < 0)
		rig_die("SIOCSIFNETMASK");
	ifr.ifr_flags = IFF_UP | IFF_RUNNING;
	if (ioctl(fd, SIOCSIFFLAGS, &ifr) < 0)
		rig_die("SIOCSIFFLAGS");
	memcpy(&arp.arp_pa, &peer, sizeof(peer));
	arp.arp_ha.sa_family = ARPHRD_ETHER;
	memcpy(arp.arp_ha.sa_data, rig_mac[end ^ 1], 6);
	if (ioctl(fd, SIOCSARP, &arp) < 0)
		rig_die("SIOCSARP");
}

static inline void
rig_sockets(struct rig *r, int end)
{
	struct sockaddr_in own = rig_addr(end, 7), peer = rig_addr(end ^ 1, 7);
	struct sockaddr_nl links = {.nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK};
	int buffer_bytes = 8 << 20;

	r->udp_fd[end] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	r->link_fd[end] = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (r->udp_fd[end] < 0 || r->link_fd[end] < 0)
		rig_die("socket");
	rig_plumb(r->udp_fd[end], end);
	setsockopt(r->udp_fd[end], SOL_SOCKET, SO_RCVBUFFORCE, &buffer_bytes, sizeof(buffer_bytes));
	setsockopt(r->udp_fd[end], SOL_SOCKET, SO_SNDBUFFORCE, &buffer_bytes, sizeof(buffer_bytes));
	if (bind(r->udp_fd[end], (struct sockaddr *)&own, sizeof(own)) < 0 ||
		connect(r->udp_fd[end], (struct sockaddr *)&peer, sizeof(peer)) < 0 ||
		bind(r->link_fd[end], (struct sockaddr *)&links, sizeof(links)) < 0)
		rig_die("bind");
}

static inline void
rig_child(const struct rig *r, const int64_t delay_ns[2], int64_t spin_ns, int ctl_fd)
{
	struct wire_link_spec spec = {.name = RIG_LINK, .ifname = {"eth0", "eth0"}};
	struct wire *w;
	struct err e;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int i = 0; i < 2; i++) {
		spec.netns_fd[i] = r->netns_fd[i];
		spec.impair[i].delay_ns = delay_ns[i];
		memcpy(spec.mac[i], rig_mac[i], 6);
	}
	if (wire_new(&spec, 1, &w, &e) < 0) {
		fprintf(stderr, "rig: %s\n", e.text);
		_exit(1);
	}
	if (spin_ns >= 0)
		wire_set_spin(w, spin_ns);
	if (send(ctl_fd, "{}", 2, MSG_NOSIGNAL) != 2)
		_exit(1);
	if (wire_run(w, ctl_fd, &e) < 0) {
		fprintf(stderr, "rig: %s\n", e.text);
		_exit(1);
	}
	wire_free(w);
	_exit(0);
}

/* spin_ns -1: the default. */
static inline void
rig_start(struct rig *r, int64_t a2b_ns, int64_t b2a_ns, int64_t spin_ns)
{
	const int64_t delay_ns[2] = {a2b_ns, b2a_ns};
	int pair[2];
	char ready[8];

	r->home_fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (r->home_fd < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		rig_die("socketpair");
	for (int i = 0; i < 2; i++)
		r->netns_fd[i] = rig_netns();
	rig_enter(r->home_fd);
	r->pid = fork();
	if (r->pid == 0) {
		close(pair[0]);
		rig_child(r, delay_ns, spin_ns, pair[1]);
	}
	close(pair[1]);
	r->ctl_fd = pair[0];
	if (r->pid < 0 || recv(r->ctl_fd, ready, sizeof(ready), 0) != 2)
		rig_die("the emulator did not start");
	for (int i = 0; i < 2; i++) {
		rig_enter(r->netns_fd[i]);
		rig_sockets(r, i);
	}
	rig_enter(r->home_fd);
}

/* Closes the control socket; the emulator's wait status. */
static inline int
rig_stop(struct rig *r)
{
	int status = -1;

	close(r->ctl_fd);
	waitpid(r->pid, &status, 0);
	for (int i = 0; i < 2; i++) {
		close(r->udp_fd[i]);
		close(r->link_fd[i]);
		close(r->netns_fd[i]);
	}
	close(r->home_fd);
	return status;
}

/* A request and its reply; NULL when there is none. */
static inline json_t *
rig_ask(const struct rig *r, const char *request)
{
	static char reply[65536];
	ssize_t len;

	if (send(r->ctl_fd, request, strlen(request), MSG_NOSIGNAL) < 0)
		return NULL;
	len = recv(r->ctl_fd, reply, sizeof(reply), 0);
	return len > 0 ? json_loadb(reply, (size_t)len, 0, NULL) : NULL;
}

/* Readable before the deadline? */
static inline bool
rig_wait(int fd, int timeout_ms)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, timeout_ms) == 1;
}

#endif
