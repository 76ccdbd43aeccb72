/* bgpwire.c - when the node at fault withdrew the anycast prefixes, and when it announced them again. */
#include "bench/analyze/bgpwire.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/analyze/withdraw.h"

/* Returns 0 or -ENOMEM. */
static int
keep_event(struct trial *t, const struct bgplog *log, const struct bgplog_entry *x,
	enum wire_kind kind, enum family family, const char *how)
{
	struct wire_event *w;

	/* Doubled at each power of two. */
	if ((t->wires & (t->wires - 1)) == 0) {
		struct wire_event *grown =
			realloc(t->wire, (t->wires == 0 ? 1 : 2 * t->wires) * sizeof(*grown));

		if (grown == NULL)
			return -ENOMEM;
		t->wire = grown;
	}
	w = &t->wire[t->wires++];
	*w = (struct wire_event){.kind = kind,
		.session = x->session,
		.family = family,
		.at_ns = x->at_ns,
		.packet = x->packet,
		.how = how};
	snprintf(w->peer, sizeof(w->peer), "%s", bgplog_peer_text(log, x));
	snprintf(w->capture, sizeof(w->capture), "%s", log->point[x->point].file);
	return 0;
}

/* One event per list of the UPDATE that has an anycast prefix. */
static int
take_update(const struct run *r, struct trial *t, const struct bgplog *log,
	const struct bgplog_entry *x)
{
	bool seen[BGPLOG_MP_UNREACH + 1] = {false};
	int rc = 0;

	for (uint32_t i = 0; i < x->changes && rc == 0; i++) {
		const struct bgplog_change *c = &log->change[x->change + i];

		if (seen[c->how] || !run_is_anycast(r, &c->prefix))
			continue;
		seen[c->how] = true;
		rc = keep_event(t, log, x, bgplog_withdraws(c) ? WIRE_WITHDRAW : WIRE_ANNOUNCE,
			c->prefix.family == 6 ? V6 : V4, bgplog_how_name(c->how));
	}
	return rc;
}

static int
take_entry(const struct run *r, struct trial *t, const struct bgplog *log,
	const struct bgplog_entry *x)
{
	switch (x->what) {
	case BGPLOG_UPDATE:
		return take_update(r, t, log, x);
	case BGPLOG_MALFORMED:
		t->wire_malformed++;
		return 0;
	case BGPLOG_NOTIFICATION:
		return keep_event(t, log, x, WIRE_CLOSE, V4, "notification");
	case BGPLOG_FIN:
		return keep_event(t, log, x, WIRE_CLOSE, V4, "fin");
	case BGPLOG_RESET:
		return keep_event(t, log, x, WIRE_CLOSE, V4, "reset");
	case BGPLOG_OPEN:
	case BGPLOG_KEEPALIVE:
	case BGPLOG_REFRESH:
	case BGPLOG_BFD:
		break;
	}
	return 0;
}

/* The latest over the peers of the first announcement that each got after the restore. */
static int64_t
announced_ns(const struct trial *t, enum family family)
{
	int64_t latest = NEVER;

	for (size_t i = 0; i < t->wires; i++) {
		const struct wire_event *w = &t->wire[i];
		bool first = true;

		if (w->kind != WIRE_ANNOUNCE || w->family != family || w->at_ns < t->restore_ns)
			continue;
		for (size_t k = 0; k < t->wires && first; k++) {
			const struct wire_event *o = &t->wire[k];

			first = o->kind != WIRE_ANNOUNCE || o->family != family ||
				o->at_ns < t->restore_ns || o->at_ns >= w->at_ns ||
				strcmp(o->peer, w->peer) != 0;
		}
		if (first && w->at_ns > latest)
			latest = w->at_ns;
	}
	return latest;
}

/*
 * Did the session carry the family's prefixes when it closed? It did when they were the last thing that
 * this peer was told before; when it was told nothing while we looked, then if it is told of them later.
 */
static bool
carried(const struct trial *t, const struct wire_event *close, enum family family)
{
	const struct wire_event *last = NULL;
	bool later = false;

	for (size_t i = 0; i < t->wires; i++) {
		const struct wire_event *w = &t->wire[i];

		if (w->kind == WIRE_CLOSE || w->family != family ||
			strcmp(w->peer, close->peer) != 0)
			continue;
		if (w->at_ns <= close->at_ns)
			last = w;
		else
			later |= w->kind == WIRE_ANNOUNCE;
	}
	return last != NULL ? last->kind == WIRE_ANNOUNCE : later;
}

/*
 * Who closes a session withdraws all that it carried (RFC 4271 6). The first sign of it counts:
 * NOTIFICATION, FIN and RST of one session are one end.
 */
static void
count_closes(struct trial *t)
{
	for (size_t i = 0; i < t->wires; i++) {
		struct wire_event *w = &t->wire[i];
		bool first = w->kind == WIRE_CLOSE && w->at_ns >= t->fault_ns &&
			w->at_ns < t->restore_ns;

		for (size_t k = 0; k < i && first; k++)
			first = t->wire[k].kind != WIRE_CLOSE || t->wire[k].session != w->session;
		for (int f = 0; f < FAMILIES && first; f++)
			w->withdraws[f] = carried(t, w, (enum family)f);
	}
}

/* Was anything said of the family's prefix to this peer, in the whole trial? */
static bool
was_told(const struct trial *t, const char *peer, enum family family)
{
	for (size_t i = 0; i < t->wires; i++)
		if (t->wire[i].kind != WIRE_CLOSE && t->wire[i].family == family &&
			strcmp(t->wire[i].peer, peer) == 0)
			return true;
	return false;
}

/*
 * Sessions over IPv4 that were up before the restore and said nothing of the IPv4 prefixes; IPv6 likewise.
 * Returns 0 or -ENOMEM.
 */
static int
count_silent(struct trial *t, const struct bgplog *log, int node)
{
	bool *seen = calloc(log->sessions + 1, sizeof(*seen));

	if (seen == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < log->entries; i++) {
		const struct bgplog_entry *x = &log->entry[i];
		enum family f;

		if (x->session < 0 || seen[x->session] || x->way != BGPLOG_SENT ||
			(x->what != BGPLOG_KEEPALIVE && x->what != BGPLOG_UPDATE) ||
			x->at_ns >= t->restore_ns || log->point[x->point].node != node)
			continue;
		seen[x->session] = true;
		f = log->session[x->session].family == 6 ? V6 : V4;
		t->withdraw[f].silent += !was_told(t, bgplog_peer_text(log, x), f);
	}
	free(seen);
	return 0;
}

static int
find_instants(struct trial *t)
{
	count_closes(t);
	for (int f = 0; f < FAMILIES; f++)
		t->announce_ns[f] = announced_ns(t, (enum family)f);
	return withdraw_measure(t);
}

/* What of the node's captures could not be read makes the trial invalid. */
static void
check_points(const struct run *r, struct trial *t, const struct bgplog *log, int node)
{
	size_t points = 0;

	t->wire_read = true;
	for (size_t i = 0; i < log->points; i++) {
		const struct bgplog_point *p = &log->point[i];

		if (p->node != node)
			continue;
		points++;
		if (p->error[0] == '\0')
			continue;
		trial_invalid(t, "%s", p->error);
		t->wire_read = false;
	}
	if (points == 0) {
		trial_invalid(t,
			"%s/%s/capture-plan.json: no capture point at the node at fault, %s",
			r->dir, t->dir, r->fault_node);
		t->wire_read = false;
	}
}

int
bgpwire_measure(const struct run *r, struct trial *t, const struct bgplog *log)
{
	int node, rc = 0;

	if (r->fault_node == NULL || !t->has_fault || log == NULL)
		return 0;
	node = bgplog_node(log, r->fault_node);
	check_points(r, t, log, node);
	for (size_t i = 0; i < log->entries && rc == 0; i++) {
		const struct bgplog_entry *x = &log->entry[i];

		if (x->way == BGPLOG_SENT && log->point[x->point].node == node)
			rc = take_entry(r, t, log, x);
	}
	if (rc == 0)
		rc = find_instants(t);
	if (rc == 0)
		rc = count_silent(t, log, node);
	return rc;
}
