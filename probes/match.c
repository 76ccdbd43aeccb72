/* match.c - which query a packet belongs to, and what it decides. */
#include "probes/match.h"

#include <string.h>

#include "lib/dns.h"
#include "probes/judge.h"

const struct names *
match_names(const struct match *m, uint32_t stream)
{
	return m->plan->streams[stream].service == PLAN_LARGE ? m->large : m->names;
}

void
match_stray(const struct match *m, enum answers_stray_kind kind, uint32_t stream, uint32_t seq,
	const struct dns_msg *msg, struct wall received)
{
	struct answers_stray s = {.kind = kind,
		.stream = (uint16_t)stream,
		.nsid = ANSWERS_NSID_NONE,
		.seq = seq,
		.received = received};

	if (msg != NULL && msg->nsid != NULL)
		s.nsid = answers_intern_nsid(m->writer, msg->nsid, msg->nsid_len_bytes);
	m->stats->strays[kind]++;
	answers_write_stray(m->writer, &s);
}

static void
stray(const struct match *m, enum answers_stray_kind kind, uint32_t stream, uint32_t seq,
	const struct dns_msg *msg, const struct socket_packet *p)
{
	match_stray(m, kind, stream, seq, msg, p->received);
}

/* Where all queries ask for the same name: the id, which is of one query only, says which. */
static struct flight_query *
find_by_id(const struct match *m, uint32_t stream, const struct dns_msg *msg, uint32_t *ret_seq)
{
	const struct lane *lane = lanes_of(m->lanes, stream);
	uint64_t number;

	if (strcmp(msg->qname, m->plan->zone) != 0)
		return NULL;
	number =
		flight_by_id(&lane->flight, msg->id, m->lanes->place_of[stream], lane->streams_len);
	if (number == UINT64_MAX)
		return NULL;
	*ret_seq = (uint32_t)(number / lane->streams_len);
	return flight_find(&lane->flight, number);
}

/*
 * The query that a message answers or quotes: id and question must both be what we sent from this
 * socket. `ret_seq` is set as soon as the name is one of this stream's.
 */
static struct flight_query *
find(const struct match *m, uint32_t stream, const struct dns_msg *msg, uint32_t *ret_seq)
{
	struct flight_query *q;
	uint32_t of_stream, seq;

	if (msg->qdcount != 1 || msg->qtype != m->plan->qtype || msg->qclass != m->plan->qclass)
		return NULL;
	if (m->plan->fixed_name)
		return find_by_id(m, stream, msg, ret_seq);
	if (!names_parse(match_names(m, stream), msg->qname, &of_stream, &seq) ||
		of_stream != stream)
		return NULL;
	*ret_seq = seq;
	q = flight_find(&lanes_of(m->lanes, stream)->flight, lanes_number(m->lanes, stream, seq));
	return q != NULL && q->id == msg->id ? q : NULL;
}

/* Was this number sent long enough ago to have left the ring? */
static bool
is_forgotten(const struct match *m, uint32_t stream, uint32_t seq)
{
	const struct flight *f = &lanes_of(m->lanes, stream)->flight;
	uint64_t number = lanes_number(m->lanes, stream, seq);

	return seq != ANSWERS_SEQ_UNKNOWN && number < f->head && flight_find(f, number) == NULL;
}

/* By the kernel's clock, so that an engine that was held up does not take late answers. */
static bool
is_in_time(const struct match *m, const struct flight_query *q, const struct socket_packet *p)
{
	return wall_diff_ns(p->received, q->sent) < m->plan->timeout_ns;
}

enum answers_status
match_decide(const struct match *m, uint32_t stream, struct flight_query *q,
	const struct dns_msg *msg, struct wall received)
{
	struct lane *lane = lanes_of(m->lanes, stream);
	enum answers_status status = judge_answer(m->plan, &m->plan->streams[stream], msg);

	q->received = received;
	q->rcode = (uint8_t)(msg->rcode < ANSWERS_RCODE_NONE ? msg->rcode : ANSWERS_RCODE_NONE - 1);
	q->answered = true;
	if (msg->nsid != NULL)
		q->nsid = answers_intern_nsid(m->writer, msg->nsid, msg->nsid_len_bytes);
	else if (m->plan->site_in_txt && msg->txt != NULL && msg->txt_len_bytes > 0 &&
		msg->txt[0] < msg->txt_len_bytes)
		q->nsid = answers_intern_nsid(m->writer, msg->txt + 1, msg->txt[0]);
	flight_decide(&lane->flight, q, status);
	if (status != ANSWERS_GOOD)
		return status;
	hist_add(&lane->rtt, wall_diff_ns(q->received, q->sent));
	if (lane->service == PLAN_ANYCAST && lane->transport == PLAN_UDP)
		hist_add(&m->stats->rtt, wall_diff_ns(q->received, q->sent));
	return status;
}

void
match_answer(const struct match *m, uint32_t stream, const struct socket_packet *p)
{
	const struct plan_stream *s = &m->plan->streams[stream];
	bool right_source = inet_same(&p->from, &s->target) && p->port == s->port;
	uint32_t seq = ANSWERS_SEQ_UNKNOWN;
	struct flight_query *q;
	struct dns_msg msg;

	if (dns_read(p->data, p->len_bytes, &msg) < 0 || (msg.flags & DNS_QR) == 0) {
		stray(m, right_source ? ANSWERS_MALFORMED : ANSWERS_WRONG_SOURCE, stream, seq, NULL,
			p);
		return;
	}
	q = find(m, stream, &msg, &seq);
	if (!right_source) {
		stray(m, ANSWERS_WRONG_SOURCE, stream, seq, &msg, p);
	} else if (q == NULL) {
		stray(m, is_forgotten(m, stream, seq) ? ANSWERS_LATE : ANSWERS_MISMATCH, stream,
			seq, &msg, p);
	} else if (q->open && (q->flags & ANSWERS_FELL_BACK) != 0) {
		stray(m, ANSWERS_DUPLICATE, stream, seq, &msg, p); /* TCP decides by now */
	} else if (q->open && is_in_time(m, q, p) && (msg.flags & DNS_TC) != 0 &&
		s->transport == PLAN_UDP_TCP) {
		q->flags |= ANSWERS_FELL_BACK;
		m->fall_back(m->arg, stream, seq, q);
	} else if (q->open && is_in_time(m, q, p)) {
		match_decide(m, stream, q, &msg, p->received);
	} else if (q->answered) {
		m->stats->duplicated += (q->flags & ANSWERS_HAS_DUPLICATE) == 0;
		q->flags |= ANSWERS_HAS_DUPLICATE;
		stray(m, ANSWERS_DUPLICATE, stream, seq, &msg, p);
	} else {
		if (q->open)
			flight_decide(&lanes_of(m->lanes, stream)->flight, q, ANSWERS_UNANSWERED);
		q->answered = true; /* a second one is a duplicate */
		stray(m, ANSWERS_LATE, stream, seq, &msg, p);
	}
}

void
match_error(const struct match *m, uint32_t stream, const struct socket_packet *p)
{
	const struct plan_stream *s = &m->plan->streams[stream];
	uint32_t seq = ANSWERS_SEQ_UNKNOWN;
	struct flight_query *q = NULL;
	struct dns_msg msg;

	if (!p->unreachable) {
		m->stats->icmp_other++;
		return;
	}
	if (inet_same(&p->from, &s->target) && p->port == s->port &&
		dns_read_question(p->data, p->len_bytes, &msg) == 0)
		q = find(m, stream, &msg, &seq);
	if (q == NULL) {
		m->stats->icmp_unmatched++;
	} else if (q->open && (q->flags & ANSWERS_FELL_BACK) == 0 && is_in_time(m, q, p)) {
		q->received = p->received;
		flight_decide(&lanes_of(m->lanes, stream)->flight, q, ANSWERS_UNREACHABLE);
	}
}
