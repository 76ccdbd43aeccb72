/* rtnl.c - interfaces, addresses and routes of the network namespace that a socket was opened in. */
#include "lab/rtnl.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "lib/netns.h"

struct rtnl {
	struct mnl_socket *socket;
	uint32_t seq;
	union {
		struct nlmsghdr head;
		char bytes[8192];
	} buf;
};

int
rtnl_open(struct rtnl **ret, struct err *e)
{
	struct rtnl *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return err_sys(e, ENOMEM, "rtnetlink");
	r->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (r->socket == NULL || mnl_socket_bind(r->socket, 0, MNL_SOCKET_AUTOPID) < 0) {
		int code = errno;

		rtnl_close(r);
		return err_sys(e, code, "cannot open a rtnetlink socket");
	}
	*ret = r;
	return 0;
}

int
rtnl_open_in(const char *netns_path, struct rtnl **ret, struct err *e)
{
	int home, rc = netns_enter(netns_path, &home, e);

	if (rc < 0)
		return rc;
	rc = rtnl_open(ret, e);
	if (netns_leave(home, NULL) < 0)
		abort(); /* going on in another's namespace would touch the wrong network */
	return rc;
}

void
rtnl_close(struct rtnl *r)
{
	if (r == NULL)
		return;
	if (r->socket != NULL)
		mnl_socket_close(r->socket);
	free(r);
}

static struct nlmsghdr *
start(struct rtnl *r, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *head = mnl_nlmsg_put_header(r->buf.bytes);

	head->nlmsg_type = type;
	head->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	head->nlmsg_seq = ++r->seq;
	return head;
}

/* Send what was built and wait for the acknowledgement or, with `cb`, for the one answer. */
static int
finish(struct rtnl *r, mnl_cb_t cb, void *data, const char *what, struct err *e)
{
	ssize_t n;

	if (cb == NULL)
		r->buf.head.nlmsg_flags |= NLM_F_ACK;
	if (mnl_socket_sendto(r->socket, &r->buf, r->buf.head.nlmsg_len) < 0)
		return err_sys(e, errno, "%s", what);
	do {
		n = mnl_socket_recvfrom(r->socket, &r->buf, sizeof(r->buf));
		if (n < 0)
			return err_sys(e, errno, "%s", what);
		n = mnl_cb_run(
			&r->buf, (size_t)n, r->seq, mnl_socket_get_portid(r->socket), cb, data);
		if (n < 0)
			return err_sys(e, errno, "%s", what);
	} while (cb == NULL && n > 0);
	return 0;
}

static int
take_ifindex(const struct nlmsghdr *head, void *data)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(head);

	*(int *)data = info->ifi_index;
	return MNL_CB_STOP;
}

int
rtnl_ifindex(struct rtnl *r, const char *ifname, struct err *e)
{
	struct nlmsghdr *head = start(r, RTM_GETLINK, 0);
	int ifindex = -ENODEV, rc;

	mnl_nlmsg_put_extra_header(head, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(head, IFLA_IFNAME, ifname);
	rc = finish(r, take_ifindex, &ifindex, ifname, e);
	return rc < 0 ? rc : ifindex;
}

int
rtnl_link_up(struct rtnl *r, int ifindex, struct err *e)
{
	struct nlmsghdr *head = start(r, RTM_NEWLINK, 0);
	struct ifinfomsg *info = mnl_nlmsg_put_extra_header(head, sizeof(*info));

	info->ifi_index = ifindex;
	info->ifi_flags = IFF_UP;
	info->ifi_change = IFF_UP;
	return finish(r, NULL, NULL, "setting an interface up", e);
}

int
rtnl_bridge_add(struct rtnl *r, const char *ifname, struct err *e)
{
	struct nlmsghdr *head = start(r, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
	struct nlattr *nest;

	mnl_nlmsg_put_extra_header(head, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(head, IFLA_IFNAME, ifname);
	nest = mnl_attr_nest_start(head, IFLA_LINKINFO);
	mnl_attr_put_strz(head, IFLA_INFO_KIND, "bridge");
	mnl_attr_nest_end(head, nest);
	return finish(r, NULL, NULL, "adding a bridge", e);
}

int
rtnl_set_master(struct rtnl *r, int ifindex, int master_ifindex, struct err *e)
{
	struct nlmsghdr *head = start(r, RTM_NEWLINK, 0);
	struct ifinfomsg *info = mnl_nlmsg_put_extra_header(head, sizeof(*info));

	info->ifi_index = ifindex;
	mnl_attr_put_u32(head, IFLA_MASTER, (uint32_t)master_ifindex);
	return finish(r, NULL, NULL, "making an interface a bridge port", e);
}

int
rtnl_addr_add(struct rtnl *r, int ifindex, const struct inet *a, struct err *e)
{
	struct nlmsghdr *head = start(r, RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE);
	struct ifaddrmsg *info = mnl_nlmsg_put_extra_header(head, sizeof(*info));
	char text[INET_TEXT_BYTES];

	info->ifa_family = a->family;
	info->ifa_prefixlen = a->len;
	info->ifa_flags = a->family == AF_INET6 ? IFA_F_NODAD : 0;
	info->ifa_index = (uint32_t)ifindex;
	mnl_attr_put(head, IFA_LOCAL, inet_bits(a) / 8, a->addr);
	mnl_attr_put(head, IFA_ADDRESS, inet_bits(a) / 8, a->addr);
	return finish(r, NULL, NULL, inet_show_prefix(a, text), e);
}

int
rtnl_local_add(struct rtnl *r, int ifindex, const struct inet *prefix, struct err *e)
{
	struct nlmsghdr *head = start(r, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE);
	struct rtmsg *info = mnl_nlmsg_put_extra_header(head, sizeof(*info));
	char text[INET_TEXT_BYTES];

	info->rtm_family = prefix->family;
	info->rtm_dst_len = prefix->len;
	info->rtm_table = RT_TABLE_LOCAL;
	info->rtm_protocol = RTPROT_STATIC;
	info->rtm_type = RTN_LOCAL;
	info->rtm_scope = prefix->family == AF_INET ? RT_SCOPE_HOST : RT_SCOPE_UNIVERSE;
	mnl_attr_put(head, RTA_DST, inet_bits(prefix) / 8, prefix->addr);
	mnl_attr_put_u32(head, RTA_OIF, (uint32_t)ifindex);
	return finish(r, NULL, NULL, inet_show_prefix(prefix, text), e);
}

static void
take_gateway(const struct nlattr *attr, uint8_t family, struct rtnl_route *route)
{
	const uint8_t *bytes = mnl_attr_get_payload(attr);
	size_t len = mnl_attr_get_payload_len(attr);

	if (mnl_attr_get_type(attr) == RTA_VIA && len > 2) { /* struct rtvia: family, address */
		uint16_t via_family;

		memcpy(&via_family, bytes, sizeof(via_family));
		family = (uint8_t)via_family;
		bytes += 2;
		len -= 2;
	}
	route->gateway = (struct inet){.family = family};
	if (len != inet_bits(&route->gateway) / 8)
		return;
	route->gateway.len = (uint8_t)inet_bits(&route->gateway);
	memcpy(route->gateway.addr, bytes, len);
	route->has_gateway = true;
}

struct route_reader {
	uint8_t family;
	struct rtnl_route *route;
};

static int
take_route_attr(const struct nlattr *attr, void *data)
{
	struct route_reader *reader = data;

	switch (mnl_attr_get_type(attr)) {
	case RTA_OIF:
		if (mnl_attr_validate(attr, MNL_TYPE_U32) == 0)
			reader->route->oif = (int)mnl_attr_get_u32(attr);
		break;
	case RTA_GATEWAY:
	case RTA_VIA:
		take_gateway(attr, reader->family, reader->route);
		break;
	default:
		break;
	}
	return MNL_CB_OK;
}

static int
take_route(const struct nlmsghdr *head, void *data)
{
	const struct rtmsg *info = mnl_nlmsg_get_payload(head);
	struct route_reader reader = {info->rtm_family, data};

	reader.route->local = info->rtm_type == RTN_LOCAL;
	mnl_attr_parse(head, sizeof(*info), take_route_attr, &reader);
	return MNL_CB_STOP;
}

int
rtnl_route_get(struct rtnl *r, const struct inet *dst, struct rtnl_route *ret, struct err *e)
{
	struct nlmsghdr *head = start(r, RTM_GETROUTE, 0);
	struct rtmsg *info = mnl_nlmsg_put_extra_header(head, sizeof(*info));
	struct rtnl_route route = {0};
	char text[INET_TEXT_BYTES];
	int rc;

	info->rtm_family = dst->family;
	info->rtm_dst_len = (unsigned char)inet_bits(dst);
	mnl_attr_put(head, RTA_DST, inet_bits(dst) / 8, dst->addr);
	rc = finish(r, take_route, &route, inet_show(dst, text), e);
	if (rc == 0)
		*ret = route;
	return rc;
}
