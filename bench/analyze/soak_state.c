/* soak_state.c - what the routers made of each round, by their kernels' tables, and which sessions ended meanwhile. */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/analyze/fibdb.h"
#include "bench/analyze/soak.h"

/* A half of a round ends where the next begins. */
static int64_t
half_end(const struct soak_round *x, enum soak_half half)
{
	return half == SOAK_WITHDRAWN && x->at_ns[SOAK_ANNOUNCED] != NEVER
		? x->at_ns[SOAK_ANNOUNCED]
		: x->end_ns;
}

static void
keep_stuck(struct soak_family *s, size_t round, enum soak_half half, const char *node,
	const char *is, const char *was)
{
	struct soak_stuck *k;

	s->stuck_rounds += !s->round[round].stuck;
	s->round[round].stuck = true;
	if (s->stucks == SOAK_KEPT)
		return;
	k = &s->stuck[s->stucks++];
	k->round = (unsigned int)round + 1;
	k->half = half;
	snprintf(k->node, sizeof(k->node), "%s", node);
	snprintf(k->is, sizeof(k->is), "%s", is);
	snprintf(k->was, sizeof(k->was), "%s", was);
}

/* One router over all rounds. */
struct following {
	const struct fibdb *db;
	const struct bgplog *log;
	struct inet dst;
	int node;
};

static void
follow_half(const struct following *w, struct soak_family *s, size_t i, enum soak_half half,
	const struct fibdb_entry *wanted)
{
	struct soak_round *x = &s->round[i];
	int64_t from_ns = x->at_ns[half], end_ns = half_end(x, half) - 1;
	struct fibdb_entry is = fibdb_lookup(w->db, w->node, &w->dst, end_ns);
	struct fibdb_change change;
	char text[64], was[64];

	if (fibdb_last_change(w->db, w->node, &w->dst, from_ns, end_ns, &change)) {
		double ms = (double)(change.at_ns - from_ns) / 1e6;

		if (isnan(x->converged_ms[half]) || ms > x->converged_ms[half])
			x->converged_ms[half] = ms;
	}
	if (!fibdb_same(&is, wanted) && !fibdb_lost(w->db, w->node, from_ns, end_ns))
		keep_stuck(s, i, half, w->log->node[w->node].name,
			fibdb_entry_text(&is, text, sizeof(text)),
			fibdb_entry_text(wanted, was, sizeof(was)));
}

static void
follow(const struct following *w, struct soak_family *s)
{
	const struct soak_round *first = s->round;
	struct fibdb_entry withdrawn, announced;

	announced = fibdb_lookup(w->db, w->node, &w->dst, first->at_ns[SOAK_WITHDRAWN] - 1);
	withdrawn = fibdb_lookup(w->db, w->node, &w->dst, half_end(first, SOAK_WITHDRAWN) - 1);
	for (size_t i = 0; i < s->rounds; i++) {
		follow_half(w, s, i, SOAK_WITHDRAWN, &withdrawn);
		if (s->round[i].at_ns[SOAK_ANNOUNCED] != NEVER)
			follow_half(w, s, i, SOAK_ANNOUNCED, &announced);
	}
}

/* Each round tells whom the first told. */
static void
compare_told(struct soak_family *s, const char *node)
{
	char is[64], was[64];

	for (size_t i = 1; i < s->rounds; i++)
		for (int h = 0; h < SOAK_HALVES; h++) {
			if (s->round[i].told[h] >= s->round[0].told[h])
				continue;
			snprintf(is, sizeof(is), "%u neighbours told", s->round[i].told[h]);
			snprintf(was, sizeof(was), "%u", s->round[0].told[h]);
			keep_stuck(s, i, (enum soak_half)h, node, is, was);
		}
}

static struct inet
address_in(const struct run *r, enum family f)
{
	struct inet a = {.family = f == V6 ? AF_INET6 : AF_INET, .len = f == V6 ? 128 : 32};

	for (int i = 0; i < r->prefixes; i++)
		if ((r->prefix[i].family == 6) == (f == V6)) {
			memcpy(a.addr, r->prefix[i].addr, f == V6 ? 16 : 4);
			break;
		}
	return a;
}

int
soak_find_states(
	const struct run *r, const struct trial *t, const struct bgplog *log, struct soak *s)
{
	char path[PATH_MAX];
	struct fibdb *db = NULL;
	struct err unheard;
	int rc;

	for (int f = 0; f < FAMILIES; f++)
		compare_told(&s->of[f], r->fault_node);
	trial_path(r, t, "routes.jsonl", path, sizeof(path));
	rc = fibdb_read(path, log, &db, &unheard);
	if (rc < 0)
		return rc == -ENOMEM ? rc : 0;
	s->has_fib = true;
	for (int f = 0; f < FAMILIES; f++)
		for (int n = 0; n < (int)log->nodes && s->of[f].rounds > 0; n++)
			if (fibdb_knows(db, n))
				follow(&(struct following){db, log, address_in(r, (enum family)f),
					       n},
					&s->of[f]);
	fibdb_free(db);
	return 0;
}

static const char *
ending(const struct bgplog_entry *x)
{
	switch (x->what) {
	case BGPLOG_NOTIFICATION:
		return "notification";
	case BGPLOG_FIN:
		return "closed";
	case BGPLOG_RESET:
		return "reset";
	default:
		return NULL;
	}
}

static bool
was_lost_before(const struct bgplog *log, size_t index)
{
	for (size_t i = index; i-- > 0;)
		if (log->entry[i].session == log->entry[index].session &&
			ending(&log->entry[i]) != NULL)
			return true;
	return false;
}

/* A refused connection is no session: something was said in it before. */
static bool
was_alive(const struct bgplog *log, size_t index)
{
	if (log->entry[index].what == BGPLOG_NOTIFICATION)
		return true;
	for (size_t i = index; i-- > 0;)
		if (log->entry[i].session == log->entry[index].session &&
			(log->entry[i].what == BGPLOG_KEEPALIVE ||
				log->entry[i].what == BGPLOG_UPDATE))
			return true;
	return false;
}

void
soak_find_losses(const struct trial *t, const struct bgplog *log, struct soak *s)
{
	for (size_t i = bgplog_from(log, t->fault_ns); i < log->entries; i++) {
		const struct bgplog_entry *x = &log->entry[i];
		struct soak_family *f;
		struct soak_lost *l;

		if (ending(x) == NULL || x->session < 0 || !was_alive(log, i) ||
			was_lost_before(log, i))
			continue;
		f = &s->of[log->session[x->session].family == 6 ? V6 : V4];
		f->sessions_lost++;
		if (f->losts == SOAK_KEPT)
			continue;
		l = &f->lost[f->losts++];
		*l = (struct soak_lost){.at_ns = x->at_ns, .packet = x->packet, .how = ending(x)};
		snprintf(l->capture, sizeof(l->capture), "%s", log->point[x->point].file);
		snprintf(l->peer, sizeof(l->peer), "%s", bgplog_peer_text(log, x));
		if (log->point[x->point].node >= 0)
			snprintf(l->node, sizeof(l->node), "%s",
				log->node[log->point[x->point].node].name);
	}
}
