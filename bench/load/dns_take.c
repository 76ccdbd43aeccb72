/* dns_take.c - which query an answer or an ICMP error belongs to, and what became of it. */
#include <errno.h>
#include <stddef.h>

#include "bench/load/dns_thread.h"
#include "lib/dns.h"

static void
answered(struct dns_thread *t, struct dns_lane *lane, struct track_query *q,
	const struct dns_msg *msg, const struct wire_in *in)
{
	struct dns_stats *s = &t->stats;
	int64_t latency_ns = in->received_ns - q->sent_ns;

	if (latency_ns < 0) /* within a batch the instant of sending is interpolated */
		latency_ns = 0;
	track_close(&lane->track, q, TRACK_ANSWERED);
	t->open--;
	s->answered++;
	s->answer_bytes += in->len;
	s->truncated += (msg->flags & DNS_TC) != 0;
	s->rcodes[msg->rcode < DNS_RCODES - 1 ? msg->rcode : DNS_RCODES - 1]++;
	s->latency_sum_ns += latency_ns;
	s->intended_sum_ns += latency_ns + q->lateness_ns;
	hist_add(&s->latency, latency_ns);
	hist_add(&s->latency_intended, latency_ns + q->lateness_ns);
	if (t->timeline != NULL)
		dns_timeline_answered(t->timeline, q->sent_ns - t->begin.ns, latency_ns, msg->nsid,
			msg->nsid_len_bytes);
}

/* A server that cannot read a question need not repeat it (RFC 1035 4.1.1). */
static bool
fits(const struct track_query *q, const struct dns_msg *msg, uint64_t question)
{
	if (msg->qdcount == 0)
		return (msg->rcode & 15) != DNS_NOERROR;
	return msg->qdcount == 1 && track_is(q, question);
}

static void
take_answer(struct dns_thread *t, struct dns_lane *lane, const struct wire_in *in)
{
	struct dns_stats *s = &t->stats;
	struct track_query *q;
	struct dns_msg msg;
	uint64_t question;

	if (dns_skim(in->bytes, in->len, true, t->hash_seed, &msg, &question) < 0 ||
		(msg.flags & DNS_QR) == 0) {
		s->malformed++;
		return;
	}
	q = &lane->track.queries[msg.id];
	if (track_state(q) == TRACK_FREE || !fits(q, &msg, question))
		s->mismatch++;
	else if (track_state(q) == TRACK_ANSWERED)
		s->duplicate++;
	else if (track_state(q) == TRACK_EXPIRED)
		s->late++;
	else if (in->received_ns - q->sent_ns < t->plan->timeout_ns)
		answered(t, lane, q, &msg, in);
	else { /* nobody had looked yet */
		track_close(&lane->track, q, TRACK_EXPIRED);
		t->open--;
		s->timed_out++;
		s->late++;
	}
}

int
dns_take_errors(struct dns_thread *t, struct dns_lane *lane)
{
	struct wire_in in;
	int n = 0;

	while (n < WIRE_BATCH && wire_error(&lane->wire, &in) > 0) {
		struct track_query *q = NULL;
		struct dns_msg msg;
		uint64_t question;

		n++;
		if (dns_skim(in.bytes, in.len, false, t->hash_seed, &msg, &question) == 0)
			q = &lane->track.queries[msg.id];
		if (q == NULL || track_state(q) != TRACK_OPEN || !track_is(q, question)) {
			t->stats.unmatched_errors++;
			continue;
		}
		track_close(&lane->track, q, TRACK_EXPIRED);
		t->open--;
		t->stats.unreachable++;
	}
	return n;
}

void
dns_lane_broke(struct dns_thread *t, struct dns_lane *lane)
{
	struct track_query q;

	while (track_expire(&lane->track, INT64_MAX, &q) > 0) {
		t->open--;
		t->stats.lost_connection++;
	}
}

int
dns_take(struct dns_thread *t, struct dns_lane *lane, int n)
{
	struct wire_in in[WIRE_IN];
	int got = wire_receive(&lane->wire, in, n < WIRE_BATCH ? n : WIRE_BATCH);

	if (got == -ECONNRESET && lane->wire.type == WIRE_TCP)
		dns_lane_broke(t, lane);
	else if (got < 0)
		dns_take_errors(t, lane);
	for (int i = 0; i < got; i++)
		take_answer(t, lane, &in[i]);
	return got < 0 ? 0 : got;
}

void
dns_expire(struct dns_thread *t, int64_t now_ns)
{
	struct track_query q;

	for (size_t i = 0; i < t->lanes_len; i++)
		while (track_expire(&t->lanes[i].track, now_ns - t->plan->timeout_ns, &q) > 0) {
			t->open--;
			t->stats.timed_out++;
		}
}
