/* rtmsg.h - what one rtnetlink message says of a route or an interface. */
#ifndef BENCH_RECORD_RTMSG_H
#define BENCH_RECORD_RTMSG_H

#include <jansson.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>

struct rtmsg_link {
	int index;
	bool up, carrier;
	char name[IFNAMSIZ];
};

/* The interfaces of a namespace, those that are gone too: routes that go with them still name them. */
struct rtmsg_links {
	struct rtmsg_link *list;
	size_t len, size;
};

enum rtmsg_change {
	RTMSG_SAME,    /* nothing that we tell */
	RTMSG_CHANGED, /* name, up or carrier; or it is new */
	RTMSG_WENT_DOWN, /* no longer up, or gone: the kernel drops its IPv4 routes and tells nobody */
};

/*
 * Take over an RTM_NEWLINK or RTM_DELLINK.
 *
 *      ret     out; written unless RTMSG_SAME. Of an interface that is gone up and carrier are false
 */
enum rtmsg_change rtmsg_link_change(
	struct rtmsg_links *links, const struct nlmsghdr *head, struct rtmsg_link *ret);

void rtmsg_links_done(struct rtmsg_links *links);

/*
 * An RTM_NEWROUTE or RTM_DELROUTE as an object with dst, via, metric, type and proto (doc/formats.md).
 * NULL when it is not of the main table, of another family, cloned (a cache's), or malformed.
 */
json_t *rtmsg_route_json(const struct rtmsg_links *links, const struct nlmsghdr *head);

#endif
