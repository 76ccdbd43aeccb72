/*
 * carrier_bench.c - how soon a node's daemons can know that a link lost its carrier.
 *
 * From the middle of the emulator's bracket around the system calls that took it to the receipt of
 * RTM_NEWLINK without IFF_RUNNING by a listener in the namespace of each end: one link, and ten at
 * once, cut and given back again and again within a second.
 *
 * Must be run as root. Takes a few seconds.
 */
#include "tests/unit/lab/test_wire_rig.h"

#include "lib/hist.h"

enum { LINKS = 10, CUTS = 20, PATIENCE_MS = 3000 };

struct bench {
	int netns_fd[2], listen_fd[2], home_fd, ctl_fd;
	unsigned int index[2][LINKS];
	pid_t pid;
};

static void
emulate(const struct bench *b, int ctl_fd)
{
	struct wire_link_spec specs[LINKS] = {0};
	struct wire *w;
	struct err e;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int i = 0; i < LINKS; i++) {
		snprintf(specs[i].name, sizeof(specs[i].name), "l%d", i);
		for (int end = 0; end < 2; end++) {
			const uint8_t mac[6] = {2, 0, 0, 0, (uint8_t)end, (uint8_t)(i + 1)};

			specs[i].netns_fd[end] = b->netns_fd[end];
			snprintf(specs[i].ifname[end], 16, "e%d", i);
			memcpy(specs[i].mac[end], mac, 6);
		}
	}
	if (wire_new(specs, LINKS, &w, &e) < 0 || send(ctl_fd, "{}", 2, MSG_NOSIGNAL) != 2 ||
		wire_run(w, ctl_fd, &e) < 0) {
		fprintf(stderr, "carrier_bench: %s\n", e.text);
		_exit(1);
	}
	wire_free(w);
	_exit(0);
}

/* Every interface of the namespace up, and who listens there. */
static void
listen_at(struct bench *b, int end)
{
	struct sockaddr_nl links = {.nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	for (int i = 0; i < LINKS; i++) {
		struct ifreq ifr = {.ifr_flags = IFF_UP | IFF_RUNNING};

		snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "e%d", i);
		if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &ifr) < 0)
			rig_die("interface up");
		b->index[end][i] = if_nametoindex(ifr.ifr_name);
	}
	close(fd);
	b->listen_fd[end] = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (b->listen_fd[end] < 0 ||
		bind(b->listen_fd[end], (struct sockaddr *)&links, sizeof(links)) < 0)
		rig_die("netlink");
}

static void
start(struct bench *b)
{
	int pair[2];
	char ready[8];

	b->home_fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (b->home_fd < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		rig_die("socketpair");
	for (int end = 0; end < 2; end++)
		b->netns_fd[end] = rig_netns();
	rig_enter(b->home_fd);
	b->pid = fork();
	if (b->pid == 0) {
		close(pair[0]);
		emulate(b, pair[1]);
	}
	close(pair[1]);
	b->ctl_fd = pair[0];
	if (b->pid < 0 || recv(b->ctl_fd, ready, sizeof(ready), 0) != 2)
		rig_die("the emulator did not start");
	for (int end = 0; end < 2; end++) {
		rig_enter(b->netns_fd[end]);
		listen_at(b, end);
	}
	rig_enter(b->home_fd);
}

/* Read what one listener has; marks the links that it says are as wanted. Returns how many new. */
static int
hear(const struct bench *b, int end, bool running, bool seen[LINKS], struct mono at[LINKS])
{
	char buf[32768] __attribute__((aligned(8)));
	ssize_t len = recv(b->listen_fd[end], buf, sizeof(buf), MSG_DONTWAIT);
	int news = 0;

	for (char *p = buf; len >= (ssize_t)(NLMSG_HDRLEN + sizeof(struct ifinfomsg));) {
		struct nlmsghdr h;
		struct ifinfomsg info;

		memcpy(&h, p, sizeof(h));
		memcpy(&info, p + NLMSG_HDRLEN, sizeof(info));
		for (int i = 0; i < LINKS; i++)
			if (h.nlmsg_type == RTM_NEWLINK && !seen[i] &&
				(unsigned int)info.ifi_index == b->index[end][i] &&
				!!(info.ifi_flags & IFF_RUNNING) == running) {
				seen[i] = true;
				at[i] = mono_now();
				news++;
			}
		p += NLMSG_ALIGN(h.nlmsg_len);
		len -= (ssize_t)NLMSG_ALIGN(h.nlmsg_len);
	}
	return news;
}

/* Change the carrier of the first n links; how long each of the 2 n listeners waited. */
static int
change(const struct bench *b, int n, bool carrier, struct hist *h)
{
	struct mono deadline = mono_add(mono_now(), PATIENCE_MS * NS_PER_MS), at[2][LINKS];
	bool seen[2][LINKS] = {0};
	char text[256] = "{\"op\":\"set\",\"links\":[";
	size_t len = strlen(text);
	int64_t middle_ns;
	json_t *reply;
	int left = 2 * n;

	for (int i = 0; i < n; i++)
		len += (size_t)snprintf(
			text + len, sizeof(text) - len, "%s\"l%d\"", i > 0 ? "," : "", i);
	snprintf(text + len, sizeof(text) - len, "],\"carrier\":%s}", carrier ? "true" : "false");
	reply = rig_ask(&(struct rig){.ctl_fd = b->ctl_fd}, text);
	middle_ns = (json_integer_value(json_object_get(reply, "before_mono_ns")) +
			    json_integer_value(json_object_get(reply, "after_mono_ns"))) /
		2;
	json_decref(reply);
	while (left > 0 && mono_left_ms(deadline) > 0) {
		struct pollfd p[2] = {{.fd = b->listen_fd[0], .events = POLLIN},
			{.fd = b->listen_fd[1], .events = POLLIN}};

		poll(p, 2, mono_left_ms(deadline));
		for (int end = 0; end < 2; end++)
			left -= hear(b, end, carrier, seen[end], at[end]);
	}
	for (int i = 0; h != NULL && i < 2 * n; i++)
		if (seen[i & 1][i / 2])
			hist_add(h, at[i & 1][i / 2].ns - middle_ns);
	return left;
}

int
main(void)
{
	struct bench b = {0};
	static struct hist h;
	int missed = 0;

	if (rig_missing() != NULL) {
		printf("skipped: %s\n", rig_missing());
		return 0;
	}
	start(&b);
	change(&b, LINKS, false, NULL); /* IFF_UP's own notices are over */
	change(&b, LINKS, true, NULL);
	printf("%-22s %6s %8s %8s %8s %7s\n", "carrier seen, ms", "n", "p50", "p99", "max",
		"missed");
	for (int n = 1; n <= LINKS; n += LINKS - 1) {
		hist_reset(&h);
		for (int i = 0, lost = 0; i < CUTS; i++, missed += lost) {
			lost = change(&b, n, false, &h);
			lost += change(&b, n, true, &h);
		}
		printf("%2d link%-17s %6llu %8.2f %8.2f %8.2f %7d\n", n, n == 1 ? "" : "s at once",
			(unsigned long long)h.count, (double)hist_quantile_ns(&h, 0.5) / 1e6,
			(double)hist_quantile_ns(&h, 0.99) / 1e6, (double)h.max_ns / 1e6, missed);
	}
	close(b.ctl_fd);
	waitpid(b.pid, NULL, 0);
	return missed == 0 ? 0 : 1;
}
