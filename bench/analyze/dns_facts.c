/* dns_facts.c - what a capture says about the DNS servers in it, per server address. */
#include "bench/analyze/dns_facts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/analyze/dns_tally.h"
#include "lib/dns.h"
#include "lib/dnsstream.h"

enum {
	TCP_CONNECTIONS = 4096,
	TCP_HELD_BYTES = 8 << 20,
};

struct dns_facts {
	struct dns_tally *tally;
	struct tcptable *tcp;
	struct fact_events *events;
	uint64_t seed;
	struct dns_facts_counts counts;
	struct dns_msg msg; /* the one being read */
};

/* Who talks to whom, of one message; `client` and `server` are borrowed. */
struct talk {
	uint8_t family;
	bool tcp;
	const uint8_t *client, *server;
	uint16_t client_port, server_port;
};

static void
take_malformed(struct dns_facts *d, const struct fact_place *at, size_t len_bytes)
{
	d->counts.malformed++;
	fact_event(d->events, at, "dns", "malformed", "a DNS message of %zu bytes cannot be read",
		len_bytes);
}

/* Noted in the order of packets: so servers are numbered in the order in which they were first seen. */
static void
note(struct dns_facts *d, const struct talk *t, const struct fact_place *at, uint64_t question)
{
	const struct dns_msg *msg = &d->msg;
	struct dns_note *n = dns_tally_blank(d->tally);
	size_t nsid_bytes = msg->nsid == NULL ? 0 : msg->nsid_len_bytes;

	if (nsid_bytes > DNS_FACTS_NSID_BYTES)
		nsid_bytes = DNS_FACTS_NSID_BYTES;
	n->key = (struct dns_match_key){.client_port = t->client_port,
		.server_port = t->server_port,
		.id = msg->id,
		.family = t->family,
		.tcp = t->tcp};
	memcpy(n->key.client, t->client, 16);
	memcpy(n->key.server, t->server, 16);
	n->seen = at->seen;
	n->point = at->point;
	n->answer = (msg->flags & DNS_QR) != 0;
	n->has_question = msg->qdcount != 0;
	n->truncated = (msg->flags & DNS_TC) != 0;
	n->has_opt = msg->has_opt;
	n->dnssec_ok = msg->dnssec_ok;
	n->qtype = msg->qtype;
	n->rcode = msg->rcode;
	n->question = question;
	n->server = dns_tally_server(d->tally, t->family, t->server);
	n->nsid_len_bytes = (uint8_t)nsid_bytes;
	if (nsid_bytes > 0)
		memcpy(n->nsid, msg->nsid, nsid_bytes);
	dns_tally_note(d->tally);
}

/* `whole`: all bytes of the message were captured. The client's side of `t` is set by QR. */
static void
take_message(struct dns_facts *d, const struct talk *t, const struct fact_place *at,
	const uint8_t *wire, size_t len_bytes, bool whole)
{
	uint64_t question;

	d->counts.messages[t->tcp]++;
	if (dns_skim(wire, len_bytes, true, d->seed, &d->msg, &question) < 0) {
		if (whole || dns_skim(wire, len_bytes, false, d->seed, &d->msg, &question) < 0) {
			take_malformed(d, at, len_bytes);
			return;
		}
		d->counts.cut++;
	}
	note(d, t, at, question);
}

static void
take_udp(struct dns_facts *d, const struct pkt_view *v, const struct fact_place *at)
{
	/* From 53 to 53 only QR can tell who is the server. */
	bool answer = v->sport == DNS_FACTS_PORT &&
		(v->dport != DNS_FACTS_PORT ||
			(v->payload_bytes > 2 && (v->payload[2] & 0x80) != 0));
	struct talk t = {.family = v->family,
		.client = answer ? v->dst : v->src,
		.server = answer ? v->src : v->dst,
		.client_port = answer ? v->dport : v->sport,
		.server_port = answer ? v->sport : v->dport};

	take_message(
		d, &t, at, v->payload, v->payload_bytes, v->payload_bytes == v->payload_wire_bytes);
}

/* ---- TCP ---- */

static void
on_message(void *arg, const uint8_t *msg, size_t len_bytes, struct wall complete, uint64_t packet)
{
	struct tcp_half *h = arg;
	const struct tcp_connection *c = h->connection;
	struct dns_facts *d = c->owner;
	struct fact_place at = *tcptable_place(d->tcp);
	struct talk t = {c->family, true, c->addr[0], c->addr[1], c->port[0], c->port[1]};

	at.seen = complete;
	at.packet = packet;
	take_message(d, &t, &at, msg, len_bytes, true);
}

static int
open_half(void *arg, struct tcp_half *h)
{
	struct dnsstream *stream;
	int rc = dnsstream_new(&stream, on_message, h);

	if (rc == 0)
		h->reader = stream;
	h->connection->owner = arg;
	return rc;
}

static void
on_bytes(struct tcp_half *h, const uint8_t *data, size_t len_bytes, struct wall seen,
	uint64_t packet)
{
	dnsstream_push(h->reader, data, len_bytes, seen, packet);
}

static void
on_gap(struct tcp_half *h, uint64_t missing_bytes)
{
	(void)missing_bytes;
	dnsstream_gap(h->reader);
}

static void
on_restart(struct tcp_half *h)
{
	dnsstream_restart(h->reader);
}

static size_t
held(const struct tcp_half *h)
{
	return dnsstream_held_bytes(h->reader);
}

static void
close_half(struct tcp_half *h)
{
	struct dns_facts *d = h->connection->owner;
	const struct dnsstream_counts *counts = dnsstream_counts(h->reader);

	d->counts.stream_resyncs += counts->resyncs;
	d->counts.stream_skipped_bytes += counts->skipped_bytes;
	dnsstream_free(h->reader);
}

/* ---- all of it ---- */

int
dns_facts_take(struct dns_facts *d, const struct pkt_view *v, const struct fact_place *at)
{
	if (v->proto == PKT_TCP)
		return tcptable_push(d->tcp, v, at);
	take_udp(d, v, at);
	return 0;
}

void
dns_facts_take_error(
	struct dns_facts *d, const struct pkt_view *quoted, const struct fact_place *at)
{
	(void)at;
	if (quoted->dport == DNS_FACTS_PORT &&
		(quoted->proto == PKT_UDP || quoted->proto == PKT_TCP))
		dns_tally_icmp_error(
			d->tally, dns_tally_server(d->tally, quoted->family, quoted->dst));
}

void
dns_facts_finish(struct dns_facts *d)
{
	tcptable_finish(d->tcp);
	d->counts.tcp = tcptable_counts(d->tcp);
	tcptable_free(d->tcp);
	d->tcp = NULL;
	dns_tally_finish(d->tally);
}

int
dns_facts_new(struct dns_facts **ret, int64_t expiry_ns, size_t queries, uint64_t seed,
	struct fact_events *events)
{
	struct dns_facts *d = calloc(1, sizeof(*d));
	struct tcptable_hooks hooks = {.open = open_half,
		.bytes = on_bytes,
		.gap = on_gap,
		.restart = on_restart,
		.held = held,
		.close = close_half,
		.arg = d};

	if (d == NULL)
		return -ENOMEM;
	d->events = events;
	d->seed = seed;
	if (dns_tally_new(&d->tally, expiry_ns, queries, seed) < 0 ||
		tcptable_new(&d->tcp, DNS_FACTS_PORT, TCP_CONNECTIONS, TCP_HELD_BYTES, &hooks) <
			0) {
		dns_facts_free(d);
		return -ENOMEM;
	}
	*ret = d;
	return 0;
}

void
dns_facts_free(struct dns_facts *d)
{
	if (d == NULL)
		return;
	tcptable_free(d->tcp);
	dns_tally_free(d->tally);
	free(d);
}

struct dns_facts_counts
dns_facts_counts(const struct dns_facts *d)
{
	return d->counts;
}

const struct dns_server *
dns_facts_servers(const struct dns_facts *d, size_t *ret_n)
{
	return dns_tally_servers(d->tally, ret_n);
}

const struct dns_nsid *
dns_facts_nsids(const struct dns_facts *d, size_t *ret_n)
{
	return dns_tally_nsids(d->tally, ret_n);
}
