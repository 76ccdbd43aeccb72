/*
 * routelog.h - what the recorder saw of the nodes' forwarding tables and interfaces (routes.jsonl), one event at a time.
 *
 * Events are in the order in which the recorder read them; applied in that order, they give each node's main
 * table at any instant:
 *
 *      have    the route is there, as a dump of the table said: all of them when the recording began and after a `lost`
 *      set     the kernel added or replaced it; it may be as it was
 *      gone    it was deleted
 *      link    an interface: as it was at the beginning, then when anything of it changes
 *      lost    what is known of the node's routes may be stale: forget them, `have` follows
 *
 * A route is known by node, dst and metric: a second one of the same key takes the first one's place. The instants are
 * those of reading, later than the change by some tens of microseconds (record-stats.json: reading_error_us).
 */
#ifndef LIB_ROUTELOG_H
#define LIB_ROUTELOG_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"
#include "lib/inet.h"
#include "lib/mono.h"

enum { ROUTELOG_HOPS_MAX = 64, ROUTELOG_NAME_BYTES = 64 };

enum routelog_op { ROUTELOG_HAVE, ROUTELOG_SET, ROUTELOG_GONE, ROUTELOG_LINK, ROUTELOG_LOST };

struct routelog_hop {
	bool has_gateway; /* else the destination is on the link itself */
	struct inet gateway;
	char interface[IFNAMSIZ]; /* "": none was told */
};

struct routelog_event {
	struct wall at;
	char node[ROUTELOG_NAME_BYTES];
	enum routelog_op op;
	size_t line; /* in the file, from 1 */
	/* have, set, gone */
	struct inet dst;
	uint32_t metric;
	char type[16];	 /* "unicast", "local", "blackhole", …: rtnetlink(7) */
	uint8_t proto;	 /* who installed it: /etc/iproute2/rt_protos; 12 is BIRD, 186 FRR's BGP */
	size_t hops_len; /* several: multipath. 0 for types that forward nothing */
	struct routelog_hop hops[ROUTELOG_HOPS_MAX];
	/* link */
	char interface[IFNAMSIZ];
	bool up;      /* administratively */
	bool carrier; /* the other end is there */
};

struct routelog;

/* As jlines_open() and jlines_open_bytes() (lib/jlines.h), for the schema catchment.routes/1. */
int routelog_open(const char *path, struct routelog **ret, struct err *e);
int routelog_open_bytes(
	const void *data, size_t len, const char *name, struct routelog **ret, struct err *e);

/*
 * The next event.
 *
 *      ret     out; written only when 1 is returned
 *
 * Returns 1, 0 at the end, or -EINVAL with file, line and what is wrong in `e`; the line was then passed over.
 */
int routelog_next(struct routelog *l, struct routelog_event *ret, struct err *e);

/* At the end: was the file cut in the middle of a line? */
bool routelog_cut(const struct routelog *l);

void routelog_free(struct routelog *l); /* NULL is fine */

#endif
