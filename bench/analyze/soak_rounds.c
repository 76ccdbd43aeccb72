/* soak_rounds.c - the rounds of a soak as the site's own captures show them, and the queries lost in each. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/analyze/grow.h"
#include "bench/analyze/soak.h"

static const struct bgp_prefix *
prefix_of(const struct run *r, enum family f)
{
	for (int i = 0; i < r->prefixes; i++)
		if ((r->prefix[i].family == 6) == (f == V6))
			return &r->prefix[i];
	return NULL;
}

static void
note_told(struct soak_round *x, enum soak_half half, int session)
{
	unsigned int n = x->told[half];

	for (unsigned int i = 0; i < n; i++)
		if (x->session[half][i] == session)
			return;
	if (n == SOAK_TOLD)
		return;
	x->session[half][x->told[half]++] = session;
}

/* An UPDATE of the node at fault about the prefix. */
static int
take(struct soak_family *s, const struct bgplog_entry *x, bool withdraws)
{
	struct soak_round *last = s->rounds == 0 ? NULL : &s->round[s->rounds - 1];
	bool announced = last == NULL || last->at_ns[SOAK_ANNOUNCED] != NEVER;

	if (withdraws && announced) {
		if (grow(&s->round, s->rounds, sizeof(s->round[0])) < 0)
			return -ENOMEM;
		if (s->rounds > 0)
			s->round[s->rounds - 1].end_ns = x->at_ns;
		last = &s->round[s->rounds++];
		*last = (struct soak_round){.at_ns = {x->at_ns, NEVER},
			.end_ns = INT64_MAX,
			.converged_ms = {NAN, NAN}};
	}
	if (last == NULL)
		return 0; /* announced before the first round */
	if (!withdraws && last->at_ns[SOAK_ANNOUNCED] == NEVER) {
		last->at_ns[SOAK_ANNOUNCED] = x->at_ns;
		s->complete++;
	}
	note_told(last, withdraws ? SOAK_WITHDRAWN : SOAK_ANNOUNCED, x->session);
	return 0;
}

/* The round that was under way; NULL before the first and after the last. */
static struct soak_round *
round_at(struct soak_family *s, int64_t at_ns)
{
	size_t low = 0, high = s->rounds;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (s->round[mid].at_ns[SOAK_WITHDRAWN] <= at_ns)
			low = mid + 1;
		else
			high = mid;
	}
	return low == 0 || at_ns >= s->round[low - 1].end_ns ? NULL : &s->round[low - 1];
}

static void
count_unanswered(const struct trial *t, enum family f, struct soak_family *s)
{
	for (size_t i = 0; i < t->streams; i++)
		for (size_t k = 0; k < t->stream[i].queries && t->stream[i].family == f; k++) {
			const struct query *q = &t->stream[i].query[k];
			struct soak_round *x =
				status_is_lost(q->status) ? round_at(s, q->sent_ns) : NULL;

			if (x != NULL)
				x->unanswered++;
		}
}

int
soak_find_rounds(const struct run *r, const struct trial *t, const struct bgplog *log,
	enum family f, struct soak_family *ret)
{
	const struct bgp_prefix *prefix = prefix_of(r, f);
	int node = bgplog_node(log, r->fault_node), rc = 0;

	if (prefix == NULL || node < 0)
		return 0;
	for (size_t i = bgplog_from(log, t->fault_ns); i < log->entries && rc == 0; i++) {
		const struct bgplog_entry *x = &log->entry[i];
		const struct bgplog_change *c;

		if (x->what != BGPLOG_UPDATE || x->way != BGPLOG_SENT ||
			log->point[x->point].node != node)
			continue;
		c = bgplog_about(log, x, prefix);
		if (c != NULL)
			rc = take(ret, x, bgplog_withdraws(c));
	}
	if (ret->rounds > 0)
		ret->round[ret->rounds - 1].end_ns = t->end_ns;
	count_unanswered(t, f, ret);
	return rc;
}
