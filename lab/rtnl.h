/*
 * rtnl.h - interfaces, addresses and routes of the network namespace that a socket was opened in.
 *
 * The namespace is fixed when the socket is made; the calling thread may go elsewhere afterwards.
 * Every request waits for the kernel's acknowledgement. Returns 0 or -errno with `e` filled.
 */
#ifndef LAB_RTNL_H
#define LAB_RTNL_H

#include <stdbool.h>

#include "lib/err.h"
#include "lib/inet.h"

struct rtnl;

/* In the caller's namespace, or in the one that a /proc/PID/ns/net path names. */
int rtnl_open(struct rtnl **ret, struct err *e);
int rtnl_open_in(const char *netns_path, struct rtnl **ret, struct err *e);
void rtnl_close(struct rtnl *r);

int rtnl_ifindex(struct rtnl *r, const char *ifname, struct err *e); /* > 0, or -errno */
int rtnl_link_up(struct rtnl *r, int ifindex, struct err *e);
int rtnl_bridge_add(struct rtnl *r, const char *ifname, struct err *e);
int rtnl_set_master(struct rtnl *r, int ifindex, int master_ifindex, struct err *e);

/* With IFA_F_NODAD for IPv6: nobody else can have the address, and waiting costs seconds. */
int rtnl_addr_add(struct rtnl *r, int ifindex, const struct inet *a, struct err *e);

/* A whole prefix as local addresses of this node (AnyIP). */
int rtnl_local_add(struct rtnl *r, int ifindex, const struct inet *prefix, struct err *e);

struct rtnl_route {
	bool local; /* the packet has arrived */
	int oif;    /* else: leaves here ... */
	bool has_gateway;
	struct inet gateway; /* ... towards this neighbour, or on-link */
};

/* What the FIB says about a destination. -ENETUNREACH / -EHOSTUNREACH when it says nothing. */
int rtnl_route_get(struct rtnl *r, const struct inet *dst, struct rtnl_route *ret, struct err *e);

#endif
