/*
 * messages.c - each BGP and DNS message of a capture as one line of JSON, all fields told.
 *
 * The same readers as `catchment analyze` (lib/pkt, lib/ipfrag, bench/analyze/tcptable, lib/bgpstream, lib/dnsstream), put
 * together anew, without counting: messages.py compares the lines with what tshark says of the capture.
 */
#include <stdio.h>
#include <stdlib.h>

#include "bench/analyze/source.h"
#include "bench/analyze/tcptable.h"
#include "lib/bgpstream.h"
#include "lib/dnsstream.h"
#include "lib/ipfrag.h"
#include "tests/oracle/messages_json.h"

enum { DNS_PORT = 53, CONNECTIONS = 65536, HELD_BYTES = 256 << 20 };

static struct tcptable *tables[2]; /* [0] BGP, [1] DNS */

/* What reads one direction of a connection. */
struct reader {
	struct tcp_half *half;
	struct bgpstream *bgp;
	struct dnsstream *dns;
	struct bgp_open open;
	bool has_open;
};

static void
say(json_t *x, const char *protocol, uint8_t family, const uint8_t *src, uint16_t sport,
	const uint8_t *dst, uint16_t dport, uint64_t packet, size_t len_bytes)
{
	char a[INET6_ADDRSTRLEN], b[INET6_ADDRSTRLEN];

	inet_ntop(family == 4 ? AF_INET : AF_INET6, src, a, sizeof(a));
	inet_ntop(family == 4 ? AF_INET : AF_INET6, dst, b, sizeof(b));
	json_object_set_new(x, "p", json_string(protocol));
	json_object_set_new(x, "who", json_pack("[sisi]", a, sport, b, dport));
	json_object_set_new(x, "packet", json_integer((json_int_t)packet));
	json_object_set_new(x, "bytes", json_integer((json_int_t)len_bytes));
	json_dumpf(x, stdout, JSON_COMPACT | JSON_SORT_KEYS);
	putchar('\n');
	json_decref(x);
}

static void
say_half(const struct tcp_half *h, json_t *x, const char *protocol, uint64_t packet, size_t len)
{
	const struct tcp_connection *c = h->connection;

	say(x, protocol, c->family, c->addr[h->side], c->port[h->side], c->addr[!h->side],
		c->port[!h->side], packet, len);
}

static json_t *
update(const struct reader *r, const uint8_t *msg, size_t len_bytes)
{
	const struct reader *other = r->half->connection->half[!r->half->side].reader;
	struct bgp_options options;
	struct bgp_update u;
	struct bgp_error why = {0};
	json_t *x;
	bool known = r->has_open && other != NULL && other->has_open;
	int rc;

	if (known) {
		options = bgp_negotiate(&r->open, &other->open);
		rc = bgp_update_parse(msg, len_bytes, &options, &u, &why);
	} else {
		rc = bgp_update_guess(msg, len_bytes, &u, &options, &why);
	}
	x = rc < 0 ? bad_json(&why) : update_json(&u);
	if (!known)
		json_object_set_new(x, "guessed", json_true());
	return x;
}

static void
on_bgp(void *arg, enum bgp_type type, const uint8_t *msg, size_t len_bytes, struct wall seen,
	uint64_t packet)
{
	struct reader *r = arg;
	struct bgp_notification n;
	struct bgp_refresh refresh;
	struct bgp_error why = {0};
	json_t *x = NULL;

	(void)seen;
	switch (type) {
	case BGP_OPEN:
		r->has_open = bgp_open_parse(msg, len_bytes, &r->open, &why) == 0;
		x = r->has_open ? open_json(&r->open) : bad_json(&why);
		break;
	case BGP_UPDATE:
		x = update(r, msg, len_bytes);
		break;
	case BGP_NOTIFICATION:
		x = bgp_notification_parse(msg, len_bytes, &n, &why) < 0 ? bad_json(&why)
									 : notification_json(&n);
		break;
	case BGP_ROUTE_REFRESH:
		x = bgp_refresh_parse(msg, len_bytes, &refresh, &why) < 0
			? bad_json(&why)
			: json_pack("{sisisi}", "afi", refresh.afi, "safi", refresh.safi, "subtype",
				  refresh.subtype);
		break;
	case BGP_KEEPALIVE:
		x = json_object();
		break;
	}
	json_object_set_new(x, "type", json_integer(type));
	say_half(r->half, x, "bgp", packet, len_bytes);
}

static json_t *
dns(const uint8_t *wire, size_t len_bytes, bool whole)
{
	static struct dns_msg m;

	if (dns_read(wire, len_bytes, &m) == 0)
		return dns_json(&m, true);
	if (!whole && dns_read_question(wire, len_bytes, &m) == 0)
		return dns_json(&m, false);
	return json_pack("{sb}", "bad", 1);
}

static void
on_dns(void *arg, const uint8_t *msg, size_t len_bytes, struct wall seen, uint64_t packet)
{
	const struct reader *r = arg;

	(void)seen;
	say_half(r->half, dns(msg, len_bytes, true), "dns", packet, len_bytes);
}

static int
open_half(void *arg, struct tcp_half *h)
{
	struct reader *r = calloc(1, sizeof(*r));
	int rc;

	if (r == NULL)
		return -1;
	r->half = h;
	rc = arg == &tables[0] ? bgpstream_new(&r->bgp, on_bgp, r)
			       : dnsstream_new(&r->dns, on_dns, r);
	h->reader = r;
	return rc;
}

static void
on_bytes(struct tcp_half *h, const uint8_t *data, size_t len_bytes, struct wall seen,
	uint64_t packet)
{
	struct reader *r = h->reader;

	if (r->bgp != NULL)
		bgpstream_push(r->bgp, data, len_bytes, seen, packet);
	else
		dnsstream_push(r->dns, data, len_bytes, seen, packet);
}

static void
on_gap(struct tcp_half *h, uint64_t missing_bytes)
{
	struct reader *r = h->reader;
	json_t *x = json_pack("{sI}", "gap", (json_int_t)missing_bytes);

	say_half(h, x, r->bgp != NULL ? "bgp" : "dns", 0, 0);
	if (r->bgp != NULL)
		bgpstream_gap(r->bgp);
	else
		dnsstream_gap(r->dns);
}

static void
on_restart(struct tcp_half *h)
{
	struct reader *r = h->reader;

	r->has_open = false;
	if (r->bgp != NULL)
		bgpstream_restart(r->bgp);
	else
		dnsstream_restart(r->dns);
}

static size_t
held(const struct tcp_half *h)
{
	const struct reader *r = h->reader;

	return r->bgp != NULL ? bgpstream_held_bytes(r->bgp) : dnsstream_held_bytes(r->dns);
}

static void
close_half(struct tcp_half *h)
{
	struct reader *r = h->reader;
	uint64_t resyncs = r->bgp != NULL ? bgpstream_counts(r->bgp)->resyncs
					  : dnsstream_counts(r->dns)->resyncs;

	if (resyncs > 0)
		say_half(h, json_pack("{sI}", "resyncs", (json_int_t)resyncs),
			r->bgp != NULL ? "bgp" : "dns", 0, 0);
	bgpstream_free(r->bgp);
	if (r->dns != NULL)
		dnsstream_free(r->dns);
	free(r);
}

static void
take(const struct pkt_view *v, const struct source_record *rec)
{
	struct fact_place at = {rec->seen, rec->number, rec->file, rec->point};
	bool of_dns = v->sport == DNS_PORT || v->dport == DNS_PORT;
	bool of_bgp = v->sport == BGP_PORT || v->dport == BGP_PORT;

	if (v->proto == PKT_TCP && (of_dns || of_bgp))
		tcptable_push(tables[of_dns], v, &at);
	else if (v->proto == PKT_UDP && of_dns)
		say(dns(v->payload, v->payload_bytes, v->payload_bytes == v->payload_wire_bytes),
			"dns", v->family, v->src, v->sport, v->dst, v->dport, rec->number,
			v->payload_wire_bytes);
}

int
main(int argc, char *argv[])
{
	struct tcptable_hooks hooks = {
		open_half, on_bytes, on_gap, on_restart, NULL, held, close_half, NULL};
	const char *paths[] = {argc == 2 ? argv[1] : ""};
	struct pkt_view v, whole;
	struct source_record rec;
	struct ipfrag *fragments;
	struct source *s;
	struct err e;

	if (argc != 2) {
		fputs("Usage: messages CAPTURE\n", stderr);
		return 2;
	}
	if (source_open(paths, 1, &s, &e) < 0) {
		fprintf(stderr, "messages: %s\n", e.text);
		return 2;
	}
	for (int i = 0; i < 2; i++) {
		hooks.arg = &tables[i];
		if (tcptable_new(&tables[i], i == 0 ? BGP_PORT : DNS_PORT, CONNECTIONS, HELD_BYTES,
			    &hooks) < 0)
			return 3;
	}
	if (ipfrag_new(&fragments, 64, 30 * NS_PER_S) < 0)
		return 3;
	while (source_next(s, &rec) == 1) {
		if (pkt_dissect(rec.link, rec.data, rec.captured_bytes, &v) < 0)
			continue;
		if (!v.fragment)
			take(&v, &rec);
		else if (ipfrag_take(fragments, &v, rec.point, rec.seen, &whole) == 1)
			take(&whole, &rec);
	}
	for (int i = 0; i < 2; i++) {
		tcptable_finish(tables[i]);
		tcptable_free(tables[i]);
	}
	ipfrag_free(fragments);
	source_free(s);
	return fflush(stdout) != 0 ? 3 : 0;
}
