/* loopback.h - a network namespace of a test program's own, with nothing in it but lo. Included after cmocka. */
#ifndef TESTS_UNIT_LOOPBACK_H
#define TESTS_UNIT_LOOPBACK_H

#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *no_lab; /* why there is no namespace to test in */

/* Enter it; where there can be none `no_lab` says why. Returns 0, or -1 if it cannot be used. */
static inline int
enter_loopback(void)
{
	struct ifreq ifr = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int fd;

	if (unshare(CLONE_NEWNET) < 0) {
		no_lab = strerror(errno);
		return 0;
	}
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &ifr) < 0)
		return -1;
	return close(fd);
}

static inline void
need_lab(void)
{
	if (no_lab == NULL)
		return;
	print_message("skipped: no network namespace (%s)\n", no_lab);
	skip();
}

#endif
