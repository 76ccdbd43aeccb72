/* reach.c - where load may be sent: never by accident into a network that other people use. */
#include "bench/load/reach.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/inet.h"

/* The first PID namespace has this inode on every Linux (PROC_PID_INIT_INO). */
static const ino_t first_pid_ns = 0xeffffffc;

static bool
loopback4(const uint8_t addr[static 4])
{
	return addr[0] == 127;
}

bool
reach_is_loopback(const struct sockaddr *to)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (to->sa_family == AF_INET) {
		memcpy(&v4, to, sizeof(v4));
		return loopback4((const uint8_t *)&v4.sin_addr);
	}
	if (to->sa_family != AF_INET6)
		return false;
	memcpy(&v6, to, sizeof(v6));
	if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr))
		return loopback4(v6.sin6_addr.s6_addr + 12);
	return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

/*
 * Is the thread in the network namespace that the kernel began with? Only that one has the settings of
 * all of them together in its /proc/sys.
 */
static bool
in_first_net_ns(void)
{
	return access("/proc/sys/net/core/netdev_budget", F_OK) == 0 ||
		access("/proc/sys/net/core/somaxconn", F_OK) < 0;
}

static bool
in_first_pid_ns(void)
{
	struct stat st;

	return stat("/proc/self/ns/pid", &st) == 0 && st.st_ino == first_pid_ns;
}

bool
reach_at_home(void)
{
	struct stat own, first;

	if (stat("/proc/thread-self/ns/net", &own) < 0)
		return true;
	if (stat("/proc/1/ns/net", &first) == 0)
		return own.st_dev == first.st_dev && own.st_ino == first.st_ino;
	/* PID 1 may not be looked at. In a container nothing else tells, so it counts as home. */
	return in_first_net_ns() || !in_first_pid_ns();
}

static const char *
show(const struct sockaddr *to, char out[static INET_TEXT_BYTES])
{
	struct inet a = {.family = (uint8_t)to->sa_family};
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (to->sa_family == AF_INET) {
		memcpy(&v4, to, sizeof(v4));
		memcpy(a.addr, &v4.sin_addr, sizeof(v4.sin_addr));
	} else {
		memcpy(&v6, to, sizeof(v6));
		memcpy(a.addr, &v6.sin6_addr, sizeof(v6.sin6_addr));
	}
	return inet_show(&a, out);
}

int
reach_check(const struct sockaddr *to, bool elsewhere, struct err *e)
{
	char text[INET_TEXT_BYTES];

	if (to->sa_family != AF_INET && to->sa_family != AF_INET6)
		return err_set(e, EAFNOSUPPORT, "load goes to IPv4 and IPv6 addresses only");
	if (reach_is_loopback(to) || elsewhere || !reach_at_home())
		return 0;
	return err_set(e, EPERM,
		"%s is neither loopback nor in a lab: --elsewhere sends load into a real network",
		show(to, text));
}
