/* dns_match.c - DNS answers found to their queries in fixed memory: 5-tuple, id and question. */
#include "bench/analyze/dns_match.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { NONE = UINT32_MAX, MAX_STEPS = 64 };

/* Queries lie in a ring in the order they were asked: the oldest is the next to expire. */
struct entry {
	struct dns_match_key key;
	uint64_t question;
	struct wall asked;
	uint32_t bucket;
	uint32_t older, newer; /* in the bucket's chain, newest first */
	uint32_t service;
	uint16_t point;
	bool answered, elsewhere, late;
};

struct dns_match {
	size_t capacity;
	int64_t expiry_ns;
	uint64_t seed;
	dns_match_ended *ended;
	void *arg;
	struct wall now;
	uint64_t first, next; /* of the ring; their low bits are places */
	uint32_t *bucket;
	struct entry *entry;
};

int
dns_match_new(struct dns_match **ret, size_t capacity, int64_t expiry_ns, uint64_t seed,
	dns_match_ended *ended, void *arg)
{
	struct dns_match *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return -ENOMEM;
	m->capacity = capacity;
	m->expiry_ns = expiry_ns;
	m->seed = seed;
	m->ended = ended;
	m->arg = arg;
	m->now.ns = INT64_MIN / 2;
	m->bucket = malloc(capacity * sizeof(*m->bucket));
	m->entry = malloc(capacity * sizeof(*m->entry));
	if (m->bucket == NULL || m->entry == NULL) {
		dns_match_free(m);
		return -ENOMEM;
	}
	memset(m->bucket, 0xff, capacity * sizeof(*m->bucket));
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

static uint64_t
mix(uint64_t h, uint64_t word)
{
	__uint128_t product = (__uint128_t)(h ^ word) * 0x9e3779b97f4a7c15u;

	return (uint64_t)product ^ (uint64_t)(product >> 64) ^ 0xd6e8feb86659fd93u;
}

static uint32_t
bucket_of(const struct dns_match *m, const struct dns_match_key *key)
{
	uint64_t words[5], h = m->seed;

	_Static_assert(sizeof(*key) == sizeof(words), "the key has no padding");
	memcpy(words, key, sizeof(words));
	for (int i = 0; i < 5; i++)
		h = mix(h, words[i] ^ m->seed);
	return (uint32_t)(h >> 16) & (uint32_t)(m->capacity - 1);
}

static void
retire(struct dns_match *m, bool last)
{
	uint32_t at = (uint32_t)(m->first++ & (m->capacity - 1));
	struct entry *x = &m->entry[at];
	bool expired = wall_diff_ns(m->now, x->asked) > m->expiry_ns;

	if (x->newer == NONE)
		m->bucket[x->bucket] = x->older;
	else
		m->entry[x->newer].older = x->older;
	if (x->older != NONE)
		m->entry[x->older].newer = x->newer;
	if (x->answered)
		return;
	m->ended(m->arg, x->service,
		x->elsewhere	  ? DNS_MATCH_ELSEWHERE
			: expired ? DNS_MATCH_UNANSWERED
			: last	  ? DNS_MATCH_OPEN
				  : DNS_MATCH_FORGOTTEN);
}

/* Time goes on: who is beyond recall leaves. */
static void
pass(struct dns_match *m, struct wall now)
{
	if (wall_diff_ns(now, m->now) > 0)
		m->now = now;
	while (m->first < m->next &&
		wall_diff_ns(m->now, m->entry[m->first & (m->capacity - 1)].asked) >
			2 * m->expiry_ns)
		retire(m, false);
}

enum dns_match_query
dns_match_query(struct dns_match *m, const struct dns_match_key *key, uint64_t question,
	struct wall now, unsigned point, uint32_t service)
{
	uint32_t bucket = bucket_of(m, key), at;
	struct entry *x;
	int steps = 0;

	pass(m, now);
	for (at = m->bucket[bucket]; at != NONE && steps < MAX_STEPS; at = x->older, steps++) {
		x = &m->entry[at];
		if (x->question != question || memcmp(&x->key, key, sizeof(*key)) != 0 ||
			wall_diff_ns(m->now, x->asked) > m->expiry_ns)
			continue;
		if (x->point != point)
			return DNS_MATCH_QUERY_COPY;
		if (!x->answered)
			return DNS_MATCH_RETRANSMIT;
		break;
	}
	if (m->next - m->first == m->capacity)
		retire(m, false);
	at = (uint32_t)(m->next++ & (m->capacity - 1));
	x = &m->entry[at];
	*x = (struct entry){.key = *key,
		.question = question,
		.asked = m->now,
		.bucket = bucket,
		.older = m->bucket[bucket],
		.newer = NONE,
		.service = service,
		.point = (uint16_t)point};
	if (x->older != NONE)
		m->entry[x->older].newer = at;
	m->bucket[bucket] = at;
	return DNS_MATCH_NEW;
}

static enum dns_match_answer
settle(struct dns_match *m, struct entry *x, unsigned point, int64_t *ret_rtt_ns)
{
	int64_t rtt_ns = wall_diff_ns(m->now, x->asked);

	if (x->point != point) {
		x->elsewhere |= rtt_ns <= m->expiry_ns;
		return DNS_MATCH_ANSWER_COPY;
	}
	if (x->answered || x->late)
		return DNS_MATCH_DUPLICATE;
	*ret_rtt_ns = rtt_ns;
	if (rtt_ns > m->expiry_ns) {
		x->late = true;
		return DNS_MATCH_LATE;
	}
	x->answered = true;
	return DNS_MATCH_ANSWERED;
}

enum dns_match_answer
dns_match_answer(struct dns_match *m, const struct dns_match_key *key, const uint64_t *question,
	struct wall now, unsigned point, int64_t *ret_rtt_ns)
{
	uint32_t at;
	struct entry *x, *found = NULL;
	bool near = false;
	int steps = 0;

	pass(m, now);
	for (at = m->bucket[bucket_of(m, key)]; at != NONE && steps < MAX_STEPS;
		at = x->older, steps++) {
		x = &m->entry[at];
		if (memcmp(&x->key, key, sizeof(*key)) != 0)
			continue;
		near = true;
		if (question != NULL && x->question != *question)
			continue;
		/* The newest is it, unless an older one still waits for the answer. */
		if (found == NULL || (found->answered && !x->answered))
			found = x;
		if (!found->answered)
			break;
	}
	if (found != NULL)
		return settle(m, found, point, ret_rtt_ns);
	return near ? DNS_MATCH_MISMATCHED : DNS_MATCH_ORPHAN;
}

void
dns_match_finish(struct dns_match *m)
{
	while (m->first < m->next)
		retire(m, true);
}
