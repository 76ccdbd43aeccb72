/* bgpwire.c - when the node at fault withdrew the anycast prefixes, and when it announced them again. */
#include "bench/analyze/bgpwire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/analyze/pcapfile.h"
#include "lib/bgpstream.h"
#include "lib/pkt.h"
#include "lib/tcpstream.h"

enum { MAX_CONNECTIONS = 4096, MAX_ADDRESSES = 32, MAX_PENDING_BYTES = 1 << 20 };

struct reading;

/* One direction of a connection; its readers are made when it first carries data. */
struct half {
	struct connection *connection;
	bool ours; /* sent by the node */
	struct tcpstream *tcp;
	struct bgpstream *bgp;
	bool has_open;
	struct bgp_open open;
};

struct connection {
	struct reading *reading;
	uint8_t family;
	uint8_t us[16], them[16];
	uint16_t our_port, their_port;
	struct half half[2]; /* [0] ours, [1] theirs */
	char peer[48];
};

struct reading {
	const struct run *run;
	struct trial *trial;
	char capture[128]; /* relative to the run */
	struct {
		uint8_t family;
		uint8_t addr[16];
	} address[MAX_ADDRESSES];
	size_t addresses;
	struct connection *connection[MAX_CONNECTIONS];
	size_t connections;
	struct connection *last;
	int rc; /* -ENOMEM from within a callback */
};

static void
keep_event(struct connection *c, enum wire_kind kind, enum family family, struct wall at,
	uint64_t packet, const char *how)
{
	struct trial *t = c->reading->trial;
	struct wire_event *w;

	/* Doubled at each power of two. */
	if ((t->wires & (t->wires - 1)) == 0) {
		struct wire_event *grown =
			realloc(t->wire, (t->wires == 0 ? 1 : 2 * t->wires) * sizeof(*grown));

		if (grown == NULL) {
			c->reading->rc = -ENOMEM;
			return;
		}
		t->wire = grown;
	}
	w = &t->wire[t->wires++];
	*w = (struct wire_event){.family = family, .at_ns = at.ns, .packet = packet, .how = how};
	w->kind = kind;
	memcpy(w->peer, c->peer, sizeof(w->peer));
	memcpy(w->capture, c->reading->capture, sizeof(w->capture));
}

static void
look_for(struct connection *c, struct bgp_prefixes list, enum wire_kind kind, struct wall at,
	uint64_t packet, const char *how)
{
	struct bgp_prefix prefix;

	while (bgp_prefix_next(&list, &prefix)) {
		if (!run_is_anycast(c->reading->run, &prefix))
			continue;
		keep_event(c, kind, prefix.family == 6 ? V6 : V4, at, packet, how);
		return;
	}
}

static void
take_update(struct half *h, const uint8_t *msg, size_t len_bytes, struct wall at, uint64_t packet)
{
	struct connection *c = h->connection;
	const struct half *other = &c->half[h->ours ? 1 : 0];
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
		c->reading->trial->wire_malformed++;
		return;
	}
	look_for(c, u.withdrawn, WIRE_WITHDRAW, at, packet, "withdrawn");
	look_for(c, u.mp_withdrawn, WIRE_WITHDRAW, at, packet, "mp_unreach");
	look_for(c, u.announced, WIRE_ANNOUNCE, at, packet, "nlri");
	look_for(c, u.mp_announced, WIRE_ANNOUNCE, at, packet, "mp_reach");
}

static void
take_message(void *arg, enum bgp_type type, const uint8_t *msg, size_t len_bytes, struct wall at,
	uint64_t packet)
{
	struct half *h = arg;

	if (type == BGP_OPEN)
		h->has_open = bgp_open_parse(msg, len_bytes, &h->open, NULL) == 0;
	else if (type == BGP_UPDATE && h->ours)
		take_update(h, msg, len_bytes, at, packet);
	else if (type == BGP_NOTIFICATION && h->ours)
		keep_event(h->connection, WIRE_CLOSE, V4, at, packet, "notification");
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
is_ours(const struct reading *x, uint8_t family, const uint8_t addr[static 16])
{
	for (size_t i = 0; i < x->addresses; i++)
		if (x->address[i].family == family && memcmp(x->address[i].addr, addr, 16) == 0)
			return true;
	return false;
}

static bool
matches(const struct connection *c, const struct pkt_view *v, bool from_us)
{
	return c->family == v->family && c->our_port == (from_us ? v->sport : v->dport) &&
		c->their_port == (from_us ? v->dport : v->sport) &&
		memcmp(c->us, from_us ? v->src : v->dst, 16) == 0 &&
		memcmp(c->them, from_us ? v->dst : v->src, 16) == 0;
}

/* The connection of a packet, made if it is new; NULL when out of memory or of places. */
static struct connection *
connection_of(struct reading *x, const struct pkt_view *v, bool from_us)
{
	struct connection *c;

	if (x->last != NULL && matches(x->last, v, from_us))
		return x->last;
	for (size_t i = 0; i < x->connections; i++)
		if (matches(x->connection[i], v, from_us))
			return x->last = x->connection[i];
	c = calloc(1, sizeof(*c));
	if (c == NULL || x->connections == MAX_CONNECTIONS) {
		free(c);
		x->rc = c == NULL ? -ENOMEM : -E2BIG;
		return NULL;
	}
	c->reading = x;
	c->family = v->family;
	memcpy(c->us, from_us ? v->src : v->dst, 16);
	memcpy(c->them, from_us ? v->dst : v->src, 16);
	c->our_port = from_us ? v->sport : v->dport;
	c->their_port = from_us ? v->dport : v->sport;
	c->half[0] = (struct half){.connection = c, .ours = true};
	c->half[1] = (struct half){.connection = c};
	inet_ntop(v->family == 4 ? AF_INET : AF_INET6, c->them, c->peer, sizeof(c->peer));
	x->connection[x->connections++] = c;
	return x->last = c;
}

static void
take_packet(struct reading *x, const struct pkt_view *v, const struct pcap_record *rec)
{
	bool from_us;
	struct connection *c;
	struct half *h;
	struct tcpstream_segment s = {.seq = v->seq,
		.flags = v->flags,
		.data = v->payload,
		.len_bytes = v->payload_bytes,
		.wire_bytes = v->payload_wire_bytes,
		.seen = rec->seen,
		.packet = rec->number};

	from_us = is_ours(x, v->family, v->src);
	if (!from_us && !is_ours(x, v->family, v->dst))
		return;
	c = connection_of(x, v, from_us);
	if (c == NULL)
		return;
	h = &c->half[from_us ? 0 : 1];
	if ((s.wire_bytes > 0 || (v->flags & PKT_SYN)) && start_half(h) < 0) {
		x->rc = -ENOMEM;
		return;
	}
	if (h->tcp != NULL && tcpstream_push(h->tcp, &s) < 0)
		x->rc = -ENOMEM;
	if ((v->flags & PKT_ACK) && c->half[from_us ? 1 : 0].tcp != NULL)
		tcpstream_acked(c->half[from_us ? 1 : 0].tcp, v->ack);
	/* A reset that refuses a connection ends no session. */
	if (from_us && (v->flags & (PKT_FIN | PKT_RST)) && h->tcp != NULL &&
		tcpstream_counts(h->tcp)->segments > 0)
		keep_event(c, WIRE_CLOSE, V4, rec->seen, rec->number,
			v->flags & PKT_FIN ? "fin" : "reset");
}

static void
done(struct reading *x)
{
	for (size_t i = 0; i < x->connections; i++) {
		struct connection *c = x->connection[i];

		for (int k = 0; k < 2; k++) {
			if (c->half[k].tcp != NULL)
				tcpstream_finish(c->half[k].tcp);
			tcpstream_free(c->half[k].tcp);
			bgpstream_free(c->half[k].bgp);
		}
		free(c);
	}
}

static void
read_addresses(struct reading *x, const json_t *point)
{
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(point, "addresses"), i, item)
	{
		const char *text = json_string_value(item);
		uint8_t family = text != NULL && strchr(text, ':') != NULL ? 6 : 4;

		if (text == NULL || x->addresses == MAX_ADDRESSES ||
			inet_pton(family == 4 ? AF_INET : AF_INET6, text,
				x->address[x->addresses].addr) != 1)
			continue;
		x->address[x->addresses++].family = family;
	}
}

static int
read_capture(struct reading *x, const char *path, struct err *e)
{
	struct pcapfile *p;
	struct pcap_record rec;
	int rc = pcapfile_open(path, &p, e);

	if (rc < 0)
		return rc;
	while ((rc = pcapfile_next(p, &rec, e)) == 1) {
		struct pkt_view v;

		if (pkt_dissect(pcapfile_link(p), rec.data, rec.captured_bytes, &v) < 0 ||
			v.proto != PKT_TCP || v.later ||
			(v.sport != BGP_PORT && v.dport != BGP_PORT))
			continue;
		take_packet(x, &v, &rec);
		if (x->rc < 0) {
			rc = err_sys(
				e, -x->rc, "%s: packet %llu", path, (unsigned long long)rec.number);
			break;
		}
	}
	pcapfile_free(p);
	return rc;
}

static int
read_point(const struct run *r, struct trial *t, const json_t *plan, const json_t *point,
	struct err *e)
{
	struct reading x = {.run = r, .trial = t};
	const char *dir = json_string_value(json_object_get(plan, "dir"));
	const char *file = json_string_value(json_object_get(point, "file"));
	char path[PATH_MAX];
	int rc;

	if (file == NULL || dir == NULL || dir[0] == '/' || strstr(file, "..") != NULL ||
		(size_t)snprintf(x.capture, sizeof(x.capture), "%s/%s/%s", t->dir, dir, file) >=
			sizeof(x.capture)) {
		trial_invalid(
			t, "%s/capture-plan.json: a point without a usable file name", t->dir);
		return 0;
	}
	read_addresses(&x, point);
	snprintf(path, sizeof(path), "%s/%s", r->dir, x.capture);
	rc = read_capture(&x, path, e);
	done(&x);
	if (rc == 0 && x.rc < 0)
		rc = err_sys(e, -x.rc, "%s", path);
	if (rc < 0 && rc != -ENOMEM) {
		trial_invalid(t, "%s", e->text);
		t->wire_read = false;
		rc = 0;
	}
	return rc;
}

/* The latest over the peers of the first announcement that each got after the restore. */
static int64_t
announced_ns(const struct trial *t, enum family family)
{
	int64_t latest = NEVER;

	for (size_t i = 0; i < t->wires; i++) {
		const struct wire_event *w = &t->wire[i];
		bool first = true;

		if (w->kind != WIRE_ANNOUNCE || w->family != family || w->at_ns < t->restore_ns)
			continue;
		for (size_t k = 0; k < t->wires && first; k++) {
			const struct wire_event *o = &t->wire[k];

			first = o->kind != WIRE_ANNOUNCE || o->family != family ||
				o->at_ns < t->restore_ns || o->at_ns >= w->at_ns ||
				strcmp(o->peer, w->peer) != 0;
		}
		if (first && w->at_ns > latest)
			latest = w->at_ns;
	}
	return latest;
}

static int
by_instant(const void *a, const void *b)
{
	const struct wire_event *x = a, *y = b;

	return (x->at_ns > y->at_ns) - (x->at_ns < y->at_ns);
}

static void
find_instants(struct trial *t)
{
	if (t->wires > 0)
		qsort(t->wire, t->wires, sizeof(t->wire[0]), by_instant);
	for (size_t i = 0; i < t->wires; i++) {
		const struct wire_event *w = &t->wire[i];

		if (w->kind == WIRE_WITHDRAW && w->at_ns >= t->fault_ns && w->at_ns < t->restore_ns)
			t->withdraw_ns[w->family] = w->at_ns;
	}
	for (int f = 0; f < FAMILIES; f++)
		t->announce_ns[f] = announced_ns(t, (enum family)f);
}

int
bgpwire_measure(const struct run *r, struct trial *t, struct err *e)
{
	char path[PATH_MAX];
	json_t *plan, *point;
	struct err why;
	size_t i, points = 0;
	int rc = 0;

	if (r->fault_node == NULL || !t->has_fault)
		return 0;
	trial_path(r, t, "capture-plan.json", path, sizeof(path));
	if (json_file(path, &plan, &why) < 0) {
		trial_invalid(t, "%s", why.text);
		return 0;
	}
	t->wire_read = true;
	json_array_foreach(json_object_get(plan, "points"), i, point)
	{
		const char *node = json_string_value(json_object_get(point, "node"));

		if (rc < 0 || node == NULL || strcmp(node, r->fault_node) != 0)
			continue;
		points++;
		rc = read_point(r, t, plan, point, e);
	}
	json_decref(plan);
	if (points == 0) {
		trial_invalid(
			t, "%s: no capture point at the node at fault, %s", path, r->fault_node);
		t->wire_read = false;
	}
	if (rc == 0)
		find_instants(t);
	return rc;
}
