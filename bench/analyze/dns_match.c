/* dns_match.c - DNS answers found to their queries in fixed memory: 5-tuple, id and question. */
#include "bench/analyze/dns_match.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { MAX_STEPS = 64, HUGE_PAGE_BYTES = 2 << 20 };

enum state { ANSWERED = 1, ELSEWHERE = 2, LATE = 4 };

/*
 * A query, on one cache line: what is slow about matching is to fetch these.
 *
 * Queries lie in a ring in the order they were seen: the oldest is the next to expire (`asked` may go
 * back a little from one to the next, as the packets of a capture do). Their
 * numbers grow for ever; the low bits are the place in the ring. Each bucket names its newest query and
 * each query the one before it in its bucket; a chain ends at a number that has left the ring, so
 * that leaving it touches nothing else. Numbers are kept to 32 bits: one that comes round again
 * leads to a query with another key, which is no match.
 */
struct entry {
	struct dns_match_key key;
	uint64_t question;
	struct wall asked;
	uint32_t older;
	uint16_t point;
	uint16_t service_state; /* service, and in the low bits enum state */
};
_Static_assert(sizeof(struct entry) == 64, "a query is a cache line");

enum { STATE_BITS = 3 };

struct dns_match {
	size_t capacity;
	int64_t expiry_ns;
	uint64_t secret[4];
	dns_match_ended *ended;
	void *arg;
	struct wall now;
	uint64_t first, next; /* numbers; 0 is nobody's, so that empty buckets can be zero */
	uint32_t *bucket;
	struct entry *entry;
};

/* Large pages where the system has them: else each look is a miss of the address cache too. */
static void *
large_alloc(size_t bytes)
{
	void *p;

	if (bytes < HUGE_PAGE_BYTES)
		return calloc(1, bytes);
	p = aligned_alloc(
		HUGE_PAGE_BYTES, (bytes + HUGE_PAGE_BYTES - 1) / HUGE_PAGE_BYTES * HUGE_PAGE_BYTES);
	if (p == NULL)
		return NULL;
	madvise(p, bytes, MADV_HUGEPAGE);
	return p;
}

static uint64_t
mix(uint64_t a, uint64_t b)
{
	__uint128_t product = (__uint128_t)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

int
dns_match_new(struct dns_match **ret, size_t capacity, int64_t expiry_ns, uint64_t seed,
	dns_match_ended *ended, void *arg)
{
	struct dns_match *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return -ENOMEM;
	m->capacity = capacity;
	m->expiry_ns = expiry_ns;
	for (int i = 0; i < 4; i++)
		m->secret[i] = seed =
			mix(seed ^ 0x9e3779b97f4a7c15u, 0xd6e8feb86659fd93u + (uint64_t)i);
	m->ended = ended;
	m->arg = arg;
	m->now.ns = INT64_MIN / 2;
	m->first = m->next = 1;
	m->bucket = calloc(capacity, sizeof(*m->bucket));
	m->entry = large_alloc(capacity * sizeof(*m->entry));
	if (m->bucket == NULL || m->entry == NULL) {
		dns_match_free(m);
		return -ENOMEM;
	}
	*ret = m;
	return 0;
}

void
dns_match_free(struct dns_match *m)
{
	if (m == NULL)
		return;
	free(m->bucket);
	free(m->entry);
	free(m);
}

static struct entry *
entry_of(const struct dns_match *m, uint64_t number)
{
	return &m->entry[number & (m->capacity - 1)];
}

/* Is this the number of a query that is remembered? */
static bool
remembered(const struct dns_match *m, uint32_t number)
{
	return (uint32_t)(m->next - 1) - number < m->next - m->first;
}

uint32_t
dns_match_hash(const struct dns_match *m, const struct dns_match_key *key)
{
	uint64_t w[5], h;

	_Static_assert(sizeof(*key) == sizeof(w), "the key has no padding");
	memcpy(w, key, sizeof(w));
	h = mix(w[0] ^ m->secret[0], w[1] ^ m->secret[1]) ^
		mix(w[2] ^ m->secret[2], w[3] ^ m->secret[3]);
	return (uint32_t)mix(h ^ w[4], m->secret[0] | 1);
}

static uint32_t *
bucket_of(const struct dns_match *m, uint32_t hash)
{
	return &m->bucket[hash & (m->capacity - 1)];
}

void
dns_match_soon(const struct dns_match *m, uint32_t hash)
{
	__builtin_prefetch(bucket_of(m, hash), 1);
}

void
dns_match_next(const struct dns_match *m, uint32_t hash)
{
	uint32_t number = *bucket_of(m, hash);

	if (remembered(m, number))
		__builtin_prefetch(entry_of(m, number), 1);
}

static void
retire(struct dns_match *m, bool last)
{
	const struct entry *x = entry_of(m, m->first++);
	bool expired = wall_diff_ns(m->now, x->asked) > m->expiry_ns;

	if (x->service_state & ANSWERED)
		return;
	m->ended(m->arg, x->service_state >> STATE_BITS,
		x->service_state & ELSEWHERE ? DNS_MATCH_ELSEWHERE
			: expired	     ? DNS_MATCH_UNANSWERED
			: last		     ? DNS_MATCH_OPEN
					     : DNS_MATCH_FORGOTTEN);
}

/* Time goes on: who is beyond recall leaves. */
static void
pass(struct dns_match *m, struct wall now)
{
	if (wall_diff_ns(now, m->now) > 0)
		m->now = now;
	while (m->first < m->next &&
		wall_diff_ns(m->now, entry_of(m, m->first)->asked) > 2 * m->expiry_ns)
		retire(m, false);
}

/* Without branches between: where the first words differ, so do mostly others. */
static bool
same_key(const struct entry *x, const struct dns_match_key *key)
{
	uint64_t a[5], b[5];

	memcpy(a, &x->key, sizeof(a));
	memcpy(b, key, sizeof(b));
	return ((a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]) | (a[3] ^ b[3]) | (a[4] ^ b[4])) == 0;
}

enum dns_match_query
dns_match_query(struct dns_match *m, const struct dns_match_key *key, uint32_t hash,
	uint64_t question, struct wall now, unsigned point, uint32_t service)
{
	uint32_t *bucket = bucket_of(m, hash), number;
	struct entry *x;
	int steps = 0;

	pass(m, now);
	for (number = *bucket; remembered(m, number) && steps < MAX_STEPS;
		number = x->older, steps++) {
		x = entry_of(m, number);
		if (x->question != question || !same_key(x, key) ||
			wall_diff_ns(m->now, x->asked) > m->expiry_ns)
			continue;
		if (x->point != point)
			return DNS_MATCH_QUERY_COPY;
		if (!(x->service_state & ANSWERED))
			return DNS_MATCH_RETRANSMIT;
		break;
	}
	if (m->next - m->first == m->capacity)
		retire(m, false);
	x = entry_of(m, m->next);
	*x = (struct entry){.key = *key,
		.question = question,
		.asked = wall_diff_ns(m->now, now) <= m->expiry_ns ? now : m->now,
		.older = *bucket,
		.point = (uint16_t)point,
		.service_state = (uint16_t)(service << STATE_BITS)};
	*bucket = (uint32_t)m->next++;
	return DNS_MATCH_NEW;
}

static enum dns_match_answer
settle(const struct dns_match *m, struct entry *x, struct wall now, unsigned point,
	int64_t *ret_rtt_ns)
{
	int64_t rtt_ns = wall_diff_ns(now, x->asked);

	/* The clock went back between the two. */
	if (rtt_ns < 0)
		rtt_ns = 0;

	if (x->point != point) {
		if (rtt_ns <= m->expiry_ns)
			x->service_state |= ELSEWHERE;
		return DNS_MATCH_ANSWER_COPY;
	}
	if (x->service_state & (ANSWERED | LATE))
		return DNS_MATCH_DUPLICATE;
	*ret_rtt_ns = rtt_ns;
	if (rtt_ns > m->expiry_ns) {
		x->service_state |= LATE;
		return DNS_MATCH_LATE;
	}
	x->service_state |= ANSWERED;
	return DNS_MATCH_ANSWERED;
}

enum dns_match_answer
dns_match_answer(struct dns_match *m, const struct dns_match_key *key, uint32_t hash,
	const uint64_t *question, struct wall now, unsigned point, int64_t *ret_rtt_ns)
{
	struct entry *x, *found = NULL;
	bool near = false;
	uint32_t number;
	int steps = 0;

	pass(m, now);
	for (number = *bucket_of(m, hash); remembered(m, number) && steps < MAX_STEPS;
		number = x->older, steps++) {
		x = entry_of(m, number);
		if (!same_key(x, key))
			continue;
		near = true;
		if (question != NULL && x->question != *question)
			continue;
		/* The newest is it, unless an older one still waits for the answer. */
		if (found == NULL ||
			((found->service_state & ANSWERED) && !(x->service_state & ANSWERED)))
			found = x;
		if (!(found->service_state & ANSWERED))
			break;
	}
	if (found != NULL)
		return settle(m, found, now, point, ret_rtt_ns);
	return near ? DNS_MATCH_MISMATCHED : DNS_MATCH_ORPHAN;
}

void
dns_match_finish(struct dns_match *m)
{
	while (m->first < m->next)
		retire(m, true);
}
