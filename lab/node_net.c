/* node_net.c - a node's network inside: kernel settings, bridges, addresses, local prefixes. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lab/node.h"
#include "lab/rtnl.h"

/* /proc/sys is read-only in spirit after this: it is written before any daemon runs. */
static int
set_sysctl(const char *key, const char *value, struct err *e)
{
	char path[160];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/sys/%s", key);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : err_sys(e, errno, "%s", path);
	n = write(fd, value, strlen(value));
	close(fd);
	return n < 0 ? err_sys(e, errno, "%s", path) : 0;
}

/* Everybody may ping. In a user namespace the range may only name groups that it maps. */
static int
let_ping(struct err *e)
{
	static const char key[] = "net/ipv4/ping_group_range";
	int rc = set_sysctl(key, "0 2147483647", e);

	return rc == -EINVAL ? set_sysctl(key, "0 999", e) : rc;
}

static int
set_sysctls(bool forward, struct err *e)
{
	const struct {
		const char *key, *value;
	} rows[] = {
		{"net/ipv4/ip_forward", forward ? "1" : "0"},
		{"net/ipv6/conf/all/disable_ipv6", "0"},
		{"net/ipv6/conf/all/forwarding", forward ? "1" : "0"},
		/* Anycast and hot potato make paths asymmetric: a reverse-path filter would drop. */
		{"net/ipv4/conf/all/rp_filter", "0"},
		{"net/ipv4/conf/default/rp_filter", "0"},
		{"net/ipv6/conf/all/accept_ra", "0"},
		{"net/ipv6/conf/default/accept_ra", "0"},
		{"net/ipv6/conf/all/accept_dad", "0"},
		{"net/ipv6/conf/default/accept_dad", "0"},
		/* As router images set it: addresses survive a link that goes down. */
		{"net/ipv6/conf/all/keep_addr_on_down", "1"},
		{"net/ipv6/conf/default/keep_addr_on_down", "1"},
		/* Link-locals as the bench computes them, from the MAC. */
		{"net/ipv6/conf/default/addr_gen_mode", "0"},
	};
	int rc = let_ping(e);

	for (size_t i = 0; rc == 0 && i < sizeof(rows) / sizeof(rows[0]); i++)
		rc = set_sysctl(rows[i].key, rows[i].value, e);
	return rc;
}

static int
configure_iface(struct rtnl *r, const struct topo_iface *iface, int master, struct err *e)
{
	int ifindex = rtnl_ifindex(r, iface->name, e), rc = ifindex < 0 ? ifindex : 0;

	if (rc == 0 && master > 0)
		rc = rtnl_set_master(r, ifindex, master, e);
	for (size_t i = 0; rc == 0 && i < iface->addrs_len; i++)
		rc = rtnl_addr_add(r, ifindex, &iface->addrs[i], e);
	return rc < 0 ? rc : rtnl_link_up(r, ifindex, e);
}

static int
configure_bridges(struct rtnl *r, const struct topo_role *role, int *ret_master, struct err *e)
{
	*ret_master = 0;
	for (size_t i = 0; i < role->bridges_len; i++) {
		const struct topo_bridge *b = &role->bridges[i];
		int rc = rtnl_bridge_add(r, b->name, e);
		int ifindex = rc < 0 ? rc : rtnl_ifindex(r, b->name, e);

		rc = ifindex < 0 ? ifindex : rtnl_link_up(r, ifindex, e);
		if (rc < 0)
			return rc;
		if (b->all_links)
			*ret_master = ifindex;
	}
	return 0;
}

int
node_configure_net(const struct node_plan *plan, struct err *e)
{
	const struct topo_node *node = &plan->topology->nodes[plan->node];
	const struct topo_role *role = &plan->topology->roles[node->role];
	const struct topo_iface lo = {.name = "lo"};
	struct rtnl *r = NULL;
	int master = 0, rc, loopback;

	rc = set_sysctls(role->forward, e);
	if (rc == 0)
		rc = rtnl_open(&r, e);
	if (rc == 0)
		rc = configure_iface(r, &lo, 0, e);
	if (rc == 0)
		rc = configure_bridges(r, role, &master, e);
	loopback = rc < 0 ? rc : rtnl_ifindex(r, "lo", e);
	rc = loopback < 0 ? loopback : 0;
	for (size_t i = 0; rc == 0 && i < node->loopback_len; i++)
		rc = rtnl_addr_add(r, loopback, &node->loopback[i], e);
	for (size_t i = 0; rc == 0 && i < node->local_len; i++)
		rc = rtnl_local_add(r, loopback, &node->local[i], e);
	for (size_t i = 0; rc == 0 && i < node->ifaces_len; i++)
		rc = configure_iface(r, &node->ifaces[i], master, e);
	rtnl_close(r);
	return rc;
}
