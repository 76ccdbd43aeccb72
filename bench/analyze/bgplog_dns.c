/* bgplog_dns.c - where marked queries and their answers were seen, and what a site's health check asked. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bench/analyze/bgplog_internal.h"
#include "lib/dns.h"

enum { DNS_PORT = 53, MAX_BACK = 4096 };

/* Digits up to something else; false for none or too many. */
static bool
digits(const char **at, uint32_t *ret)
{
	uint64_t n = 0;
	int taken = 0;

	for (; isdigit((unsigned char)**at) && taken < 9; taken++)
		n = n * 10 + (uint64_t)(*(*at)++ - '0');
	*ret = (uint32_t)n;
	return taken > 0;
}

/* s<stream>-q<seq>-<tag>.<zone>, as the probes name their queries (doc/formats.md). */
static bool
parse_name(const char *name, uint32_t *ret_stream, uint32_t *ret_seq)
{
	if (*name++ != 's' || !digits(&name, ret_stream))
		return false;
	if (*name++ != '-' || *name++ != 'q')
		return false;
	return digits(&name, ret_seq) && *name == '-';
}

static void
take_marked(struct bgplog_reading *x, const struct dns_msg *m, const struct pcap_record *rec)
{
	struct bgplog *log = x->log;
	uint32_t stream, seq;

	if (x->wants == NULL || !parse_name(m->qname, &stream, &seq) || stream > UINT16_MAX ||
		!x->wants(x->arg, stream, seq))
		return;
	if (grow(&log->dns, log->dnss, sizeof(log->dns[0])) < 0) {
		x->rc = -ENOMEM;
		return;
	}
	log->dns[log->dnss++] = (struct bgplog_dns){.at_ns = rec->seen.ns,
		.packet = rec->number,
		.point = x->point,
		.seq = seq,
		.stream = (uint16_t)stream,
		.answer = (m->flags & DNS_QR) != 0,
		.rcode = (uint8_t)m->rcode};
}

static struct bgplog_check *
add_check(struct bgplog_reading *x, const struct pcap_record *rec)
{
	struct bgplog *log = x->log;
	struct bgplog_check *c;

	if (grow(&log->check, log->checks, sizeof(*c)) < 0) {
		x->rc = -ENOMEM;
		return NULL;
	}
	c = &log->check[log->checks++];
	*c = (struct bgplog_check){.at_ns = rec->seen.ns,
		.packet = rec->number,
		.point = x->point,
		.answered_ns = INT64_MIN};
	return c;
}

/* The answer to one of the latest questions of this point, by port and id. */
static void
take_check_answer(struct bgplog_reading *x, const struct pkt_view *v, const struct dns_msg *m,
	const struct pcap_record *rec)
{
	struct bgplog *log = x->log;

	for (size_t back = 1; back <= log->checks && back <= MAX_BACK; back++) {
		struct bgplog_check *c = &log->check[log->checks - back];

		if (c->point != x->point)
			return;
		if (c->tcp_end || c->port != v->dport || c->id != m->id ||
			c->answered_ns != INT64_MIN)
			continue;
		c->answered_ns = rec->seen.ns;
		c->rcode = (uint8_t)m->rcode;
		return;
	}
}

static void
take_loop(struct bgplog_reading *x, const struct pkt_view *v, const struct dns_msg *m,
	const struct pcap_record *rec)
{
	struct bgplog_check *c;

	if ((m->flags & DNS_QR)) {
		if (v->sport == DNS_PORT)
			take_check_answer(x, v, m, rec);
		return;
	}
	c = v->dport == DNS_PORT ? add_check(x, rec) : NULL;
	if (c == NULL)
		return;
	c->port = v->sport;
	c->id = m->id;
	snprintf(c->name, sizeof(c->name), "%.63s", m->qname);
}

void
bgplog_dns_take(struct bgplog_reading *x, const struct pkt_view *v, const struct pcap_record *rec)
{
	bool loop = x->log->point[x->point].loop;
	struct dns_msg m;

	if (v->proto == PKT_TCP && loop && v->sport == DNS_PORT &&
		(v->flags & (PKT_FIN | PKT_RST))) {
		struct bgplog_check *c = add_check(x, rec);

		if (c != NULL) {
			c->tcp_end = true;
			c->reset = (v->flags & PKT_RST) != 0;
			c->port = v->dport;
		}
	}
	if (v->proto != PKT_UDP || dns_read_question(v->payload, v->payload_bytes, &m) < 0)
		return;
	if (loop)
		take_loop(x, v, &m, rec);
	else
		take_marked(x, &m, rec);
}
