/* change.c - every change of links: done in one go, undone by itself after its time, remembered. */
#include "lab/wire/change.h"

#include <errno.h>
#include <stdlib.h>

#include "lab/wire/inner.h"

enum { BEGIN, END };

static void
bracket_open(struct wire_bracket *b)
{
	b->before_wall = wall_now();
	b->before_mono = mono_now();
}

static void
bracket_close(struct wire_bracket *b)
{
	b->after_mono = mono_now();
	b->after_wall = wall_now();
}

static uint32_t
due_id(const struct wire *w, const struct wire_change *c)
{
	return (uint32_t)(2 * w->links + c->id % WIRE_CHANGES);
}

static int
check(const struct wire *w, const struct wire_set *s, struct err *e)
{
	struct err why;

	for (size_t i = 0; i < s->n; i++) {
		const struct wire_dir *d = &w->dirs[s->dirs[i]];
		const char *name = w->names.name[s->dirs[i] / 2];
		struct wire_impair after = d->impair;

		wire_impair_copy(&after, s->reset ? &d->home : &s->value, s->mask);
		if (wire_impair_check(&after, &why) < 0)
			return err_set(e, EINVAL, "link %s: %s", name, why.text);
		for (int k = 0; s->for_ns > 0 && k < WIRE_KNOBS; k++)
			if ((s->mask & (1U << k)) && d->loan.owner[k] != 0)
				return err_set(e, EBUSY,
					"link %s: %s is set for a time by change %llu", name,
					wire_knobs[k].key, (unsigned long long)d->loan.owner[k]);
	}
	return 0;
}

/* Set knobs of a direction; frames that a new fault hits on their way are lost to it. */
static void
put(struct wire *w, size_t dir, const struct wire_impair *from, uint32_t mask)
{
	struct wire_dir *d = &w->dirs[dir];
	struct wire_impair was = d->impair;

	wire_impair_copy(&d->impair, from, mask);
	if (d->impair.down && !was.down)
		d->down_dropped_pkts += wire_flush(w, dir, NULL);
	else if (d->impair.blackhole && !was.blackhole)
		d->blackholed_pkts += wire_flush(w, dir, NULL);
	else if ((d->impair.blackhole_data && !was.blackhole_data) ||
		d->impair.lose_larger_bytes != was.lose_larger_bytes ||
		d->impair.lose_tcp_port != was.lose_tcp_port ||
		d->impair.lose_udp_port != was.lose_udp_port)
		d->blackholed_pkts += wire_flush(w, dir, &d->impair);
}

/* A knob of a direction is no longer set back by the change that owns it. */
static void
take_over(struct wire *w, struct wire_change *by, struct wire_dir *d, int knob)
{
	struct wire_change *owner = &w->changes[d->loan.owner[knob] % WIRE_CHANGES];

	d->loan.owner[knob] = 0;
	if (--owner->owned > 0)
		return;
	owner->ended = true;
	owner->ended_by = by->id; /* close_ended() fills in when */
	by->ends_others = true;
	due_remove(&w->due, due_id(w, owner));
}

static void
lend(struct wire *w, struct wire_change *c, size_t dir)
{
	struct wire_dir *d = &w->dirs[dir];

	for (int k = 0; k < WIRE_KNOBS; k++) {
		if (!(c->what.mask & (1U << k)))
			continue;
		if (d->loan.owner[k] != 0)
			take_over(w, c, d, k);
		if (!c->timed)
			continue;
		wire_impair_copy(&d->loan.before, &d->impair, 1U << k);
		d->loan.owner[k] = c->id;
		c->owned++;
	}
}

/* Give the TAPs of the change's links the carrier that they should have. The last failure. */
static int
carry(struct wire *w, struct wire_change *c, bool changed[], struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < c->what.n; i++) {
		size_t tap = c->what.dirs[i];
		bool carrier = !w->dirs[tap].impair.down;
		int one;

		changed[i] = w->taps[tap].carrier != carrier;
		if (!changed[i])
			continue;
		one = wire_tap_carrier(&w->taps[tap], carrier);
		if (one < 0)
			rc = err_sys(e, -one, "carrier of link %s", w->names.name[tap / 2]);
	}
	return rc;
}

static void
announce(struct wire *w, struct wire_change *c, const bool changed[], int phase)
{
	uint32_t n = 0;

	for (size_t i = 0; i < c->what.n; i++)
		n += changed[i];
	wire_notice_begin(&c->notice[phase], (uint32_t)c->id, n);
	for (size_t i = 0; i < c->what.n; i++)
		if (changed[i])
			wire_herald_announce(
				&w->herald, c->what.dirs[i], &c->notice[phase], (uint32_t)c->id);
}

/* Those whose last knob this change took over ended in its bracket. */
static void
close_ended(struct wire *w, const struct wire_change *c)
{
	for (size_t i = 0; c->ends_others && i < WIRE_CHANGES; i++)
		if (w->changes[i].ended_by == c->id)
			w->changes[i].end = c->begin;
}

static int
begin(struct wire *w, struct wire_change *c, struct err *e)
{
	int rc = 0;

	bracket_open(&c->begin);
	for (size_t i = 0; i < c->what.n; i++) {
		size_t dir = c->what.dirs[i];
		struct wire_dir *d = &w->dirs[dir];

		lend(w, c, dir);
		put(w, dir, c->what.reset ? &d->home : &c->what.value, c->what.mask);
		if (c->what.seeded)
			rng_init(&d->memory.rng, c->what.seed + dir);
	}
	if (c->what.mask & (1U << WIRE_DOWN))
		rc = carry(w, c, w->changed, e);
	bracket_close(&c->begin);
	close_ended(w, c);
	if (c->what.mask & (1U << WIRE_DOWN))
		announce(w, c, w->changed, BEGIN);
	return rc;
}

int
wire_change_do(struct wire *w, struct wire_set *s, const struct wire_change **ret, struct err *e)
{
	struct wire_change *c = &w->changes[(w->changes_len + 1) % WIRE_CHANGES];
	int rc = check(w, s, e);

	if (rc < 0)
		return rc;
	if (c->timed && !c->ended)
		return err_set(e, EBUSY, "%d changes are under way", WIRE_CHANGES);
	free(c->what.dirs);
	c->id = ++w->changes_len;
	c->what = *s;
	c->begin = c->end = (struct wire_bracket){0};
	c->timed = s->for_ns > 0;
	c->ended = c->ends_others = false;
	c->ended_by = 0;
	c->owned = 0;
	for (int phase = BEGIN; phase <= END; phase++)
		wire_notice_begin(&c->notice[phase], (uint32_t)c->id, 0);
	s->dirs = NULL;
	rc = begin(w, c, e);
	if (c->timed) {
		int64_t half_ns = mono_diff_ns(c->begin.after_mono, c->begin.before_mono) / 2;

		due_set(&w->due, due_id(w, c),
			mono_add(c->begin.before_mono, half_ns + c->what.for_ns));
	}
	*ret = c;
	return rc < 0 ? -EIO : 0;
}

void
wire_change_end(struct wire *w, uint32_t slot)
{
	struct wire_change *c = &w->changes[slot];

	due_remove(&w->due, due_id(w, c));
	bracket_open(&c->end);
	for (size_t i = 0; i < c->what.n; i++) {
		size_t dir = c->what.dirs[i];
		struct wire_dir *d = &w->dirs[dir];
		uint32_t mask = 0;

		for (int k = 0; k < WIRE_KNOBS; k++)
			if (d->loan.owner[k] == c->id) {
				d->loan.owner[k] = 0;
				mask |= 1U << k;
			}
		put(w, dir, &d->loan.before, mask);
	}
	if (c->what.mask & (1U << WIRE_DOWN))
		(void)carry(w, c, w->changed, NULL);
	bracket_close(&c->end);
	c->owned = 0;
	c->ended = true;
	if (c->what.mask & (1U << WIRE_DOWN))
		announce(w, c, w->changed, END);
}

const struct wire_change *
wire_change_find(const struct wire *w, uint64_t id)
{
	const struct wire_change *c = &w->changes[id % WIRE_CHANGES];

	return id != 0 && c->id == id ? c : NULL;
}

void
wire_changes_done(struct wire *w)
{
	for (size_t i = 0; w->changes != NULL && i < WIRE_CHANGES; i++)
		free(w->changes[i].what.dirs);
	free(w->changes);
	w->changes = NULL;
}
