/* routes.c - the main routing tables and the interfaces of many namespaces, as rtnetlink tells of them. */
#include "bench/record/routes.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "bench/record/rtmsg.h"
#include "lib/mono.h"
#include "lib/netns.h"
#include "lib/openfiles.h"

enum {
	QUEUE_BYTES = 4 << 20,
	MESSAGE_BYTES = 65536,
	READS_PER_TURN = 64, /* then the other sockets have theirs */
};

/* Interfaces come first: routes name theirs by number. */
enum dump { DUMP_NONE, DUMP_LINKS, DUMP_ROUTES };

struct node {
	const struct record_plan_node *plan;
	int fd;
	enum dump dump; /* under way */
	bool interrupted; /* something changed in the middle of it: not all of the rest need be in it */
	bool stale;	  /* the queue overran, or routes went without a word */
	uint32_t seq;	  /* of the dump */
	struct rtmsg_links links;
};

struct routes {
	struct out *out;
	struct node *nodes;
	size_t nodes_len;
	size_t dumping;
	struct routes_stats stats;
	struct wall at; /* when what is being looked at was read */
	union {
		struct nlmsghdr head;
		char bytes[MESSAGE_BYTES];
	} buf;
};

/* What the kernel calls a loss is one only for this node, and the socket goes on. */
static int
node_error(const struct node *n, int code, const char *what, struct err *e)
{
	return err_sys(e, code, "routes of %s: %s", n->plan->node, what);
}

static int
ask(struct node *n, uint16_t type, struct err *e)
{
	struct {
		struct nlmsghdr head;
		union {
			struct rtmsg route;
			struct ifinfomsg link;
		};
	} request = {
		.head = {.nlmsg_len = NLMSG_LENGTH(type == RTM_GETLINK ? sizeof(struct ifinfomsg)
								       : sizeof(struct rtmsg)),
			.nlmsg_type = type,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
			.nlmsg_seq = ++n->seq}};

	n->interrupted = false;
	if (send(n->fd, &request, request.head.nlmsg_len, 0) < 0)
		return node_error(n, errno, "cannot ask for them", e);
	return 0;
}

static int
begin_dump(struct routes *r, struct node *n, struct err *e)
{
	r->dumping += n->dump == DUMP_NONE;
	n->dump = DUMP_LINKS;
	n->stale = false;
	return ask(n, RTM_GETLINK, e);
}

static int
next_dump(struct routes *r, struct node *n, struct err *e)
{
	if (n->interrupted)
		return ask(n, n->dump == DUMP_LINKS ? RTM_GETLINK : RTM_GETROUTE, e);
	if (n->dump == DUMP_LINKS) {
		n->dump = DUMP_ROUTES;
		return ask(n, RTM_GETROUTE, e);
	}
	n->dump = DUMP_NONE;
	r->dumping--;
	return 0;
}

static void
note_link(struct routes *r, struct node *n, const struct nlmsghdr *head)
{
	struct rtmsg_link link;

	switch (rtmsg_link_change(&n->links, head, &link)) {
	case RTMSG_SAME:
		return;
	case RTMSG_WENT_DOWN:
		n->stale = true;
		break;
	case RTMSG_CHANGED:
		break;
	}
	r->stats.link++;
	out_add(r->out,
		json_pack("{s:I, s:s, s:s, s:s, s:b, s:b}", "at", (json_int_t)r->at.ns, "node",
			n->plan->node, "op", "link", "if", link.name, "up", link.up, "carrier",
			link.carrier));
}

static void
note_route(struct routes *r, struct node *n, const struct nlmsghdr *head)
{
	bool dumped = n->dump == DUMP_ROUTES && head->nlmsg_seq == n->seq &&
		(head->nlmsg_flags & NLM_F_MULTI) != 0;
	json_t *route = rtmsg_route_json(&n->links, head), *line;
	const char *op = "set";

	if (route == NULL)
		return;
	if (head->nlmsg_type == RTM_DELROUTE) {
		op = "gone";
		r->stats.gone++;
	} else if (dumped) {
		op = "have";
		r->stats.have++;
	} else {
		r->stats.set++;
	}
	line = json_pack(
		"{s:I, s:s, s:s}", "at", (json_int_t)r->at.ns, "node", n->plan->node, "op", op);
	json_object_update(line, route);
	json_decref(route);
	out_add(r->out, line);
}

/* A dump that failed is told of by the kernel in its end, or by an error in its place. */
static int
note_end(struct routes *r, struct node *n, const struct nlmsghdr *head, struct err *e)
{
	int code = 0;

	if (n->dump == DUMP_NONE || head->nlmsg_seq != n->seq)
		return 0;
	if (mnl_nlmsg_get_payload_len(head) >= sizeof(code))
		memcpy(&code, mnl_nlmsg_get_payload(head), sizeof(code));
	if (code == -EINTR)
		n->interrupted = true;
	else if (code < 0)
		return node_error(n, -code, "the dump failed", e);
	return next_dump(r, n, e);
}

static int
take(struct routes *r, struct node *n, size_t len, struct err *e)
{
	const struct nlmsghdr *head = &r->buf.head;
	int left = (int)len, rc = 0;

	for (; rc == 0 && mnl_nlmsg_ok(head, left); head = mnl_nlmsg_next(head, &left)) {
		if ((head->nlmsg_flags & NLM_F_DUMP_INTR) != 0 && head->nlmsg_seq == n->seq)
			n->interrupted = true;
		switch (head->nlmsg_type) {
		case RTM_NEWLINK:
		case RTM_DELLINK:
			note_link(r, n, head);
			break;
		case RTM_NEWROUTE:
		case RTM_DELROUTE:
			note_route(r, n, head);
			break;
		case NLMSG_DONE:
		case NLMSG_ERROR:
			rc = note_end(r, n, head, e);
			break;
		default:
			break;
		}
	}
	return rc;
}

int
routes_read(struct routes *r, size_t node, struct err *e)
{
	struct node *n = &r->nodes[node];
	int rc = 0;

	for (int i = 0; rc == 0 && i < READS_PER_TURN; i++) {
		ssize_t len = recv(n->fd, &r->buf, sizeof(r->buf), MSG_DONTWAIT | MSG_TRUNC);

		r->at = wall_now();
		if (len > (ssize_t)sizeof(r->buf))
			n->stale = true; /* never seen: the kernel's messages are smaller */
		else if (len >= 0)
			rc = take(r, n, (size_t)len, e);
		else if (errno == ENOBUFS)
			n->stale = true;
		else if (errno == EAGAIN)
			break;
		else if (errno != EINTR)
			rc = node_error(n, errno, "cannot read", e);
	}
	/* What was in the queue is older than the loss: it comes first. */
	if (rc == 0 && n->stale && n->dump == DUMP_NONE) {
		r->stats.lost++;
		out_add(r->out,
			json_pack("{s:I, s:s, s:s}", "at", (json_int_t)r->at.ns, "node",
				n->plan->node, "op", "lost"));
		rc = begin_dump(r, n, e);
	}
	return rc;
}

static int
open_socket(struct node *n, struct err *e)
{
	static const int groups[] = {RTNLGRP_LINK, RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE};
	const int bytes = QUEUE_BYTES;
	struct sockaddr_nl us = {.nl_family = AF_NETLINK};
	struct err why = {0};
	int home, rc = netns_enter(n->plan->netns, &home, &why);

	if (rc < 0)
		return err_set(e, -rc, "routes of %s: %s", n->plan->node, why.text);
	n->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
	rc = errno;
	if (netns_leave(home, NULL) < 0)
		abort(); /* what is opened next would belong to another's network */
	if (n->fd < 0)
		return node_error(n, rc, "cannot open a rtnetlink socket", e);
	if (setsockopt(n->fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) < 0)
		setsockopt(n->fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	if (bind(n->fd, (struct sockaddr *)&us, sizeof(us)) < 0)
		return node_error(n, errno, "cannot bind a rtnetlink socket", e);
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		if (setsockopt(n->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &groups[i],
			    sizeof(groups[i])) < 0)
			return node_error(n, errno, "cannot listen to changes", e);
	return 0;
}

int
routes_open(const struct record_plan *p, struct out *o, int epoll_fd, uint64_t key,
	struct routes **ret, struct err *e)
{
	struct routes *r = calloc(1, sizeof(*r));
	int rc = openfiles_allow(p->nodes_len + p->logs_len, e);

	if (r == NULL || (r->nodes = calloc(p->nodes_len + 1, sizeof(*r->nodes))) == NULL)
		abort();
	r->out = o;
	r->nodes_len = p->nodes_len;
	for (size_t i = 0; i < r->nodes_len; i++)
		r->nodes[i] = (struct node){.plan = &p->nodes[i], .fd = -1};
	for (size_t i = 0; rc == 0 && i < r->nodes_len; i++) {
		struct epoll_event ev = {.events = EPOLLIN, .data.u64 = key + i};

		rc = open_socket(&r->nodes[i], e);
		if (rc == 0 && epoll_ctl(epoll_fd, EPOLL_CTL_ADD, r->nodes[i].fd, &ev) < 0)
			rc = node_error(&r->nodes[i], errno, "cannot wait for them", e);
		if (rc == 0)
			rc = begin_dump(r, &r->nodes[i], e);
	}
	if (rc < 0) {
		routes_free(r);
		return rc;
	}
	*ret = r;
	return 0;
}

bool
routes_settled(const struct routes *r)
{
	return r->dumping == 0;
}

const struct routes_stats *
routes_stats(const struct routes *r)
{
	return &r->stats;
}

void
routes_free(struct routes *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->nodes_len; i++) {
		if (r->nodes[i].fd >= 0)
			close(r->nodes[i].fd);
		rtmsg_links_done(&r->nodes[i].links);
	}
	free(r->nodes);
	free(r);
}
