/* rtmsg.c - what one rtnetlink message says of a route or an interface. */
#include "bench/record/rtmsg.h"

#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/inet.h"
#include "lib/routelog.h"

static const char *const types[] = {[RTN_UNSPEC] = "unspec",
	[RTN_UNICAST] = "unicast",
	[RTN_LOCAL] = "local",
	[RTN_BROADCAST] = "broadcast",
	[RTN_ANYCAST] = "anycast",
	[RTN_MULTICAST] = "multicast",
	[RTN_BLACKHOLE] = "blackhole",
	[RTN_UNREACHABLE] = "unreachable",
	[RTN_PROHIBIT] = "prohibit",
	[RTN_THROW] = "throw",
	[RTN_NAT] = "nat",
	[RTN_XRESOLVE] = "xresolve"};

static struct rtmsg_link *
find_link(const struct rtmsg_links *links, int index)
{
	for (size_t i = 0; i < links->len; i++)
		if (links->list[i].index == index)
			return &links->list[i];
	return NULL;
}

static struct rtmsg_link *
add_link(struct rtmsg_links *links)
{
	if (links->len == links->size) {
		links->size = links->size == 0 ? 16 : links->size * 2;
		links->list = reallocarray(links->list, links->size, sizeof(*links->list));
		if (links->list == NULL)
			abort();
	}
	return &links->list[links->len++];
}

static int
take_link_attr(const struct nlattr *attr, void *data)
{
	struct rtmsg_link *link = data;

	switch (mnl_attr_get_type(attr)) {
	case IFLA_IFNAME:
		if (mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) == 0)
			snprintf(link->name, sizeof(link->name), "%.*s", IFNAMSIZ - 1,
				mnl_attr_get_str(attr));
		break;
	case IFLA_CARRIER:
		if (mnl_attr_validate(attr, MNL_TYPE_U8) == 0)
			link->carrier = mnl_attr_get_u8(attr) != 0;
		break;
	default:
		break;
	}
	return MNL_CB_OK;
}

enum rtmsg_change
rtmsg_link_change(struct rtmsg_links *links, const struct nlmsghdr *head, struct rtmsg_link *ret)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(head);
	struct rtmsg_link link = {0}, *known;
	enum rtmsg_change change = RTMSG_CHANGED;

	if (mnl_nlmsg_get_payload_len(head) < sizeof(*info) || info->ifi_family != AF_UNSPEC)
		return RTMSG_SAME; /* a bridge tells of its ports so */
	link.index = info->ifi_index;
	link.up = (info->ifi_flags & IFF_UP) != 0;
	link.carrier = (info->ifi_flags & IFF_RUNNING) != 0;
	mnl_attr_parse(head, sizeof(*info), take_link_attr, &link);
	if (head->nlmsg_type == RTM_DELLINK)
		link.up = link.carrier = false;
	link.carrier = link.carrier && link.up;
	known = find_link(links, link.index);
	if (known == NULL)
		known = add_link(links);
	else if (known->up && !link.up)
		change = RTMSG_WENT_DOWN;
	else if (known->up == link.up && known->carrier == link.carrier &&
		strcmp(known->name, link.name) == 0)
		return RTMSG_SAME;
	*known = link;
	*ret = link;
	return change;
}

void
rtmsg_links_done(struct rtmsg_links *links)
{
	free(links->list);
	*links = (struct rtmsg_links){0};
}

/* ---- routes ---- */

struct route {
	uint8_t family;
	uint32_t table;
	uint32_t metric;
	struct inet dst;
	struct routelog_hop one; /* that of the route itself: all there is without a list */
	int one_index;
	const struct nlattr *several;
	bool bad;
};

/* An address as the kernel gives it: of the length of its family. */
static bool
take_address(const void *bytes, size_t len, uint8_t family, struct inet *ret)
{
	struct inet a = {.family = family};

	if (family != AF_INET && family != AF_INET6)
		return false;
	a.len = (uint8_t)inet_bits(&a);
	if (len != a.len / 8U)
		return false;
	memcpy(a.addr, bytes, len);
	*ret = a;
	return true;
}

static bool
take_gateway(const struct nlattr *attr, uint8_t family, struct routelog_hop *hop)
{
	const uint8_t *bytes = mnl_attr_get_payload(attr);
	size_t len = mnl_attr_get_payload_len(attr);
	uint16_t via_family;

	if (mnl_attr_get_type(attr) == RTA_VIA) { /* struct rtvia: family, address */
		if (len < sizeof(via_family))
			return false;
		memcpy(&via_family, bytes, sizeof(via_family));
		family = (uint8_t)via_family;
		bytes += sizeof(via_family);
		len -= sizeof(via_family);
	}
	hop->has_gateway = take_address(bytes, len, family, &hop->gateway);
	return hop->has_gateway;
}

static int
take_route_attr(const struct nlattr *attr, void *data)
{
	struct route *route = data;
	uint16_t type = mnl_attr_get_type(attr);

	switch (type) {
	case RTA_TABLE:
	case RTA_PRIORITY:
	case RTA_OIF:
		if (mnl_attr_validate(attr, MNL_TYPE_U32) < 0)
			route->bad = true;
		else if (type == RTA_TABLE)
			route->table = mnl_attr_get_u32(attr);
		else if (type == RTA_PRIORITY)
			route->metric = mnl_attr_get_u32(attr);
		else
			route->one_index = (int)mnl_attr_get_u32(attr);
		break;
	case RTA_DST:
		if (!take_address(mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr),
			    route->family, &route->dst))
			route->bad = true;
		break;
	case RTA_GATEWAY:
	case RTA_VIA:
		if (!take_gateway(attr, route->family, &route->one))
			route->bad = true;
		break;
	case RTA_MULTIPATH:
		route->several = attr;
		break;
	default:
		break;
	}
	return MNL_CB_OK;
}

struct hop_reader {
	uint8_t family;
	struct routelog_hop hop;
};

static int
take_hop_attr(const struct nlattr *attr, void *data)
{
	struct hop_reader *reader = data;

	if (mnl_attr_get_type(attr) == RTA_GATEWAY || mnl_attr_get_type(attr) == RTA_VIA)
		take_gateway(attr, reader->family, &reader->hop);
	return MNL_CB_OK;
}

static json_t *
hop_json(const struct rtmsg_links *links, const struct routelog_hop *hop, int index)
{
	const struct rtmsg_link *link = find_link(links, index);
	json_t *o = json_object();
	char text[INET_TEXT_BYTES];

	if (hop->has_gateway)
		json_object_set_new(o, "gw", json_string(inet_show(&hop->gateway, text)));
	if (index > 0 && link != NULL) {
		json_object_set_new(o, "if", json_string(link->name));
	} else if (index > 0) {
		snprintf(text, sizeof(text), "#%d", index);
		json_object_set_new(o, "if", json_string(text));
	}
	return o;
}

static json_t *
hops_json(const struct rtmsg_links *links, const struct route *route)
{
	json_t *via = json_array();
	const char *at;
	size_t left;

	if (route->several == NULL) {
		if (route->one.has_gateway || route->one_index > 0)
			json_array_append_new(via, hop_json(links, &route->one, route->one_index));
		return via;
	}
	at = mnl_attr_get_payload(route->several);
	left = mnl_attr_get_payload_len(route->several);
	while (json_array_size(via) < ROUTELOG_HOPS_MAX && left >= sizeof(struct rtnexthop)) {
		struct hop_reader reader = {.family = route->family};
		struct rtnexthop next;
		size_t step;

		memcpy(&next, at, sizeof(next));
		if (next.rtnh_len < sizeof(next) || next.rtnh_len > left)
			break;
		mnl_attr_parse_payload(
			at + sizeof(next), next.rtnh_len - sizeof(next), take_hop_attr, &reader);
		json_array_append_new(via, hop_json(links, &reader.hop, next.rtnh_ifindex));
		step = MNL_ALIGN(next.rtnh_len);
		if (step > left)
			break;
		at += step;
		left -= step;
	}
	return via;
}

json_t *
rtmsg_route_json(const struct rtmsg_links *links, const struct nlmsghdr *head)
{
	const struct rtmsg *info = mnl_nlmsg_get_payload(head);
	struct route route = {0};
	char dst[INET_TEXT_BYTES];
	const char *type;

	if (mnl_nlmsg_get_payload_len(head) < sizeof(*info) ||
		(info->rtm_family != AF_INET && info->rtm_family != AF_INET6) ||
		(info->rtm_flags & RTM_F_CLONED) != 0)
		return NULL;
	route.family = info->rtm_family;
	route.table = info->rtm_table;
	route.dst = (struct inet){.family = info->rtm_family};
	mnl_attr_parse(head, sizeof(*info), take_route_attr, &route);
	route.dst.len = info->rtm_dst_len;
	if (route.bad || route.table != RT_TABLE_MAIN || route.dst.len > inet_bits(&route.dst))
		return NULL;
	type = info->rtm_type < sizeof(types) / sizeof(types[0]) ? types[info->rtm_type] : "other";
	return json_pack("{s:s, s:o, s:I, s:s, s:i}", "dst", inet_show_prefix(&route.dst, dst),
		"via", hops_json(links, &route), "metric", (json_int_t)route.metric, "type", type,
		"proto", (int)info->rtm_protocol);
}
