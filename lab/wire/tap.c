/* tap.c - one end of a link: a TAP interface in some network namespace, seen from the emulator. */
#include "lab/wire/tap.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/ethtool.h>
#include <linux/if_tun.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <net/if_arp.h>

enum { CLOSE_AT_ONCE = 128 };

static int
configure(struct wire_tap *t, const char *ifname, const uint8_t mac[static 6], struct err *e)
{
	struct ifreq ifr = {.ifr_flags = IFF_TAP | IFF_NO_PI};

	strncpy(ifr.ifr_name, ifname, sizeof(ifr.ifr_name) - 1);
	if (ioctl(t->fd, TUNSETIFF, &ifr) < 0)
		return err_sys(e, errno, "cannot make the TAP interface %s", ifname);
	if (ioctl(t->fd, TUNSETOFFLOAD, 0UL) < 0)
		return err_sys(e, errno, "cannot switch off the offloads of %s", ifname);
	ifr.ifr_hwaddr.sa_family = ARPHRD_ETHER;
	memcpy(ifr.ifr_hwaddr.sa_data, mac, 6);
	if (ioctl(t->fd, SIOCSIFHWADDR, &ifr) < 0)
		return err_sys(e, errno, "cannot set the MAC address of %s", ifname);
	return 0;
}

int
wire_tap_open(struct wire_tap *t, const char *ifname, const uint8_t mac[static 6], struct err *e)
{
	int rc;

	*t = (struct wire_tap){.fd = -1, .sock = -1, .carrier = true};
	t->fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (t->fd < 0)
		return err_sys(e, errno, "cannot open /dev/net/tun");
	t->sock = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (t->sock < 0)
		rc = err_sys(e, errno, "cannot open a socket for %s", ifname);
	else
		rc = configure(t, ifname, mac, e);
	if (rc < 0)
		wire_tap_close(t);
	return rc;
}

void
wire_tap_close(struct wire_tap *t)
{
	if (t->fd >= 0)
		close(t->fd);
	if (t->sock >= 0)
		close(t->sock);
	t->fd = t->sock = -1;
}

static void *
close_main(void *arg)
{
	wire_tap_close(arg);
	return NULL;
}

void
wire_tap_close_all(struct wire_tap *taps, size_t n)
{
	pthread_t threads[CLOSE_AT_ONCE];
	size_t done = 0;

	while (done < n) {
		size_t started = 0;

		while (started < CLOSE_AT_ONCE && done < n) {
			if (pthread_create(&threads[started], NULL, close_main, &taps[done]) == 0)
				started++;
			else
				wire_tap_close(&taps[done]);
			done++;
		}
		while (started > 0)
			pthread_join(threads[--started], NULL);
	}
}

int
wire_tap_carrier(struct wire_tap *t, bool carrier)
{
	int on = carrier;

	if (ioctl(t->fd, TUNSETCARRIER, &on) < 0)
		return -errno;
	t->carrier = carrier;
	return 0;
}

void
wire_tap_announce(const struct wire_tap *t)
{
	struct ethtool_value link = {.cmd = ETHTOOL_GLINK};
	struct ifreq ifr = {0};

	if (ioctl(t->fd, TUNGETIFF, &ifr) < 0) /* its name now: it may have been renamed */
		return;
	ifr.ifr_data = (void *)&link;
	(void)ioctl(t->sock, SIOCETHTOOL, &ifr);
}
