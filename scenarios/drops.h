/*
 * drops.h - packets that a node's kernel threw away because a program did not fetch them in time.
 *
 * On a starved host a healthy name server loses queries so, which no fault explains and no figure of
 * ours about lateness shows.
 */
#ifndef SCENARIOS_DROPS_H
#define SCENARIOS_DROPS_H

#include <stdbool.h>
#include <stdint.h>

#include "lab/lab.h"

struct drops {
	int64_t udp_receive; /* datagrams for a socket whose buffer was full, IPv4 and IPv6 */
	int64_t interface;   /* frames that an interface dropped, in either direction */
};

/*
 * Since boot, over all nodes but `except`, which may be NULL: where a server is hung on purpose its
 * queries are lost on purpose; and where a flood is the fault, `flooded`, any site may lose queries, for it
 * goes where the routes lead it. What cannot be read counts as nothing.
 */
struct drops drops_read(const struct lab *lab, const char *except, bool flooded);

/* Datagrams of each node since boot, in the topology's order; nodes_len of them, to be freed. NULL when out of memory. */
int64_t *drops_by_node(const struct lab *lab);

/* Parts of it: /proc/net/snmp, snmp6 and dev as text. */
int64_t drops_in_snmp(const char *text);
int64_t drops_in_snmp6(const char *text);
int64_t drops_in_dev(const char *text);

#endif
