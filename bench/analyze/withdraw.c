/* withdraw.c - when the prefixes of a family were first gone from all sessions of the node at fault, and how often they came back. */
#include "bench/analyze/withdraw.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The other end of a session, by its address: sessions that follow one another to it are one. */
struct peer {
	const char *name; /* of the wire event */
	bool spoken;	  /* something was said of the prefix */
	bool carries;
	bool taken; /* it did, and a withdraw took it */
};

struct book {
	struct peer *peer;
	size_t peers;
	unsigned carrying, withdrawn; /* at the moment */
};

static struct peer *
peer_of(struct book *b, const struct wire_event *w)
{
	for (size_t i = 0; i < b->peers; i++)
		if (strcmp(b->peer[i].name, w->peer) == 0)
			return &b->peer[i];
	b->peer[b->peers] = (struct peer){.name = w->peer};
	return &b->peer[b->peers++];
}

/* Does the event say something of the family's prefix? */
static bool
speaks(const struct wire_event *w, enum family f)
{
	return w->kind == WIRE_CLOSE ? w->withdraws[f] : w->family == f;
}

static bool
is_in_fault(const struct trial *t, const struct wire_event *w)
{
	return w->at_ns >= t->fault_ns && w->at_ns < t->restore_ns;
}

/* Who carried the prefix when the fault came. */
static void
open_book(struct book *b, const struct trial *t, enum family f)
{
	for (size_t i = 0; i < t->wires; i++) {
		const struct wire_event *w = &t->wire[i];
		struct peer *p;

		if (w->at_ns >= t->restore_ns ||
			!(speaks(w, f) || (w->kind == WIRE_CLOSE && w->at_ns < t->fault_ns)))
			continue;
		p = peer_of(b, w);
		if (w->at_ns < t->fault_ns)
			p->carries = w->kind == WIRE_ANNOUNCE;
		else if (!p->spoken)
			p->carries = w->kind != WIRE_ANNOUNCE;
		p->spoken = true;
	}
	for (size_t i = 0; i < b->peers; i++)
		b->carrying += b->peer[i].carries;
}

static void
take(struct book *b, const struct wire_event *w, struct withdraw *ret)
{
	struct peer *p = peer_of(b, w);
	bool announces = w->kind == WIRE_ANNOUNCE;

	if (announces) {
		if (b->carrying == 0 && ret->first_ns != NEVER)
			ret->flaps++;
		b->carrying += !p->carries;
		b->withdrawn -= p->taken;
		p->carries = true;
		p->taken = false;
		return;
	}
	b->carrying -= p->carries;
	b->withdrawn += p->carries;
	p->taken |= p->carries;
	p->carries = false;
	ret->last_ns = w->at_ns;
	if (b->withdrawn > ret->most)
		ret->most = b->withdrawn;
	if (b->carrying == 0 && ret->first_ns == NEVER)
		ret->first_ns = w->at_ns;
}

int
withdraw_measure(struct trial *t)
{
	struct book b = {.peer = calloc(t->wires + 1, sizeof(*b.peer))};

	if (b.peer == NULL)
		return -ENOMEM;
	for (int f = 0; f < FAMILIES; f++) {
		struct withdraw *w = &t->withdraw[f];

		b.peers = b.carrying = b.withdrawn = 0;
		*w = (struct withdraw){.first_ns = NEVER, .last_ns = NEVER};
		open_book(&b, t, (enum family)f);
		w->sessions = b.carrying;
		for (size_t i = 0; i < t->wires; i++)
			if (is_in_fault(t, &t->wire[i]) && speaks(&t->wire[i], (enum family)f))
				take(&b, &t->wire[i], w);
	}
	free(b.peer);
	return 0;
}
