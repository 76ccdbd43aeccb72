/* bgplog_tcp.c - the BGP sessions of one capture point put back together, each message kept. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/analyze/bgplog_internal.h"
#include "lib/bgpstream.h"
#include "lib/tcpstream.h"

enum { MAX_CONNECTIONS = 4096, MAX_PENDING_BYTES = 1 << 20 };

/* One direction of a connection; its readers are made when it first carries data. */
struct half {
	struct connection *connection;
	int side;
	struct tcpstream *tcp;
	struct bgpstream *bgp;
	bool has_open;
	struct bgp_open open;
};

struct connection {
	struct bgplog_reading *reading;
	int session;
	enum bgplog_way way[2]; /* of what each side sends */
	int peer;
	struct half half[2]; /* by side of bgplog_session */
};

struct bgplog_tcp {
	struct connection *connection[MAX_CONNECTIONS];
	size_t connections;
	struct connection *last;
};

static uint64_t
hash_more(uint64_t hash, const void *data, size_t len_bytes)
{
	const uint8_t *at = data;

	for (size_t i = 0; i < len_bytes; i++)
		hash = (hash ^ at[i]) * 0x100000001b3u; /* FNV-1a */
	return hash;
}

#define HASH_START 0xcbf29ce484222325u

static struct bgplog_entry *
add_message(struct half *h, enum bgplog_what what, struct wall at, uint64_t packet)
{
	struct connection *c = h->connection;
	struct bgplog_entry *n = bgplog_add(c->reading, what, at, packet);

	if (n == NULL)
		return NULL;
	n->session = c->session;
	n->way = c->way[h->side];
	n->peer = c->peer;
	return n;
}

static void
add_changes(struct half *h, struct bgplog_entry *n, struct bgp_prefixes list, enum bgplog_how how)
{
	struct bgplog_reading *x = h->connection->reading;
	struct bgplog *log = x->log;
	struct bgp_prefix prefix;

	while (bgp_prefix_next(&list, &prefix)) {
		if (log->changes >= UINT32_MAX ||
			grow(&log->change, log->changes, sizeof(log->change[0])) < 0) {
			x->rc = -ENOMEM;
			return;
		}
		prefix.path_id = 0;
		log->change[log->changes++] = (struct bgplog_change){prefix, how};
		n->changes++;
	}
}

/* The AS path as numbers: how many, a hash of all, and of those behind the sender's own. */
static void
take_path(struct bgplog_entry *n, struct bgp_as_path path)
{
	enum bgp_segment segment;
	bool in_tail = false;
	uint32_t as;

	n->path_hash = n->tail_hash = HASH_START;
	while (bgp_as_next(&path, &as, &segment)) {
		if (n->path_len == 0)
			n->path_first = as;
		in_tail = in_tail || as != n->path_first;
		n->path_hash = hash_more(n->path_hash, &as, sizeof(as));
		if (in_tail)
			n->tail_hash = hash_more(n->tail_hash, &as, sizeof(as));
		n->path_origin = as;
		if (n->path_len < UINT16_MAX)
			n->path_len++;
	}
}

static void
take_update(struct half *h, struct bgplog_entry *n, const uint8_t *msg, size_t len_bytes)
{
	const struct half *other = &h->connection->half[!h->side];
	struct bgp_options options;
	struct bgp_update u;
	int rc;

	if (h->has_open && other->has_open) {
		options = bgp_negotiate(&h->open, &other->open);
		rc = bgp_update_parse(msg, len_bytes, &options, &u, NULL);
	} else {
		rc = bgp_update_guess(msg, len_bytes, &u, &options, NULL);
	}
	if (rc < 0) {
		n->what = BGPLOG_MALFORMED;
		return;
	}
	n->change = (uint32_t)h->connection->reading->log->changes;
	add_changes(h, n, u.withdrawn, BGPLOG_WITHDRAWN);
	add_changes(h, n, u.mp_withdrawn, BGPLOG_MP_UNREACH);
	add_changes(h, n, u.announced, BGPLOG_NLRI);
	add_changes(h, n, u.mp_announced, BGPLOG_MP_REACH);
	if (u.has & BGP_HAS_AS_PATH)
		take_path(n, u.as_path);
	if (u.has & BGP_HAS_NEXT_HOP)
		memcpy(n->next_hop, u.next_hop, sizeof(n->next_hop));
	if (u.has & BGP_HAS_MP_REACH) {
		memcpy(n->mp_next_hop, u.mp_next_hop, sizeof(n->mp_next_hop));
		n->mp_next_hop_bytes = u.mp_next_hop_bytes;
	}
}

static void
take_message(void *arg, enum bgp_type type, const uint8_t *msg, size_t len_bytes, struct wall at,
	uint64_t packet)
{
	static const enum bgplog_what what[] = {[BGP_OPEN] = BGPLOG_OPEN,
		[BGP_UPDATE] = BGPLOG_UPDATE,
		[BGP_NOTIFICATION] = BGPLOG_NOTIFICATION,
		[BGP_KEEPALIVE] = BGPLOG_KEEPALIVE,
		[BGP_ROUTE_REFRESH] = BGPLOG_REFRESH};
	struct half *h = arg;
	struct bgplog_entry *n = add_message(h, what[type], at, packet);
	struct bgp_notification told;

	if (n == NULL)
		return;
	n->bytes = (uint32_t)len_bytes;
	n->hash = hash_more(HASH_START, &h->side, sizeof(h->side));
	n->hash = hash_more(n->hash, &n->session, sizeof(n->session));
	n->hash = hash_more(n->hash, msg, len_bytes);
	if (type == BGP_OPEN)
		h->has_open = bgp_open_parse(msg, len_bytes, &h->open, NULL) == 0;
	else if (type == BGP_UPDATE)
		take_update(h, n, msg, len_bytes);
	else if (type == BGP_NOTIFICATION &&
		bgp_notification_parse(msg, len_bytes, &told, NULL) == 0) {
		n->code = told.code;
		n->subcode = told.subcode;
	}
}

static void
take_bytes(void *arg, const uint8_t *data, size_t len_bytes, struct wall seen, uint64_t packet)
{
	struct half *h = arg;

	bgpstream_push(h->bgp, data, len_bytes, seen, packet);
}

static void
take_gap(void *arg, uint64_t missing_bytes)
{
	struct half *h = arg;

	(void)missing_bytes;
	bgpstream_gap(h->bgp);
}

static void
take_restart(void *arg)
{
	struct half *h = arg;

	bgpstream_restart(h->bgp);
	h->has_open = false;
}

static int
start_half(struct half *h)
{
	struct tcpstream_sink sink = {take_bytes, take_gap, take_restart, h};

	if (h->tcp != NULL)
		return 0;
	if (bgpstream_new(&h->bgp, take_message, h) < 0)
		return -ENOMEM;
	return tcpstream_new(&h->tcp, &sink, MAX_PENDING_BYTES);
}

static bool
is_end(const struct bgplog_session *s, int side, const uint8_t addr[static 16], uint16_t port)
{
	return s->port[side] == port && memcmp(s->addr[side], addr, 16) == 0;
}

/* The side that sent the packet, -1 if it is not of this session. */
static int
side_of(const struct bgplog_session *s, const struct pkt_view *v)
{
	for (int side = 0; side < 2; side++)
		if (s->family == v->family && is_end(s, side, v->src, v->sport) &&
			is_end(s, !side, v->dst, v->dport))
			return side;
	return -1;
}

/* The session of a packet, made if it is new; -1 when out of memory. */
static int
session_of(struct bgplog *log, const struct pkt_view *v)
{
	int af = v->family == 4 ? AF_INET : AF_INET6;
	struct bgplog_session *s;

	for (size_t i = 0; i < log->sessions; i++)
		if (side_of(&log->session[i], v) >= 0)
			return (int)i;
	if (grow(&log->session, log->sessions, sizeof(*s)) < 0)
		return -1;
	s = &log->session[log->sessions];
	*s = (struct bgplog_session){.family = v->family, .port = {v->sport, v->dport}};
	memcpy(s->addr[0], v->src, 16);
	memcpy(s->addr[1], v->dst, 16);
	for (int side = 0; side < 2; side++) {
		inet_ntop(af, s->addr[side], s->text[side], sizeof(s->text[side]));
		s->node[side] = bgplog_node_of(log, v->family, s->addr[side]);
	}
	return (int)log->sessions++;
}

/*
 * A connection that neither ends nor begins at the point's node only passes through it. On a loopback
 * both ends are the node's.
 */
static bool
orient(struct connection *c)
{
	const struct bgplog *log = c->reading->log;
	const struct bgplog_point *p = &log->point[c->reading->point];
	const struct bgplog_session *s = &log->session[c->session];

	c->peer = -1;
	for (int side = 0; side < 2; side++) {
		if (p->loop)
			c->way[side] = BGPLOG_LOCAL;
		else
			c->way[side] = s->node[side] == p->node ? BGPLOG_SENT : BGPLOG_RECEIVED;
		if (s->node[side] != p->node)
			c->peer = s->node[side];
	}
	return p->loop || c->way[0] != c->way[1];
}

/* NULL: not for us, out of memory or of places (x->rc). */
static struct connection *
connection_of(struct bgplog_reading *x, const struct pkt_view *v)
{
	struct bgplog_tcp *t = x->tcp;
	struct connection *c = t->last;
	int session;

	if (c != NULL && side_of(&x->log->session[c->session], v) >= 0)
		return c;
	session = session_of(x->log, v);
	for (size_t i = 0; i < t->connections && session >= 0; i++)
		if (t->connection[i]->session == session)
			return t->last = t->connection[i];
	c = session < 0 ? NULL : calloc(1, sizeof(*c));
	if (c == NULL || t->connections == MAX_CONNECTIONS) {
		x->rc = c == NULL ? -ENOMEM : -E2BIG;
		free(c);
		return NULL;
	}
	c->reading = x;
	c->session = session;
	for (int side = 0; side < 2; side++)
		c->half[side] = (struct half){.connection = c, .side = side};
	if (!orient(c)) {
		free(c);
		return NULL;
	}
	t->connection[t->connections++] = c;
	return t->last = c;
}

/* Both ends see the same sequence number. */
static void
add_end(struct half *h, const struct pkt_view *v, const struct pcap_record *rec)
{
	struct bgplog_entry *n = add_message(
		h, v->flags & PKT_FIN ? BGPLOG_FIN : BGPLOG_RESET, rec->seen, rec->number);

	if (n == NULL)
		return;
	n->hash = hash_more(HASH_START, &h->side, sizeof(h->side));
	n->hash = hash_more(n->hash, &n->session, sizeof(n->session));
	n->hash = hash_more(n->hash, &v->seq, sizeof(v->seq));
	n->hash = hash_more(n->hash, &v->flags, sizeof(v->flags));
}

void
bgplog_tcp_take(struct bgplog_reading *x, const struct pkt_view *v, const struct pcap_record *rec)
{
	struct connection *c = connection_of(x, v);
	int side = c == NULL ? -1 : side_of(&x->log->session[c->session], v);
	struct tcpstream_segment s = {.seq = v->seq,
		.flags = v->flags,
		.data = v->payload,
		.len_bytes = v->payload_bytes,
		.wire_bytes = v->payload_wire_bytes,
		.seen = rec->seen,
		.packet = rec->number};
	struct half *h;

	if (side < 0)
		return;
	h = &c->half[side];
	if ((s.wire_bytes > 0 || (v->flags & PKT_SYN)) && start_half(h) < 0) {
		x->rc = -ENOMEM;
		return;
	}
	if (h->tcp != NULL && tcpstream_push(h->tcp, &s) < 0)
		x->rc = -ENOMEM;
	if ((v->flags & PKT_ACK) && c->half[!side].tcp != NULL)
		tcpstream_acked(c->half[!side].tcp, v->ack);
	/* A reset that refuses a connection ends no session. */
	if ((v->flags & (PKT_FIN | PKT_RST)) && h->tcp != NULL &&
		tcpstream_counts(h->tcp)->segments > 0)
		add_end(h, v, rec);
}

int
bgplog_tcp_new(struct bgplog_reading *x)
{
	x->tcp = calloc(1, sizeof(*x->tcp));
	return x->tcp == NULL ? -ENOMEM : 0;
}

void
bgplog_tcp_done(struct bgplog_reading *x)
{
	for (size_t i = 0; x->tcp != NULL && i < x->tcp->connections; i++) {
		struct connection *c = x->tcp->connection[i];

		for (int side = 0; side < 2; side++) {
			if (c->half[side].tcp != NULL)
				tcpstream_finish(c->half[side].tcp);
			tcpstream_free(c->half[side].tcp);
			bgpstream_free(c->half[side].bgp);
		}
		free(c);
	}
	free(x->tcp);
	x->tcp = NULL;
}
