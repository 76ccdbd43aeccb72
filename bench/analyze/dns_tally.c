/* dns_tally.c - DNS messages counted per server and NSID, answers with the queries that they answer. */
#include "bench/analyze/dns_tally.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	SERVER_BUCKETS = 2048,
	NSID_BUCKETS = 2048,
	NOTES = 16, /* that wait: long enough for memory to answer, and still in the nearest cache */
	QTYPE_IXFR = 251,
	QTYPE_AXFR = 252,
};
_Static_assert(
	(int)DNS_FACTS_SERVERS < (int)DNS_MATCH_SERVICES, "each server is a service to match");

struct dns_tally {
	struct dns_match *match;
	uint64_t seed;
	unsigned noted; /* in all; the low bits are the place of the next */
	unsigned counted;
	size_t servers, nsids;
	struct dns_note note[NOTES];
	uint16_t server_at[SERVER_BUCKETS]; /* 0 empty, else index + 1 */
	uint16_t nsid_at[NSID_BUCKETS];
	struct dns_server server[DNS_FACTS_SERVERS + 1]; /* the last: all others */
	struct dns_nsid nsid[DNS_FACTS_NSIDS];
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

uint32_t
dns_tally_server(struct dns_tally *t, uint8_t family, const uint8_t addr[static 16])
{
	size_t at = hash_bytes(t->seed + family, addr, 16) % SERVER_BUCKETS;
	struct dns_server *s;

	/* There are fewer servers than buckets: an empty one comes. */
	for (; t->server_at[at] != 0; at = (at + 1) % SERVER_BUCKETS) {
		s = &t->server[t->server_at[at] - 1];
		if (s->family == family && memcmp(s->addr, addr, 16) == 0)
			return t->server_at[at] - 1u;
	}
	if (t->servers == DNS_FACTS_SERVERS)
		return DNS_FACTS_SERVERS;
	s = &t->server[t->servers];
	s->family = family;
	memcpy(s->addr, addr, 16);
	t->server_at[at] = (uint16_t)++t->servers;
	return (uint32_t)t->servers - 1;
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
nsid_of(struct dns_tally *t, const struct dns_note *note)
{
	size_t len = note->nsid_len_bytes;
	size_t at = hash_bytes(t->seed + note->server, note->nsid, len) % NSID_BUCKETS;
	struct dns_nsid *x;

	for (; t->nsid_at[at] != 0; at = (at + 1) % NSID_BUCKETS) {
		x = &t->nsid[t->nsid_at[at] - 1];
		if (x->server == note->server && x->len_bytes == len &&
			memcmp(x->bytes, note->nsid, len) == 0)
			return x;
	}
	if (t->nsids == DNS_FACTS_NSIDS)
		return NULL;
	x = &t->nsid[t->nsids];
	x->server = note->server;
	x->len_bytes = (uint8_t)len;
	memcpy(x->bytes, note->nsid, len);
	t->nsid_at[at] = (uint16_t)++t->nsids;
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
count_query(struct dns_tally *t, const struct dns_note *note)
{
	struct dns_server *s = &t->server[note->server];

	switch (dns_match_query(t->match, &note->key, note->hash, note->question, note->seen,
		note->point, note->server)) {
	case DNS_MATCH_QUERY_COPY:
		s->query_copies++;
		return;
	case DNS_MATCH_RETRANSMIT:
		s->retransmits++;
		break;
	case DNS_MATCH_NEW:
		s->queries[note->key.tcp]++;
		s->edns_queries += note->has_opt;
		s->dnssec_ok_queries += note->dnssec_ok;
		break;
	}
	count_second(s, note->seen);
}

static void
count_answered(struct dns_tally *t, const struct dns_note *note, int64_t rtt_ns)
{
	struct dns_server *s = &t->server[note->server];
	struct dns_nsid *x;

	s->answered[note->key.tcp]++;
	s->truncated += note->truncated;
	s->rcode[note->rcode < DNS_FACTS_RCODES ? note->rcode : DNS_FACTS_RCODES - 1]++;
	add_rtt(&s->rtt[note->key.tcp], rtt_ns);
	if (note->nsid_len_bytes == 0)
		return;
	x = nsid_of(t, note);
	if (x == NULL) {
		s->nsid_overflow++;
		return;
	}
	if (x->answers++ == 0)
		x->first_ns = (uint64_t)note->seen.ns;
	x->last_ns = (uint64_t)note->seen.ns;
	add_rtt(&x->rtt, rtt_ns);
}

static void
count_answer(struct dns_tally *t, const struct dns_note *note)
{
	struct dns_server *s = &t->server[note->server];
	int64_t rtt_ns = 0;
	enum dns_match_answer how = dns_match_answer(t->match, &note->key, note->hash,
		note->has_question ? &note->question : NULL, note->seen, note->point, &rtt_ns);

	if (how == DNS_MATCH_ANSWER_COPY) {
		s->answer_copies++;
		return;
	}
	s->answers++;
	switch (how) {
	case DNS_MATCH_ANSWERED:
		count_answered(t, note, rtt_ns);
		break;
	case DNS_MATCH_DUPLICATE:
		/* A zone transfer is many messages to one question. */
		if (note->key.tcp &&
			(!note->has_question || note->qtype == QTYPE_AXFR ||
				note->qtype == QTYPE_IXFR))
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
count_oldest(struct dns_tally *t)
{
	const struct dns_note *note = &t->note[t->counted++ % NOTES];

	if (note->answer)
		count_answer(t, note);
	else
		count_query(t, note);
}

struct dns_note *
dns_tally_blank(struct dns_tally *t)
{
	if (t->noted - t->counted == NOTES)
		count_oldest(t);
	return &t->note[t->noted % NOTES];
}

void
dns_tally_note(struct dns_tally *t)
{
	struct dns_note *note = &t->note[t->noted++ % NOTES];

	note->hash = dns_match_hash(t->match, &note->key);
	dns_match_soon(t->match, note->hash);
	/* Which of its memory comes next says memory that has come by then. */
	if (t->noted - t->counted > NOTES / 2)
		dns_match_next(t->match, t->note[(t->noted - NOTES / 2) % NOTES].hash);
}

static void
on_ended(void *arg, uint32_t service, enum dns_match_end how)
{
	struct dns_tally *t = arg;
	struct dns_server *s = &t->server[service];

	s->unanswered += how == DNS_MATCH_UNANSWERED;
	s->answered_elsewhere += how == DNS_MATCH_ELSEWHERE;
	s->open += how == DNS_MATCH_OPEN;
	s->forgotten += how == DNS_MATCH_FORGOTTEN;
}

void
dns_tally_icmp_error(struct dns_tally *t, uint32_t server)
{
	t->server[server].icmp_errors++;
}

void
dns_tally_finish(struct dns_tally *t)
{
	while (t->counted != t->noted)
		count_oldest(t);
	dns_match_finish(t->match);
}

int
dns_tally_new(struct dns_tally **ret, int64_t expiry_ns, size_t queries, uint64_t seed)
{
	struct dns_tally *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return -ENOMEM;
	t->seed = seed;
	if (dns_match_new(&t->match, queries, expiry_ns, seed, on_ended, t) < 0) {
		dns_tally_free(t);
		return -ENOMEM;
	}
	*ret = t;
	return 0;
}

void
dns_tally_free(struct dns_tally *t)
{
	if (t == NULL)
		return;
	dns_match_free(t->match);
	for (size_t i = 0; i <= DNS_FACTS_SERVERS; i++) {
		free(t->server[i].rtt[0]);
		free(t->server[i].rtt[1]);
	}
	for (size_t i = 0; i < t->nsids; i++)
		free(t->nsid[i].rtt);
	free(t);
}

/* Those for whom there was no place are one more server, if there are any. */
const struct dns_server *
dns_tally_servers(const struct dns_tally *t, size_t *ret_n)
{
	*ret_n = t->servers + (t->servers == DNS_FACTS_SERVERS);
	return t->server;
}

const struct dns_nsid *
dns_tally_nsids(const struct dns_tally *t, size_t *ret_n)
{
	*ret_n = t->nsids;
	return t->nsid;
}
