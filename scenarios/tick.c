/* tick.c - when the health check of a node asks its DNS server, seen as it happens. */
#include "scenarios/tick.h"

#include <errno.h>
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/dns.h"
#include "lib/netns.h"
#include "lib/pkt.h"

enum { ADDRESSES = 8, KEPT = 64, ENOUGH = 3, FRAME_BYTES = 2048, DNS_PORT = 53 };

struct address {
	uint8_t family, addr[16];
	size_t seen;	      /* all in all */
	struct mono at[KEPT]; /* the latest, in a ring */
};

struct tick {
	int fd; /* -1: none */
	struct address address[ADDRESSES];
	size_t addresses;
};

struct tick *
tick_new(void)
{
	struct tick *t = calloc(1, sizeof(*t));

	if (t == NULL)
		abort();
	t->fd = -1;
	return t;
}

void
tick_close(struct tick *t)
{
	if (t == NULL)
		return;
	if (t->fd >= 0)
		close(t->fd);
	free(t);
}

/* In the namespace. */
static int
listen_on_loopback(struct err *e)
{
	struct sockaddr_ll to = {.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = (int)if_nametoindex("lo")};
	int one = 1, fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return err_sys(e, errno, "packet socket");
	if (to.sll_ifindex != 0 &&
		setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof(one)) == 0 &&
		bind(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		return fd;
	(void)err_sys(e, errno, "packet socket on lo");
	close(fd);
	return -e->code;
}

int
tick_open(const char *netns, struct tick **ret, struct err *e)
{
	int home, fd, back, rc = netns_enter(netns, &home, e);

	if (rc < 0)
		return rc;
	fd = listen_on_loopback(e);
	back = netns_leave(home, e);
	if (back < 0 && fd >= 0)
		close(fd);
	if (fd < 0 || back < 0)
		return fd < 0 ? fd : back;
	*ret = tick_new();
	(*ret)->fd = fd;
	return 0;
}

static struct address *
address_of(struct tick *t, const struct pkt_view *v)
{
	struct address *a = t->address;

	for (; a < t->address + t->addresses; a++)
		if (a->family == v->family && memcmp(a->addr, v->dst, sizeof(a->addr)) == 0)
			return a;
	if (t->addresses == ADDRESSES)
		return NULL;
	t->addresses++;
	a->family = v->family;
	memcpy(a->addr, v->dst, sizeof(a->addr));
	return a;
}

void
tick_take(struct tick *t, const uint8_t *frame, size_t len_bytes, struct mono at)
{
	struct pkt_view v;
	struct dns_msg m;
	struct address *a;

	if (pkt_dissect(PKT_LINK_ETHERNET, frame, len_bytes, &v) < 0 || v.proto != PKT_UDP ||
		v.dport != DNS_PORT || dns_read_question(v.payload, v.payload_bytes, &m) < 0 ||
		(m.flags & DNS_QR))
		return;
	a = address_of(t, &v);
	if (a != NULL)
		a->at[a->seen++ % KEPT] = at;
}

static struct mono
instant_of(struct msghdr *msg, int64_t offset_ns)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
		struct timespec ts;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS)
			continue;
		memcpy(&ts, CMSG_DATA(c), sizeof(ts));
		return (struct mono){ts.tv_sec * NS_PER_S + ts.tv_nsec - offset_ns};
	}
	return mono_now();
}

void
tick_read(struct tick *t)
{
	uint8_t frame[FRAME_BYTES];
	_Alignas(struct cmsghdr) char control[128];
	int64_t offset_ns = clock_offset_ns(NULL);

	for (;;) {
		struct sockaddr_ll from = {0};
		struct iovec iov = {frame, sizeof(frame)};
		struct msghdr msg = {.msg_name = &from,
			.msg_namelen = sizeof(from),
			.msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof(control)};
		ssize_t n = recvmsg(t->fd, &msg, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return;
		/* The loopback shows each packet twice: as it goes out, and as it comes in. */
		if (from.sll_pkttype != PACKET_OUTGOING)
			tick_take(t, frame, (size_t)n, instant_of(&msg, offset_ns));
	}
}

static int
by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

bool
tick_rhythm(const struct tick *t, struct tick_rhythm *ret)
{
	const struct address *a = NULL;
	int64_t gap_ns[KEPT];
	size_t kept;

	for (size_t i = 0; i < t->addresses; i++)
		if (a == NULL || t->address[i].seen > a->seen)
			a = &t->address[i];
	if (a == NULL || a->seen < ENOUGH)
		return false;
	kept = a->seen < KEPT ? a->seen : KEPT;
	for (size_t i = 1; i < kept; i++)
		gap_ns[i - 1] =
			mono_diff_ns(a->at[(a->seen - i) % KEPT], a->at[(a->seen - i - 1) % KEPT]);
	qsort(gap_ns, kept - 1, sizeof(gap_ns[0]), by_size);
	*ret = (struct tick_rhythm){.period_ns = gap_ns[(kept - 1) / 2],
		.last = a->at[(a->seen - 1) % KEPT],
		.ticks = a->seen};
	return ret->period_ns > 0;
}

struct mono
tick_between(const struct tick_rhythm *r, struct mono earliest)
{
	struct mono at = mono_add(r->last, r->period_ns / 2);
	int64_t behind_ns = mono_diff_ns(earliest, at);

	if (behind_ns > 0)
		at = mono_add(at, (behind_ns + r->period_ns - 1) / r->period_ns * r->period_ns);
	return at;
}
