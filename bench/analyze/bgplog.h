/*
 * bgplog.h - everything of a trial's captures that analysis asks for, read once: BGP, BFD, marked DNS.
 *
 * Each capture point of capture-plan.json is read once, one after the other; what is kept is sorted by
 * time. Kept are all BGP messages that the point's own node sent or received (a packet that only passes
 * through a router is not its message), ends of their TCP connections, changes of BFD state, the health
 * check's queries on loopbacks, and those DNS packets of the probes' streams that the caller marks.
 * An instant is that of the packet by which the message's last missing byte became visible there.
 *
 * The two ends of a message are twins: `twin` of a received one is the sending, and the other way round.
 * A point that cannot be read leaves what was read of it, and says why in its `error`.
 */
#ifndef BENCH_ANALYZE_BGPLOG_H
#define BENCH_ANALYZE_BGPLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/bgp.h"
#include "lib/err.h"

enum { BGPLOG_MAX_POINTS = 4096, BGPLOG_NODE_BYTES = 64 };

struct bgplog_node {
	char name[BGPLOG_NODE_BYTES];
	char role[32];
	char city[32];
};

/* A capture point: an interface of a node. */
struct bgplog_point {
	int node; /* index */
	int peer; /* node at the other end of the link, -1: none or not known */
	char interface[32];
	char file[128];	  /* relative to the run's folder: "trial-001/captures/hkg.hkix.pcap" */
	int64_t delay_ns; /* of the link, one way; -1: not told */
	bool loop;	  /* a loopback */
	bool present;	  /* the file could be opened */
	uint64_t packets; /* read */
	char error[256];  /* why it ended early, or "" */
};

enum bgplog_what {
	BGPLOG_OPEN,
	BGPLOG_UPDATE,
	BGPLOG_NOTIFICATION,
	BGPLOG_KEEPALIVE,
	BGPLOG_REFRESH,
	BGPLOG_MALFORMED, /* an UPDATE that cannot be read */
	BGPLOG_FIN,
	BGPLOG_RESET,
	BGPLOG_BFD, /* the sender's state changed */
};

/* On a loopback a message is LOCAL: it is in no sent or received count. */
enum bgplog_way { BGPLOG_SENT, BGPLOG_RECEIVED, BGPLOG_LOCAL };

enum bgplog_how { BGPLOG_NLRI, BGPLOG_MP_REACH, BGPLOG_WITHDRAWN, BGPLOG_MP_UNREACH };

/* One prefix of an UPDATE. */
struct bgplog_change {
	struct bgp_prefix prefix;
	enum bgplog_how how;
};

struct bgplog_entry {
	int64_t at_ns;	 /* wall */
	uint64_t packet; /* in the point's file, from 1 */
	int point;	 /* index */
	int peer;	 /* node at the other end of the session, -1: not known by its address */
	enum bgplog_what what;
	enum bgplog_way way;
	int session; /* index; both directions and both ends of a TCP connection have the same */
	int twin;    /* index of the entry at the other end, -1 */
	uint32_t bytes;
	uint64_t hash;	 /* of the message and its session */
	uint32_t change; /* first of its changes, in the order of the message */
	uint32_t changes;
	/* UPDATE: path and next hops of what it announces. */
	uint16_t path_len;  /* AS numbers */
	uint64_t path_hash; /* 0: no path */
	uint64_t tail_hash; /* of the path without the first AS number and its repetitions */
	uint32_t path_first, path_origin;
	uint8_t next_hop[4]; /* of NLRI; zero: none */
	uint8_t mp_next_hop[32];
	uint8_t mp_next_hop_bytes;
	/* NOTIFICATION: code, subcode. BFD: states before and after, diagnostic. */
	uint8_t code, subcode;
	uint8_t state_from, state_to, diag;
	int64_t heard_ns; /* BFD: the last packet of the other side seen before it; INT64_MIN: none */
};

/* A TCP connection of port 179. */
struct bgplog_session {
	uint8_t family; /* 4 or 6 */
	uint8_t addr[2][16];
	uint16_t port[2];
	char text[2][48]; /* the addresses */
	int node[2];	  /* whose they are, -1 */
};

/* A DNS packet of a marked query, or its answer. */
struct bgplog_dns {
	int64_t at_ns;
	uint64_t packet;
	int point;
	uint32_t seq;
	uint16_t stream;
	bool answer;
	uint8_t rcode;
};

/* One question of a health check, over UDP on a loopback; or the server's end of a TCP connection. */
struct bgplog_check {
	int64_t at_ns;
	uint64_t packet;
	int point;
	bool tcp_end; /* FIN or RST from port 53 */
	bool reset;
	uint16_t port, id;
	int64_t answered_ns; /* INT64_MIN: never */
	uint8_t rcode;	     /* of the answer */
	char name[64];
};

struct bgplog {
	struct bgplog_node *node;
	size_t nodes;
	struct bgplog_point *point;
	size_t points;
	struct bgplog_entry *entry; /* by time */
	size_t entries;
	struct bgplog_change *change;
	size_t changes;
	struct bgplog_session *session;
	size_t sessions;
	struct bgplog_dns *dns; /* by time */
	size_t dnss;
	struct bgplog_check *check; /* by time */
	size_t checks;
	struct bgplog_address *address;
	size_t addresses;
};

/* Does the caller want the packets of this query? */
typedef bool bgplog_wants(void *arg, uint32_t stream, uint32_t seq);

/*
 * Read what a trial captured.
 *
 *      run_dir, trial_dir      folder of the run, and the trial's name in it
 *      wants           which queries' packets to keep; NULL: none
 *      ret             bgplog_free
 *
 * A capture that is missing or damaged is no error (see bgplog_point). Returns 0; -ENOMEM; or, with `e`
 * naming the file, what reading capture-plan.json gave.
 */
int bgplog_read(const char *run_dir, const char *trial_dir, bgplog_wants *wants, void *arg,
	struct bgplog **ret, struct err *e);
void bgplog_free(struct bgplog *log); /* NULL is fine */

/* Index of a node by name, -1. */
int bgplog_node(const struct bgplog *log, const char *name);

/* Whose address this is, as far as the plan tells; -1. `family` is 4 or 6. */
int bgplog_node_of(const struct bgplog *log, uint8_t family, const uint8_t addr[static 16]);

/* The point at an interface of a node, -1. */
int bgplog_point(const struct bgplog *log, int node, const char *interface);

/* Index of the first entry at or after an instant; log->entries when there is none. */
size_t bgplog_from(const struct bgplog *log, int64_t at_ns);

/* Does the entry say something about this very prefix? The change, or NULL. Withdrawals first. */
const struct bgplog_change *bgplog_about(
	const struct bgplog *log, const struct bgplog_entry *x, const struct bgp_prefix *prefix);

static inline bool
bgplog_withdraws(const struct bgplog_change *c)
{
	return c->how == BGPLOG_WITHDRAWN || c->how == BGPLOG_MP_UNREACH;
}

const char *bgplog_what_name(enum bgplog_what what); /* "UPDATE" */
const char *bgplog_how_name(
	enum bgplog_how how); /* "nlri", "mp_reach", "withdrawn", "mp_unreach" */

/* The address of the session's other end, as seen from the entry's node. */
const char *bgplog_peer_text(const struct bgplog *log, const struct bgplog_entry *x);

/* "UPDATE: 203.0.113.0/24 withdrawn" and the like, one line. Returns `out`. */
const char *bgplog_text(
	const struct bgplog *log, const struct bgplog_entry *x, char *out, size_t out_bytes);

#endif
