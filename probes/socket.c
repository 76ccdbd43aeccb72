/* socket.c - the UDP socket of one stream: bound to its source, in its namespace, not connected. */
#include "probes/socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/errqueue.h>
#include <linux/icmpv6.h>
#include <netinet/ip_icmp.h>
#include <string.h>
#include <unistd.h>

#include "lib/netns.h"

enum { BUFFER_BYTES = 1 << 20 };

static int
set_up(int fd, const struct plan_stream *s)
{
	static const int on = 1, buffer_bytes = BUFFER_BYTES;
	bool v6 = s->source.family == AF_INET6;
	struct sockaddr_storage addr;
	socklen_t addr_len = inet_sockaddr(&s->source, 0, &addr);

	if (v6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) < 0)
		return -errno;
	if (setsockopt(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_FREEBIND : IP_FREEBIND, &on,
		    sizeof(on)) < 0 ||
		setsockopt(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_RECVERR : IP_RECVERR, &on,
			sizeof(on)) < 0 ||
		setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) < 0 ||
		setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof(on)) < 0)
		return -errno;
	/* beyond the system's limit where we may, up to it where not */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer_bytes, sizeof(buffer_bytes)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer_bytes, sizeof(buffer_bytes));
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &buffer_bytes, sizeof(buffer_bytes)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer_bytes, sizeof(buffer_bytes));
	return bind(fd, (struct sockaddr *)&addr, addr_len) < 0 ? -errno : 0;
}

int
socket_open(const struct plan_stream *s, uint32_t index, int *ret_fd, struct err *e)
{
	char text[INET_TEXT_BYTES];
	struct err why = {0};
	int home, fd, rc, back;

	rc = netns_enter(s->netns, &home, &why);
	if (rc < 0)
		return err_set(e, -rc, "stream %u (%s): %s", index, s->node, why.text);
	fd = socket(s->source.family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	rc = fd < 0 ? -errno : set_up(fd, s);
	back = netns_leave(home, &why);
	if (rc < 0)
		err_sys(e, -rc, "stream %u (%s): cannot open a UDP socket on %s", index, s->node,
			inet_show(&s->source, text));
	else if (back < 0)
		rc = err_set(e, -back, "stream %u (%s): %s", index, s->node, why.text);
	if (rc < 0) {
		if (fd >= 0)
			close(fd);
		return rc;
	}
	*ret_fd = fd;
	return 0;
}

static void
note_from(const struct sockaddr_storage *addr, struct socket_packet *ret)
{
	if (addr->ss_family == AF_INET) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)addr;

		ret->from = (struct inet){.family = AF_INET, .len = 32};
		memcpy(ret->from.addr, &in->sin_addr, 4);
		ret->port = ntohs(in->sin_port);
	} else {
		const struct sockaddr_in6 *in = (const struct sockaddr_in6 *)(const void *)addr;

		ret->from = (struct inet){.family = AF_INET6, .len = 128};
		memcpy(ret->from.addr, &in->sin6_addr, 16);
		ret->port = ntohs(in->sin6_port);
	}
}

static void
note_error(const struct cmsghdr *c, struct socket_packet *ret)
{
	struct sock_extended_err see;

	memcpy(&see, CMSG_DATA(c), sizeof(see));
	if (see.ee_origin == SO_EE_ORIGIN_ICMP)
		ret->unreachable =
			see.ee_type == ICMP_DEST_UNREACH && see.ee_code != ICMP_FRAG_NEEDED;
	else if (see.ee_origin == SO_EE_ORIGIN_ICMP6)
		ret->unreachable = see.ee_type == ICMPV6_DEST_UNREACH;
}

static int
receive(int fd, int flags, struct socket_packet *ret)
{
	struct sockaddr_storage addr = {0};
	union {
		struct cmsghdr align;
		uint8_t bytes[512];
	} control;
	struct iovec iov = {ret->data, sizeof(ret->data)};
	struct msghdr msg = {.msg_name = &addr,
		.msg_namelen = sizeof(addr),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control)};
	ssize_t n = recvmsg(fd, &msg, flags | MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	ret->len_bytes = (size_t)n;
	ret->received = (struct wall){0};
	ret->unreachable = false;
	ret->dropped = 0;
	note_from(&addr, ret);
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&msg); c != NULL; c = CMSG_NXTHDR(&msg, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
			struct timespec ts;

			memcpy(&ts, CMSG_DATA(c), sizeof(ts));
			ret->received.ns = (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
		} else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_RXQ_OVFL) {
			memcpy(&ret->dropped, CMSG_DATA(c), sizeof(ret->dropped));
		} else if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) ||
			(c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR)) {
			note_error(c, ret);
		}
	}
	if (ret->received.ns == 0)
		ret->received = wall_now(); /* never seen; the kernel stamps both queues */
	return 1;
}

int
socket_receive(int fd, struct socket_packet *ret)
{
	return receive(fd, 0, ret);
}

int
socket_receive_error(int fd, struct socket_packet *ret)
{
	return receive(fd, MSG_ERRQUEUE, ret);
}
