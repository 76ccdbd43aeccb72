/* dns_send.c - from a query of the schedule to a packet: ids, fresh labels, batches, and what went wrong. */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "bench/load/dns_thread.h"
#include "lib/dns.h"
#include "lib/stop.h"

enum { ICMP_TRIES = 3, FULL_TRIES = 2000 };

/* Letters and digits that no resolver folds or escapes. */
static void
fresh_label(struct rng *rng, uint8_t *at, size_t len)
{
	static const char digits[33] = "abcdefghijklmnopqrstuvwxyz234567";
	uint64_t bits = 0;

	for (size_t i = 0; i < len; i++) {
		if (i % 12 == 0)
			bits = rng_u64(rng);
		at[i] = (uint8_t)digits[bits & 31];
		bits >>= 5;
	}
}

/* Find out about the query that comes next in the schedule. */
static void
advance(struct dns_thread *t)
{
	int64_t due_ns = 0;

	t->has_next = schedule_next(&t->walk, &t->next_number, &due_ns);
	t->next_due_ns = t->begin.ns + due_ns;
	if (t->has_next && t->next_due_ns >= t->end_ns && t->plan->window > 0)
		t->has_next = false;
}

/*
 * Put the next query behind the `n` that the batch has.
 *
 * Returns its length, 0 if it does not fit or no id is free.
 */
static size_t
build(struct dns_thread *t, struct dns_lane *lane, int n, size_t at)
{
	const struct dns_plan *p = t->plan;
	size_t index = (size_t)(t->next_number % queries_len(p->queries));
	struct query q = queries_at(p->queries, index);
	uint8_t *wire = t->bytes + at;
	struct dns_msg msg;
	uint64_t question = 0;
	int id;

	if (at + q.len > DNS_BATCH_BYTES)
		return 0;
	memcpy(wire, q.wire, q.len);
	if (q.random_len > 0)
		fresh_label(&t->rng, wire + q.random_at, q.random_len);
	if (dns_skim(wire, q.len, false, t->hash_seed, &msg, &question) < 0)
		question =
			0; /* of a replay: sent as it was, and nothing that comes back will match */
	id = track_claim(&lane->track, question);
	if (id < 0)
		return 0;
	dns_set_id(wire, (uint16_t)id);
	t->ids[n] = (uint16_t)id;
	t->out[n] = (struct wire_out){.bytes = wire, .len = q.len};
	return q.len;
}

/* How many queries may leave now: those that are due, or as many as the window has room for. */
static int
fill(struct dns_thread *t, struct dns_lane *lane, int64_t now_ns)
{
	const struct dns_plan *p = t->plan;
	int room = WIRE_BATCH, n = 0;
	size_t at = 0, len;

	if (p->window > 0) {
		uint64_t free = p->window > t->open ? p->window - t->open : 0;

		if (free < (uint64_t)room)
			room = (int)free;
	}
	for (; n < room && t->has_next && t->next_due_ns <= now_ns; n++) {
		len = build(t, lane, n, at);
		if (len == 0)
			break;
		at += len;
		t->due_ns[n] = t->next_due_ns;
		advance(t);
	}
	return n;
}

/* Neighbours of one length can leave as one; a batch has no order that anybody asked for. */
static void
sort_by_length(struct dns_thread *t, int n)
{
	for (int i = 1; i < n; i++) {
		struct wire_out out = t->out[i];
		int64_t due_ns = t->due_ns[i];
		uint16_t id = t->ids[i];
		int at = i;

		for (; at > 0 && t->out[at - 1].len < out.len; at--) {
			t->out[at] = t->out[at - 1];
			t->due_ns[at] = t->due_ns[at - 1];
			t->ids[at] = t->ids[at - 1];
		}
		t->out[at] = out;
		t->due_ns[at] = due_ns;
		t->ids[at] = id;
	}
}

static void
note_sent(struct dns_thread *t, struct dns_lane *lane, int i)
{
	struct track_query *q = &lane->track.queries[t->ids[i]];
	int64_t sent_ns = t->out[i].sent_ns;
	int64_t lateness_ns = t->plan->window > 0 ? 0 : sent_ns - t->due_ns[i];
	int64_t tick = (sent_ns - t->begin.ns) / NS_PER_MS;
	struct dns_stats *s = &t->stats;

	if (lateness_ns < 0)
		lateness_ns = 0;
	q->sent_ns = sent_ns;
	q->lateness_ns = lateness_ns > UINT32_MAX ? UINT32_MAX : (uint32_t)lateness_ns;
	s->sent++;
	t->open++;
	if (s->first_sent_ns == 0)
		s->first_sent_ns = sent_ns;
	s->last_sent_ns = sent_ns;
	if (t->plan->window == 0) {
		hist_add(&s->lateness, lateness_ns);
		s->generator_late += lateness_ns > t->plan->late_ns;
	}
	if (s->ticks != NULL && tick >= 0 && tick < DNS_TICKS)
		s->ticks[tick]++;
	if (t->timeline != NULL)
		dns_timeline_sent(t->timeline, sent_ns - t->begin.ns);
}

/* These did not leave, for good. */
static void
drop(struct dns_thread *t, struct dns_lane *lane, int from, int n, int code)
{
	for (int i = from; i < n; i++) {
		track_unclaim(&lane->track, t->ids[i]);
		t->stats.send_failed++;
		dns_stats_add_errno(&t->stats, code);
	}
}

static bool
is_full(int code)
{
	return code == EAGAIN || code == ENOBUFS || code == ENOMEM;
}

/* The socket's buffer is full, or its connection does not stand yet. The other side may wait for us to read. */
static void
wait_room(struct dns_thread *t, struct dns_lane *lane)
{
	struct pollfd p = {.fd = lane->wire.fd, .events = POLLIN | POLLOUT};

	if (dns_take(t, lane, WIRE_BATCH) == 0)
		poll(&p, 1, 1);
}

/*
 * A closed loop waits for room where an open one counts a failure.
 *
 * An ICMP error that came for an earlier query is handed out by the next call instead of sending; the error queue
 * has it too, and this query is tried again. -ECONNRESET is a TCP connection's end: all on it are lost.
 *
 * Returns true to go on with the rest of the batch.
 */
static bool
survive(struct dns_thread *t, struct dns_lane *lane, int *at, int n, int code, int *tries)
{
	if (code == ECONNRESET && lane->wire.type == WIRE_TCP) {
		drop(t, lane, *at, n, code);
		dns_lane_broke(t, lane);
		return false;
	}
	if (code == EINTR)
		return true;
	if (dns_take_errors(t, lane) > 0 && (*tries)++ < ICMP_TRIES)
		return true;
	if (t->plan->window > 0 && is_full(code) && (*tries)++ < FULL_TRIES && !stop_requested()) {
		wait_room(t, lane);
		return true;
	}
	if (is_full(code)) { /* the next one would not fit either */
		drop(t, lane, *at, n, code);
		return false;
	}
	drop(t, lane, *at, *at + 1, code);
	*tries = 0;
	return ++*at < n;
}

/*
 * Few at a time cost more each: a window that was full opens again when a quarter of it is free, and is then filled.
 */
static bool
is_open(struct dns_thread *t)
{
	uint64_t window = t->plan->window, free = window > t->open ? window - t->open : 0;

	if (free == 0)
		t->full = true;
	else if (free > window / 4 || t->open == 0)
		t->full = false;
	return !t->full;
}

int
dns_send_due(struct dns_thread *t, int64_t now_ns)
{
	struct dns_lane *lane;
	int n = 0, at = 0, tries = 0;

	if (!t->has_next || t->next_due_ns > now_ns)
		return 0;
	if (t->plan->window > 0 && !is_open(t))
		return 0;
	for (size_t i = 0; i < t->lanes_len && n == 0;
		i++) { /* one whose ids are all in use is passed over */
		lane = &t->lanes[t->lane];
		t->lane = (t->lane + 1) % t->lanes_len;
		n = fill(t, lane, now_ns);
		if (n == 0 && t->plan->window > 0)
			return 0;
	}
	if (n == 0) { /* on no lane */
		t->stats.not_sent++;
		advance(t);
		return 1;
	}
	if (t->plan->wire == WIRE_UDP_SEGMENT)
		sort_by_length(t, n);
	while (at < n) {
		int sent = wire_send(&lane->wire, t->out + at, n - at);

		if (sent < 0) {
			if (!survive(t, lane, &at, n, -sent, &tries))
				break;
			continue;
		}
		for (int i = at; i < at + sent; i++)
			note_sent(t, lane, i);
		at += sent;
	}
	return n;
}
