/* dns_facts.c - what a capture says about the DNS servers in it, per server address. */
#include "bench/analyze/dns_facts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/analyze/dns_match.h"
#include "lib/dns.h"
#include "lib/dnsstream.h"

enum {
	TCP_CONNECTIONS = 4096,
	TCP_HELD_BYTES = 8 << 20,
	SERVER_BUCKETS = 2048,
	NSID_BUCKETS = 2048,
	QTYPE_IXFR = 251,
	QTYPE_AXFR = 252,
};

struct dns_facts {
	struct dns_match *match;
	struct tcptable *tcp;
	struct fact_events *events;
	uint64_t seed;
	struct dns_facts_counts counts;
	size_t servers, nsids;
	struct dns_server server[DNS_FACTS_SERVERS + 1]; /* the last: all others */
	struct dns_nsid nsid[DNS_FACTS_NSIDS];
	uint16_t server_at[SERVER_BUCKETS]; /* 0 empty, else index + 1 */
	uint16_t nsid_at[NSID_BUCKETS];
	struct dns_msg msg; /* the one being read */
};

/* Who talks to whom, of one message. */
struct talk {
	struct dns_match_key key;
	struct fact_place at;
};

static uint64_t
hash_bytes(uint64_t h, const void *data, size_t len_bytes)
{
	const uint8_t *p = data;
	uint64_t word;

	for (; len_bytes >= 8; len_bytes -= 8, p += 8) {
		memcpy(&word, p, 8);
		h = (h ^ word) * 0x9e3779b97f4a7c15u;
		h ^= h >> 32;
	}
	for (word = len_bytes + 1; len_bytes > 0; len_bytes--, p++)
		word = word << 8 | *p;
	h = (h ^ word) * 0xd6e8feb86659fd93u;
	return h ^ h >> 32;
}

static uint32_t
server_of(struct dns_facts *d, uint8_t family, const uint8_t addr[static 16])
{
	size_t at = hash_bytes(d->seed + family, addr, 16) % SERVER_BUCKETS;
	struct dns_server *s;

	/* There are fewer servers than buckets: an empty one comes. */
	for (; d->server_at[at] != 0; at = (at + 1) % SERVER_BUCKETS) {
		s = &d->server[d->server_at[at] - 1];
		if (s->family == family && memcmp(s->addr, addr, 16) == 0)
			return d->server_at[at] - 1u;
	}
	if (d->servers == DNS_FACTS_SERVERS)
		return DNS_FACTS_SERVERS;
	s = &d->server[d->servers];
	s->family = family;
	memcpy(s->addr, addr, 16);
	d->server_at[at] = (uint16_t)++d->servers;
	return (uint32_t)d->servers - 1;
}

static void
add_rtt(struct dns_rtt **to, int64_t rtt_ns)
{
	if (*to == NULL)
		*to = calloc(1, sizeof(**to));
	if (*to == NULL)
		return; /* the answer stays counted */
	hist_add(&(*to)->hist, rtt_ns);
	(*to)->sum_ns += rtt_ns;
}

static struct dns_nsid *
nsid_of(struct dns_facts *d, uint32_t server, const struct dns_msg *msg)
{
	size_t len = msg->nsid_len_bytes < DNS_FACTS_NSID_BYTES ? msg->nsid_len_bytes
								: DNS_FACTS_NSID_BYTES;
	size_t at = hash_bytes(d->seed + server, msg->nsid, len) % NSID_BUCKETS;
	struct dns_nsid *x;

	for (; d->nsid_at[at] != 0; at = (at + 1) % NSID_BUCKETS) {
		x = &d->nsid[d->nsid_at[at] - 1];
		if (x->server == server && x->len_bytes == len &&
			memcmp(x->bytes, msg->nsid, len) == 0)
			return x;
	}
	if (d->nsids == DNS_FACTS_NSIDS)
		return NULL;
	x = &d->nsid[d->nsids];
	x->server = server;
	x->len_bytes = (uint8_t)len;
	memcpy(x->bytes, msg->nsid, len);
	d->nsid_at[at] = (uint16_t)++d->nsids;
	return x;
}

static void
count_second(struct dns_server *s, struct wall seen)
{
	int64_t second = seen.ns / NS_PER_S;

	if (s->first.ns == 0)
		s->first = seen;
	if (wall_diff_ns(seen, s->last) > 0)
		s->last = seen;
	if (second != s->second) {
		s->second = second;
		s->second_queries = 0;
	}
	if (++s->second_queries > s->peak_queries)
		s->peak_queries = s->second_queries;
}

static void
take_query(struct dns_facts *d, const struct talk *t, uint64_t question)
{
	uint32_t index = server_of(d, t->key.family, t->key.server);
	struct dns_server *s = &d->server[index];

	switch (dns_match_query(d->match, &t->key, question, t->at.seen, t->at.point, index)) {
	case DNS_MATCH_QUERY_COPY:
		s->query_copies++;
		return;
	case DNS_MATCH_RETRANSMIT:
		s->retransmits++;
		break;
	case DNS_MATCH_NEW:
		s->queries[t->key.tcp]++;
		s->edns_queries += d->msg.has_opt;
		s->dnssec_ok_queries += d->msg.dnssec_ok;
		break;
	}
	count_second(s, t->at.seen);
}

static void
count_answer(struct dns_facts *d, const struct talk *t, uint32_t index, int64_t rtt_ns)
{
	struct dns_server *s = &d->server[index];
	struct dns_nsid *x;

	s->answered[t->key.tcp]++;
	s->truncated += (d->msg.flags & DNS_TC) != 0;
	s->rcode[d->msg.rcode < DNS_FACTS_RCODES ? d->msg.rcode : DNS_FACTS_RCODES - 1]++;
	add_rtt(&s->rtt[t->key.tcp], rtt_ns);
	if (d->msg.nsid == NULL || d->msg.nsid_len_bytes == 0)
		return;
	x = nsid_of(d, index, &d->msg);
	if (x == NULL) {
		s->nsid_overflow++;
		return;
	}
	if (x->answers++ == 0)
		x->first_ns = (uint64_t)t->at.seen.ns;
	x->last_ns = (uint64_t)t->at.seen.ns;
	add_rtt(&x->rtt, rtt_ns);
}

static void
take_answer(struct dns_facts *d, const struct talk *t, const uint64_t *question)
{
	uint32_t index = server_of(d, t->key.family, t->key.server);
	struct dns_server *s = &d->server[index];
	int64_t rtt_ns = 0;
	enum dns_match_answer how =
		dns_match_answer(d->match, &t->key, question, t->at.seen, t->at.point, &rtt_ns);

	if (how == DNS_MATCH_ANSWER_COPY) {
		s->answer_copies++;
		return;
	}
	s->answers++;
	switch (how) {
	case DNS_MATCH_ANSWERED:
		count_answer(d, t, index, rtt_ns);
		break;
	case DNS_MATCH_DUPLICATE:
		/* A zone transfer is many messages to one question. */
		if (t->key.tcp &&
			(question == NULL || d->msg.qtype == QTYPE_AXFR ||
				d->msg.qtype == QTYPE_IXFR))
			s->transfer_messages++;
		else
			s->duplicates++;
		break;
	case DNS_MATCH_LATE:
		s->late++;
		break;
	case DNS_MATCH_MISMATCHED:
		s->mismatched++;
		break;
	default:
		s->orphans++;
	}
}

static void
on_ended(void *arg, uint32_t service, enum dns_match_end how)
{
	struct dns_facts *d = arg;
	struct dns_server *s = &d->server[service];

	s->unanswered += how == DNS_MATCH_UNANSWERED;
	s->answered_elsewhere += how == DNS_MATCH_ELSEWHERE;
	s->open += how == DNS_MATCH_OPEN;
	s->forgotten += how == DNS_MATCH_FORGOTTEN;
}

static void
take_malformed(struct dns_facts *d, const struct fact_place *at, size_t len_bytes)
{
	d->counts.malformed++;
	fact_event(d->events, at, "dns", "malformed", "a DNS message of %zu bytes cannot be read",
		len_bytes);
}

/* `whole`: all bytes of the message were captured. The client's side of `t` is set by QR. */
static void
take_message(struct dns_facts *d, struct talk *t, const uint8_t *wire, size_t len_bytes, bool whole)
{
	struct dns_msg *msg = &d->msg;
	uint64_t question;
	size_t name_len;

	d->counts.messages[t->key.tcp]++;
	if (dns_read(wire, len_bytes, msg) < 0) {
		if (whole || dns_read_question(wire, len_bytes, msg) < 0) {
			take_malformed(d, &t->at, len_bytes);
			return;
		}
		d->counts.cut++;
	}
	name_len = strlen(msg->qname);
	question = hash_bytes(
		d->seed ^ ((uint64_t)msg->qtype << 16 | msg->qclass), msg->qname, name_len);
	t->key.id = msg->id;
	if (!(msg->flags & DNS_QR))
		take_query(d, t, question);
	else
		take_answer(d, t, msg->qdcount == 0 ? NULL : &question);
}

static struct talk
talk_of(uint8_t family, bool tcp, const uint8_t client[static 16], uint16_t client_port,
	const uint8_t server[static 16], uint16_t server_port, const struct fact_place *at)
{
	struct talk t = {.at = *at};

	t.key.family = family;
	t.key.tcp = tcp;
	memcpy(t.key.client, client, 16);
	memcpy(t.key.server, server, 16);
	t.key.client_port = client_port;
	t.key.server_port = server_port;
	return t;
}

static void
take_udp(struct dns_facts *d, const struct pkt_view *v, const struct fact_place *at)
{
	/* From 53 to 53 only QR can tell who is the server. */
	bool answer = v->sport == DNS_FACTS_PORT &&
		(v->dport != DNS_FACTS_PORT ||
			(v->payload_bytes > 2 && (v->payload[2] & 0x80) != 0));
	struct talk t = answer ? talk_of(v->family, false, v->dst, v->dport, v->src, v->sport, at)
			       : talk_of(v->family, false, v->src, v->sport, v->dst, v->dport, at);

	take_message(
		d, &t, v->payload, v->payload_bytes, v->payload_bytes == v->payload_wire_bytes);
}

/* ---- TCP ---- */

static void
on_message(void *arg, const uint8_t *msg, size_t len_bytes, struct wall complete, uint64_t packet)
{
	struct tcp_half *h = arg;
	const struct tcp_connection *c = h->connection;
	struct dns_facts *d = c->owner;
	struct fact_place at = *tcptable_place(d->tcp);
	struct talk t;

	at.seen = complete;
	at.packet = packet;
	t = talk_of(c->family, true, c->addr[0], c->port[0], c->addr[1], c->port[1], &at);
	take_message(d, &t, msg, len_bytes, true);
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
		d->server[server_of(d, quoted->family, quoted->dst)].icmp_errors++;
}

void
dns_facts_finish(struct dns_facts *d)
{
	tcptable_finish(d->tcp);
	d->counts.tcp = tcptable_counts(d->tcp);
	tcptable_free(d->tcp);
	d->tcp = NULL;
	dns_match_finish(d->match);
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
	if (dns_match_new(&d->match, queries, expiry_ns, seed, on_ended, d) < 0 ||
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
	dns_match_free(d->match);
	for (size_t i = 0; i <= DNS_FACTS_SERVERS; i++) {
		free(d->server[i].rtt[0]);
		free(d->server[i].rtt[1]);
	}
	for (size_t i = 0; i < d->nsids; i++)
		free(d->nsid[i].rtt);
	free(d);
}

struct dns_facts_counts
dns_facts_counts(const struct dns_facts *d)
{
	return d->counts;
}

/* Those for whom there was no place are one more server, if there are any. */
const struct dns_server *
dns_facts_servers(const struct dns_facts *d, size_t *ret_n)
{
	*ret_n = d->servers + (d->servers == DNS_FACTS_SERVERS);
	return d->server;
}

const struct dns_nsid *
dns_facts_nsids(const struct dns_facts *d, size_t *ret_n)
{
	*ret_n = d->nsids;
	return d->nsid;
}
