/* queries_replay.c - the queries of a capture, as they were sent and when. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/analyze/source.h"
#include "bench/analyze/tcptable.h"
#include "bench/load/qtype.h"
#include "bench/load/queries_internal.h"
#include "lib/dns.h"
#include "lib/dnsstream.h"
#include "lib/ipfrag.h"

enum {
	DNS_PORT = 53,
	TCP_CONNECTIONS = 4096,
	TCP_HELD_BYTES = 8 << 20,
	FRAGMENTED_PACKETS = 256,
	QUERIES_MAX = 50000000, /* some 4 GB of memory */
	OPCODE_BITS = 0x7800
};

static const int64_t fragment_timeout_ns = 30 * NS_PER_S;

struct replay {
	const struct query_replay *what;
	struct queries *q;
	struct tcptable *tcp;
	struct ipfrag *fragments;
	bool failed; /* out of memory within a callback */
	struct dns_msg msg;
};

static bool
is_wanted(const struct replay *r, uint8_t family, const uint8_t addr[static 16])
{
	struct inet a = {.family = family == 4 ? AF_INET : AF_INET6};

	if (r->what->to == NULL)
		return true;
	a.len = (uint8_t)inet_bits(&a);
	memcpy(a.addr, addr, sizeof(a.addr));
	return inet_covers(r->what->to, &a);
}

/* One question, a plain query, and one that an answer belongs to. */
static void
take_message(struct replay *r, const uint8_t *wire, size_t len, struct wall seen)
{
	if (dns_read(wire, len, &r->msg) < 0 || (r->msg.flags & (DNS_QR | OPCODE_BITS)) != 0 ||
		r->msg.qdcount != 1 || !qtype_asks(r->msg.qtype) || len > UINT16_MAX)
		return;
	if (queries_len(r->q) >= QUERIES_MAX ||
		queries_add_wire(r->q, wire, len, r->msg.qtype, seen.ns) < 0)
		r->failed = true;
}

static void
on_message(void *arg, const uint8_t *msg, size_t len, struct wall complete, uint64_t packet)
{
	const struct tcp_half *h = arg;

	(void)packet;
	take_message(h->connection->owner, msg, len, complete);
}

/* The client's half is read; the server's has no reader. */
static int
open_half(void *arg, struct tcp_half *h)
{
	struct replay *r = arg;
	struct dnsstream *stream = NULL;
	int rc = 0;

	h->connection->owner = r;
	if (h->side == 0 && is_wanted(r, h->connection->family, h->connection->addr[1]))
		rc = dnsstream_new(&stream, on_message, h);
	h->reader = stream;
	return rc;
}

static void
on_bytes(struct tcp_half *h, const uint8_t *data, size_t len, struct wall seen, uint64_t packet)
{
	struct replay *r = h->connection->owner;

	if (h->reader != NULL && dnsstream_push(h->reader, data, len, seen, packet) < 0)
		r->failed = true;
}

static void
on_gap(struct tcp_half *h, uint64_t missing_bytes)
{
	(void)missing_bytes;
	if (h->reader != NULL)
		dnsstream_gap(h->reader);
}

static void
on_restart(struct tcp_half *h)
{
	if (h->reader != NULL)
		dnsstream_restart(h->reader);
}

static size_t
held(const struct tcp_half *h)
{
	return h->reader == NULL ? 0 : dnsstream_held_bytes(h->reader);
}

static void
close_half(struct tcp_half *h)
{
	dnsstream_free(h->reader);
}

static int
take_view(struct replay *r, const struct pkt_view *v, const struct source_record *rec)
{
	struct fact_place at = {rec->seen, rec->number, rec->file, rec->point};

	if (v->proto == PKT_TCP && (v->dport == DNS_PORT || v->sport == DNS_PORT))
		return tcptable_push(r->tcp, v, &at);
	if (v->proto == PKT_UDP && v->dport == DNS_PORT &&
		v->payload_bytes == v->payload_wire_bytes && is_wanted(r, v->family, v->dst))
		take_message(r, v->payload, v->payload_bytes, rec->seen);
	return 0;
}

static int
take_record(struct replay *r, const struct source_record *rec)
{
	struct pkt_view v, whole;
	int rc;

	if (pkt_dissect(rec->link, rec->data, rec->captured_bytes, &v) < 0)
		return 0;
	if (!v.fragment)
		return take_view(r, &v, rec);
	rc = ipfrag_take(r->fragments, &v, rec->point, rec->seen, &whole);
	if (rc == 1)
		return take_view(r, &whole, rec);
	return rc == -ENOMEM ? rc : 0;
}

static int
read_all(struct replay *r, struct source *s, struct err *e)
{
	struct source_record rec;
	char text[INET_TEXT_BYTES];

	while (!r->failed && source_next(s, &rec) == 1)
		if (take_record(r, &rec) < 0)
			r->failed = true;
	tcptable_finish(r->tcp);
	if (r->failed)
		return err_set(e, ENOMEM, "%s: more queries than memory holds", r->what->paths[0]);
	for (unsigned i = 0; i < source_files(s); i++)
		if (source_damage(s, i) != NULL)
			return err_set(e, EBADMSG, "%s", source_damage(s, i));
	if (queries_len(r->q) == 0 && r->what->to != NULL)
		return err_set(e, ENOENT, "%s: no DNS query to port %d of %s in it",
			r->what->paths[0], DNS_PORT, inet_show_prefix(r->what->to, text));
	if (queries_len(r->q) == 0)
		return err_set(e, ENOENT, "%s: no DNS query to port %d in it", r->what->paths[0],
			DNS_PORT);
	if (queries_by_time(r->q) < 0)
		return err_set(e, ENOMEM, "out of memory");
	return 0;
}

static int
open_tables(struct replay *r, struct err *e)
{
	struct tcptable_hooks hooks = {.open = open_half,
		.bytes = on_bytes,
		.gap = on_gap,
		.restart = on_restart,
		.held = held,
		.close = close_half,
		.arg = r};

	if (queries_new(&r->q, e) < 0)
		return -ENOMEM;
	if (tcptable_new(&r->tcp, DNS_PORT, TCP_CONNECTIONS, TCP_HELD_BYTES, &hooks) < 0 ||
		ipfrag_new(&r->fragments, FRAGMENTED_PACKETS, fragment_timeout_ns) < 0)
		return err_set(e, ENOMEM, "out of memory");
	return 0;
}

int
queries_from_replay(const struct query_replay *what, struct queries **ret, struct err *e)
{
	struct replay r = {.what = what};
	struct source *s = NULL;
	int rc = source_open(what->paths, what->paths_n, &s, e);

	if (rc == 0)
		rc = open_tables(&r, e);
	if (rc == 0)
		rc = read_all(&r, s, e);
	if (r.tcp != NULL)
		tcptable_free(r.tcp);
	ipfrag_free(r.fragments);
	source_free(s);
	if (rc < 0)
		queries_free(r.q);
	else
		*ret = r.q;
	return rc;
}
